"""A seller never loses its last owner, whoever does what at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import ModuleType

import pytest
from django.db import connections

from tests.conftest import NewSeller
from tests.support.sellers_at_hand import SellerAtHand
from topup import clock

ROUNDS = 5


@pytest.fixture
def seller(new_seller: NewSeller) -> SellerAtHand:
    return new_seller()


def second_owner(seller: SellerAtHand, name: str) -> int:
    from topup.sellers import members  # noqa: PLC0415  # Django is set up by the fixtures
    from topup.sellers.roles import Role  # noqa: PLC0415

    added = members.invite(seller_id=seller.id, username=f"{name}-{seller.id}", name="", role=Role.OWNER)
    return added.pk


def owners(people: ModuleType, seller: SellerAtHand) -> int:
    found: int = people.User.objects.filter(seller_id=seller.id, role="owner", is_active=True).count()
    return found


def test_the_last_owner_stays(people: ModuleType, seller: SellerAtHand) -> None:
    from topup.sellers import members  # noqa: PLC0415
    from topup.sellers.roles import Role  # noqa: PLC0415

    with pytest.raises(members.LastOwner):
        members.change_role(seller_id=seller.id, user_id=seller.user_id, role=Role.VIEWER, by=0)
    with pytest.raises(members.LastOwner):
        members.switch(seller_id=seller.id, user_id=seller.user_id, active=False, by=0)

    assert owners(people, seller) == 1


def test_two_owners_who_let_each_other_go_at_once_leave_one(people: ModuleType, seller: SellerAtHand) -> None:
    from topup.sellers import members  # noqa: PLC0415

    def let_go(pair: tuple[int, int, Barrier]) -> bool:
        user_id, by, together = pair
        try:
            together.wait()
            return members.switch(seller_id=seller.id, user_id=user_id, active=False, by=by)
        except members.LastOwner:
            return False
        finally:
            connections.close_all()

    for turn in range(ROUNDS):
        other, together = second_owner(seller, f"owner-{turn}"), Barrier(2)
        mine = people.User.objects.filter(seller_id=seller.id, role="owner", is_active=True).exclude(pk=other)
        me = mine.get().pk
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(let_go, [(other, me, together), (me, other, together)]))
        assert sorted(done) == [False, True]
        assert owners(people, seller) == 1


def test_a_role_of_staff_is_given_to_no_member(seller: SellerAtHand) -> None:
    from topup.sellers import members  # noqa: PLC0415
    from topup.sellers.roles import Role  # noqa: PLC0415

    other = second_owner(seller, "not-an-admin")

    with pytest.raises(ValueError, match="admin"):
        members.change_role(seller_id=seller.id, user_id=other, role=Role.ADMIN, by=seller.user_id)


def test_an_invitation_is_void_after_two_days(
    people: ModuleType, seller: SellerAtHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    from topup.sellers import invitations  # noqa: PLC0415

    member = people.User.objects.get(pk=second_owner(seller, "too-late"))
    token = invitations.made(member)
    assert invitations.read(token) == member

    later = clock.now_us() // clock.US_PER_SECOND + invitations.VALID_S + 5
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    with pytest.raises(invitations.NotInvited):
        invitations.read(token)
