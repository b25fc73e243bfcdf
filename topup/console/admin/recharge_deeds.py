"""What staff do about one recharge, from its page: ask its operator again, decide, give back, send again.

Owns the addresses of these deeds and who may; a deed that takes words asks for them first. All go through
`topup.console.resolving` and `topup.console.resending`: sent twice, the second finds it done.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from topup import ids, people
from topup.console import columns, recharge_page, resending, resolving
from topup.console.admin import deeds
from topup.console.admin.asking import ask
from topup.console.admin.base import AnyAdmin, StaffRequest
from topup.console.permission import may
from topup.console.wording import Title
from topup.ledger.outcomes import Outcome
from topup.recharges.models import Recharge
from topup.recharges.review import Verdict
from topup.sellers.roles import Deed

ASKED = _("the operator is asked again in a moment.")
WITHDRAWN = _("the proposal is withdrawn.")
GIVEN_BACK = _("reversed; the price is available again.")
SENT_AGAIN = _("the webhook is sent again in a moment.")
DONE: dict[Verdict, Title] = {
    Verdict.DELIVERED: _("marked delivered; its price is sold."),
    Verdict.FAILED: _("marked failed; its price is available again."),
}
MARKED: dict[Verdict, Title] = {
    Verdict.DELIVERED: _("Mark as delivered"),
    Verdict.FAILED: _("Mark as failed"),
}


class RechargeDeeds(AnyAdmin):
    """A page whose rows have ids of recharges. It stands before the class of the list."""

    change_form_template = "console/recharge.html"

    def get_urls(self) -> list[URLPattern]:
        own: tuple[tuple[str, Callable[..., HttpResponse]], ...] = (
            ("ask-again", self.ask_view),
            ("mark/<str:verdict>", self.mark_view),
            ("withdraw", self.withdraw_view),
            ("reverse", self.reverse_view),
            ("resend/<uuid:delivery_id>", self.resend_view),
        )
        pages = [
            path(f"<uuid:recharge_id>/{where}/", self.admin_site.admin_view(view), name=self._name(where))
            for where, view in own
        ]
        return [*pages, *super().get_urls()]

    def _name(self, where: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{where.split('/', 1)[0].replace('-', '_')}"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row: Any = self.get_object(request, object_id)
        about: dict[str, Any] = {}
        if row is not None and self.has_view_permission(request):
            about = recharge_page.about(seller_id=row.seller_id, recharge_id=str(row.pk))
            about |= {
                "may": {str(deed): may(request, deed) for deed in Deed},
                "deeds_at": self.opts.model_name,
            }
        return super().change_view(request, object_id, form_url, {**about, **(extra_context or {})})

    def described(self, request: HttpRequest, recharge_id: str) -> str:
        """A recharge in words; it need not stand in this page's list any more."""
        rows = columns.with_names(Recharge.objects.all())
        row: Any = rows.filter(seller_id=ids.seller_of(recharge_id), id=recharge_id).first()
        if row is None:
            return gettext("%(id)s: there is no such recharge") % {"id": columns.called(recharge_id)}
        told = {
            "amount": columns.money(row.amount, row.currency),
            "phone": people.isolated(people.phone(row.phone_number, columns.language())),
            "name": columns.called(row.seller_name),
            "number": columns.seller_number(row.seller_id),
        }
        return gettext("%(amount)s for %(phone)s, sold by %(name)s (seller %(number)s)") % told

    # Each view does one thing and leads back to the page.

    def ask_view(self, request: StaffRequest, recharge_id: uuid.UUID) -> HttpResponse:
        return self._press(
            request,
            recharge_id,
            deed=Deed.QUERY,
            done=ASKED,
            act=lambda: resolving.query_again(recharge_id=str(recharge_id), by=request.user.pk),
        )

    def withdraw_view(self, request: StaffRequest, recharge_id: uuid.UUID) -> HttpResponse:
        return self._press(
            request,
            recharge_id,
            deed=Deed.DECIDE_REVIEW,
            done=WITHDRAWN,
            act=lambda: resolving.withdraw(recharge_id=str(recharge_id), by=request.user.pk),
        )

    def resend_view(
        self, request: StaffRequest, recharge_id: uuid.UUID, delivery_id: uuid.UUID
    ) -> HttpResponse:
        if ids.seller_of(str(delivery_id)) != ids.seller_of(str(recharge_id)):
            raise Http404
        return self._press(
            request,
            recharge_id,
            deed=Deed.QUERY,
            done=SENT_AGAIN,
            act=lambda: resending.resend(delivery_id=str(delivery_id), by=request.user.pk),
        )

    def mark_view(self, request: StaffRequest, recharge_id: uuid.UUID, verdict: str) -> HttpResponse:
        if verdict not in set(Verdict):
            raise Http404
        wanted, form = Verdict(verdict), deeds.EvidenceForm(_sent(request))
        return self._answer(
            request,
            recharge_id,
            form,
            deed=Deed.DECIDE_REVIEW,
            title=MARKED[wanted],
            done=DONE[wanted],
            act=lambda: resolving.resolve(
                recharge_id=str(recharge_id),
                verdict=wanted,
                evidence=form.cleaned_data["evidence"],
                by=request.user.pk,
            ),
        )

    def reverse_view(self, request: StaffRequest, recharge_id: uuid.UUID) -> HttpResponse:
        form = deeds.ReverseForm(_sent(request))
        return self._answer(
            request,
            recharge_id,
            form,
            deed=Deed.REVERSE,
            title=_("Reverse this recharge"),
            done=GIVEN_BACK,
            act=lambda: resolving.reverse(
                recharge_id=str(recharge_id), reason=form.cleaned_data["reason"], by=request.user.pk
            ),
        )

    def _press(
        self,
        request: StaffRequest,
        recharge_id: uuid.UUID,
        *,
        deed: Deed,
        done: Title,
        act: Callable[[], Outcome],
    ) -> HttpResponse:
        """A deed that its button does at once."""
        if not may(request, deed):
            raise PermissionDenied
        if request.method == "POST":
            about = self.described(request, str(recharge_id))
            deeds.say(self, request, act(), about=about, done=done)
        return HttpResponseRedirect(self._page(recharge_id))

    def _answer(
        self,
        request: StaffRequest,
        recharge_id: uuid.UUID,
        form: forms.Form,
        *,
        deed: Deed,
        title: Title,
        done: Title,
        act: Callable[[], Outcome | str],
    ) -> HttpResponse:
        """A deed that asks for words first."""
        if not may(request, deed):
            raise PermissionDenied
        about = self.described(request, str(recharge_id))
        if not form.is_valid():
            return ask(self, request, form, title=str(title), button=str(title), about=[about])
        deeds.say(self, request, act(), about=about, done=done)
        return HttpResponseRedirect(self._page(recharge_id))

    def _page(self, recharge_id: uuid.UUID) -> str:
        return reverse("admin:recharges_recharge_change", args=[recharge_id])


def _sent(request: HttpRequest) -> Any:  # what Django calls a form's data
    return request.POST if request.method == "POST" else None
