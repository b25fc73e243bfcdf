"""A backup that is restored is an installation: books verified, and a key that was used before is still used.

Everything goes by the commands that people run. What was sold after the moment that was restored to is not
there, and its key is free again: docs/howto/backup-and-restore.md says what to do about that.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.recharges import place as places
from tests.recharges.place import Place, Shop
from tests.support.installation import Installation
from tests.support.server import serving
from topup import clock, embedded

NUMBER = "+989353456789"
TIMEOUT_S = 300
BEFORE, BETWEEN, AFTER = "order-before", "order-between", "order-after"


class Sold(NamedTuple):
    """An installation that archives, its backups, and what was sold before, between and after."""

    place: Place
    base: Path
    dump: Path
    moment: str
    ids: dict[str, str]


def topup(installation: Installation, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        installation.command(*words), env=installation.environment(**settings), cwd=installation.home,
        capture_output=True, text=True, check=False, timeout=TIMEOUT_S,
    )  # fmt: skip


def backed_up(place: Place, into: Path, *words: str, **settings: str) -> Path:
    ran = topup(place.installation, "backup", str(into), *words, **settings)
    assert ran.returncode == 0, ran.stderr
    return Path(ran.stdout.strip())


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Where the server may write too, whoever it runs as."""
    made = Path(tempfile.mkdtemp(prefix="topup-backups-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def sold(directory: Path) -> Iterator[Sold]:
    with places.opened(wal_archive=str(directory / "wal %p's")) as place:
        shop, ids = place.shops[0], {}
        ids[BEFORE] = str(shop.sell(NUMBER, reference=BEFORE)["id"])
        assert topup(place.installation, "seal").returncode == 0
        base = backed_up(place, directory)
        dump = backed_up(place, directory / "dumps", **_as_external(place))
        ids[BETWEEN] = str(shop.sell(NUMBER, reference=BETWEEN)["id"])
        moment = clock.rfc3339(clock.now_us())
        ids[AFTER] = str(shop.sell(NUMBER, reference=AFTER)["id"])
        _archive_all(place)
        yield Sold(place, base, dump, moment, ids)


def _as_external(place: Place) -> dict[str, str]:
    """Settings that name the server by its address, as one that is not ours is named."""
    config = place.installation.config
    return {"DATABASE_URL": config.dsn("app"), "DATABASE_OWNER_URL": config.dsn("owner")}


def _archive_all(place: Place) -> None:
    with closing(place.installation.connect("super")) as superuser:
        ((last,),) = superuser.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchall()

        def archived() -> bool:
            ((found,),) = superuser.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchall()
            return str(found or "") >= str(last)

        places.wait(archived, what="the log is in the archive")


@pytest.fixture
def home() -> Iterator[Path]:
    """A new place below /tmp, because a socket's path has to be short."""
    made = Path(tempfile.mkdtemp(prefix="topup-r-", dir="/tmp"))
    made.chmod(0o755)
    yield made / "home"
    shutil.rmtree(made)


def restore(sold: Sold, backup: Path, home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return topup(sold.place.installation, "restore", str(backup), "--into", str(home), *words)


@contextmanager
def at_work(sold: Sold, home: Path) -> Iterator[tuple[Installation, Shop]]:
    """The restored installation with a server, and the same seller with the same key."""
    old = sold.place.installation
    restored = Installation(home, {**old.settings, "TOPUP_HOME": str(home), "WAL_ARCHIVE": ""})
    key = sold.place.shops[0].client.headers["Authorization"]
    headers = {"Authorization": key}
    with (
        embedded.running(restored.config),
        serving(restored) as server,
        httpx.Client(base_url=server.url, headers=headers, timeout=30) as client,
    ):
        yield restored, Shop(client)


def references(home: Path, sold: Sold) -> set[str]:
    old = sold.place.installation
    restored = Installation(home, {**old.settings, "TOPUP_HOME": str(home), "WAL_ARCHIVE": ""})
    with embedded.running(restored.config), closing(restored.connect("app")) as app:
        return {row[0] for row in app.execute("SELECT reference FROM recharges.recharge").fetchall()}


def sell(shop: Shop, reference: str) -> Any:  # a response
    body = {"phone_number": NUMBER, "amount": places.PRICE}
    return shop.client.post("/api/v1/recharges", json=body, headers={"Idempotency-Key": reference})


def test_a_point_in_time_is_reached_and_every_key_used_before_it_is_still_used(
    sold: Sold, home: Path
) -> None:
    ran = restore(sold, sold.base, home, "--until", sold.moment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "all verified" in ran.stdout
    assert "held to the seal of" in ran.stdout

    with at_work(sold, home) as (_, shop):
        balance = shop.balance()["available"]
        again = {reference: sell(shop, reference) for reference in (BEFORE, BETWEEN)}
        assert {reference: each.json()["id"] for reference, each in again.items()} == {
            reference: sold.ids[reference] for reference in again
        }
        assert shop.balance()["available"] == balance, "a key that was used sold again"
        assert sell(shop, AFTER).json()["id"] != sold.ids[AFTER], "what came later is not there"


def test_a_base_backup_alone_is_the_moment_it_was_made(sold: Sold, home: Path) -> None:
    ran = restore(sold, sold.base, home)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert references(home, sold) == {BEFORE}


def test_with_the_archive_alone_everything_in_it_comes_back(sold: Sold, home: Path) -> None:
    archive = sold.place.installation.settings["WAL_ARCHIVE"]
    ran = restore(sold, sold.base, home, "--wal", archive)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert references(home, sold) == {BEFORE, BETWEEN, AFTER}


def test_a_server_that_is_not_ours_is_dumped_and_restored_with_its_keys_and_roles(
    sold: Sold, home: Path
) -> None:
    assert json.loads((sold.dump / "backup.json").read_bytes())["kind"] == "dump"
    ran = restore(sold, sold.dump, home)
    assert ran.returncode == 0, ran.stdout + ran.stderr

    with at_work(sold, home) as (restored, shop):
        assert sell(shop, BEFORE).json()["id"] == sold.ids[BEFORE]
        assert sell(shop, BETWEEN).json()["id"] != sold.ids[BETWEEN], "it was sold after the dump"
        told = topup(restored, "doctor", PORT="18732").stdout
    assert "ok       Role" in told, told


def test_a_backup_holds_neither_the_secret_key_nor_the_key_of_seals(sold: Sold) -> None:
    secret = sold.place.installation.settings["SECRET_KEY"].encode()
    key = (sold.place.installation.home / "seals" / "key").read_bytes()
    files = [path.read_bytes() for path in sold.base.rglob("*") if path.is_file()]

    assert not any(secret in text or key in text for text in files)
    assert sold.base.stat().st_mode & 0o777 == 0o700


def test_nothing_is_restored_over_data(sold: Sold) -> None:
    home = sold.place.installation.home
    ran = restore(sold, sold.base, home)

    assert ran.returncode == 1
    assert "There are data in" in ran.stderr
    assert sell(sold.place.shops[0], BEFORE).json()["id"] == sold.ids[BEFORE]


def test_a_damaged_backup_is_refused_and_leaves_nothing(sold: Sold, home: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(sold.base, damaged)
    target = damaged / "base" / "PG_VERSION"
    target.write_text("17\n")
    ran = restore(sold, damaged, home)

    assert ran.returncode == 1
    assert "is damaged: PG_VERSION" in ran.stderr
    assert not home.exists() or os.listdir(home) == []  # noqa: PTH208  # names are enough


REFUSED = {
    "a moment before the backup": (["--until", "2020-01-01T00:00:00Z"], "Take an earlier backup"),
    "a moment without a zone": (["--until", "2026-11-20T17:30:00"], "no time with its zone"),
    "a moment that never came": (["--until", "2099-01-01T00:00:00Z"], "before configured recovery target"),
    "an archive that is not there": (["--wal", "/nowhere"], "is no directory"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_moment_that_cannot_be_reached_is_refused_and_leaves_nothing(
    name: str, sold: Sold, home: Path
) -> None:
    words, told = REFUSED[name]
    ran = restore(sold, sold.base, home, *words)

    assert ran.returncode in (1, 2)
    assert told in ran.stderr
    assert not (home / "pg18").exists()


def test_an_archive_with_a_hole_is_refused(sold: Sold, home: Path, tmp_path: Path) -> None:
    """PostgreSQL takes a file that is missing for the end of the log; what is after it would be lost."""
    holed = tmp_path / "holed"
    shutil.copytree(sold.place.installation.settings["WAL_ARCHIVE"], holed)
    last = max(path for path in holed.iterdir() if len(path.name) == len("0" * 24 + ".gz"))
    last.rename(holed / f"{int(last.name[:24], 16) + 1:024X}.gz")
    ran = restore(sold, sold.base, home, "--wal", str(holed))

    assert (ran.returncode, "it has a hole" in ran.stderr) == (1, True), ran.stderr
    assert not (home / "pg18").exists()


def test_a_dump_goes_to_no_other_moment(sold: Sold, home: Path) -> None:
    ran = restore(sold, sold.dump, home, "--until", sold.moment)

    assert (ran.returncode, "Leave --until and --wal out" in ran.stderr) == (1, True)
    assert "docs/howto/backup-and-restore.md has the steps" in " ".join(ran.stderr.split())


def test_what_is_no_backup_is_refused(sold: Sold, home: Path, tmp_path: Path) -> None:
    ran = restore(sold, tmp_path, home)

    assert (ran.returncode, "is no backup of `topup backup`" in ran.stderr) == (1, True)
