"""Nobody writes the books around their door: not the application, and not its owner by a slip.

The application's role may read and call the posting functions. PostgreSQL refuses the rest.
"""

import pytest
from psycopg import errors, sql

from tests.support import posting
from tests.support.samples import a_command
from topup.ledger import direct
from topup.ledger.core import Kind
from topup.trips import Connection

TABLES = [
    "ledger.book", "ledger.journal", "ledger.idempotency", "ledger.adjustment", "ledger.book_rebuild",
    "ledger.move", "recharges.recharge", "recharges.phone_number", "credit.credit_request",
    "credit.approval_proposal", "credit.receipt", "credit.look", "audit.entry",
    "recharges.dispute", "recharges.callback", "recharges.review_proposal",
]  # fmt: skip
VERBS = [
    "INSERT INTO {table} DEFAULT VALUES",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "DROP TABLE {table}",
    "ALTER TABLE {table} ADD COLUMN more integer",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} OWNER TO topup_app",
    "CREATE INDEX ON {table} ((1))",
    "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION ledger.refuse()",
    "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
    "COPY {table} FROM STDIN",
    "MERGE INTO {table} USING (SELECT 1) one ON true WHEN MATCHED THEN DELETE",
]
ELSEWHERE = [
    "CREATE TABLE public.mine (n integer)",
    "CREATE TABLE ledger.mine (n integer)",
    "CREATE TEMPORARY TABLE mine (n integer)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION ledger.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "DROP FUNCTION ledger.refuse() CASCADE",
    "DROP TRIGGER append_only ON ledger.journal",
    "DROP SCHEMA ledger CASCADE",
    "SET ROLE topup_owner",
    "SET SESSION AUTHORIZATION topup_owner",
    "SET session_replication_role = replica",
    "ALTER ROLE topup_app SUPERUSER",
    "GRANT topup_owner TO topup_app",
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "ALTER SYSTEM SET fsync = off",
    "ALTER DATABASE topup SET synchronous_commit = off",
    "SELECT pg_read_file('postgresql.conf')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", VERBS)
def test_the_application_may_not(verb: str, table: str, app: Connection) -> None:
    statement = sql.SQL(verb).format(table=sql.SQL(table))

    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement)


@pytest.mark.parametrize("table", TABLES)
def test_the_application_may_not_lock_everybody_out(table: str, app: Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege), app.transaction():
        app.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(table)))


@pytest.mark.parametrize("statement", ELSEWHERE)
def test_the_application_may_not_reach_further(statement: str, app: Connection) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(sql.SQL(statement))


@pytest.mark.parametrize("table", TABLES)
def test_the_application_may_update_no_column_but_the_one_that_means_nothing(
    table: str, app: Connection
) -> None:
    schema, name = table.split(".")
    columns = app.execute(
        "SELECT column_name FROM information_schema.columns WHERE (table_schema, table_name) = (%s, %s)",
        [schema, name],
    ).fetchall()
    assert columns

    for (column,) in columns:
        update = sql.SQL("UPDATE {0}.{1} SET {2} = {2}").format(*map(sql.Identifier, (schema, name, column)))
        if (table, column) != ("ledger.book", "lockable"):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(update)


def test_the_application_owns_nothing_and_is_nobody_special(superuser: Connection) -> None:
    special = superuser.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
        "  FROM pg_roles WHERE rolname = 'topup_app'"
    ).fetchone()
    owned = superuser.execute(
        "SELECT count(*) FROM pg_shdepend WHERE deptype = 'o' AND refobjid = 'topup_app'::regrole"
    ).fetchone()
    member_of = superuser.execute(
        "SELECT count(*) FROM pg_auth_members WHERE member = 'topup_app'::regrole"
    ).fetchone()

    assert special == (False,) * 5
    assert owned == member_of == (0,)


def test_the_public_may_call_none_of_our_functions(superuser: Connection) -> None:
    rows = superuser.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p"
        " WHERE has_function_privilege('public', p.oid, 'EXECUTE')"
        "   AND p.pronamespace::regnamespace::text IN ('ledger', 'recharges', 'credit', 'public')"
    )

    assert rows.fetchall() == []


def test_functions_that_run_as_their_owner_trust_no_search_path(superuser: Connection) -> None:
    rows = superuser.execute(
        "SELECT proname, proconfig FROM pg_proc WHERE prosecdef"
        "   AND pronamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()

    assert rows
    assert all(config == ["search_path=pg_catalog, pg_temp"] for _, config in rows), rows


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.journal SET amount = amount WHERE seller_id = {seller}",
        "UPDATE ledger.journal SET amount = amount + 1 WHERE seller_id = {seller}",
        "DELETE FROM ledger.journal WHERE seller_id = {seller}",
        "TRUNCATE ledger.journal",
        "DELETE FROM ledger.book WHERE seller_id = {seller}",
        "TRUNCATE ledger.book",
    ],
)
def test_a_slip_of_the_owner_is_refused(statement: str, owner: Connection, app: Connection) -> None:
    seller_id = posting.open_book(app)
    credit = a_command(Kind.CREDIT, 1000, seller_id=seller_id)
    direct.post(app, [credit], posting.Moves(), zone="UTC")

    with pytest.raises(errors.RestrictViolation, match="append-only"):
        owner.execute(sql.SQL(statement).format(seller=seller_id))

    posting.assert_books_prove_themselves(app, seller_id)
