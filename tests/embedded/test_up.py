"""`topup up` as a user meets it: a process with a standard output, a port and signals."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from psutil import STATUS_ZOMBIE, NoSuchProcess, Process

from topup.config import Config
from topup.embedded.cluster import DATA_NAME
from topup.embedded.lock import holder, is_held
from topup.management import ports

ROOT = Path(__file__).parents[2]
# A first start migrates, seeds and sells; a loaded machine takes its time.
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60
FIRST_PORT = 18400
IN_A_ROW = 20
"""Answers that two workers hardly leave to one of them."""


class Up:
    """One running `topup up` and what it has printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.printed = ""

    def read_until(self, text: str) -> None:
        assert self.process.stdout
        until = time.monotonic() + START_TIMEOUT_S
        while text not in self.printed:
            line = self.process.stdout.readline()
            assert line, f"it ended without {text!r}:\n{self.printed}"
            assert time.monotonic() < until, self.printed
            self.printed += line

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=STOP_TIMEOUT_S)
        self.printed += rest
        return self.process.returncode


@contextmanager
def up(settings: Config) -> Iterator[Up]:
    port = ports.first_free(host="127.0.0.1", port=FIRST_PORT)
    process = subprocess.Popen(
        [sys.executable, "-m", "topup.management.cli", "up"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TOPUP_HOME": settings.topup_home, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield Up(process)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=STOP_TIMEOUT_S)
        assert process.stdout
        process.stdout.close()


def url_of(settings: Config) -> str:
    return holder(settings.home).url


def is_healthy(settings: Config) -> bool:
    try:
        with urllib.request.urlopen(f"{url_of(settings)}/api/health/", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def wait_until_healthy(settings: Config) -> None:
    """Until every worker is: one after the other they find their database again."""
    until = time.monotonic() + START_TIMEOUT_S
    while not all(is_healthy(settings) for _ in range(IN_A_ROW)):
        assert time.monotonic() < until, "it does not become healthy"
        time.sleep(0.1)


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]


def server_of(pid: int) -> Process | None:
    """The main process of the HTTP server, where there is one that runs."""
    for each in Process(pid).children():
        with suppress(NoSuchProcess):  # buried meanwhile
            if each.status() != STATUS_ZOMBIE and "serve" in each.cmdline():
                return each
    return None


def address_of(settings: Config) -> tuple[str, int]:
    url = urlsplit(url_of(settings))
    assert url.hostname
    assert url.port
    return url.hostname, url.port


def test_the_first_start_proves_the_books_and_the_second_keeps_them(settings: Config) -> None:
    with up(settings) as first:
        first.read_until("Ctrl-C")
        assert is_healthy(settings)
        assert first.end(signal.SIGINT) == 0
    with up(settings) as second:
        second.read_until("Ctrl-C")
        assert second.end(signal.SIGTERM) == 0

    assert "balance 700,000 = journal 700,000" in first.printed
    assert "balance 700,000 = journal 700,000" in second.printed
    assert "new data" in first.printed
    assert "kept data" in second.printed
    assert second.printed.endswith("Stopped.\n")
    assert not is_held(settings.home)


def test_the_sale_in_the_box_works_as_pasted(settings: Config) -> None:
    with up(settings) as started:
        started.read_until("Ctrl-C")
        (command,) = re.findall(r"^  (curl .*?\}')$", started.printed, flags=re.DOTALL | re.MULTILINE)
        answers = [
            subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True).stdout
            for _ in range(2)
        ]

    assert all('"succeeded"' in answer for answer in answers), answers
    assert len(set(answers)) == 2, "each has a key of its own"


def test_a_second_start_of_the_same_home_says_who_has_it(settings: Config) -> None:
    with up(settings) as first:
        first.read_until("Ctrl-C")
        with up(settings) as second:
            rest, _ = second.process.communicate(timeout=STOP_TIMEOUT_S)

        assert second.process.returncode == 1
        assert f"process {first.process.pid}" in rest
        assert url_of(settings) in rest
        assert is_healthy(settings)


def test_a_child_that_dies_is_started_again(settings: Config) -> None:
    with up(settings) as started:
        started.read_until("Ctrl-C")
        for child in children_of(started.process.pid):
            os.kill(child, signal.SIGKILL)
        started.read_until("PostgreSQL ended by itself")
        started.read_until("The HTTP server ended with status")
        wait_until_healthy(settings)


def test_nobody_is_refused_while_the_http_server_is_replaced(settings: Config) -> None:
    """Its socket stays: who connects waits for the next one, or meets a worker that goes on."""
    with up(settings) as started:
        started.read_until("Ctrl-C")
        server = server_of(started.process.pid)
        assert server
        server.kill()
        until = time.monotonic() + START_TIMEOUT_S
        while (new := server_of(started.process.pid)) in (None, server) or not new.children():
            assert time.monotonic() < until
            socket.create_connection(address_of(settings)).close()

        assert is_healthy(settings)


@pytest.mark.parametrize("delay_s", [0.05, 0.2, 0.5, 1.0])
def test_a_start_that_is_interrupted_anywhere_can_be_begun_again(settings: Config, delay_s: float) -> None:
    with up(settings) as interrupted:
        time.sleep(delay_s)
        interrupted.process.send_signal(signal.SIGTERM)
        interrupted.process.communicate(timeout=STOP_TIMEOUT_S)
    with up(settings) as again:
        again.read_until("balance 700,000 = journal 700,000")


def test_after_the_supervisor_was_killed_nothing_keeps_running(settings: Config) -> None:
    with up(settings) as killed:
        killed.read_until("Ctrl-C")
        children = children_of(killed.process.pid)
        killed.end(signal.SIGKILL)
    until = time.monotonic() + STOP_TIMEOUT_S
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < until:
        time.sleep(0.05)

    assert len(children) == 3, "PostgreSQL, the HTTP server, the worker"
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    with up(settings) as again:
        again.read_until("balance 700,000 = journal 700,000")


def test_a_database_that_cannot_start_is_tried_until_it_can(settings: Config) -> None:
    """A full disk is the usual reason. Meanwhile clients are told to come back."""
    control = settings.home / DATA_NAME / "global" / "pg_control"
    hidden = control.with_name("pg_control.hidden")
    with up(settings) as started:
        started.read_until("Ctrl-C")
        control.rename(hidden)
        for child in children_of(started.process.pid):
            if Path(f"/proc/{child}/comm").read_text(encoding="ascii").strip() == "postgres":
                os.kill(child, signal.SIGKILL)
        started.read_until("It is tried again")
        assert url_of(settings), "the rest stays up"
        hidden.rename(control)
        wait_until_healthy(settings)
