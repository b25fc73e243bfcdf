"""The `.sql` files keep the shape that a cluster distributed by seller needs.

What the rules are for is in docs/adr and the design: each was met on a cluster, where breaking it sends
a statement to every shard, or is not possible at all.
"""

import re

import pytest

from tests.support import sources
from tests.support.sources import SqlText

HOT = [
    "ledger.book", "ledger.journal", "ledger.idempotency", "ledger.adjustment", "recharges.recharge",
    "credit.receipt", "credit.look",
    "credit.credit_request", "recharges.errand", "recharges.attempt", "recharges.recharge_event",
    "recharges.dispute", "recharges.callback", "recharges.review_proposal", "recharges.staff_case",
    "ledger.low_balance", "webhooks.event", "webhooks.delivery", "webhooks.delivery_attempt",
]  # fmt: skip
# What may read every seller, and why.
EVERYWHERE = {
    "topup/webhooks/queries.sql:untold": "a worker tells events of whatever seller; few are untold",
    "topup/webhooks/queries.sql:old_deliveries": "housekeeping forgets what is old, of whatever seller",
    "topup/ledger/queries.sql:list_books": "a proof of all books reads all books, page by page",
    "topup/reconciliation/facts.sql:next_in_journal": "a proof of all looks for journals without a book",
    "topup/recharges/dispatch.sql:candidates": "a worker looks for what is due over all sellers, unlocked",
    "topup/recharges/dispatch.sql:sent_lately": "an operator's gap is per number, whoever sold it",
    "topup/recharges/dispatch.sql:open_totals": "the metrics of what is open, every 10 s",
    "topup/recharges/callbacks.sql:new_callbacks": "what a process that ended left behind, whoever sold it",
    "topup/recharges/callbacks.sql:old_callbacks": "what is forgotten by its age",
    "topup/recharges/review.sql:list_reviews": "the queue of staff is over all sellers, and short",
    "topup/recharges/cases.sql:list_cases": "the queue of staff is over all sellers, and of none",
    "topup/recharges/cases.sql:count_open_cases": "the metric of open cases, every 10 s",
    "topup/console/queries.sql:unknown_by_age": "the dashboard's count of what is unknown, which is little",
    "topup/console/queries.sql:same_bank_reference": "a transfer is used once, whoever names it",
    "topup/console/queries.sql:same_receipt": "so is its receipt",
    "topup/api/health.sql:worker": "whether anything at all is open",
}
WRITING_CTE = r"\bWITH\b.*\bAS\s*(NOT\s+)?(MATERIALIZED\s*)?\(\s*(INSERT|UPDATE|DELETE|MERGE)"
VOLATILE = r"\b(now|clock_timestamp|random|gen_random_uuid|nextval|uuidv7|timeofday)\s*\("
_TABLE = re.compile(
    rf"\b(FROM|JOIN|UPDATE|INTO)\s+({'|'.join(map(re.escape, HOT))})\b(?:\s+(?:AS\s+)?(\w+))?", re.IGNORECASE
)
_NO_ALIAS = {"where", "set", "order", "join", "cross", "on", "limit", "values", "select", "for"}

ALL_STATEMENTS = [*sources.statements(), *sources.function_statements()]


def by_name(pieces: list[SqlText]) -> list[object]:
    return [pytest.param(piece, id=piece.where) for piece in pieces]


def touching(pieces: list[SqlText]) -> list[object]:
    return by_name([piece for piece in pieces if _TABLE.search(piece.text)])


def test_there_is_something_to_read() -> None:
    assert len(sources.statements()) >= 15
    assert len(sources.function_statements()) >= 10


@pytest.mark.parametrize("statement", touching(ALL_STATEMENTS))
def test_a_statement_on_a_hot_table_names_its_seller(statement: SqlText) -> None:
    if statement.where in EVERYWHERE:
        return
    for verb, table, alias in _TABLE.findall(statement.text):
        if verb.upper() == "INTO":
            continue
        name = "" if alias.lower() in _NO_ALIAS else alias
        prefix = rf"\b{name}\." if name else r"(?<![.\w])"
        assert re.search(rf"{prefix}seller_id\s*=\s*(ANY\s*\(\s*)?[$\w]", statement.text), (table, name)


@pytest.mark.parametrize("statement", touching(ALL_STATEMENTS))
def test_nothing_is_written_on_conflict(statement: SqlText) -> None:
    assert not re.search(r"\bON\s+CONFLICT\b", statement.text, re.IGNORECASE)


@pytest.mark.parametrize("statement", by_name(ALL_STATEMENTS))
def test_no_query_writes_on_the_side(statement: SqlText) -> None:
    assert not re.search(WRITING_CTE, statement.text, re.IGNORECASE | re.DOTALL)


@pytest.mark.parametrize("statement", by_name(sources.statements()))
def test_arrays_are_written_inside_functions_only(statement: SqlText) -> None:
    assert not re.search(r"\bINSERT\b.*\bunnest\s*\(", statement.text, re.IGNORECASE | re.DOTALL)


@pytest.mark.parametrize("statement", by_name(sources.statements()))
def test_a_named_statement_writes_through_functions_only(statement: SqlText) -> None:
    assert not re.match(r"\s*(INSERT|UPDATE|DELETE|MERGE|TRUNCATE)\b", statement.text, re.IGNORECASE)


@pytest.mark.parametrize("statement", touching(ALL_STATEMENTS))
def test_an_update_of_a_hot_table_asks_no_clock_and_no_dice(statement: SqlText) -> None:
    if re.match(r"\s*(BEGIN\s+)?UPDATE\b", statement.text, re.IGNORECASE):
        assert not re.search(VOLATILE, statement.text, re.IGNORECASE)


@pytest.mark.parametrize("table", HOT)
def test_every_key_of_a_hot_table_begins_with_the_seller(table: str) -> None:
    (definition,) = [d.text for d in sources.definitions() if d.text.startswith(f"CREATE TABLE {table} ")]
    inside = re.findall(r"\b(?:PRIMARY KEY|UNIQUE)\s*\(\s*(\w+)", definition)
    index = re.compile(rf"CREATE UNIQUE INDEX.*\bON\s+{re.escape(table)}\s*\(\s*(\w+)", re.DOTALL)
    beside = [match[1] for each in sources.definitions() if (match := index.match(each.text))]
    by_column = re.findall(r"\b(\w+)\s+\w+[^,(]*\b(?:PRIMARY KEY|UNIQUE)\s*,", definition)

    assert inside
    assert {*inside, *beside} == {"seller_id"}
    assert by_column == []


@pytest.mark.parametrize("table", HOT)
def test_a_hot_table_refers_to_no_other(table: str) -> None:
    shaping = re.compile(rf"(CREATE|ALTER) TABLE {re.escape(table)}\b")
    mentions = [d.text for d in sources.definitions() if shaping.match(d.text)]

    assert mentions
    assert not any(re.search(r"\b(REFERENCES|FOREIGN KEY)\b", text, re.IGNORECASE) for text in mentions)


def test_triggers_only_raise() -> None:
    triggers = [d.text for d in sources.definitions() if d.text.startswith("CREATE TRIGGER")]
    (body,) = [d.text for d in sources.definitions() if d.text.startswith("CREATE FUNCTION ledger.refuse()")]

    assert triggers
    assert all(text.endswith("EXECUTE FUNCTION ledger.refuse()") for text in triggers)
    without_texts = re.sub(r"'[^']*'", "''", body.split("$$")[1])
    assert re.fullmatch(r"\s*BEGIN\s+RAISE EXCEPTION [^;]*;\s*END\s*", without_texts)


WRITERS = [
    d
    for d in sources.definitions()
    if d.text.startswith("CREATE FUNCTION")
    and re.search(r"\b(INSERT|UPDATE|DELETE)\b", d.text.split("$$")[1])
]


@pytest.mark.parametrize("function", by_name(WRITERS))
def test_a_function_that_writes_is_told_its_seller_first(function: SqlText) -> None:
    assert re.match(r"CREATE FUNCTION [\w.]+\(\s*key_seller bigint\b", function.text)


@pytest.mark.parametrize("function", by_name(WRITERS))
def test_a_function_that_writes_has_a_version_and_no_search_path_of_its_caller(function: SqlText) -> None:
    assert re.match(r"CREATE FUNCTION \w+\.\w+_v\d+\(", function.text)
    assert "SECURITY DEFINER SET search_path = pg_catalog, pg_temp" in " ".join(function.text.split())


def test_books_are_locked_in_one_place_and_sorted() -> None:
    lock = re.compile(r"\bFOR\s+(NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)\b")
    locking = [statement for statement in ALL_STATEMENTS if lock.search(statement.text)]

    assert [statement.where for statement in locking] == ["topup/ledger/queries.sql:lock_books"]
    assert re.search(r"ORDER BY b\.seller_id, b\.currency\s+FOR NO KEY UPDATE$", locking[0].text)


def test_the_ledgers_tables_are_written_by_the_ledgers_schema_alone() -> None:
    writing = re.compile(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+ledger\.\w+", re.IGNORECASE)
    files = {
        s.where.split(":")[0] for s in [*ALL_STATEMENTS, *sources.definitions()] if writing.search(s.text)
    }
    python = [
        sources.shown(path) for path in sources.python_files() if writing.search(path.read_text("utf-8"))
    ]

    assert files == {
        "topup/ledger/schema.sql",
        "topup/ledger/rebuild.sql",
        "topup/ledger/low_balance.sql",
    }
    assert python == []


def test_errors_are_not_told_apart_by_the_names_of_constraints() -> None:
    texts = {sources.shown(path): path.read_text("utf-8") for path in sources.python_files()}

    assert [name for name, text in texts.items() if "constraint_name" in text] == []


def test_every_named_statement_is_used() -> None:
    python = "\n".join(path.read_text("utf-8") for path in sources.python_files())
    names = {statement.where.rsplit(":", 1)[1] for statement in sources.statements()}

    assert {name for name in names if f'"{name}"' not in python} == set()
