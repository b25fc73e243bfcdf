"""Who calls: a seller with credit and a client of its own, and a client of the staff."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api.calls import rows_of
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup.trips import Connection


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    """A seller with 1,000,000 to spend."""
    return new_seller(available=1_000_000)


@pytest.fixture
def selling(api: Api, seller: SellerAtHand) -> httpx.Client:
    """A client of `seller`."""
    return api(seller)


@pytest.fixture
def deciding(api: Api, staff: StaffAtHand) -> httpx.Client:
    """A client of the staff."""
    return api(staff)


@pytest.fixture
def nothing_written(seller: SellerAtHand, app: Connection) -> Iterator[None]:
    """A test that uses this leaves its seller's money as it found it, to the row."""
    before = rows_of(app, seller.id)
    yield
    assert rows_of(app, seller.id) == before
    book = app.execute("SELECT available, seq FROM ledger.book WHERE seller_id = %s", [seller.id])
    assert book.fetchone() == (1_000_000, 1)
