"""A seller with credit, its second member, and calls to the server of the run."""

from typing import Any

import pytest
from django.utils import timezone

from tests.conftest import NewSeller
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.server import Server
from tests.systems.curl import Call, calling


@pytest.fixture
def call(server: Server) -> Call:
    return calling(server)


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    """A seller with 1,000,000 to spend."""
    return new_seller(available=1_000_000)


@pytest.fixture
def colleague(people: Any, seller: SellerAtHand) -> str:  # a module
    """The key of another member of `seller`."""
    user = people.User.objects.create_user(username=f"colleague-{seller.id}", seller_id=seller.id)
    _, key = people.tokens.issue(user=user, label="tests", now=timezone.now())
    return str(key)
