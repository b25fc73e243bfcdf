"""Every error of the database has a cure, told by its SQLSTATE and by nothing else."""

import psycopg
import pytest
from psycopg import errors

from topup.ledger.cures import Cure, cure


@pytest.mark.parametrize(
    ("sqlstate", "expected"),
    [
        pytest.param("23505", Cure.LOOK_UP, id="a reference was used"),
        pytest.param("40001", Cure.AGAIN, id="a book moved"),
        pytest.param("40P01", Cure.AGAIN, id="a deadlock"),
        pytest.param("55P03", Cure.WAIT_LESS, id="a lock was not to be had"),
        pytest.param("08006", Cure.RECONNECT, id="the connection failed"),
        pytest.param("57P01", Cure.RECONNECT, id="the server is stopped"),
        pytest.param("57014", Cure.RECONNECT, id="a statement took too long"),
        pytest.param("53100", Cure.RECONNECT, id="the disk is full"),
        pytest.param("53300", Cure.RECONNECT, id="too many connections"),
        pytest.param("25006", Cure.RECONNECT, id="the server became read-only"),
        pytest.param("25P03", Cure.RECONNECT, id="idle in a transaction"),
        pytest.param("58030", Cure.RECONNECT, id="a disk fails"),
        pytest.param("23514", Cure.ALONE, id="a constraint refuses"),
        pytest.param("22021", Cure.ALONE, id="a text is none"),
        pytest.param("22P02", Cure.ALONE, id="a UUID is none"),
        pytest.param("42501", Cure.ALONE, id="no privilege"),
        pytest.param("42883", Cure.ALONE, id="no such function"),
    ],
)
def test_an_answer_of_the_server_is_cured_by_its_code(sqlstate: str, expected: Cure) -> None:
    assert cure(errors.lookup(sqlstate)("whatever the text")) is expected


@pytest.mark.parametrize(
    "lost",
    [
        psycopg.OperationalError("the connection is lost"),
        psycopg.InterfaceError("the connection is closed"),
        TimeoutError(),
        ConnectionRefusedError(),
    ],
)
def test_no_answer_at_all_asks_for_a_new_connection(lost: Exception) -> None:
    assert cure(lost) is Cure.RECONNECT


@pytest.mark.parametrize(
    "ours", [ValueError("ours"), AssertionError(), psycopg.ProgrammingError("ours"), psycopg.DataError("NUL")]
)
def test_a_mistake_of_ours_stands_alone(ours: Exception) -> None:
    assert cure(ours) is Cure.ALONE
