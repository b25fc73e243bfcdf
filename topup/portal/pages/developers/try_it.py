"""Try it: the five calls that a seller's program is made of, sent from the browser with the seller's own key.

Owns which calls they are. The key is typed or pasted, stays in the browser, and no answer of ours has it.
"""

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from topup.portal.access import MemberRequest, page
from topup.portal.pages.developers import sections

NUMBER = "09120000100"
"""Whose last digits mean "delivered" to the simulator."""
KEY = "$TOPUP_KEY"


class Call(NamedTuple):
    """A call as the form offers it; `body` is JSON, empty for what has none."""

    name: str
    title: Promise
    method: str
    path: str
    body: str = ""


CALLS = (
    Call("balance", _("Read the balance"), "GET", "/api/v1/balance"),
    Call(
        "sell",
        _("Sell a recharge"),
        "POST",
        "/api/v1/recharges",
        f'{{"phone_number": "{NUMBER}", "amount": 50000}}',
    ),
    Call("find", _("Find a recharge by its reference"), "GET", "/api/v1/recharges?reference=order-1001"),
    Call("movements", _("List the movements of the balance"), "GET", "/api/v1/transactions?limit=5"),
    Call("operators", _("List the operators"), "GET", "/api/v1/operators"),
)


@require_GET
@page()
def try_it(request: MemberRequest) -> HttpResponse:
    origin = request.build_absolute_uri("/").rstrip("/")
    context = {
        "calls": CALLS,
        "offered": [_plain(call) for call in CALLS],
        "commands": [(call.title, command(call, origin)) for call in CALLS],
        "base": f"{origin}/api/v1",
    }
    return sections.show(request, "developers", "try_it.html", context)


def command(call: Call, origin: str) -> str:
    """The call as it is pasted into a shell."""
    words = ["curl", f"'{origin}{call.path}'", "-H", f'"Authorization: Token {KEY}"']
    if call.body:
        words += ["-H", "'Idempotency-Key: order-1001'", "-H", "'Content-Type: application/json'"]
        words += ["-d", f"'{call.body}'"]
    return " ".join(words)


def _plain(call: Call) -> dict[str, Any]:  # JSON
    return {**call._asdict(), "title": str(call.title)}


URLS = [path("developers/", try_it, name="developers")]
