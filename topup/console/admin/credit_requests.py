"""Credit requests: the queue that staff decide, and the record of what was decided.

Owns the decisions on a request's page and on the list. Both go by the ids that were sent, through
`topup.console.deciding`; sending them again finds them decided.
"""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from topup import ids
from topup.console import columns, deciding, request_page, words
from topup.console.admin.asking import ask
from topup.console.admin.base import StaffRequest
from topup.console.admin.filters import QueueFilter
from topup.console.admin.of_sellers import OfSellersAdmin, SellerFilter, of_sellers_named
from topup.console.outcomes import OUTCOMES
from topup.console.permission import may
from topup.console.written import identifier
from topup.credit.decide import MAX_TEXT
from topup.credit.lifecycle import State
from topup.credit.models import CreditRequest
from topup.ledger.outcomes import Outcome
from topup.sellers.roles import Deed


class StateFilter(QueueFilter):
    title = _("state")
    parameter_name = "state"
    titles = words.REQUEST_STATES
    waiting = State.PENDING


created = columns.moment_us("created_at_us", _("Asked"))
about_the_money = (
    created,
    columns.seller,
    columns.amount("amount", _("Amount")),
    columns.word("state", _("State"), words.REQUEST_STATES),
)
about_people = (
    columns.person("requested_by", _("Requested by")),
    columns.person("decided_by", _("Decided by")),
    columns.moment_us("decided_at_us", _("Decided")),
)


class RejectForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=MAX_TEXT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "data-key": "r"}),
        help_text=_("The seller reads it."),
    )


@admin.register(CreditRequest)
class CreditRequestAdmin(OfSellersAdmin[CreditRequest]):
    change_form_template = "console/credit_request.html"
    list_display = (*about_the_money, columns.beginning("note", _("Note")), *about_people)
    list_display_links = (created,)
    fields: ClassVar[Any] = (
        *about_the_money,
        columns.plain("bank_reference", _("Tracking number")),
        columns.plain("note", _("Note")),
        *about_people,
        columns.plain("reason", _("Reason")),
        columns.count("credit_seq", _("Version of the credit")),
        columns.identifier("id", _("Id")),
    )
    readonly_fields = fields
    people = ("requested_by", "decided_by")
    ordering = ("-id",)
    list_filter = (StateFilter, SellerFilter)
    search_fields = ("id",)
    search_help_text = _("The id of a request, or a part of the seller's name")
    actions: Any = ("approve", "reject")
    # Django would offer to select what is on other pages too, unseen.
    list_disable_select_all = True

    def named(self, term: str, request: HttpRequest) -> Q:
        return of_sellers_named(term)

    def older_than(self, written: str) -> list[Q]:
        return [Q(id__lt=str(uuid.UUID(written)))]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """A request's page has nothing to save; deciding is a deed of its own."""
        return may(request, Deed.DECIDE_CREDIT)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide_view)
        own = path("<uuid:request_id>/decide/", decide, name="credit_creditrequest_decide")
        return [own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        about: dict[str, Any] = {}
        if row is not None and self.has_view_permission(request):
            deciding.look(seller_id=row.seller_id, request_id=object_id, by=request.user.pk or 0)
            about = request_page.about(row, by=request.user.pk or 0)
            about |= {"may_decide": self.has_decide_permission(request), "reject_form": RejectForm()}
        return super().change_view(request, object_id, form_url, {**about, **(extra_context or {})})

    def decide_view(self, request: StaffRequest, request_id: uuid.UUID) -> HttpResponse:
        """One decision by its button, then the next request that waits."""
        written = str(request_id)
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if self.get_object(request, written) is None:
            raise Http404
        page = reverse("admin:credit_creditrequest_change", args=[written])
        if request.method != "POST":
            return HttpResponseRedirect(page)
        if request.POST.get("decision") == "approve":
            outcome = self._approve(request, written)
        else:
            form = RejectForm(request.POST)
            if not form.is_valid():  # the page itself takes no form
                self.message_user(request, " ".join(map(str, form.errors["reason"])), messages.ERROR)
                return HttpResponseRedirect(page)
            outcome = self._reject(request, written, form.cleaned_data["reason"])
        following = request_page.following(written) if outcome in (Outcome.POSTED, Outcome.PROPOSED) else None
        return HttpResponseRedirect(
            page if following is None else reverse("admin:credit_creditrequest_change", args=[following])
        )

    @admin.action(description=_("Approve selected credit requests"), permissions=["decide"])
    def approve(self, request: StaffRequest, queryset: "QuerySet[CreditRequest]") -> None:
        for request_id in selected(request):
            self._approve(request, request_id)

    @admin.action(description=_("Reject selected credit requests"), permissions=["decide"])
    def reject(self, request: StaffRequest, queryset: "QuerySet[CreditRequest]") -> HttpResponse | None:
        chosen = selected(request)
        form = RejectForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask_why(request, form, chosen)
        for request_id in chosen:
            self._reject(request, request_id, form.cleaned_data["reason"])
        return None

    def _approve(self, request: StaffRequest, request_id: str) -> Outcome:
        seller_id, by = ids.seller_of(request_id), request.user.pk
        outcome = deciding.approve(seller_id=seller_id, request_id=request_id, by=by)
        return self._say(request, request_id, outcome, decision=gettext("approved."))

    def _reject(self, request: StaffRequest, request_id: str, reason: str) -> Outcome:
        seller_id, by = ids.seller_of(request_id), request.user.pk
        outcome = deciding.reject(seller_id=seller_id, request_id=request_id, by=by, reason=reason)
        return self._say(request, request_id, outcome, decision=gettext("rejected."))

    def _ask_why(self, request: HttpRequest, form: RejectForm, chosen: list[str]) -> HttpResponse:
        return ask(
            self,
            request,
            form,
            title=gettext("Reject credit requests"),
            button=gettext("Reject"),
            about=[self._described(request, request_id) for request_id in chosen],
            hidden=[("action", "reject"), *((ACTION_CHECKBOX_NAME, request_id) for request_id in chosen)],
        )

    def _described(self, request: HttpRequest, request_id: str) -> str:
        row: Any = self.get_object(request, request_id)  # with the names that the list has
        if row is None:
            return gettext("%(id)s: there is no such request") % {"id": columns.called(request_id)}
        told = {
            "amount": columns.money(row.amount, row.currency),
            "name": columns.called(row.seller_name),
            "number": columns.seller_number(row.seller_id),
        }
        return gettext("%(amount)s for %(name)s (seller %(number)s)") % told

    def _say(self, request: StaffRequest, request_id: str, outcome: Outcome, *, decision: str) -> Outcome:
        said = OUTCOMES[outcome]
        text = decision if outcome is Outcome.POSTED else said.text
        self.message_user(request, f"{self._described(request, request_id)}: {text}", said.level)
        return outcome


def selected(request: HttpRequest) -> list[str]:
    """The ids that were sent, each once; what is no id finds nothing."""
    written = request.POST.getlist(ACTION_CHECKBOX_NAME)
    return list(dict.fromkeys(known for each in written if (known := identifier(each))))
