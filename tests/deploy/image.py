"""What the Dockerfile says, read and done without an engine: the files it copies, installed and run.

Only the instructions that our Dockerfile uses are known here; another one is an error, so that nothing
in it goes unread.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.installation import ROOT
from topup.embedded import identity
from topup.embedded.binaries import Binaries

KNOWN = {"FROM", "ENV", "WORKDIR", "RUN", "COPY", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"}
INSTALL_TIMEOUT_S = 120


@dataclass
class Stage:
    """A stage of the build: its base, and the instructions that the tests look at."""

    base: str
    env: dict[str, str] = field(default_factory=dict)
    runs: list[list[str]] = field(default_factory=list)
    copies: list[list[str]] = field(default_factory=list)
    user: str = "root"
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)


def stages() -> list[Stage]:
    """The stages of our Dockerfile. Raises AssertionError for an instruction that is not known here."""
    found: list[Stage] = []
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        assert word in KNOWN, line
        if word == "FROM":
            found.append(Stage(rest))
        else:
            _take(found[-1], word, rest)
    return found


def _take(stage: Stage, word: str, rest: str) -> None:
    if word == "ENV":
        stage.env |= dict(pair.split("=", 1) for pair in rest.split())
    elif word == "RUN":
        stage.runs.append(json.loads(rest))
    elif word == "COPY":
        stage.copies.append(rest.split())
    elif word == "USER":
        stage.user = rest
    elif word == "CMD":
        stage.command = json.loads(rest)
    elif word == "HEALTHCHECK":
        stage.health = json.loads(rest.partition(" CMD ")[2])


@dataclass(frozen=True)
class Image:
    """The product as the image has it, in a directory that an ordinary user may read but not write."""

    site: Path
    home: Path
    user: identity.Identity

    def command(self, words: list[str]) -> list[str]:
        """These words of the Dockerfile, run as an ordinary user in its working directory."""
        program = shutil.which(words[0], path=self.environment()["PATH"])
        assert program is not None, words
        return self.user.command([program, *words[1:]], directory=self.home)

    def environment(self, **settings: str) -> dict[str, str]:
        """The image's own variables, and these. Nothing of the tests' environment gets in."""
        *_, last = stages()
        python = Path(sys.executable).parent
        path = f"{self.site / 'bin'}:{python}:{last.env['PATH']}"
        own = {**last.env, "PATH": path, "TOPUP_HOME": str(self.home), "HOST": "127.0.0.1"}
        return {**own, "PYTHONPATH": str(self.site), "PYTHONDONTWRITEBYTECODE": "1", **settings}


@contextmanager
def built() -> Iterator[Image]:
    """The files that the Dockerfile copies, installed as it installs them."""
    directory = Path(tempfile.mkdtemp(prefix="topup-image-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        context, site, home = (directory / name for name in ("context", "site", "home"))
        context.mkdir()
        home.mkdir()
        _copy(context)
        _install(context, site)
        user = _ordinary_user(directory, home)
        user.give(home)
        yield Image(site, home, user)
    finally:
        shutil.rmtree(directory)


def _ordinary_user(directory: Path, home: Path) -> identity.Identity:
    """Ourselves, or where we are root somebody who is not and can run this Python: the product's own
    choice, tried with Python in the place of PostgreSQL."""
    tried = directory / "tried"
    tried.mkdir()
    (tried / "postgres").symlink_to(sys.executable)
    return identity.choose(binaries=Binaries(tried), home=home)


def _copy(context: Path) -> None:
    for *sources, _ in stages()[0].copies:
        for source in sources:
            if (ROOT / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
                shutil.copytree(ROOT / source, context / source, ignore=ignored)
            else:
                shutil.copy2(ROOT / source, context / source)


def _install(context: Path, site: Path) -> None:
    """The last RUN of the build, into a directory; what the lock file brings is here already."""
    (_, *words) = stages()[0].runs[-1]
    done = subprocess.run(
        [sys.executable, *words, "--target", str(site)],
        cwd=context,
        env={"PATH": os.environ["PATH"], "PIP_NO_CACHE_DIR": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=INSTALL_TIMEOUT_S,
    )
    assert done.returncode == 0, done.stderr
