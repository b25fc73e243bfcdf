"""Whether it works and whether the books are right can be asked at any time."""

import httpx
import pytest

from tests.api.calls import ok, problem, sold
from tests.conftest import Api
from tests.support.sellers_at_hand import SellerAtHand
from topup.trips import Connection

VERIFY = "/api/balance/verify/"


def test_anybody_may_ask_whether_it_works_and_learns_no_secret(api: Api) -> None:
    answer = api().get("/api/health/")

    body = ok(answer)
    # Other tests may have left recharges that wait for a worker, and none runs here.
    assert body["worker"] in ("ok", "not_needed", "missing")
    assert body["status"] == ("degraded" if body["worker"] == "missing" else "ok")
    assert body.keys() == {"status", "database", "migrations", "worker", "disk"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert not any(word in answer.text for word in ("postgresql", "/tmp", "secret", "password"))


def test_a_seller_proves_its_own_book(selling: httpx.Client, seller: SellerAtHand) -> None:
    sold(selling)

    proof = ok(selling.get(VERIFY))

    assert (proof["ok"], proof["books"]) == (True, 1)
    assert proof["sellers"] == [
        {
            "seller_id": seller.id,
            "version": 2,
            "current": 995_000,
            "calculated": 995_000,
            "status": "VERIFIED",
        }
    ]


def test_staff_prove_every_book_or_one(deciding: httpx.Client, seller: SellerAtHand, app: Connection) -> None:
    (books,) = app.execute("SELECT count(*) FROM ledger.book").fetchall()[0]

    every, one = ok(deciding.get(VERIFY)), ok(deciding.get(VERIFY, params={"seller_id": seller.id}))

    assert (every["ok"], every["books"]) == (True, books)
    assert [row["seller_id"] for row in one["sellers"]] == [seller.id]


def test_a_book_that_was_tampered_with_is_named(
    selling: httpx.Client, seller: SellerAtHand, superuser: Connection
) -> None:
    change = "UPDATE ledger.book SET available = available + %s, funded = funded + %s WHERE seller_id = %s"
    superuser.execute(change, [7, 7, seller.id])

    proof = ok(selling.get(VERIFY))

    superuser.execute(change, [-7, -7, seller.id])
    assert proof["ok"] is False
    (row,) = proof["sellers"]
    assert (row["current"], row["calculated"]) == (1_000_007, 1_000_000)
    assert row["status"] != "VERIFIED"
    assert ok(selling.get(VERIFY))["ok"] is True


@pytest.mark.parametrize("path", [VERIFY, VERIFY + "?seller_id=1"])
def test_a_proof_is_for_those_whose_books_they_are(api: Api, selling: httpx.Client, path: str) -> None:
    problem(api().get(path), 401, "unauthenticated")
    if "seller_id" in path:
        problem(selling.get(path), 404, "not_found")
