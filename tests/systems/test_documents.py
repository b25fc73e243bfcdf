"""The calls of the earlier systems are in the API's own description, each under its system's name."""

import re

import pytest

from tests.systems.curl import Call

CALLS = {
    "TopUpEngine": {"post /api/topup", "post /api/topup/{}/approve", "post /api/recharge"},
    "PayLedger": {
        "post /api-token-auth", "post /api/sellers", "get /api/sellers", "post /api/payments/phone-charge",
        "post /api/payments/credit-requests", "post /api/payments/credit-requests/{}/approve",
        "post /api/payments/credit-requests/{}/reject", "get /api/payments/transactions",
    },
    "B2B Charge Service": {"post /api/credits/request", "post /api/charges/sell", "get /api/vendors/balance"},
}  # fmt: skip


@pytest.mark.parametrize("system", CALLS)
def test_every_call_of_a_system_is_described_under_its_name(call: Call, system: str) -> None:
    document = call("GET /api/openapi.json").body

    described = {
        f"{method} {re.sub(r'{.*?}', '{}', path).rstrip('/')}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if system in operation.get("tags", [])
    }

    assert described == CALLS[system]
