"""Sellers and staff for a test, made by the product's own domain functions.

Owns how they get a name, a key and a balance. Every test makes its own: the journal is append-only,
so nothing is cleared between tests.
"""

import itertools
from typing import Unpack

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup import clock, ids, trips
from topup.credit import ask, decide
from topup.ledger import direct
from topup.ledger.outcomes import Outcome
from topup.sellers import onboard, standing, tokens
from topup.sellers.models import User
from topup.trips import Connection

PASSWORD = "a-password-of-the-tests"
_numbers = itertools.count(1)


class QuickHasher(PBKDF2PasswordHasher):
    """The product's own hash with one round, so that making sellers is quick; it verifies as usual."""

    iterations = 1


def register(*, name: str | None = None) -> SellerAtHand:
    """A new seller with an empty book."""
    number = next(_numbers)
    username = f"seller-{number}"
    seller, user = onboard.register(
        name=name or f"Seller {number}", username=username, password=PASSWORD, email="", currency="IRR"
    )
    _, key = tokens.issue(user=user, label="tests", now=timezone.now())
    return SellerAtHand(seller.pk, user.pk, username, PASSWORD, key)


def hire() -> StaffAtHand:
    """A new member of staff, who may do everything."""
    username = f"staff-{next(_numbers)}"
    user = User.objects.create_superuser(username=username, password=PASSWORD, email="")
    _, key = tokens.issue(user=user, label="tests", now=timezone.now())
    return StaffAtHand(user.pk, username, PASSWORD, key)


def employ(role: str) -> StaffAtHand:
    """A new member of staff with this role."""
    username = f"{role}-{next(_numbers)}"
    user = User.objects.create_user(username, password=PASSWORD, is_staff=True, role=role)
    _, key = tokens.issue(user=user, label="tests", now=timezone.now())
    return StaffAtHand(user.pk, username, PASSWORD, key)


def fund(connection: Connection, seller: SellerAtHand, amount: int, *, by: int) -> None:
    """Credit as it comes about: asked for by the member, approved by staff."""
    request_id = ids.new(seller.id)
    wish = ask.Ask(seller.id, request_id, amount, "", seller.user_id)
    trips.run(connection, ask.steps(wish, now_us=clock.now_us()))
    approval = decide.Approval(seller.id, request_id, by)
    (posting,) = direct.post(connection, [approval], decide.Approvals(), zone="UTC")
    assert posting.outcome is Outcome.POSTED, posting


def configure(seller: SellerAtHand, **parts: Unpack[standing.Change]) -> None:
    standing.change(seller.id, **parts)
