"""What the image runs, run without an engine: the Dockerfile's own words, as an ordinary user.

The installed package is all that its processes have; the clone is not on their path.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.deploy import compose
from tests.deploy.image import Image, built, stages
from tests.support.installation import ROOT, Installation
from tests.support.server import HEALTH, POLL_S, START_TIMEOUT_S, STOP_TIMEOUT_S, free_port

SECRET_KEY = "".join(chr(33 + number % 90) for number in range(60))


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    with built() as made:
        yield made


@contextmanager
def started(image: Image, words: list[str], **settings: str) -> Iterator[tuple[str, dict[str, str]]]:
    """These words until the end of the test; yields the URL and the environment."""
    port = free_port()
    environment = image.environment(PORT=str(port), **settings)
    log = image.site.parent / f"{words[-1]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            image.command(words), env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + START_TIMEOUT_S
        while not healthy(url):
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < until, log.read_text(encoding="utf-8")
            time.sleep(POLL_S)
        yield url, environment
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=STOP_TIMEOUT_S) == 0, log.read_text(encoding="utf-8")


def healthy(url: str) -> bool:
    try:
        return httpx.get(url + HEALTH, timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def production(installation: Installation) -> dict[str, str]:
    return {
        "DEBUG": "false",
        "SECRET_KEY": SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": installation.config.dsn("app"),
    }


def test_the_image_serves_and_is_healthy_and_ends_when_told(image: Image, installation: Installation) -> None:
    *_, last = stages()
    with started(image, last.command, **production(installation)) as (url, environment):
        page = httpx.get(f"{url}/api/docs", timeout=10)
        checked = subprocess.run(image.command(last.health), env=environment, check=False, timeout=30)

    assert last.command == ["topup", "serve"]
    assert page.status_code == httpx.codes.OK
    assert checked.returncode == 0


def test_the_health_check_fails_where_nothing_answers(image: Image) -> None:
    *_, last = stages()
    environment = image.environment(PORT=str(free_port()))
    checked = subprocess.run(
        image.command(last.health), env=environment, check=False, timeout=30, stderr=subprocess.DEVNULL
    )

    assert checked.returncode != 0


def test_the_one_off_service_migrates(image: Image, installation: Installation) -> None:
    words = compose.read("compose.prod.yaml")["services"]["migrate"]["command"]
    owner = {"DATABASE_OWNER_URL": installation.config.dsn("owner")}
    done = subprocess.run(
        image.command(words),
        env=image.environment(**production(installation), **owner),
        capture_output=True,
        text=True,
        check=False,
        timeout=START_TIMEOUT_S,
    )

    assert done.returncode == 0, done.stderr
    assert "No migrations to apply" in done.stdout


def test_the_development_service_starts_everything_in_an_empty_volume(image: Image) -> None:
    words = compose.read("compose.yaml")["services"]["web"]["command"]
    with started(image, words, DEBUG="true") as (url, _):
        assert httpx.get(f"{url}/account/login/", timeout=10).status_code == httpx.codes.OK

    assert (image.home / "demo.json").exists()


def test_the_image_runs_as_an_ordinary_user_from_locked_files() -> None:
    build, last = stages()

    assert last.user == "topup"
    assert last.runs[0][:4] == ["useradd", "--system", "--uid", "10001"]
    assert [stage.base.split(" ")[0] for stage in (build, last)] == ["python:3.11-slim"] * 2
    installs = [words for words in build.runs if "install" in words]
    assert all("--require-hashes" in words or "--no-index" in words for words in installs)


def test_what_the_dockerfile_copies_is_let_through_and_is_there() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = {source for *sources, _ in stages()[0].copies for source in sources}

    assert copied == {line.removeprefix("!") for line in ignore if line.startswith("!")}
    assert all((ROOT / source).exists() for source in copied)
