"""The installation that is measured: a fresh home on the disk of this checkout, gone at the end.

Owns its directory, its sellers and its settings, which are the defaults but for scenarios.SETTINGS;
a developer's own environment and `.env` are not read.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import psycopg

from bench import processes
from bench.scenarios import SETTINGS, What
from tests.support.installation import Installation
from topup import embedded
from topup.config import Config
from topup.embedded import Cluster

# On the disk of the checkout, because /tmp is often memory, where fsync costs nothing.
WORK = Path(__file__).with_name(".work")
MIGRATE_LIMIT_S = 120
SELLERS_LIMIT_S = 600


class House(NamedTuple):
    """A running database with the product's tables."""

    installation: Installation
    cluster: Cluster

    @property
    def database_pid(self) -> int:
        assert self.cluster.pid is not None
        return self.cluster.pid

    def checkpoint(self) -> None:
        """Write everything out, so that no measurement pays for the one before it."""
        with psycopg.connect(self.cluster.dsn("super"), autocommit=True) as connection:
            connection.execute("CHECKPOINT")


class People(NamedTuple):
    """A file with the sellers' keys, and the key of a member of staff."""

    keys: Path
    staff_key: str

    def reading(self, what: What) -> Path:
        """The file of what is read: a key and a path a line. `write_paths` makes it."""
        return self.keys.with_suffix(f".{what}")


@contextmanager
def home(*, settings: Mapping[str, str] = SETTINGS) -> Iterator[Installation]:
    """An empty home and the settings of its processes."""
    WORK.mkdir(exist_ok=True)
    WORK.chmod(0o755)
    directory = Path(tempfile.mkdtemp(prefix="home-", dir=WORK))
    directory.chmod(0o755)  # the server may have to run as another user
    blank = {field.name.upper(): "" for field in msgspec.structs.fields(Config)}
    try:
        yield Installation(directory, {**blank, **settings, "TOPUP_HOME": str(directory)})
    finally:
        shutil.rmtree(directory)


@contextmanager
def running(*, settings: Mapping[str, str] = SETTINGS) -> Iterator[House]:
    """A fresh installation with its PostgreSQL started and migrated. Main thread only."""
    with home(settings=settings) as installation, embedded.running(installation.config) as cluster:
        processes.run(
            installation.command("migrate", "--verbosity=0"),
            limit_s=MIGRATE_LIMIT_S,
            env=installation.environment(),
            directory=installation.home,
        )
        yield House(installation, cluster)


def populate(house: House, *, sellers: int) -> People:
    """Make and fund sellers, in a process of its own."""
    keys = house.installation.home / "keys.txt"
    finished = processes.run(
        [sys.executable, "-m", "bench.sellers", str(sellers), str(keys)],
        limit_s=SELLERS_LIMIT_S,
        env=house.installation.environment(),
        directory=house.installation.home,
    )
    return People(keys, finished.output.split()[-1])
