"""A seller is told once that its balance went under what it named, not for each sale below it."""

from tests.api import calls
from tests.conftest import Api, NewSeller
from tests.support import posting, samples
from tests.support.installation import Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.webhooks.at_work import delivering, eventually
from tests.webhooks.conftest import Listening
from tests.webhooks.receiver import Receiver
from topup.ledger import core
from topup.ledger.core import Kind
from topup.trips import Connection

BALANCE = f"{calls.V1}/balance"


def watch(api: Api, seller: SellerAtHand, threshold: int | None) -> None:
    answer = api(seller).patch(BALANCE, json={"low_balance_threshold": threshold})
    assert answer.status_code == 200, answer.text
    assert answer.json()["low_balance_threshold"] == threshold


def crossings(app: Connection, seller: SellerAtHand) -> list[tuple[int, int, int]]:
    rows = app.execute(
        "SELECT seq, threshold, available FROM ledger.low_balance WHERE seller_id = %s ORDER BY seq",
        [seller.id],
    )
    return [(seq, threshold, available) for seq, threshold, available in rows.fetchall()]


def test_one_crossing_is_one_event(new_seller: NewSeller, api: Api, app: Connection) -> None:
    seller = new_seller(available=20_000)
    watch(api, seller, 10_000)
    for _ in range(4):
        calls.sold(api(seller))

    assert crossings(app, seller) == [(4, 10_000, 5_000)]


def test_coming_back_and_crossing_again_is_another(
    new_seller: NewSeller, api: Api, staff: StaffAtHand, app: Connection
) -> None:
    seller = new_seller(available=5_000)
    watch(api, seller, 5_000)
    calls.sold(api(seller))
    api(staff).post(
        f"{calls.V1}/adjustments", json={"seller_id": seller.id, "amount": 5_000, "reason": "gift"}
    )
    calls.sold(api(seller))

    assert crossings(app, seller) == [(2, 5_000, 0), (4, 5_000, 0)]


def test_a_crossing_inside_one_batch_is_told_of_its_own_movement(
    new_seller: NewSeller, api: Api, app: Connection
) -> None:
    seller = new_seller(available=20_000)
    watch(api, seller, 12_000)
    items = [calls.an_item() for _ in range(4)]
    calls.sell_batch(api(seller), items)

    assert [available for _, _, available in crossings(app, seller)] == [10_000]


def test_without_a_threshold_nothing_is_written(new_seller: NewSeller, api: Api, app: Connection) -> None:
    seller = new_seller(available=10_000)
    watch(api, seller, 6_000)
    watch(api, seller, None)
    calls.sold(api(seller))

    assert crossings(app, seller) == []


def test_a_refused_sale_crosses_nothing(new_seller: NewSeller, api: Api, app: Connection) -> None:
    seller = new_seller(available=4_000)
    watch(api, seller, 4_000)
    calls.problem(calls.sell(api(seller)), 402, "insufficient_balance")

    assert crossings(app, seller) == []


def test_it_is_told_with_the_sale_that_crossed(
    installation: Installation, new_seller: NewSeller, api: Api, listening: Listening, receiver: Receiver
) -> None:
    seller = new_seller(available=10_000)
    watch(api, seller, 10_000)
    hooks = listening(seller, types=["balance.low"])
    recharge = calls.sold(api(seller))
    with delivering(installation):
        eventually(lambda: hooks.states() == ["delivered"])

    (message,) = receiver.at()
    assert message.event["data"] == {"available": 5_000, "threshold": 10_000, "currency": "IRR"}
    assert message.event["timestamp"] == recharge["created_at"]
    assert message.event == api(seller).get(f"{calls.V1}/events?type=balance.low").json()["data"][0]


def test_a_threshold_is_a_positive_amount_or_none(new_seller: NewSeller, api: Api) -> None:
    for wrong in (0, -1, 1.5, "10", True):
        answer = api(new_seller()).patch(BALANCE, json={"low_balance_threshold": wrong})
        calls.problem(answer, 422, "validation_error")


def test_the_sellers_own_object_shows_it(new_seller: NewSeller, api: Api) -> None:
    seller = new_seller()
    watch(api, seller, 7)

    assert api(seller).get(f"{calls.V1}/sellers/{seller.id}").json()["low_balance_threshold"] == 7
    assert api(seller).get(BALANCE).json()["low_balance_threshold"] == 7


def test_only_what_goes_under_from_there_or_above_counts() -> None:
    book = samples.a_funded_book(1_000, low_balance_threshold=500)
    spends = [samples.a_command(Kind.HOLD, amount) for amount in (400, 100, 1, 499)]
    back = samples.a_command(Kind.RELEASE, 500)
    book, verdicts = core.decide(book, [*spends, back], now_us=samples.NOON_US, today=samples.TODAY)

    under = [v.movement is not None and core.goes_under(v.movement, 500) for v in verdicts]
    assert under == [False, False, True, False, False]
    assert book.low_balance_threshold == 500


def test_the_application_writes_no_crossing_around_the_door(app: Connection, new_seller: NewSeller) -> None:
    seller = new_seller()
    refused = app.execute("SELECT has_table_privilege('ledger.low_balance', 'INSERT')").fetchone()

    assert refused == (False,)
    assert posting.book_of(app, seller.id).low_balance_threshold is None
