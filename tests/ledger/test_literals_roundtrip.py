"""What Python writes as an array literal is what PostgreSQL reads, and both compute the same groups."""

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from topup.ledger import batching, core, literals
from topup.trips import Connection

on_one_connection = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
WITHOUT_NUL = st.characters(codec="utf-8", exclude_characters="\x00")
SPECIAL = st.text(alphabet="{}\",\\ \n\t'NULLnull\u200f", max_size=10)


@on_one_connection
@given(texts=st.lists(st.text(alphabet=WITHOUT_NUL) | SPECIAL))
def test_texts_come_through(app: Connection, texts: list[str]) -> None:
    row = app.execute("SELECT %s::text[]", [literals.texts(texts)]).fetchone()

    assert row == (texts,)


@on_one_connection
@given(numbers=st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_numbers_come_through(app: Connection, numbers: list[int]) -> None:
    row = app.execute("SELECT %s::bigint[]", [literals.numbers(numbers)]).fetchone()

    assert row == (numbers,)


@on_one_connection
@given(values=st.lists(st.binary(max_size=40)))
def test_bytes_come_through(app: Connection, values: list[bytes]) -> None:
    row = app.execute("SELECT %s::bytea[]", [literals.byte_strings(values)]).fetchone()

    assert row == (values,)


@on_one_connection
@given(words=st.lists(st.text(alphabet=string.ascii_letters + string.digits + "-_", min_size=1)))
def test_words_come_through_unless_they_mean_nothing(app: Connection, words: list[str]) -> None:
    words = [word for word in words if word.lower() != "null"]

    row = app.execute("SELECT %s::text[]", [literals.words(words)]).fetchone()

    assert row == (words,)


@on_one_connection
@given(sellers=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=200))
def test_a_sellers_group_is_the_range_of_the_servers_own_hash(app: Connection, sellers: list[int]) -> None:
    width = 2**32 // batching.GROUPS
    rows = app.execute(
        "SELECT (hashint8(seller)::bigint + 2147483648) / %s FROM unnest(%s::bigint[])"
        " WITH ORDINALITY AS given(seller, place) ORDER BY place",
        [width, sellers],
    )

    assert [row[0] for row in rows] == [batching.group_of(seller) for seller in sellers]


def test_the_database_moves_money_between_the_same_accounts(app: Connection) -> None:
    rows = app.execute("SELECT kind::text, from_account, to_account FROM ledger.move").fetchall()

    assert {kind: (giver, taker) for kind, giver, taker in rows} == core.MOVES
