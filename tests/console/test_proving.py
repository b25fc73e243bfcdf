"""A balance is proved on its page, step by step; one that was tampered with is told."""

from tests.conftest import NewSeller
from tests.console.browser import SELLERS, Browser
from tests.console.conftest import noted
from tests.support.sellers_at_hand import SellerAtHand
from topup.trips import Connection


def prove(browser: Browser, seller: SellerAtHand) -> str:
    return browser.post(f"{SELLERS}{seller.id}/prove/", {}).text


def test_a_whole_book_is_proved_and_who_asked_is_noted(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=70_000)

    page = prove(browser, seller)

    assert "The balance is proved." in page
    assert "1 movements read" in page
    assert "does not hold" not in page
    assert noted(app, seller.id, "book")[-1].act == "balance_proved"


def test_a_book_that_differs_from_its_journal_is_told(
    browser: Browser, superuser: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller(available=70_000)
    differ = "UPDATE ledger.book SET available = available + 5, adjusted = adjusted + 5 WHERE seller_id = %s"
    superuser.execute(differ, (seller.id,))

    page = prove(browser, seller)
    superuser.execute(differ.replace("+ 5", "- 5"), (seller.id,))

    assert "is not what its journal says" in page
    assert page.count("does not hold") == 1


def test_looking_at_the_address_proves_nothing(
    browser: Browser, app: Connection, new_seller: NewSeller
) -> None:
    seller = new_seller()

    browser.open(f"{SELLERS}{seller.id}/prove/")

    assert "balance_proved" not in [each.act for each in noted(app, seller.id, "book")]
