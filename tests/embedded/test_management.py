"""The parts of `topup up` that decide: ports, restarts, signals, what is kept and what is shown."""

import os
import signal
import socket
from pathlib import Path

import pytest

from topup.config import Config
from topup.embedded.logs import LOG_MAX_BYTES, BoundedLog
from topup.management import box, demo, ports
from topup.management.demo import Demo, Seller, Staff
from topup.management.proof import Proof
from topup.management.stopping import StopRequested, StopSignals
from topup.management.supervisor import RESTARTS_MAX, RESTARTS_WINDOW_S, Restarts

PEOPLE = b"""starting
{"admin": {"username": "admin", "password": "p", "token": "tk_1_a"}, "sellers":
 [{"id": 7, "name": "One", "username": "one", "password": "q", "token": "tk_2_b"}]}""".replace(b"\n ", b" ")


def example(config: Config) -> Demo:
    return Demo(
        database=demo.fingerprint(config),
        proved=False,
        admin=Staff(username="admin", password="p", token="tk_1_a"),
        sellers=[Seller(id=7, name="One", username="one", password="q", token="tk_2_b")],
    )


def test_a_taken_port_moves_on_to_the_next_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert not ports.is_free(host="127.0.0.1", port=port)
        assert port < ports.first_free(host="127.0.0.1", port=port) < port + ports.PORT_TRIES


def test_a_port_that_its_holder_would_share_counts_as_taken() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        assert not ports.is_free(host="127.0.0.1", port=taken.getsockname()[1])


def test_restarts_are_bounded_within_the_window_only() -> None:
    restarts = Restarts()
    within = [restarts.allow(now_s=second) for second in range(RESTARTS_MAX + 1)]

    assert within == [True] * RESTARTS_MAX + [False]
    assert restarts.allow(now_s=RESTARTS_MAX + RESTARTS_WINDOW_S + 1)


def test_a_signal_is_noticed_at_the_next_wait_and_a_second_changes_nothing() -> None:
    said: list[str] = []
    with StopSignals(say=said.append) as stop:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(StopRequested):
            stop.wait(5)
        stop.stopping()
        os.kill(os.getpid(), signal.SIGINT)
        stop.wait(0)

    assert len(said) == 1


def test_a_log_is_turned_over_in_place_without_losing_its_writer(tmp_path: Path) -> None:
    log = BoundedLog(tmp_path / "a.log")
    descriptor = log.open()
    os.write(descriptor, b"x" * LOG_MAX_BYTES)
    log.turn_over_if_large()
    os.write(descriptor, b"the next line\n")
    os.close(descriptor)

    assert log.path.read_bytes() == b"the next line\n"
    assert (tmp_path / "a.log.1").stat().st_size == LOG_MAX_BYTES
    assert log.tail() == "the next line"


def test_the_demonstration_is_kept_for_our_eyes_only(settings: Config) -> None:
    settings.home.mkdir()
    demo.keep(settings, example(settings))

    assert demo.load(settings) == example(settings)
    assert (settings.home / demo.FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_the_demonstration_of_another_database_is_not_ours(settings: Config) -> None:
    settings.home.mkdir()
    demo.keep(settings, example(settings))
    other = Config(topup_home=settings.topup_home, database_url="postgresql://a@b/c")

    assert demo.load(other) is None


def test_the_last_line_of_the_seed_is_read(settings: Config) -> None:
    assert demo.from_seed(settings, PEOPLE) == example(settings)
    assert demo.from_seed(settings, b'{"seeded": false}\n') is None


def test_the_proof_holds_only_when_all_three_figures_agree() -> None:
    assert Proof(expected_minor=1, balance_minor=1, journal_minor=1).holds
    assert not Proof(expected_minor=1, balance_minor=1, journal_minor=2).holds
    assert not Proof(expected_minor=2, balance_minor=1, journal_minor=1).holds


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
    ],
)
def test_the_address_shown_can_be_opened_on_this_machine(host: str, expected: str) -> None:
    assert box.url(Config(host=host)) == expected
