"""One table says what a role allows; what is not in it is not allowed."""

import pytest

from topup.sellers import roles
from topup.sellers.roles import Deed, Role

OF_STAFF = {
    Deed.QUERY, Deed.DECIDE_CREDIT, Deed.ADJUST, Deed.REVERSE, Deed.DECIDE_REVIEW, Deed.SETTLE,
    Deed.CONFIGURE_SELLERS, Deed.CONFIGURE_OPERATORS, Deed.MANAGE_USERS, Deed.READ_AUDIT,
}  # fmt: skip


def test_every_role_has_its_row() -> None:
    assert set(roles.ALLOWED) == set(Role)
    assert {*roles.MEMBERS, *roles.STAFF} == set(Role)


@pytest.mark.parametrize("role", roles.MEMBERS)
def test_no_member_does_what_staff_do(role: Role) -> None:
    assert not roles.ALLOWED[role] & OF_STAFF


@pytest.mark.parametrize("role", roles.STAFF)
def test_no_staff_sells(role: Role) -> None:
    assert Deed.SELL not in roles.ALLOWED[role]


def test_an_owner_and_an_admin_have_all_that_their_kind_has() -> None:
    assert roles.ALLOWED[Role.OWNER] == set(Deed) - OF_STAFF
    assert roles.ALLOWED[Role.ADMIN] == OF_STAFF | {Deed.READ}


def test_a_cashier_sells_and_a_viewer_reads() -> None:
    assert roles.ALLOWED[Role.CASHIER] == {Deed.READ, Deed.SELL, Deed.DISPUTE}
    assert roles.ALLOWED[Role.VIEWER] == {Deed.READ}


def test_support_looks_and_asks_the_operator_but_decides_nothing() -> None:
    assert roles.ALLOWED[Role.SUPPORT] == {Deed.READ, Deed.QUERY}


@pytest.mark.parametrize(
    ("role", "kinds", "counts"),
    [
        ("owner", {"is_member"}, Role.OWNER),
        ("", {"is_member"}, Role.VIEWER),
        ("admin", {"is_member"}, Role.VIEWER),
        ("finance", {"is_staff"}, Role.FINANCE),
        ("", {"is_staff"}, Role.SUPPORT),
        ("owner", {"is_staff"}, Role.SUPPORT),
        ("support", {"is_staff", "is_superuser"}, Role.ADMIN),
        ("", set(), None),
    ],
)
def test_who_has_no_role_of_their_kind_has_the_least(role: str, kinds: set[str], counts: Role | None) -> None:
    told = {kind: kind in kinds for kind in ("is_staff", "is_superuser", "is_member")}

    assert roles.role_of(role=role, **told) is counts
