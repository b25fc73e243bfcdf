"""The embedded server: what it is made like, and that it comes back from everything."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from topup.config import APP_ROLE, OWNER_ROLE, SUPERUSER_ROLE, Config
from topup.embedded import Cluster, ClusterError, HomeInUse, HomeLock, running
from topup.embedded.cluster import UNFINISHED_NAME
from topup.embedded.lock import holder, is_held
from topup.embedded.remains import PID_FILE, SOCKET_NAME

CHILD_TIMEOUT_S = 30


def one(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(statement).fetchone()
    return row[0] if row else None


def fill(cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn("owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")


def rows_kept(cluster: Cluster) -> object:
    return one(cluster.dsn("owner"), "SELECT count(*) FROM kept")


def test_each_role_connects_as_itself_without_a_password(settings: Config) -> None:
    with running(settings) as cluster:
        assert one(cluster.dsn("app"), "SELECT current_user") == APP_ROLE
        assert one(cluster.dsn("owner"), "SELECT current_user") == OWNER_ROLE
        assert one(cluster.dsn("super"), "SELECT current_user") == SUPERUSER_ROLE


def test_the_server_is_durable_checksummed_and_reached_by_its_socket_only(settings: Config) -> None:
    expected = {
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
    }
    with running(settings) as cluster:
        found = {name: one(cluster.dsn("app"), f"SELECT current_setting('{name}')") for name in expected}

    assert found == expected
    assert stat.S_IMODE(settings.socket_dir.stat().st_mode) == 0o700


def test_durability_cannot_be_switched_off_in_the_configuration(settings: Config) -> None:
    with running(settings) as cluster, psycopg.connect(cluster.dsn("super"), autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {name} = off".encode())

    with running(settings) as cluster:
        assert one(cluster.dsn("app"), "SELECT current_setting('fsync')") == "on"
        assert one(cluster.dsn("app"), "SELECT current_setting('full_page_writes')") == "on"
        assert one(cluster.dsn("app"), "SELECT current_setting('synchronous_commit')") == "on"


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE t (n integer)", "CREATE TEMPORARY TABLE t (n integer)", "CREATE SCHEMA s"]
)
def test_the_application_may_create_nothing(settings: Config, statement: str) -> None:
    with running(settings) as cluster, pytest.raises(psycopg.errors.InsufficientPrivilege):
        one(cluster.dsn("app"), statement)


def test_a_second_start_is_warm_and_keeps_the_data(settings: Config) -> None:
    with running(settings) as cluster:
        assert cluster.created
        fill(cluster)

    with running(settings) as cluster:
        assert not cluster.created
        assert rows_kept(cluster) == 1000


def test_what_was_committed_survives_the_death_of_every_process(settings: Config) -> None:
    cluster = Cluster(settings)
    with HomeLock(settings.home):
        cluster.start()
        fill(cluster)
        assert cluster.pid
        os.kill(cluster.pid, signal.SIGKILL)
        while cluster.poll() is None:
            pass

        cluster.start()
        assert rows_kept(cluster) == 1000
        cluster.stop()


def test_a_server_dies_with_its_supervisor_and_the_next_start_follows_at_once(settings: Config) -> None:
    program = (
        "import os, signal, sys; from topup import config, embedded\n"
        "cluster = embedded.Cluster(config.load({'TOPUP_HOME': sys.argv[1]}, dotenv=None)); cluster.start()\n"
        "print(cluster.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(settings.home)],
        capture_output=True,
        text=True,
        check=False,
        timeout=CHILD_TIMEOUT_S,
        cwd=Path(__file__).parents[2],
    )
    assert killed.returncode == -signal.SIGKILL

    with running(settings) as cluster:
        assert cluster.pid != int(killed.stdout)
        assert one(cluster.dsn("app"), "SELECT 1") == 1


def test_an_orphan_server_is_stopped_first(settings: Config) -> None:
    said: list[str] = []
    orphan = Cluster(settings)
    orphan.start()
    fill(orphan)

    with HomeLock(settings.home):
        successor = Cluster(settings, say=said.append)
        successor.start()
        kept = rows_kept(successor)
        successor.stop()

    assert kept == 1000
    assert orphan.poll() == 0
    assert any("outlived its supervisor" in line for line in said)


def test_a_pid_file_that_names_another_program_does_not_stop_a_start(settings: Config) -> None:
    with running(settings) as cluster:
        data_dir = cluster.data_dir
        left = (data_dir / PID_FILE).read_text()
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    try:
        _, _, rest = left.partition("\n")
        (data_dir / PID_FILE).write_text(f"{stranger.pid}\n{rest}")
        with running(settings) as cluster:
            assert one(cluster.dsn("app"), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("text", ["", "garbage\n"])
def test_an_unfinished_pid_file_does_not_stop_a_start(settings: Config, text: str) -> None:
    with running(settings) as cluster:
        pid_file = cluster.data_dir / PID_FILE
    pid_file.write_text(text)

    with running(settings) as cluster:
        assert one(cluster.dsn("app"), "SELECT 1") == 1


def test_a_stale_socket_and_its_lock_are_removed(settings: Config) -> None:
    with running(settings):
        pass
    (settings.socket_dir / SOCKET_NAME).touch()
    (settings.socket_dir / f"{SOCKET_NAME}.lock").write_text("1\n")

    with running(settings) as cluster:
        assert one(cluster.dsn("app"), "SELECT 1") == 1


def test_a_data_directory_of_another_version_is_refused_and_left_alone(settings: Config) -> None:
    other = settings.home / "pg17"
    other.mkdir(parents=True)
    (other / "PG_VERSION").write_text("17\n")

    with pytest.raises(ClusterError, match=r"made by PostgreSQL 17.*pg_dump"), running(settings):
        pass

    assert sorted(path.name for path in other.iterdir()) == ["PG_VERSION"]
    assert not (settings.home / "pg18").exists()


def test_a_data_directory_whose_version_was_changed_is_refused(settings: Config) -> None:
    with running(settings) as cluster:
        version = cluster.data_dir / "PG_VERSION"
    version.write_text("16\n")

    with pytest.raises(ClusterError, match="made by PostgreSQL 16"), running(settings):
        pass


def test_a_data_directory_that_was_never_finished_is_made_anew(settings: Config) -> None:
    unfinished = settings.home / UNFINISHED_NAME
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    with running(settings) as cluster:
        assert cluster.created
        assert one(cluster.dsn("app"), "SELECT 1") == 1
    assert not unfinished.exists()


def test_a_start_that_fails_shows_the_end_of_the_log(settings: Config) -> None:
    with running(settings) as cluster:
        own = cluster.data_dir / "postgresql.auto.conf"
    own.write_text("no_such_setting = 1\n")

    with pytest.raises(ClusterError, match="no_such_setting"), running(settings):
        pass


def test_a_home_is_used_once_and_the_second_is_told_by_whom(settings: Config) -> None:
    with HomeLock(settings.home) as first:
        first.say(url="http://127.0.0.1:8000")
        with pytest.raises(HomeInUse, match=rf"process {os.getpid()}, which serves http://127.0.0.1:8000"):
            HomeLock(settings.home).__enter__()
        assert is_held(settings.home)

    assert not is_held(settings.home)
    assert holder(settings.home).pid == 0


def test_a_home_with_spaces_and_quotes_works(home: Path) -> None:
    with running(Config(topup_home=str(home / 'it\'s a "home"'))) as cluster:
        assert one(cluster.dsn("app"), "SELECT 1") == 1


def test_a_home_with_a_comma_is_refused_before_anything_is_made(home: Path) -> None:
    with pytest.raises(ClusterError, match="comma"), running(Config(topup_home=str(home / "a,b"))):
        pass

    assert not (home / "a,b" / "pg18").exists()


def test_a_home_whose_path_is_too_long_for_a_socket_works(home: Path) -> None:
    settings = Config(topup_home=str(home / ("long" * 25)))

    with running(settings) as cluster:
        assert settings.socket_dir.parent == Path("/tmp")
        assert one(cluster.dsn("app"), "SELECT 1") == 1
    settings.socket_dir.rmdir()
