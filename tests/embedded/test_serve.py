"""The HTTP server ends as it should: nothing begun is dropped, nothing is left running."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from topup.config import Config
from topup.management import ports
from topup.management.handover import VARIABLE, Handover

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 30
FIRST_PORT = 18500
AT_ONCE = 20
PROGRAM = """
import sys
from topup import config
from topup.management import serve
sys.exit(serve.run(config.load(dotenv=None), target="tests.embedded.slow_app:application"))
"""
LOAD = "from topup.management import serve; serve.load(serve.TARGET)"


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        return bytes(answer.read())


def answers(url: str) -> bool:
    try:
        return get(url) == b"answered"
    except OSError:
        return False


@contextmanager
def serving(*, workers: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = ports.first_free(host="127.0.0.1", port=FIRST_PORT)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORT": str(port), "API_WORKERS": str(workers)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + TIMEOUT_S
    while not answers(url):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    try:
        yield process, url
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=TIMEOUT_S)


def read_until_asked(process: "subprocess.Popen[str]", times: int) -> str:
    """What it prints until so many slow requests have begun."""
    assert process.stdout
    printed = ""
    while printed.count("application asked") < times:
        line = process.stdout.readline()
        assert line, printed
        printed += line
    return printed


@pytest.mark.parametrize("workers", [1, 2])
def test_requests_in_progress_are_answered_and_new_ones_refused(workers: int) -> None:
    with serving(workers=workers) as (process, url), ThreadPoolExecutor(AT_ONCE) as pool:
        slow = [pool.submit(get, f"{url}/slow") for _ in range(AT_ONCE)]
        printed = read_until_asked(process, AT_ONCE)
        process.send_signal(signal.SIGTERM)
        while answers(url) and not any(each.done() for each in slow):
            time.sleep(0.02)
        accepted_late = answers(url)
        bodies = [answer.result() for answer in slow]
        printed += process.communicate(timeout=TIMEOUT_S)[0]

    assert bodies == [b"answered"] * AT_ONCE
    assert not accepted_late
    assert process.returncode == 0
    assert printed.count("application shutdown") == workers
    assert printed.count("application loaded") == 1, "by the main process, for all workers"


def test_loading_the_application_leaves_nothing_that_a_fork_would_break(settings: Config) -> None:
    """A thread does not outlive a fork; a connection would be everybody's."""
    look = (
        f"{LOAD}; import os, psutil; own = psutil.Process(); print(own.num_threads(), own.net_connections())"
    )
    looked = subprocess.run(
        [sys.executable, "-c", look],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TOPUP_HOME": settings.topup_home},
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT_S,
    )

    assert looked.stdout == "1 []\n"


def test_a_supervised_server_answers_on_the_socket_that_it_is_handed() -> None:
    handed = Handover()
    with ports.take_first_free(host="127.0.0.1", port=FIRST_PORT) as listener:
        port = listener.getsockname()[1]
        environment = {"PATH": os.environ["PATH"], "PORT": str(port), VARIABLE: str(handed.descriptor)}
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, pass_fds=[handed.descriptor]
        ) as process:
            handed.begun()
            handed.give(listener)
            answered = get(f"http://127.0.0.1:{port}")
            process.terminate()

    assert answered == b"answered"


def test_a_server_that_is_handed_nothing_ends() -> None:
    handed = Handover()
    environment = {"PATH": os.environ["PATH"], VARIABLE: str(handed.descriptor)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, pass_fds=[handed.descriptor]
    ) as process:
        handed.begun()
        handed.give_up()

        assert process.wait(timeout=TIMEOUT_S) == 1


def test_workers_end_when_their_main_process_is_killed() -> None:
    with serving(workers=2) as (process, url):
        process.kill()
        process.wait()
        until = time.monotonic() + TIMEOUT_S
        while answers(url) and time.monotonic() < until:
            time.sleep(0.05)

        assert not answers(url)


def test_a_worker_that_was_still_loading_ends_with_its_main_process_too() -> None:
    """A signal that came before it serves must not be forgotten: it would listen for ever."""
    port = ports.first_free(host="127.0.0.1", port=FIRST_PORT)
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.replace("slow_app", "slow_start_app")],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process.stdout:
        assert [process.stdout.readline() for _ in range(2)] == ["application loaded\n", "loading\n"]
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        _, alive = psutil.wait_procs(workers, timeout=TIMEOUT_S)

    for each in alive:
        each.kill()
    assert workers
    assert not alive


def test_a_taken_port_is_refused_rather_than_shared() -> None:
    with serving(workers=1) as (_, url):
        second = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PORT": url.rpartition(":")[2]},
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )

    assert second.returncode == 1
    assert "is taken" in second.stderr


def test_an_application_that_cannot_be_loaded_is_tried_once() -> None:
    port = ports.first_free(host="127.0.0.1", port=FIRST_PORT)
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("slow_app", "no_such_app")],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORT": str(port)},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )

    assert ended.returncode == 1
    assert ended.stderr.count("ModuleNotFoundError") == 1
