"""What others name is asked only where it is the open internet's, or allowed by name."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.support.loop import in_a_loop
from tests.support.network import NetworkBlocked
from tests.webhooks.receiver import DROPS, Receiver, receiving
from topup import outbound

TIMEOUT_S = 5.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@asynccontextmanager
async def asking(*allowed: str, timeout_s: float = TIMEOUT_S) -> AsyncIterator[httpx.AsyncClient]:
    async with outbound.client(allowed=allowed, timeout_s=timeout_s, connections=2) as client:
        yield client


class Names:
    """The system's resolver, at the edge of this process: each look-up takes the next answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)
        monkeypatch.setattr(socket, "getaddrinfo", self._resolve)

    def _resolve(self, host: str, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:  # socket's own
        self.asked.append(host)
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "[64:ff9b::7f00:1]"]
)
@in_a_loop
async def test_a_private_address_is_refused(host: str) -> None:
    async with asking() as client:
        with pytest.raises(outbound.Refused, match="no address of the open internet"):
            await client.post(f"http://{host}/", content=b"{}")


@pytest.mark.parametrize("host", ["2130706433", "127.1", "0x7f000001", "localhost"])
@in_a_loop
async def test_a_private_address_in_disguise_is_refused(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, ["127.0.0.1"])  # as the system reads all of these
    async with asking() as client:
        with pytest.raises(outbound.Refused):
            await client.get(f"http://{host}/")


@in_a_loop
async def test_one_private_address_among_public_ones_spoils_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, ["8.8.8.8", "127.0.0.1"])
    async with asking() as client:
        with pytest.raises(outbound.Refused):
            await client.get("http://shop.example/")


@in_a_loop
async def test_what_is_allowed_by_name_may_be_private(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names(monkeypatch, ["127.0.0.1"])
    async with asking("Shop.Example.") as client:
        answer = await client.post(f"http://shop.example:{receiver.port}/hook", content=b"{}")

    assert answer.status_code == 204
    assert receiver.at()[0].headers["host"] == f"shop.example:{receiver.port}"
    assert names.asked == ["shop.example"]


@in_a_loop
async def test_an_allowed_address_allows_no_name_that_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch, ["127.0.0.1"])
    async with asking("127.0.0.1") as client:
        with pytest.raises(outbound.Refused):
            await client.get("http://shop.example/")


@in_a_loop
async def test_a_name_that_changes_its_mind_is_asked_at_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = Names(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])
    async with asking() as client:
        # The tests' own guard sees where the connection goes.
        with pytest.RaisesGroup(pytest.RaisesExc(NetworkBlocked, match=r"8\.8\.8\.8")):
            await client.get("http://shop.example/")
        assert names.asked == ["shop.example"]
        with pytest.raises(outbound.Refused):
            await client.get("http://shop.example/")


@in_a_loop
async def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    receiver.answers["/hook"], receiver.location = 307, receiver.url("/elsewhere")
    async with asking("127.0.0.1") as client:
        answer = await client.post(receiver.url(), content=b"{}")

    assert answer.status_code == 307
    assert receiver.at("/elsewhere") == []


@in_a_loop
async def test_the_environments_proxy_is_not_asked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with asking("127.0.0.1") as client:
        assert (await client.post(receiver.url(), content=b"{}")).status_code == 204


@in_a_loop
async def test_a_long_answer_is_read_up_to_its_limit(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names(monkeypatch, ["127.0.0.1"])
    receiver.answers["/hook"], receiver.said = 200, b"x" * (4 * outbound.MAX_ANSWER)
    async with asking("shop.example") as client:
        answers = [await client.post(f"http://shop.example:{receiver.port}/hook") for _ in range(2)]

    assert [len(answer.content) for answer in answers] == [outbound.MAX_ANSWER] * 2
    assert len(names.asked) == 2  # the rest of the first was left, and its connection with it


@in_a_loop
async def test_who_does_not_answer_is_given_up_with_the_words_of_httpx(receiver: Receiver) -> None:
    receiver.answers["/hook"] = 0
    async with asking("127.0.0.1", timeout_s=0.2) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(receiver.url(), content=b"{}")


@in_a_loop
async def test_a_connection_closed_without_an_answer_is_told(receiver: Receiver) -> None:
    receiver.answers["/hook"] = DROPS
    async with asking("127.0.0.1") as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(receiver.url(), content=b"{}")

    assert len(receiver.at()) == 1  # nothing is sent again by itself


@in_a_loop
async def test_nobody_there_means_that_no_byte_was_sent() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        async with asking("127.0.0.1") as client:
            with pytest.raises(httpx.ConnectError):
                await client.get(f"http://127.0.0.1:{bound.getsockname()[1]}/")


@in_a_loop
async def test_a_name_that_does_not_exist_means_that_no_byte_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown(*_: Any, **__: Any) -> None:  # socket's own
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    async with asking() as client:
        with pytest.raises(httpx.ConnectError, match="could not be resolved"):
            await client.get("http://shop.example/")


@in_a_loop
async def test_a_connection_is_kept_for_the_next_request_and_not_shared_between_names(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names(monkeypatch, ["127.0.0.1"])
    async with asking("one.example", "two.example") as client:
        for host in ("one.example", "one.example", "two.example", "one.example"):
            await client.post(f"http://{host}:{receiver.port}/hook", content=b"{}")

    assert names.asked == ["one.example", "two.example"]


@pytest.mark.parametrize(
    "url", ["ftp://shop.example/", "file:///etc/passwd", "https://", "/hook", "", "http://[::1", "gopher://x"]
)
def test_only_web_addresses_are_taken(url: str) -> None:
    with pytest.raises(outbound.Refused):
        outbound.check(url)
