"""What each role allows, in one table that the portal, the console and the API all read.

Pure. A role belongs to a user; a deed is something that a person does with this product. It must never
be asked what a user *is*: ask what their role allows.
"""

from enum import StrEnum


class Deed(StrEnum):
    """What a person does. The names are those of buttons, not of tables."""

    READ = "read"
    # of a seller's members
    SELL = "sell"
    DISPUTE = "dispute"
    ASK_CREDIT = "ask_credit"
    MANAGE_KEYS = "manage_keys"
    MANAGE_MEMBERS = "manage_members"
    MANAGE_WEBHOOKS = "manage_webhooks"
    MANAGE_SELLER = "manage_seller"
    # of staff
    QUERY = "query"
    DECIDE_CREDIT = "decide_credit"
    ADJUST = "adjust"
    REVERSE = "reverse"
    DECIDE_REVIEW = "decide_review"
    SETTLE = "settle"
    CONFIGURE_SELLERS = "configure_sellers"
    CONFIGURE_OPERATORS = "configure_operators"
    MANAGE_USERS = "manage_users"
    READ_AUDIT = "read_audit"


class Role(StrEnum):
    """The first three are of a seller's members, the others of staff."""

    OWNER = "owner"
    CASHIER = "cashier"
    VIEWER = "viewer"
    SUPPORT = "support"
    FINANCE = "finance"
    ADMIN = "admin"


MEMBERS: tuple[Role, ...] = (Role.OWNER, Role.CASHIER, Role.VIEWER)
STAFF: tuple[Role, ...] = (Role.SUPPORT, Role.FINANCE, Role.ADMIN)

_VIEWER = frozenset({Deed.READ})
_CASHIER = _VIEWER | {Deed.SELL, Deed.DISPUTE}
_SUPPORT = frozenset({Deed.READ, Deed.QUERY})
_FINANCE = _SUPPORT | {
    Deed.DECIDE_CREDIT, Deed.ADJUST, Deed.REVERSE, Deed.DECIDE_REVIEW, Deed.SETTLE, Deed.READ_AUDIT,
}  # fmt: skip

ALLOWED: dict[Role, frozenset[Deed]] = {
    Role.VIEWER: _VIEWER,
    Role.CASHIER: _CASHIER,
    Role.OWNER: _CASHIER
    | {
        Deed.ASK_CREDIT, Deed.MANAGE_KEYS, Deed.MANAGE_MEMBERS, Deed.MANAGE_WEBHOOKS, Deed.MANAGE_SELLER,
    },
    Role.SUPPORT: _SUPPORT,
    Role.FINANCE: _FINANCE,
    Role.ADMIN: _FINANCE | {Deed.CONFIGURE_SELLERS, Deed.CONFIGURE_OPERATORS, Deed.MANAGE_USERS},
}  # fmt: skip
NOTHING: frozenset[Deed] = frozenset()


def role_of(*, role: str, is_staff: bool, is_superuser: bool, is_member: bool) -> Role | None:
    """The role that counts: a superuser is an admin, and one without a role has the least of their kind.

    None for who is neither staff nor a member. A role of the other kind counts as none.
    """
    if is_superuser:
        return Role.ADMIN
    if is_staff:
        return Role(role) if role in STAFF else Role.SUPPORT
    if is_member:
        return Role(role) if role in MEMBERS else Role.VIEWER
    return None


def deeds_of(role: Role | None) -> frozenset[Deed]:
    return NOTHING if role is None else ALLOWED[role]
