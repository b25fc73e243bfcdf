"""`topup doctor` names what is wrong, says how to mend it, and changes nothing."""

import socket
from pathlib import Path

import msgspec
import pytest

from topup.config import Config
from topup.embedded import HomeLock, running
from topup.management import database_checks, doctor, machine_checks


def test_a_home_that_was_never_started_is_well_and_stays_untouched(
    settings: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    status = doctor.run(msgspec.structs.replace(settings, port=port))

    assert status == 0
    assert "not made yet" in capsys.readouterr().out
    assert not settings.home.exists()


def test_a_taken_port_is_a_problem_with_a_remedy(settings: Config) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        finding = machine_checks.port(msgspec.structs.replace(settings, port=taken.getsockname()[1]))

    assert not finding.well
    assert "PORT" in finding.remedy


def test_the_port_that_we_serve_ourselves_is_no_problem(settings: Config) -> None:
    with HomeLock(settings.home) as lock:
        lock.say(url="http://127.0.0.1:8000")
        finding = machine_checks.port(settings)

    assert finding.well
    assert "http://127.0.0.1:8000" in finding.detail


def test_a_home_that_others_may_write_to_is_a_problem(settings: Config) -> None:
    settings.home.mkdir()
    settings.home.chmod(0o777)

    assert not machine_checks.home(settings).well


def test_the_roles_that_we_make_pass_the_checks(settings: Config) -> None:
    with running(settings) as cluster:
        findings = [found for found in database_checks.all_checks(settings) if found.title != "Migrations"]
        as_owner = msgspec.structs.replace(settings, database_url=cluster.dsn("super"))
        mistaken = {found.title: found for found in database_checks.all_checks(as_owner)}

    assert [found.title for found in findings if not found.well] == []
    assert not mistaken["Role"].well


def test_a_server_that_does_not_answer_is_a_problem(tmp_path: Path) -> None:
    nowhere = Config(topup_home=str(tmp_path), database_url=f"postgresql://a@/b?host={tmp_path}")
    (finding,) = database_checks.all_checks(nowhere)

    assert not finding.well
