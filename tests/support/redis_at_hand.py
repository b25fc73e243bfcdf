"""A real Redis on a Unix socket in a directory of its own, for a test to stop, flush or hang."""

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NotThere

from tests.support.needs import needs

START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 20
POLL_S = 0.02


class RedisAtHand:
    """It keeps nothing on the disk: a stopped one comes back empty."""

    def __init__(self, program: str, directory: Path) -> None:
        self._program = program
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"unix://{directory}/redis.sock"
        self.client = Redis.from_url(self.url, decode_responses=True)

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._program, "--port", "0", "--unixsocket", "redis.sock", "--save", "", "--daemonize", "no"],
            cwd=self._directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            assert time.monotonic() < until, "redis-server does not answer"
            time.sleep(POLL_S)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.terminate()
            self._process.wait(STOP_TIMEOUT_S)
            self._process = None

    def hang(self) -> None:
        """It takes connections and commands, as its kernel does, and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        self.client.flushall()
        self.client.script_flush()

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except NotThere:
            return False


@contextmanager
def redis_running() -> Iterator[RedisAtHand]:
    """A Redis that answers, gone at the end. Skips or fails where redis-server is not installed."""
    program = needs("redis-server")
    # A socket's path must be short, so it is not below the developer's own TMPDIR.
    with tempfile.TemporaryDirectory(prefix="redis-", dir="/tmp") as directory:
        redis = RedisAtHand(program, Path(directory))
        redis.start()
        try:
            yield redis
        finally:
            redis.stop()
            redis.client.close()
