"""`reconcile_balances` as a shell sees it: lines, forms, exit statuses, and what it never does."""

import asyncio
import json
from typing import Any

import pytest

from tests.conftest import Api, NewSeller
from tests.reconciliation.conftest import Reconcile
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from tests.support.posting import PRICE, a_sale, selling
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.tampering import tampering
from tests.support.terminal import run_on_a_terminal
from topup.trips import Connection

SMALL = "UPDATE ledger.book SET available = available + 9, funded = funded + 9 WHERE seller_id = {seller}"
LARGE = (
    "UPDATE ledger.book SET available = available + 10000, funded = funded + 10000 WHERE seller_id = {seller}"
)
BROKEN = "UPDATE ledger.journal SET actor_id = actor_id + 1 WHERE seller_id = {seller} AND seq = 2"
OTHER_SEQ = "UPDATE ledger.book SET seq = 4 WHERE seller_id = {seller}"


def parsed(printed: str) -> dict[str, Any]:  # a JSON document
    document: dict[str, Any] = json.loads(printed)
    return document


def test_whole_books_are_verified_with_exit_status_0(reconcile: Reconcile, seller: int) -> None:
    ran = reconcile("--vendor-id", str(seller))

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("1 books, 5 movements: 1 verified, 0 minor (0 mended), 0 critical.")
    assert ran.stderr == ""


def test_a_report_has_a_line_for_every_seller(
    reconcile: Reconcile, seller: int, new_seller: NewSeller
) -> None:
    another = new_seller(available=PRICE).id
    ran = reconcile("--report")

    lines = {line.split()[0]: line for line in ran.stdout.splitlines() if "VERIFIED" in line}
    assert ran.returncode == 0, ran.stdout
    assert lines[str(seller)].split()[-4:] == ["30,000", "30,000", "0", "VERIFIED"]
    assert str(another) in lines


def test_without_a_report_only_what_is_not_verified_has_a_line(
    reconcile: Reconcile, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, LARGE):
        ran = reconcile()

    heading, line, blank, summary = ran.stdout.splitlines()
    assert heading.split() == ["seller", "name", "current", "calculated", "difference", "status"]
    assert line.split()[-4:] == ["40,000", "30,000", "10,000", "CRITICAL"]
    assert (blank, "1 critical" in summary) == ("", True)


@pytest.mark.parametrize(
    ("change", "words", "status", "exit_status"),
    [
        (SMALL, [], "MINOR_DISCREPANCY", 2),
        (SMALL, ["--fix"], "MINOR_DISCREPANCY", 1),
        (LARGE, ["--fix"], "CRITICAL", 2),
        (BROKEN, ["--fix"], "CRITICAL", 2),
        (BROKEN + ";" + SMALL, ["--fix"], "CRITICAL", 2),
        (OTHER_SEQ, ["--fix"], "CRITICAL", 2),
    ],
)
def test_each_sort_of_tampering_has_its_status_and_exit_status(
    change: str, words: list[str], status: str, exit_status: int,
    reconcile: Reconcile, superuser: Connection, seller: int,
) -> None:  # fmt: skip
    with tampering(superuser, seller, change):
        ran = reconcile("--vendor-id", str(seller), "--format", "json", *words)

    (line,) = parsed(ran.stdout)["sellers"]
    assert (ran.returncode, line["status"], line["mended"]) == (exit_status, status, exit_status == 1)


def test_what_is_mended_is_verified_the_next_time(
    reconcile: Reconcile, app: Connection, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, SMALL):
        statuses = [reconcile("--vendor-id", str(seller), "--fix").returncode for _ in range(2)]

    (by,) = app.execute("SELECT rebuilt_by FROM ledger.book_rebuild WHERE seller_id = %s", [seller])
    assert statuses == [1, 0]
    assert by[0].startswith("reconcile_balances --fix by ")
    (noted,) = app.execute(
        "SELECT actor_id, reason FROM audit.entry WHERE seller_id = %s AND act = 'book_rebuilt'", [seller]
    ).fetchall()
    assert noted == (0, by[0])


def test_without_fix_nothing_is_changed(
    reconcile: Reconcile, app: Connection, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, SMALL):
        reconcile("--vendor-id", str(seller), "--verbose")
        row = app.execute("SELECT available FROM ledger.book WHERE seller_id = %s", [seller]).fetchone()

    assert row == (30_009,)


def test_the_limit_is_a_setting(reconcile: Reconcile, superuser: Connection, seller: int) -> None:
    with tampering(superuser, seller, SMALL):
        ran = reconcile("--vendor-id", str(seller), RECONCILE_MINOR_LIMIT="9")

    assert ran.returncode == 2
    assert "1 critical" in ran.stdout


def test_verbose_names_the_movement_and_what_is_wrong(
    reconcile: Reconcile, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, BROKEN):
        text = reconcile("--vendor-id", str(seller), "--verbose").stdout
        document = parsed(reconcile("--vendor-id", str(seller), "--verbose", "--format", "json").stdout)

    assert "movement 2, hash: its hash does not seal its fields" in text
    assert document["sellers"][0]["faults"][0] == {
        "flaw": "hash",
        "movement": 2,
        "detail": "its hash does not seal its fields to the movement before it",
    }


def test_the_json_form_is_one_document(reconcile: Reconcile, seller: int) -> None:
    ran = reconcile("--report", "--format", "json")

    document = parsed(ran.stdout)
    summary = document["summary"]
    (line,) = [each for each in document["sellers"] if each["seller_id"] == seller]
    assert line["name"].startswith("Seller ")
    assert (line["current"], line["calculated"], line["version"]) == (30_000, 30_000, 5)
    assert summary["books"] == len(document["sellers"]) == summary["verified"]
    assert summary["exit_status"] == ran.returncode == 0


def test_an_unknown_seller_is_said_and_is_no_success(reconcile: Reconcile) -> None:
    ran = reconcile("--vendor-id", "999999997")

    assert (ran.returncode, ran.stdout) == (3, "")
    assert "There is no seller 999999997" in ran.stderr


def test_a_database_that_is_away_is_no_success(reconcile: Reconcile, installation: Installation) -> None:
    ran = reconcile(DATABASE_URL=f"postgresql://topup_app@/topup?host={installation.home}/nowhere")

    assert ran.returncode == 3
    assert "run this again" in ran.stderr


@in_a_loop
async def test_every_book_is_verified_while_sales_go_on(
    installation: Installation, new_seller: NewSeller, reconcile: Reconcile
) -> None:
    seller = new_seller(available=20_000 * PRICE).id
    over = asyncio.Event()

    async with selling(installation.config) as poster:

        async def sell() -> int:
            sold = 0
            while not over.is_set():
                await asyncio.gather(*(poster.submit(a_sale(seller)) for _ in range(50)))
                sold += 50
            return sold

        selling_on = asyncio.create_task(sell())
        ran = await asyncio.to_thread(reconcile)
        over.set()

        assert await selling_on > 0
    assert ran.returncode == 0, ran.stdout


def test_a_terminal_sees_a_bar_and_the_output_stays_clean(installation: Installation, seller: int) -> None:
    command = installation.command("reconcile_balances", "--format", "json")

    ran, shown = run_on_a_terminal(command, env=installation.environment(), cwd=installation.home)

    assert "Proving the books" in shown
    assert parsed(ran.stdout)["summary"]["books"] >= 1


def test_the_api_tells_a_minor_discrepancy_too(
    api: Api, staff: StaffAtHand, superuser: Connection, seller: int
) -> None:
    with tampering(superuser, seller, SMALL):
        answer = api(staff).get("/api/balance/verify/", params={"seller_id": seller}).json()

    (proof,) = answer["sellers"]
    assert not answer["ok"]
    assert (proof["current"], proof["calculated"], proof["status"]) == (30_009, 30_000, "MINOR_DISCREPANCY")
