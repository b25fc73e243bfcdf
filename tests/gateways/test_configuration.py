"""A configuration that can't work is refused when staff save it, in words that name the field."""

import json
from typing import Any

import pytest

from tests.gateways.conftest import a_configuration
from topup.gateways import registry, settings
from topup.gateways.settings import OperatorSettings, Unusable

URL = "https://operator.example"


def changed(path: str, value: Any) -> dict[str, Any]:  # JSON, and a JSON object
    """The configuration with this in one place; `...` takes the place away."""
    made = json.loads(json.dumps(a_configuration(URL)))
    *way, last = path.split(".")
    inside = made
    for part in way:
        inside = inside.setdefault(part, {})
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return dict(made)


def refusal(gateway: str, configuration: dict[str, Any], **more: Any) -> Unusable:  # a JSON object, settings
    given = {"secrets": {"callback": "x" * 8}, **more}
    with pytest.raises(Unusable) as refused:
        registry.check(OperatorSettings("mci", gateway, configuration, **given))
    return refused.value


WRONG = [
    ("submit", ..., "submit", "is required"),
    ("submit.url", ..., "submit.url", "is required"),
    ("sumbit", {}, "sumbit", "is not known"),
    ("submit.url", 5, "submit.url", "expected `str`"),
    ("submit.url", "ftp://operator.example/", "submit.url", "begin with https://"),
    ("submit.url", "operator.example", "submit.url", "begin with https://"),
    ("submit.url", "https://{reference}.example/", "submit.url", "no place stands for"),
    ("submit.url", "https://operator.example{reference}/", "submit.url", "no place stands for"),
    ("submit.url", "https://me:word@operator.example/", "submit.url", "{secret:NAME}"),
    ("submit.url", "https://[::1/", "submit.url", ""),
    ("submit.url", "http://operator.example/", "submit.url", "allowed_hosts"),
    ("submit.url", "https://10.0.0.1/", "submit.url", "allowed_hosts"),
    ("query.url", "https://[::ffff:127.0.0.1]/", "query.url", "allowed_hosts"),
    ("submit.url", f"{URL}/{{refrence}}", "submit.url", "{reference}"),
    ("submit.body", {"a": [{"b": "{body}"}]}, "submit.body", "{body} is not known"),
    ("submit.body", {"a": "{amount"}, "submit.body", "a brace"),
    ("submit.body", [], "submit.body", "expected `object"),
    ("submit.method", "DELETE", "submit.method", "DELETE"),
    ("submit.method", "GET", "submit.body", "a GET has none"),
    ("submit.headers", {"X-Key": "{secret:token}"}, "submit", "names the secret token"),
    ("submit.headers", {"X-Key": "a\r\nb"}, "submit.headers", "printable ASCII"),
    ("submit.headers", {"a b": "c"}, "submit.headers", "no header's name"),
    ("submit.headers", {"Host": "elsewhere"}, "submit.headers", "host is set by us"),
    ("submit.answer.result", "", "submit.answer.result", "name the field"),
    ("submit.answer.results", {}, "submit.answer.results", "say what its values mean"),
    ("submit.answer.results", {"OK": "fine"}, "submit.answer.results[...]", "fine"),
    ("submit.answer.results", {"none": "not_found"}, "submit.answer", "may be answered"),
    ("query.answer.results", {"later": "retry_later"}, "query.answer", "may be answered"),
    ("submit.answer.statuses", {"200": "delivered"}, "submit.answer.statuses", "2xx tells nothing"),
    ("submit.answer.statuses", {"4xx": "refused"}, "submit.answer.statuses", "such as 404"),
    ("signing", {"scheme": "hmac-sha256"}, "signing.secret", "name the secret"),
    ("signing", {"scheme": "hmac-sha256", "secret": "key"}, "signing.secret", "key is not set"),
    ("signing", {"signed": "{secret:callback}"}, "signing.signed", "is not known"),
    ("callback.signing.signed", "{path}", "callback.signing.signed", "{header:NAME}"),
    ("callback.results", {"a": "not_found"}, "callback.results", "a callback may say"),
    ("callback.reference", "", "callback.results", "name the fields"),
    ("timeout_s", 0, "timeout_s", "> 0"),
    ("timeout_s", 1e9, "timeout_s", "<= 120"),
    ("timeout_s", True, "timeout_s", "bool"),
    ("submit.body", {"a": "\x00"}, "", "\\u0000"),
    ("submit.body", {"a": "x" * 30_000}, "", "20,000"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "field", "reason"), WRONG)
def test_what_cannot_work_is_refused_by_its_field(path: str, value: object, field: str, reason: str) -> None:
    refused = refusal("http_json", changed(path, value))

    assert refused.field == field
    assert reason in refused.reason


def test_a_body_is_nested_only_so_deep() -> None:
    body: Any = "{amount}"  # JSON
    for _ in range(11):
        body = {"a": body}

    assert refusal("http_json", changed("submit.body", body)).field == "submit.body"


def test_the_whole_configuration_passes_and_a_host_that_is_allowed_needs_no_tls() -> None:
    registry.check(OperatorSettings("mci", "http_json", a_configuration(URL), {"callback": "x" * 8}))
    registry.check(
        OperatorSettings(
            "mci",
            "http_json",
            a_configuration("http://Gateway.internal:8080"),
            {"callback": "x" * 8},
            allowed_hosts=("gateway.Internal",),
        )
    )


@pytest.mark.parametrize(
    ("configuration", "field"),
    [
        ({"timeout_s": 0}, "timeout_s"),
        ({"callback_url": "ftp://x"}, "callback_url"),
        ({"callback_url": "http://10.0.0.1/"}, "callback_url"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_the_simulator_has_few_settings(configuration: dict[str, Any], field: str) -> None:
    assert refusal("simulator", configuration).field == field


@pytest.mark.parametrize("value", ["abc", "x" * 2_001, "a\nbcd", "سفارش", "a\x00bcd"])
def test_a_secret_is_printable_and_neither_short_nor_huge(value: str) -> None:
    with pytest.raises(Unusable, match="a secret has") as refused:
        settings.check_secret("token", value)

    assert refused.value.field == "secrets.token"
    assert value not in str(refused.value)


@pytest.mark.parametrize("hosts", [[""], ["a b"], ["-a"], ["https://a"], ["a" * 254], ["a"] * 21])
def test_an_allowed_host_is_a_name(hosts: list[str]) -> None:
    with pytest.raises(Unusable, match="hosts"):
        settings.check_hosts(hosts)


def test_there_is_no_other_gateway_than_the_folders() -> None:
    assert set(registry.kinds()) == {"instant", "simulator", "http_json"}
    assert "http_json, instant, simulator" in refusal("carrier_pigeon", {}).reason
