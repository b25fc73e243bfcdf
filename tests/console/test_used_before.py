"""A transfer counts once: staff who decide are warned where its number or its receipt came before."""

from collections.abc import Callable

import pytest

from tests.conftest import NewSeller
from tests.console.browser import REQUESTS, Browser
from tests.support import pictures
from tests.support.sellers_at_hand import SellerAtHand
from topup import clock, ids, trips
from topup.credit import receipts
from topup.credit.ask import Ask, steps
from topup.trips import Connection

Asked = Callable[..., str]


@pytest.fixture
def ask(app: Connection) -> Asked:
    def made(seller: SellerAtHand, *, bank_reference: str = "", picture: bytes = b"") -> str:
        wish = Ask(
            seller.id,
            ids.new(seller.id),
            5_000,
            "",
            seller.user_id,
            bank_reference=bank_reference,
            receipt=receipts.receipt(picture) if picture else None,
        )
        trips.run(app, steps(wish, now_us=clock.now_us()))
        return wish.id

    return made


def shown(browser: Browser, request_id: str) -> str:
    return browser.open(f"{REQUESTS}{request_id}/change/").text


def test_a_tracking_number_that_came_before_is_told_with_its_request(
    browser: Browser, new_seller: NewSeller, ask: Asked
) -> None:
    one, other = new_seller(), new_seller()
    number = f"1405{one.id}{other.id}"
    first = ask(one, bank_reference=number)
    second = ask(other, bank_reference=number)

    page = shown(browser, second)

    assert "This tracking number was sent with another request too:" in page
    assert f"{REQUESTS}{first}/change/" in page.partition('id="same-number"')[2].partition("</div>")[0]
    assert 'id="same-receipt"' not in page


def test_the_very_same_receipt_is_told_whatever_its_number(
    browser: Browser, new_seller: NewSeller, ask: Asked
) -> None:
    one, other = new_seller(), new_seller()
    picture = pictures.png(width=100 + one.id % 50, height=60 + one.id // 50)
    first = ask(one, bank_reference=f"a-{one.id}", picture=picture)
    second = ask(other, bank_reference=f"b-{one.id}", picture=picture)

    page = shown(browser, second)

    assert "The very same receipt was sent with another request too:" in page
    assert f"{REQUESTS}{first}/change/" in page.partition('id="same-receipt"')[2].partition("</div>")[0]
    assert 'id="same-number"' not in page


def test_a_transfer_of_its_own_warns_nobody(browser: Browser, new_seller: NewSeller, ask: Asked) -> None:
    seller, other = new_seller(), new_seller()
    ask(other)
    ask(other, bank_reference=f"only-{other.id}", picture=pictures.png(width=200, height=60 + other.id))
    own = pictures.png(width=201, height=60 + seller.id)
    plain, proved = ask(seller), ask(seller, bank_reference=f"only-{seller.id}", picture=own)

    for page in (shown(browser, plain), shown(browser, proved)):
        assert 'id="same-number"' not in page
        assert 'id="same-receipt"' not in page
