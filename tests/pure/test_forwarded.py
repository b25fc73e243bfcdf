"""X-Forwarded-For and X-Forwarded-Proto are believed from the proxies that are named, from nobody else."""

import asyncio
import ipaddress
from typing import Any

import pytest

from topup.config import ConfigError, load
from topup.site.forwarded import Proxies, trusting

PROXIES = [ipaddress.ip_network(each) for each in ("10.0.0.0/8", "2001:db8::/32")]
PROXY = "10.0.0.7"


def seen(*forwarded: str, peer: str = PROXY, proto: str | None = None) -> tuple[str, str]:
    """The client and the scheme that the application behind sees."""
    scopes: list[dict[str, Any]] = []  # ASGI's own

    async def app(scope: Any, receive: Any, send: Any) -> None:  # ASGI's own
        scopes.append(scope)

    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    headers += [(b"x-forwarded-proto", proto.encode())] if proto is not None else []
    scope = {"type": "http", "client": (peer, 4711), "scheme": "http", "headers": headers}
    asyncio.run(trusting(app, Proxies(PROXIES))(scope, _nothing, _nothing))  # type: ignore[arg-type]  # never called
    return scopes[0]["client"][0], scopes[0]["scheme"]


async def _nothing() -> None:
    """Neither received from nor sent to."""


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["203.0.113.9, 10.9.9.9"], "203.0.113.9"),
        (["6.6.6.6, 203.0.113.9"], "203.0.113.9"),
        (["6.6.6.6, 203.0.113.9, 10.1.1.1, 10.2.2.2"], "203.0.113.9"),
        (["6.6.6.6", "203.0.113.9"], "203.0.113.9"),
        (["10.1.1.1"], "10.1.1.1"),
        (["2001:DB8:0::1, 2a00::9"], "2a00::9"),
        (["2a00::9, 2001:db8::1"], "2a00::9"),
        (["::ffff:203.0.113.9"], "203.0.113.9"),
        ([" 203.0.113.9 "], "203.0.113.9"),
    ],
)
def test_the_client_is_the_right_most_address_that_is_no_proxy(forwarded: list[str], client: str) -> None:
    assert seen(*forwarded)[0] == client


@pytest.mark.parametrize("forwarded", ["", "unknown", "203.0.113.9, unknown", "1.2.3.4.5", "203.0.113.9:80"])
def test_what_is_no_address_leaves_the_nearest_that_is_one(forwarded: str) -> None:
    assert seen(forwarded)[0] == PROXY


def test_nobody_elses_header_is_believed() -> None:
    assert seen("203.0.113.9", peer="198.51.100.1", proto="https") == ("198.51.100.1", "http")
    assert seen("203.0.113.9", peer="::ffff:198.51.100.1", proto="https") == ("::ffff:198.51.100.1", "http")


def test_a_proxy_that_is_seen_as_version_6_is_the_same_proxy() -> None:
    assert seen("203.0.113.9", peer="::ffff:10.0.0.7")[0] == "203.0.113.9"


def test_a_proxy_that_forwards_nothing_is_the_client() -> None:
    assert seen() == (PROXY, "http")


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [("https", "https"), ("HTTPS", "https"), ("http, https", "https"), ("https, http", "http"),
     ("http", "http"), ("wss", "http"), ("", "http")],
)  # fmt: skip
def test_the_scheme_is_what_the_nearest_proxy_says(proto: str, scheme: str) -> None:
    assert seen("203.0.113.9", proto=proto)[1] == scheme


def test_a_header_without_end_is_not_read_to_its_end() -> None:
    assert seen(",".join(["203.0.113.9", *["10.1.1.1"] * 100]))[0] == "10.1.1.1"


@pytest.mark.parametrize("written", ["nginx", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.1;10.0.0.2"])
def test_a_proxy_that_is_no_network_is_refused_at_the_start(written: str) -> None:
    with pytest.raises(ConfigError, match="TRUSTED_PROXIES"):
        load({"TRUSTED_PROXIES": written}, dotenv=None)


def test_proxies_are_written_as_addresses_and_networks() -> None:
    config = load({"TRUSTED_PROXIES": "10.0.0.7, 2001:db8::/32,"}, dotenv=None)

    assert [str(each) for each in config.proxies] == ["10.0.0.7/32", "2001:db8::/32"]
