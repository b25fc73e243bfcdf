"""HTTP as it comes over a connection: uvicorn's protocol, with the fronts before the application.

Owns how a request is offered to its front, and how long a client may take: to send a request, and to
read an answer. It must hold no rule of a route: what a front does not take goes to the application whole,
as if it had never been offered. Measured in docs/adr/0029-the-front-answers-on-the-wire.md.
"""

import asyncio
import logging
import resource
from asyncio.events import TimerHandle
from collections.abc import Mapping
from typing import Any, cast

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from topup.api import request_ids
from topup.api.errors import MEDIA_TYPE, Code, Problem
from topup.api.on_the_wire import Answer, Request, Take

Fronts = Mapping[tuple[bytes, bytes], Take]
"""What the fronts may take: method and URL, where nothing has to be decoded."""
MAX_PLAIN_BYTES = 4096
"""A plain sale has a hundred bytes. What is longer is read by the application, under its own limit."""
OTHER_FILES = 256
"""What a worker opens beside its clients' connections: the database's, logs, modules."""
MAX_CONNECTIONS = min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OTHER_FILES)
"""Connections of one worker: one more is told to come back. Each is a file and some kilobytes."""
HEAD_TIMEOUT_S = 20.0
"""How long a client may take for the head of a request, the first of a connection too."""
BODY_TIMEOUT_S = 10.0
"""How long it may take for a small body: as long as nginx gives each part of one."""
BYTES_A_SECOND = 16 * 1024
"""Each that came gives the rest more time: 8 MB may take nine minutes, a byte a second is not waited for."""
MIN_LOOK_S = 0.1
"""How soon a body is looked at again whose time is over, but which waits for the application."""
STALL_TIMEOUT_S = 30.0
"""How long a client may read nothing of its answer while more waits than the kernel takes; who reads slowly
is waited for."""
FULL = Problem(Code.OVERLOADED, "Too many connections are open. Connect again after Retry-After.")


log = logging.getLogger(__name__)


class _Event:
    """Nobody waits for such a request's messages: uvicorn sets this where a connection ends."""

    def set(self) -> None:
        pass


_NOBODY = _Event()


class Underway:
    """A request that the front answers. It stands where uvicorn keeps the one that is answered now."""

    __slots__ = (
        "disconnected",
        "keep_alive",
        "message_event",
        "method",
        "request",
        "response_complete",
        "scope",
        "url",
    )

    def __init__(
        self, request: Request, *, scope: Any, method: bytes, url: bytes, keep_alive: bool
    ) -> None:  # uvicorn's own scope
        self.request = request
        self.scope = scope
        self.method = method
        self.url = url
        self.keep_alive = keep_alive
        self.response_complete = False
        self.disconnected = False
        self.message_event = _NOBODY


class Protocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *, fronts: Fronts, **given: Any) -> None:  # uvicorn's own
        super().__init__(**given)
        self._fronts = fronts
        self._take: Take | None = None  # who may take this request
        self._offered: bytearray | None = None  # the body so far of what a front may take
        self._reading = False
        self._slow: TimerHandle | None = None
        self._received = 0  # bytes of this request's body
        self._body_since_s = 0.0
        self._stalled: TimerHandle | None = None
        self._resting_since_s: float | None = None  # when the last answer was out, while nothing is asked

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.write(self._written(_refusal()))
            transport.close()
            return
        self._slow = self.loop.call_later(HEAD_TIMEOUT_S, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_time()
        self.resume_writing()
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._reading:
            if self._slow is not None:
                self._on_time()
        elif self._slow is None and not self.transport.is_closing():
            if self._body_since_s:
                self._wait_for_body()
            else:
                self._slow = self.loop.call_later(HEAD_TIMEOUT_S, self.transport.close)

    def _wait_for_body(self) -> None:
        """Look again when the time is over that what came so far has earned; hang up where it is over."""
        until_s = self._body_since_s + BODY_TIMEOUT_S + self._received / BYTES_A_SECOND
        left_s = until_s - self.loop.time()
        # What the application does not read yet is not the client's to send.
        if left_s <= 0 and not self.flow.read_paused:
            self.transport.close()
        else:
            self._slow = self.loop.call_later(max(left_s, MIN_LOOK_S), self._wait_for_body)

    def _on_time(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    # uvicorn sets the timer of a connection that rests anew for each request; here the timer, when it ends,
    # looks how long the connection has rested by then.
    def on_response_complete(self) -> None:
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._resting_since_s = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_whether_it_rests(in_s=self.timeout_keep_alive)

    def _unset_keepalive_if_required(self) -> None:
        self._resting_since_s = None

    def _look_whether_it_rests(self, *, in_s: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(in_s, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        if self._resting_since_s is None:
            return
        left_s = self._resting_since_s + self.timeout_keep_alive - self.loop.time()
        if left_s > 0:
            self._look_whether_it_rests(in_s=left_s)
        else:
            super().timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._watch_reader(left=None)

    def _watch_reader(self, *, left: int | None) -> None:
        """Hang up where as much is left to be read as at the last look, `left` bytes."""
        waiting = self.transport.get_write_buffer_size()
        if waiting == left:
            self.transport.abort()
        else:
            self._stalled = self.loop.call_later(STALL_TIMEOUT_S, lambda: self._watch_reader(left=waiting))

    def resume_writing(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    # What the parser tells, in this order.
    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._reading, self._received, self._body_since_s = True, 0, 0.0

    def on_headers_complete(self) -> None:
        self._body_since_s = self.loop.time()
        if self._slow is not None:
            self._on_time()
        if self._may_be_plain():
            self._offered = bytearray()
        else:
            super().on_headers_complete()

    def _may_be_plain(self) -> bool:
        parser = self.parser
        self._take = self._fronts.get((parser.get_method(), self.url))
        return (
            self._take is not None
            and self._is_idle()
            and not self.expect_100_continue
            and not parser.should_upgrade()
            and parser.get_http_version() == "1.1"
        )

    def _is_idle(self) -> bool:
        """Whether nothing is being answered."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def on_body(self, body: bytes) -> None:
        self._received += len(body)
        if self._offered is None:
            super().on_body(body)
            return
        self._offered += body
        if len(self._offered) > MAX_PLAIN_BYTES:
            offered, self._offered = self._offered, None
            super().on_headers_complete()
            super().on_body(bytes(offered))

    def on_message_complete(self) -> None:
        self._reading = False
        if self._offered is None:
            super().on_message_complete()
            return
        offered, self._offered = self._offered, None
        request = Request(self.headers, bytes(offered), self.client[0] if self.client else "")
        keep_alive = self.parser.should_keep_alive()
        method = self.parser.get_method()
        underway = Underway(request, scope=self.scope, method=method, url=self.url, keep_alive=keep_alive)
        if self._taken(request, underway):
            self.cycle = cast("RequestResponseCycle", underway)
        else:
            self._pass_on(underway)

    def _taken(self, request: Request, underway: Underway) -> bool:
        assert self._take is not None
        try:
            return self._take(request, lambda answer: self._finish(underway, answer))
        except Exception:  # the parser, which calls us, would call it the client's mistake
            log.exception("the front failed; the application answers")
            return False

    def _finish(self, underway: Underway, answer: Answer | None) -> None:
        """Write the front's answer; without one, the application answers."""
        if answer is None:
            self._pass_on(underway)
            return
        underway.response_complete = True
        if self.transport.is_closing() or underway.disconnected:
            return
        self.transport.write(self._written(answer, keep_alive=underway.keep_alive))
        if not underway.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _written(self, answer: Answer, *, keep_alive: bool = False) -> bytes:
        usual = b"".join(name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers)
        closing = b"" if keep_alive else b"connection: close\r\n"
        head = (STATUS_LINE[answer.status], usual, answer.headers, closing)
        return b"%s%s%s%scontent-length: %d\r\n\r\n%s" % (*head, len(answer.body), answer.body)

    def _pass_on(self, underway: Underway) -> None:
        """Have the application answer what was read whole."""
        scope, url = underway.scope, underway.url
        method, path = str(underway.method, "ascii"), str(url, "ascii")
        scope.update(method=method, path=path, raw_path=url, query_string=b"")
        cycle = RequestResponseCycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=underway.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.body += underway.request.body
        cycle.more_body = False
        cycle.message_event.set()
        cycle.disconnected = underway.disconnected
        if self._is_idle() or cast("Any", self.cycle) is underway:
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)


def _refusal() -> Answer:
    """What one connection too many is told."""
    request_id, _ = request_ids.of(None)
    lines = {"Content-Type": MEDIA_TYPE, "Request-Id": request_id, **FULL.headers}
    written = "".join(f"{name.lower()}: {value}\r\n" for name, value in lines.items())
    return Answer(FULL.status, written.encode(), msgspec.json.encode(FULL.body(request_id)))
