"""Sandbox numbers: what the simulated operator does with which number, while an operator is simulated.

Owns the explanations in people's words. What really happens is `topup.gateways.simulator.behaviours`'.
"""

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from topup.gateways.models import Operator
from topup.gateways.simulator import behaviours
from topup.people import PERSIAN
from topup.portal.access import MemberRequest, page
from topup.portal.pages.developers import sections
from topup.portal.templatetags.people import language

SIMULATOR = "simulator"
COUNTRY = "98"
NATIONAL_DIGITS = 10
SAID = {
    "100": _("Delivered at once. So is every number that is not in this table."),
    "101": _("Refused: there is no such number. The price comes back."),
    "102": _("Refused because the operator is away; delivered on the third try."),
    "103": _("Delivered after three seconds."),
    "104": _("No answer comes, but it was delivered: it becomes unknown, then succeeds."),
    "105": _("No answer comes, and it was not delivered: it becomes unknown, then fails."),
    "106": _("No answer for 20 seconds, also when asked again; then delivered."),
    "107": _("Never any answer: it stays unknown until staff decide."),
    "108": _("The answer is unreadable, but it was delivered."),
    "109": _("Accepted; the result comes a second later, and comes twice."),
    "110": _("Delivered; then the operator says that it failed, and staff look into it."),
    "111": _("The operator cannot be reached. Nothing was sent."),
}


@require_GET
@page()
def sandbox(request: MemberRequest) -> HttpResponse:
    simulated = list(Operator.objects.filter(gateway=SIMULATOR, status=Operator.Status.ACTIVE))
    names = [each.name_fa if language() == PERSIAN else each.name_en for each in simulated]
    prefix = next((each.prefixes[0] for each in simulated if each.prefixes), "")
    context = {
        "operators": names,
        "rows": [(number(prefix, digits), SAID[digits]) for digits in all_digits()],
    }
    return sections.show(request, "sandbox", "sandbox.html", context)


def all_digits() -> list[str]:
    """The last digits of numbers that mean something, in rising order."""
    return sorted({behaviours.DELIVERS.digits, *behaviours.TABLE})


def number(prefix: str, digits: str) -> int:
    """A number of an operator that ends in these digits."""
    return int(COUNTRY + prefix + digits.rjust(NATIONAL_DIGITS - len(prefix), "0"))


URLS = [path("developers/sandbox/", sandbox, name="sandbox")]
