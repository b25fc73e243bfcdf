"""The ways to an operator that tests set up: `http_json` to a server of JSON, as staff would write it."""

from typing import Any

from tests.recharges.place import LOOPBACK
from tests.support.server import free_port

CALLBACK_SECRET = "a-secret-of-the-tests"
_RESULTS = {
    "delivered": "delivered",
    "refused": "refused",
    "accepted": "unknown",
    "unavailable": "retry_later",
}
_QUERIED = {"delivered": "delivered", "refused": "refused", "not_found": "not_found", "accepted": "unknown"}


def http_json(port: int, *, timeout_s: int = 2, max_in_flight: int = 64, **terms: Any) -> dict[str, Any]:
    """A connection, as its PUT takes it, to a server that speaks like `topup simulator`; `terms` are more
    fields of the configuration."""
    fields = {"code": "code", "operator_reference": "operator_reference"}
    ask = {"reference": "{reference}", "phone_number": "{phone_number}", "amount": "{amount}"}
    url = f"http://{LOOPBACK}:{port}"
    configuration = {
        "submit": {
            "url": f"{url}/submit",
            "body": ask,
            "answer": {"result": "status", "results": _RESULTS, **fields},
        },
        "query": {
            "url": f"{url}/query",
            "body": {"reference": "{reference}"},
            "answer": {"result": "status", "results": _QUERIED, **fields},
        },
        "callback": {
            "reference": "reference",
            "result": "result",
            "results": {"delivered": "delivered", "refused": "refused"},
            "signing": {
                "scheme": "hmac-sha256",
                "header": "x-simulator-signature",
                "signed": "{header:x-simulator-timestamp}.{body}",
                "secret": "callback",
            },
        },
        "timeout_s": timeout_s,
        **terms,
    }
    return {
        "configuration": configuration,
        "max_in_flight": max_in_flight,
        "allowed_hosts": [LOOPBACK],
        "secrets": {"callback": CALLBACK_SECRET},
    }


def to_a_closed_port() -> dict[str, Any]:
    """The same to a port that nobody listens on."""
    return http_json(free_port())
