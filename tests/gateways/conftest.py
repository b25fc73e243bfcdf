"""Gateways to ask: the simulator in this process, the same as a server, and ways over HTTP to either.

Only `tests/gateways/test_*_api.py` asks for the installation; the rest needs no database.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateways.listener import Listener, listening
from tests.support.installation import ROOT
from tests.support.server import free_port
from topup.config import Config
from topup.gateways import registry
from topup.gateways.contract import Gateway
from topup.gateways.settings import OperatorSettings

SECRET_KEY = "only-for-tests-" + "x" * 40
CALLBACK_SECRET = "what-only-the-two-of-us-know"
START_TIMEOUT_S = 30
IMPATIENT_S = 0.5
"""How long tests wait for an answer that never comes."""

MakeGateway = Callable[..., Gateway]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(topup_home=str(tmp_path), secret_key=SECRET_KEY)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as started:
        yield started


@pytest.fixture
def simulator(config: Config) -> MakeGateway:
    """The simulator in this process."""

    def make(
        *,
        secrets: Mapping[str, str] = {},
        allowed_hosts: tuple[str, ...] = (),
        **configuration: Any,  # JSON
    ) -> Gateway:
        given = {"timeout_s": IMPATIENT_S, **configuration}
        settings = OperatorSettings("mci", "simulator", given, secrets, allowed_hosts=allowed_hosts)
        return registry.make(settings, config)

    return make


class Simulated:
    """`topup simulator` as a process; its callbacks go to `listener`."""

    def __init__(self, url: str, listener: Listener) -> None:
        self.url = url
        self.listener = listener

    def received(self, reference: str) -> list[dict[str, Any]]:  # JSON objects
        answer = httpx.get(f"{self.url}/received", params={"reference": reference})
        rows: list[dict[str, Any]] = answer.json()["data"]
        return rows


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    home, port = tmp_path_factory.mktemp("simulator"), free_port()
    words = ["simulator", "--port", str(port), "--callback-secret", CALLBACK_SECRET]
    with listening() as listener:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), *words, "--callback-url", f"{listener.url}/mci"],
            env={**os.environ, "TOPUP_HOME": str(home), "SECRET_KEY": SECRET_KEY, "PYTHONPATH": str(ROOT)},
            cwd=home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/numbers", process)
            yield Simulated(f"http://127.0.0.1:{port}", listener)
        finally:
            process.terminate()
            assert process.wait(timeout=START_TIMEOUT_S) == 0


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the simulator does not answer")


def an_answer(**changes: Any) -> dict[str, Any]:  # JSON objects
    """How the answers of the simulator's server are read."""
    results = {
        "delivered": "delivered",
        "refused": "refused",
        "accepted": "unknown",
        "unavailable": "retry_later",
    }
    return {
        "result": "status",
        "results": results,
        "code": "code",
        "operator_reference": "operator_reference",
        **changes,
    }


def a_configuration(url: str, **changes: Any) -> dict[str, Any]:  # JSON objects
    """`http_json` for the simulator's server, or for whoever listens at this address."""
    of_query = {
        "delivered": "delivered",
        "refused": "refused",
        "accepted": "unknown",
        "not_found": "not_found",
    }
    asked = {"body": {"reference": "{reference}"}, "answer": an_answer(results=of_query)}
    return {
        "submit": {
            "url": f"{url}/submit",
            "body": {"reference": "{reference}", "phone_number": "{phone_number}", "amount": "{amount}"},
            "answer": an_answer(),
        },
        "query": {"url": f"{url}/query", **asked},
        "reverse": {"url": f"{url}/reverse", **asked},
        "callback": {
            "reference": "reference",
            "result": "result",
            "results": {"delivered": "delivered", "refused": "refused"},
            "operator_reference": "operator_reference",
            "signing": {
                "scheme": "hmac-sha256",
                "header": "X-Simulator-Signature",
                "signed": "{header:X-Simulator-Timestamp}.{body}",
                "secret": "callback",
            },
        },
        "timeout_s": IMPATIENT_S,
        **changes,
    }


@pytest.fixture
def http_json(config: Config) -> MakeGateway:
    """A gateway of this configuration; the loopback is allowed by its address alone."""

    def make(configuration: dict[str, Any], **secrets: str) -> Gateway:  # a JSON object
        given = OperatorSettings(
            "mci",
            "http_json",
            configuration,
            {"callback": CALLBACK_SECRET, **secrets},
            allowed_hosts=("127.0.0.1",),
        )
        return registry.make(given, config)

    return make
