"""The pages of the staff console on Django's admin site, one module for each resource.

Owns how a resource is shown and which form or action asks for what. A page must never write a
balance, a movement, a request's state or a recharge: those go through `topup.ledger.on_django`,
`topup.console.deciding` and `topup.console.resolving`.
"""

from topup.console import columns
from topup.console.admin import (
    api_keys,
    audit_log,
    books,
    cases,
    connections,
    credit_requests,
    disputes,
    movements,
    operators,
    recharges,
    reviews,
    sellers,
    settlements,
    users,
)

__all__ = [
    "api_keys",
    "audit_log",
    "books",
    "cases",
    "columns",
    "connections",
    "credit_requests",
    "disputes",
    "movements",
    "operators",
    "recharges",
    "reviews",
    "sellers",
    "settlements",
    "users",
]
