"""What staff have to look at: recharges whose answers were lost, a dispute, a case, a gateway, a settlement.

Owns a seller of its own for them. All comes about by the product's own calls, but for a webhook's answer:
no worker runs here.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import httpx

from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup import clock, ids, trips
from topup.clock import US_PER_SECOND
from topup.gateways.contract import Answer, Result
from topup.ledger import direct
from topup.ledger.outcomes import Outcome
from topup.recharges import cases, errands
from topup.recharges.errands import Candidate, Record
from topup.recharges.lifecycle import State
from topup.recharges.pursuit import NEVER_US, Continue, Step, Verb
from topup.recharges.settle import Settlement, Settlements
from topup.trips import Connection

CREDIT = 90_000_000
LEASE_US = 60 * US_PER_SECOND
SAID = '{"status": "504", "message": "زمان پاسخ اپراتور تمام شد"}'
REFUSED = '{"status": "403", "message": "این شماره شارژ نمی‌پذیرد"}'
DIFFERS = (
    "sold for 200,000, and the file has 150,000. Settlement file mci-1405-08-28.csv"
    " (01a1fa07-53c2-7000-8000-000100000000), line 1204: reference {}, amount 150,000"
)
"""As `topup.reconciliation.settlement` writes it."""
SIMULATED = "rightel"


def made(people: Any, connection: Connection, url: str, staff: StaffAtHand) -> dict[str, str]:
    """The names that pages speak of; `people` is the module `tests.support.sellers`."""
    seller: SellerAtHand = people.register(name="Isfahan Charge")
    people.fund(connection, seller, CREDIT, by=staff.user_id)
    with _client(url, staff) as deciding, _client(url, seller) as selling:
        endpoint = {"url": "https://hooks.isfahan.example/topup", "event_types": []}
        selling.post("/api/v1/webhook-endpoints", json=endpoint).raise_for_status()
        lost = [_lost(connection, each) for each in _sold_without_answer(deciding, selling)]
        done = _sell(selling, "09121230001", 200_000)
        dispute = selling.post(
            f"/api/v1/recharges/{done}/disputes", json={"reason": "مشتری می‌گوید شارژ نشد."}
        )
        connection_id = _connect(deciding)
        case_id = _case(connection, seller, done)
    return {
        "shop": str(seller.id),
        "unknown": lost[0],
        "disputed": done,
        "dispute": str(dispute.raise_for_status().json()["id"]),
        "connection": connection_id,
        "case": case_id,
    }


def fail_and_lose(connection: Connection, url: str, staff: StaffAtHand, seller: SellerAtHand) -> None:
    """Two more sales of this seller: the operator refused the one, and of the other nobody knows."""
    with _client(url, staff) as deciding, _client(url, seller) as selling:
        refused, _lost_too = [
            _lost(connection, each) for each in _sold_without_answer(deciding, selling, count=2)
        ]
    answer = Answer(Result.REFUSED, code="403", evidence=REFUSED)
    found = Settlement(
        seller.id, refused, State.FAILED, "query_refused", "refused", verb=Verb.QUERY, answer=answer
    )
    (posting,) = direct.post(connection, [found], Settlements(), zone="UTC")
    assert posting.outcome is Outcome.POSTED, posting


@contextlib.contextmanager
def _client(url: str, who: SellerAtHand | StaffAtHand) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers={"Authorization": f"Token {who.key}"}, timeout=30) as client:
        yield client


def _sell(selling: httpx.Client, number: str, amount: int) -> str:
    key = {"Idempotency-Key": f"console-{number}-{amount}"}
    sold = selling.post("/api/v1/recharges", json={"phone_number": number, "amount": amount}, headers=key)
    return str(sold.raise_for_status().json()["id"])


def _sold_without_answer(deciding: httpx.Client, selling: httpx.Client, *, count: int = 3) -> list[str]:
    """Sales through an operator that nobody asks."""
    operator = f"/api/v1/operators/{SIMULATED}"
    deciding.patch(operator, json={"gateway": "simulator"}).raise_for_status()
    try:
        return [_sell(selling, f"0921123000{place}", 100_000 * (place + 1)) for place in range(count)]
    finally:
        deciding.patch(operator, json={"gateway": "instant"}).raise_for_status()


def _lost(connection: Connection, recharge_id: str) -> str:
    """Claim it, lose the answer, and leave it to staff, as a worker would."""
    seller_id, now_us = ids.seller_of(recharge_id), clock.now_us()
    row = connection.execute(
        "SELECT e.due_at_us, e.step::text, e.gateway, r.phone_number FROM recharges.errand e"
        "  JOIN recharges.recharge r ON r.seller_id = e.seller_id AND r.id = e.recharge_id"
        " WHERE e.seller_id = %s AND e.recharge_id = %s",
        (seller_id, recharge_id),
    ).fetchone()
    assert row is not None
    found = Candidate(seller_id, recharge_id, row[0], Step(row[1]), row[2], row[3])
    claim = errands.claim([found], under=ids.new(seller_id), until_us=now_us + LEASE_US, now_us=now_us)
    _, claimed = trips.run(connection, claim)
    answer = Answer(Result.UNKNOWN, code="no_answer", evidence=SAID)
    following = Continue(Step.QUERY, NEVER_US, review=True)
    record = Record(errands.errand(claimed[0]), Verb.SUBMIT, answer, now_us, following)
    trips.run(connection, [errands.record([record], now_us=clock.now_us())])
    return recharge_id


def _connect(deciding: httpx.Client) -> str:
    answer = {"result": "status", "results": {"OK": "delivered"}}
    configuration = {"submit": {"url": "https://api.rightel.example/v2/topup", "answer": answer}}
    put = deciding.put(
        f"/api/v1/operators/{SIMULATED}/connections/http_json",
        json={"configuration": configuration, "secrets": {"api_key": "shown-to-nobody"}},
    )
    put.raise_for_status()
    from topup.gateways.models import Connection as Kept  # noqa: PLC0415  # models exist once Django is set up

    return str(Kept.objects.get(operator_id=SIMULATED, gateway="http_json").pk)


def _case(connection: Connection, seller: SellerAtHand, recharge_id: str) -> str:
    opening = cases.opening(
        seller_id=seller.id,
        kind="settlement_amount_differs",
        subject=f"mci:{recharge_id}",
        recharge_id=recharge_id,
        operator="mci",
        evidence=DIFFERS.format(recharge_id),
        at_us=clock.now_us(),
    )
    trips.run(connection, [opening])
    row = connection.execute(
        "SELECT id::text FROM recharges.staff_case WHERE seller_id = %s AND recharge_id = %s",
        (seller.id, recharge_id),
    ).fetchone()
    assert row is not None
    return str(row[0])
