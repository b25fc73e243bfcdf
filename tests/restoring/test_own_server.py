"""A server of one's own goes to a point in time by its own means, as docs/howto/backup-and-restore.md says.

What is run here are the settings that stand there. What `topup` cannot do itself, it says.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple

import psycopg
import pytest

from tests.deploy.plain_postgres import PASSWORD, plain_postgres
from tests.ledger import wishes
from tests.recharges import place as places
from tests.standby.pair import Pair, installation_on, make_roles
from tests.support.installation import ROOT, Installation
from tests.support.server import free_port
from topup.embedded import binaries, identity

TIMEOUT_S = 120
TOLD = (ROOT / "docs/howto/backup-and-restore.md").read_text(encoding="utf-8")


class Own(NamedTuple):
    """A server of one's own that archives; the one that is restored listens on the pair's other port."""

    pair: Pair
    installation: Installation
    seller: int

    def sell(self) -> None:
        with closing(self.installation.connect()) as app:
            wishes.sell(app, self.seller)

    def topup(self, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        made = self.installation
        return subprocess.run(
            made.command(*words), env=made.environment(**settings), cwd=made.home,
            capture_output=True, text=True, check=False, timeout=TIMEOUT_S,
        )  # fmt: skip


def told(setting: str, own: Pair) -> str:
    """A setting as the page has it, about this archive."""
    found = re.search(rf"^ +{setting} = '(.*)'$", TOLD, re.MULTILINE)
    assert found is not None, setting
    return found[1].replace("/mnt/wal", str(own.primary.directory / "wal"))


@pytest.fixture(scope="module")
def own(installation: Installation) -> Iterator[Own]:
    with plain_postgres("--set", "archive_mode=on") as primary:
        pair = Pair(primary, free_port())
        (primary.directory / "wal").mkdir()
        identity.choose(binaries=binaries.find(), home=primary.directory).give(primary.directory / "wal")
        url = primary.url("postgres", PASSWORD, "postgres")
        with closing(psycopg.connect(url, autocommit=True)) as superuser:
            command = told("archive_command", pair).replace("'", "''")
            superuser.execute(f"ALTER SYSTEM SET archive_command = '{command}'".encode())
            superuser.execute("SELECT pg_reload_conf()")
        make_roles(primary)
        made = installation_on(pair, installation.settings)
        places.people(made, 1)
        ((seller,),) = pair.ask(primary.port, "SELECT seller_id FROM ledger.book")
        yield Own(pair, made, seller)


def archive_all(own: Own) -> None:
    ((last,),) = own.pair.ask(own.pair.primary.port, "SELECT pg_walfile_name(pg_switch_wal())")
    wal = own.pair.primary.directory / "wal"
    places.wait((wal / str(last)).exists, what="the log is in the archive")


def copy_base(own: Own) -> None:
    source = f"host=127.0.0.1 port={own.pair.primary.port} user=postgres password={PASSWORD}"
    words = ["pg_basebackup", "-D", str(own.pair.directory), "-d", source, "--checkpoint=fast"]
    subprocess.run(own.pair.as_server(words), check=True, capture_output=True, timeout=TIMEOUT_S)


@contextmanager
def recovered(own: Own, moment: str) -> Iterator[str]:
    """The base brought to this moment on a server of its own; the application's way to it."""
    data, pair = own.pair.directory, own.pair
    settings = {
        "restore_command": told("restore_command", pair),
        "recovery_target_time": moment,
        "recovery_target_action": told("recovery_target_action", pair),
        "archive_mode": "off",
    }
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as written:
        written.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (data / "recovery.signal").touch()
    words = ["postgres", "-D", str(data), "-p", str(pair.port), "-c", "unix_socket_directories="]
    with (pair.primary.directory / "recovered.log").open("wb") as log:
        server = subprocess.Popen(
            pair.as_server([*words, "-c", "listen_addresses=127.0.0.1"]), stdout=log, stderr=log
        )
    try:
        places.wait(lambda: _is_open(pair), what="the restored server is open")
        role = "topup_app"
        yield f"postgresql://{role}:{role}-secret@127.0.0.1:{pair.port}/topup"
    finally:
        server.terminate()
        server.wait(timeout=TIMEOUT_S)


def _is_open(pair: Pair) -> bool:
    try:
        return pair.ask(pair.port, "SELECT pg_is_in_recovery()") == [(False,)]
    except psycopg.OperationalError:
        return False


def test_a_moment_is_reached_as_the_page_says_and_the_books_are_proved(own: Own) -> None:
    own.sell()
    seal = own.topup("seal").stdout.strip()
    copy_base(own)
    own.sell()
    ((moment, before),) = own.pair.ask(own.pair.primary.port, "SELECT now()::text, seq FROM ledger.book")
    own.sell()
    archive_all(own)

    with recovered(own, moment) as url:
        assert own.pair.ask(own.pair.port, "SELECT seq FROM ledger.book") == [(before,)]
        ran = own.topup("verify", "--seal", seal, DATABASE_URL=url)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "held to the seal of" in ran.stdout


def test_a_backup_of_it_says_that_it_is_of_one_moment_and_where_the_steps_are(own: Own) -> None:
    ran = own.topup("backup", str(own.installation.home / "backups"), WAL_ARCHIVE="/mnt/wal")

    assert ran.returncode == 0, ran.stderr
    assert "WAL_ARCHIVE has no effect on the server of DATABASE_URL" in ran.stderr
    assert "docs/howto/backup-and-restore.md" in ran.stderr
