"""A home of its own for every test here: these tests start, kill and damage real servers."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from topup import config
from topup.config import Config


@pytest.fixture
def home() -> Iterator[Path]:
    """Directly below /tmp, because a socket's path has to be short."""
    made = Path(tempfile.mkdtemp(prefix="topup-test-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def settings(home: Path) -> Config:
    return config.load({"TOPUP_HOME": str(home / "var")}, dotenv=None)
