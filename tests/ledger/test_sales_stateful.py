"""References in any order, repeated and bent: each has one effect, and a model in memory agrees."""

import asyncio
from collections import Counter
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import posting
from tests.support.installation import Installation
from tests.support.posting import a_sale, selling
from tests.support.samples import a_command
from topup.ledger import direct
from topup.ledger.core import Kind
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome
from topup.recharges.rules import Sale
from topup.trips import Connection

SALES = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from([100, 200, 5_000]), st.sampled_from([1, 2])),
    min_size=1,
    max_size=40,
)
CREDIT = 3_000
seen: Counter[Outcome] = Counter()


class Told(NamedTuple):
    outcome: Outcome
    id: str | None


class Shop:
    """What a seller with CREDIT may sell, and what it remembers of each reference."""

    def __init__(self) -> None:
        self.left = CREDIT
        self.sold: dict[str, Sale] = {}

    def sell(self, sale: Sale) -> Told:
        before = self.sold.get(sale.reference)
        if before is not None:
            same = (before.amount, before.phone_number) == (sale.amount, sale.phone_number)
            return Told(Outcome.REPLAYED if same else Outcome.REFERENCE_MISMATCH, before.id)
        if sale.amount > self.left:
            return Told(Outcome.INSUFFICIENT_BALANCE, None)
        self.left -= sale.amount
        self.sold[sale.reference] = sale
        return Told(Outcome.POSTED, sale.id)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=SALES, lanes=st.sampled_from([1, 2]))
def run_of_sales(
    installation: Installation, app: Connection, wishes: list[tuple[str, int, int]], lanes: int
) -> None:
    seller = posting.open_book(app)
    credit = a_command(Kind.CREDIT, CREDIT, seller_id=seller)
    direct.post(app, [credit], posting.Moves(), zone="UTC")
    sales = [
        a_sale(seller, reference=reference, amount=amount, phone_number=989120000000 + number)
        for reference, amount, number in wishes
    ]
    shop = Shop()

    answers = asyncio.run(_all(installation, sales, lanes))

    assert [Told(each.outcome, each.fact and each.fact.id) for each in answers] == [
        shop.sell(sale) for sale in sales
    ]
    assert posting.book_of(app, seller).available == shop.left
    posting.assert_books_prove_themselves(app, seller)
    seen.update(each.outcome for each in answers)


async def _all(installation: Installation, sales: list[Sale], lanes: int) -> list[Posting]:
    async with selling(installation.config, lanes=lanes) as poster:
        return await asyncio.gather(*map(poster.submit, sales))


def test_references_have_one_effect_each_whatever_is_sent(
    installation: Installation, app: Connection
) -> None:
    seen.clear()

    run_of_sales(installation, app)

    assert seen[Outcome.POSTED] >= 100, seen
    assert min(seen[outcome] for outcome in (Outcome.REPLAYED, Outcome.REFERENCE_MISMATCH)) >= 20, seen
    assert seen[Outcome.INSUFFICIENT_BALANCE] >= 20, seen
