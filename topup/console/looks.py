"""Looking at a seller's portal as its viewer would see it: begun here with a reason, ended here.

Owns the way in and out, and the entry of the audit log that says why. Which pages there are to see, and
that nothing is sent from them, is the portal's (`topup/portal/looking.py`).
"""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from topup import clock
from topup.audit import log
from topup.audit.log import Act
from topup.console import columns
from topup.sellers import looking

PORTAL = "portal:home"


class LookForm(forms.Form):
    """Why somebody looks at what a seller does."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=log.MAX_REASON,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("It stands in the audit log, with every page that you open."),
    )


def begin(request: HttpRequest, *, seller_id: int, reason: str) -> HttpResponse:
    """Go to the seller's portal; who asks may read the console."""
    look = looking.begin(request.session, seller_id=seller_id, now_us=clock.now_us())
    log.write(
        Act.PORTAL_LOOKED_AT,
        subject_type="seller",
        subject_id=seller_id,
        seller_id=seller_id,
        reason=reason,
        after={"look": look.id},
    )
    return HttpResponseRedirect(reverse(PORTAL))


def end(request: HttpRequest) -> HttpResponse:
    """Back to the seller's page, or to the dashboard where no look went on."""
    seller_id = looking.end(request.session) if request.method == "POST" else None
    if seller_id is None:
        return HttpResponseRedirect(reverse("admin:index"))
    return HttpResponseRedirect(columns.page("sellers_seller", seller_id))
