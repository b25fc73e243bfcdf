"""A seller's receiver: a real HTTP server on the loopback that keeps what it was sent.

Owns what it answers, by path; a path that nobody set answers 204.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

HANG_S = 60
"""Longer than any time-out of ours."""
DROPS = -1


class Message(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:  # a JSON object
        read: dict[str, Any] = json.loads(self.body)
        return read

    @property
    def type(self) -> str:
        return str(self.event["type"])


class Receiver:
    """`answers` is the status by path: 0 never answers, DROPS closes the connection instead.

    `location` goes with a redirect.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers: dict[str, int] = {}
        self.location = ""
        self.said = b"thank you"
        self.messages: list[Message] = []
        self.ended = threading.Event()

    def url(self, path: str = "/hook") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def at(self, path: str = "/hook") -> list[Message]:
        return [message for message in list(self.messages) if message.path == path]

    def types(self, path: str = "/hook") -> list[str]:
        return [message.type for message in self.at(path)]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # all of a worker's connections may come at once


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens until the end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # the name that http.server asks for
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            own.messages.append(Message(self.path, headers, body))
            status = own.answers.get(self.path, 204)
            if status == DROPS:
                self.close_connection = True
                return
            if not status:
                own.ended.wait(HANG_S)
                self.close_connection = True
                return
            said = b"" if status == 204 else own.said
            self.send_response(status)
            if own.location:
                self.send_header("Location", own.location)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: object) -> None:
            """Nothing: a test reads `messages`."""

    server = Server(("127.0.0.1", 0), Handler)
    own = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield own
    finally:
        own.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
