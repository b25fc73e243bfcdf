"""Somebody else's HTTP server: it answers what a test says, and keeps what it was sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import NamedTuple

WAIT_S = 20
"""Longer than anything that a test waits for takes."""


class Heard(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Listener:
    """`status`, `headers` and `body` are what every request is answered from now on; `status` 0 is no
    answer: the connection is closed."""

    def __init__(self) -> None:
        self.status = 200
        self.headers = {"Content-Type": "application/json"}
        self.body = b"{}"
        self.heard: Queue[Heard] = Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def next(self) -> Heard:
        """The request that came after those that were looked at."""
        return self.heard.get(timeout=WAIT_S)

    def _handler(listener) -> type[BaseHTTPRequestHandler]:  # noqa: N805  # `self` is the handler's below
        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                listener.heard.put(Heard(self.command, self.path, headers, body))
                if not listener.status:
                    self.close_connection = True
                    return
                self.send_response(listener.status)
                for name, value in {**listener.headers, "Content-Length": str(len(listener.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(listener.body)

            do_GET = do_POST = do_PUT = _answer  # noqa: N815  # the library's own names

            def log_message(self, *_: object) -> None:
                """Nothing: the test keeps what it needs."""

        return Handler

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.serve)
    thread.start()
    try:
        yield listener
    finally:
        listener.close()
        thread.join()
