"""Requests to addresses that others chose: sellers' webhooks, operators' servers.

Owns who may be asked and how much of an answer is read. A name is resolved once for a connection, each
address of it is checked, and the connection goes to a checked address: a name that changes its mind in
between gains nothing. It must never follow a redirect, nor take a proxy from the environment.
"""

import asyncio
import logging
import socket
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import httpcore
import httpx

from topup import addresses
from topup.addresses import Address

MAX_ANSWER = 64 * 1024
"""Bytes of an answer's body that are read; the rest is left, and its connection with it."""
MAX_ADDRESSES = 4
"""Addresses of one name that are tried, one after the other."""
MAX_LOOKUPS = 32
"""Names that are looked up at once, each in a thread: the system's resolver knows no other way."""
KEPT_IDLE_S = 30.0
"""How long a connection is kept for the next request."""
PARTS = 4
"""Waiting for a place, connecting and the handshake may each take this part of a request's time, so that
who runs out of the whole may have sent something, and who ran out of a part has not."""

_SCHEMES = ("http", "https")

# It tells every request with its whole address, where a secret may be; and who asks tells what matters.
logging.getLogger("httpx").setLevel(logging.WARNING)


class Refused(httpx.ConnectError):
    """This address is not asked; not one byte was sent. The message says what would have to change."""


def client(*, allowed: Sequence[str] = (), timeout_s: float, connections: int) -> httpx.AsyncClient:
    """A client for such addresses. `allowed` are host names or literal addresses that may be private.

    `timeout_s` bounds a whole request, from the look-up of the name to the last byte that is read.
    `httpx.ConnectError`, `ConnectTimeout` and `PoolTimeout` mean that no byte of it was sent.
    """
    return httpx.AsyncClient(
        transport=_Guarded(allowed=allowed, timeout_s=timeout_s, connections=connections),
        timeout=httpx.Timeout(timeout_s, connect=timeout_s / PARTS),
        headers={"Accept-Encoding": "identity", "User-Agent": "TopUpEngine"},
        follow_redirects=False,
        trust_env=False,
    )


def check(url: str, *, allowed: Collection[str] = ()) -> None:
    """Raise Refused where this address would be refused whatever its name resolves to."""
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Refused(f"this is no URL: {error}") from None
    _check(read, addresses.plain(allowed))


def _check(url: httpx.URL, allowed: frozenset[str]) -> None:
    if url.scheme not in _SCHEMES or not url.host:
        raise Refused("the URL must begin with https:// or http:// and a host")
    if (literal := addresses.literal(url.host)) is not None:
        _refuse(url.host, [literal], allowed=allowed)


def _refuse(host: str, found: Iterable[Address], *, allowed: frozenset[str]) -> None:
    """Raise Refused unless all of these may be asked. One private address among others spoils them."""
    if addresses.plain([host]) <= allowed:
        return
    for address in found:
        if not addresses.is_public(address):
            raise Refused(
                f"{host} leads to {address}, which is no address of the open internet; "
                "only hosts that are allowed by name may have one"
            )


class _Guarded(httpx.AsyncBaseTransport):
    """One request over a checked connection; its answer is read whole, in its time and size."""

    def __init__(self, *, allowed: Sequence[str], timeout_s: float, connections: int) -> None:
        self._allowed = addresses.plain(allowed)
        self._timeout_s = timeout_s
        self._kept = _Kept(_Checked(allowed=self._allowed), connections=connections)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        _check(request.url, self._allowed)
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=cast("AsyncIterator[bytes]", request.stream),
            extensions=request.extensions,
        )
        with _in_httpx_words():
            try:
                async with asyncio.timeout(self._timeout_s):
                    async with self._kept.connection(asked.url.origin, self._timeout_s / PARTS) as connection:
                        return await _read(await connection.handle_async_request(asked))
            except TimeoutError:
                raise httpx.ReadTimeout(f"no whole answer within {self._timeout_s:g} s") from None

    async def aclose(self) -> None:
        await self._kept.aclose()


async def _read(answer: httpcore.Response) -> httpx.Response:
    """The answer with the beginning of its body. What came compressed stays so: a small body may hide a
    huge one."""
    body = bytearray()
    try:
        async for part in answer.aiter_stream():
            body += part
            if len(body) >= MAX_ANSWER:
                break
    finally:
        await answer.aclose()
    headers = [(name, value) for name, value in answer.headers if name.lower() != b"content-encoding"]
    return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(bytes(body[:MAX_ANSWER])))


class _Kept:
    """Connections, kept for the next request to their host. httpcore's own pool looks at each of its
    connections several times for each request, which with a hundred of them costs milliseconds."""

    def __init__(self, backend: "_Checked", *, connections: int) -> None:
        self._backend = backend
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._most = connections
        self._places = asyncio.Semaphore(connections)
        self._idle: dict[str, deque[httpcore.AsyncHTTPConnection]] = {}
        self._idle_count = 0

    @asynccontextmanager
    async def connection(
        self, origin: httpcore.Origin, wait_s: float
    ) -> AsyncIterator[httpcore.AsyncHTTPConnection]:
        """A connection for one request: one that was kept, or a new one. Raises PoolTimeout."""
        try:
            await asyncio.wait_for(self._places.acquire(), wait_s)
        except TimeoutError:
            raise httpx.PoolTimeout(f"no connection came free within {wait_s:g} s") from None
        try:
            taken = await self._take(origin)
            try:
                yield taken
            finally:
                await self._give_back(str(origin), taken)
        finally:
            self._places.release()

    async def _take(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        idle = self._idle.get(str(origin))
        while idle:
            kept = idle.pop()
            self._forget(str(origin))
            if not kept.has_expired():
                return kept
            await kept.aclose()
        return httpcore.AsyncHTTPConnection(
            origin, ssl_context=self._tls, keepalive_expiry=KEPT_IDLE_S, network_backend=self._backend
        )

    def _forget(self, origin: str) -> None:
        self._idle_count -= 1
        if not self._idle[origin]:
            del self._idle[origin]

    async def _give_back(self, origin: str, used: httpcore.AsyncHTTPConnection) -> None:
        if not used.is_available():
            await used.aclose()
            return
        while self._idle_count >= self._most:  # the host that was asked least lately gives one up
            eldest = next(iter(self._idle))
            oldest = self._idle[eldest].popleft()
            self._forget(eldest)
            await oldest.aclose()
        idle = self._idle.pop(origin, None) or deque()
        idle.append(used)
        self._idle[origin] = idle
        self._idle_count += 1

    async def aclose(self) -> None:
        for idle in self._idle.values():
            for kept in idle:
                await kept.aclose()
        self._idle.clear()
        self._backend.close()


class _Checked(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses; TLS and the Host header know only the name."""

    def __init__(self, *, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._open = httpcore.AnyIOBackend()
        self._threads = ThreadPoolExecutor(max_workers=MAX_LOOKUPS, thread_name_prefix="lookup")
        self._running: dict[tuple[str, int], asyncio.Task[list[Address]]] = {}

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # httpcore's own type is not public
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                found = await self._resolve(host, port)
                _refuse(host, found, allowed=self._allowed)
                return await self._first(found[:MAX_ADDRESSES], port, local_address, socket_options)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"could not connect to {host} in time") from None

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _first(
        self, found: Sequence[Address], port: int, local_address: str | None, options: Iterable[Any] | None
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that takes one."""
        for address in found[:-1]:
            try:
                return await self._open.connect_tcp(str(address), port, None, local_address, options)
            except httpcore.ConnectError:
                continue
        return await self._open.connect_tcp(str(found[-1]), port, None, local_address, options)

    async def _resolve(self, host: str, port: int) -> list[Address]:
        """Requests that need one name at once share its look-up, so that a slow name holds one thread."""
        if (literal := addresses.literal(host)) is not None:
            return [literal]
        key = (host, port)
        if key not in self._running:
            task = self._running[key] = asyncio.create_task(self._look_up(host, port))
            task.add_done_callback(
                lambda done: (self._running.pop(key), done.cancelled() or done.exception())
            )
        return await asyncio.shield(self._running[key])

    async def _look_up(self, host: str, port: int) -> list[Address]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, _getaddrinfo, host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} could not be resolved: {error}") from None
        return [address for each in dict.fromkeys(found) if (address := addresses.literal(each)) is not None]


def _getaddrinfo(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@contextmanager
def _in_httpx_words() -> Iterator[None]:
    """httpcore's errors as those of httpx, which have the same names."""
    try:
        yield
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise getattr(httpx, type(error).__name__)(str(error) or type(error).__name__) from error
