"""Within a seller's window the same number and amount is sold once, whatever the keys; off by default."""

import asyncio

from tests.conftest import NewSeller
from tests.support import posting
from tests.support.installation import Installation
from tests.support.loop import in_a_loop
from topup import database
from topup.ledger.families import Posting
from topup.ledger.outcomes import Outcome
from topup.ledger.poster import Poster
from topup.recharges.rules import Recharge, Sale
from topup.recharges.sell import Sales
from topup.trips import Connection

MANY = 40


async def sell(installation: Installation, sales: list[Sale], *, default_s: int = 0) -> list[Posting]:
    """The postings of sales that were submitted at once, over one lane."""
    config = installation.config
    poster: Poster[Sale, Recharge] = Poster(
        lambda: database.connect_async(config), Sales(duplicate_window_s=default_s), lanes=1, zone="UTC"
    )
    await poster.start()
    try:
        return list(await asyncio.gather(*(poster.submit(sale) for sale in sales)))
    finally:
        await poster.stop()


def outcomes(postings: list[Posting]) -> list[Outcome]:
    return [each.outcome for each in postings]


@in_a_loop
async def test_without_a_window_the_same_is_sold_again(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000_000).id

    sold = await sell(installation, [posting.a_sale(seller), posting.a_sale(seller)])

    assert outcomes(sold) == [Outcome.POSTED, Outcome.POSTED]


@in_a_loop
async def test_within_the_window_the_second_is_refused_and_names_the_first(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000_000, duplicate_window_s=60).id
    (first,) = await sell(installation, [posting.a_sale(seller)])

    (second,) = await sell(installation, [posting.a_sale(seller)])

    assert second.outcome is Outcome.DUPLICATE_RECHARGE
    assert second.fact == first.fact.id


@in_a_loop
async def test_of_many_at_once_in_one_batch_one_is_sold(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000_000, duplicate_window_s=60).id

    sold = await sell(installation, [posting.a_sale(seller) for _ in range(MANY)])

    assert sorted(outcomes(sold)) == [Outcome.DUPLICATE_RECHARGE] * (MANY - 1) + [Outcome.POSTED]
    assert {each.fact for each in sold[1:]} == {sold[0].fact.id}


@in_a_loop
async def test_a_twin_of_a_refused_sale_is_decided_on_its_own(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=posting.PRICE, duplicate_window_s=60).id
    dear = posting.a_sale(seller, amount=posting.PRICE * 2)

    sold = await sell(installation, [dear, dear._replace(reference="again"), posting.a_sale(seller)])

    assert outcomes(sold) == [Outcome.INSUFFICIENT_BALANCE, Outcome.INSUFFICIENT_BALANCE, Outcome.POSTED]


@in_a_loop
async def test_another_number_another_amount_or_a_word_pass(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000_000, duplicate_window_s=60).id
    sale = posting.a_sale(seller)
    others = [
        posting.a_sale(seller, phone_number=989123456780),
        posting.a_sale(seller, amount=posting.PRICE + 1),
        posting.a_sale(seller, allow_duplicate=True),
    ]

    sold = await sell(installation, [sale, *others])

    assert outcomes(sold) == [Outcome.POSTED] * 4


@in_a_loop
async def test_a_retry_under_its_own_key_is_a_replay_and_no_duplicate(
    installation: Installation, new_seller: NewSeller
) -> None:
    seller = new_seller(available=1_000_000, duplicate_window_s=60).id
    sale = posting.a_sale(seller)
    await sell(installation, [sale])

    (again,) = await sell(installation, [sale._replace(id=posting.a_sale(seller).id)])

    assert again.outcome is Outcome.REPLAYED


@in_a_loop
async def test_a_sellers_own_window_goes_before_the_default(
    installation: Installation, new_seller: NewSeller
) -> None:
    watched, free = (
        new_seller(available=1_000_000).id,
        new_seller(available=1_000_000, duplicate_window_s=0).id,
    )
    sales = [posting.a_sale(seller) for seller in (watched, watched, free, free)]

    sold = await sell(installation, sales, default_s=60)

    assert sorted(outcomes(sold)) == [Outcome.DUPLICATE_RECHARGE] + [Outcome.POSTED] * 3


@in_a_loop
async def test_outside_the_window_the_same_is_sold_again(
    installation: Installation, new_seller: NewSeller, superuser: Connection
) -> None:
    seller = new_seller(available=1_000_000, duplicate_window_s=60).id
    await sell(installation, [posting.a_sale(seller)])
    superuser.execute(
        "UPDATE recharges.recharge SET created_at_us = created_at_us - 61000000 WHERE seller_id = %s",
        [seller],
    )

    (later,) = await sell(installation, [posting.a_sale(seller)])

    assert later.outcome is Outcome.POSTED
