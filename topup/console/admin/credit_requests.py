"""Credit requests: the queue that staff decide, and the record of what was decided.

Owns the two actions. Both go by the ids that were sent, through `topup.console.deciding`; sending
them again finds them decided.
"""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from topup import ids
from topup.console import deciding
from topup.console.admin import columns
from topup.console.admin.asking import ask
from topup.console.admin.base import StaffRequest
from topup.console.admin.of_sellers import OfSellersAdmin, SellerFilter, identifier
from topup.console.outcomes import OUTCOMES
from topup.credit.decide import MAX_TEXT
from topup.credit.lifecycle import State
from topup.credit.models import CreditRequest
from topup.ledger.outcomes import Outcome

EVERY_STATE = "all"


class StateFilter(admin.SimpleListFilter):
    """What waits for a decision comes first; the rest is asked for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # any page
        return [*((str(state), state.capitalize()) for state in State), (EVERY_STATE, "All")]

    def choices(self, changelist: Any) -> Any:  # Django's list and its choices
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == self._chosen(), "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        chosen = self._chosen()
        return queryset if chosen == EVERY_STATE else queryset.filter(state=chosen)

    def _chosen(self) -> str:
        known = {str(value) for value, _ in self.lookup_choices}
        value = self.value()
        return value if value in known else State.PENDING


created = columns.moment_us("created_at_us", "Created")
about_the_money = (created, columns.seller, columns.amount("amount", "Amount"), "state")
about_people = (
    columns.person("requested_by", "Requested by"),
    columns.person("decided_by", "Decided by"),
    columns.moment_us("decided_at_us", "Decided"),
)


class RejectForm(forms.Form):
    reason = forms.CharField(
        max_length=MAX_TEXT, widget=AdminTextareaWidget, help_text="The seller reads it."
    )


@admin.register(CreditRequest)
class CreditRequestAdmin(OfSellersAdmin[CreditRequest]):
    list_display = (*about_the_money, columns.beginning("note", "Note"), *about_people)
    list_display_links = (created,)
    fields: ClassVar[Any] = (
        "id",
        *about_the_money,
        "note",
        *about_people,
        "reason",
        columns.plain("credit_seq", "Version of the credit"),
    )
    readonly_fields = fields
    people = ("requested_by", "decided_by")
    ordering = ("-id",)
    list_filter = (StateFilter, SellerFilter)
    search_fields = ("id",)
    search_help_text = "The id of a request"
    actions: Any = ("approve", "reject")
    # Django would offer to select what is on other pages too, unseen.
    actions_selection_counter = False

    def older_than(self, written: str) -> list[Q]:
        return [Q(id__lt=str(uuid.UUID(written)))]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Deciding is the permission to change, though a request's page has nothing to save."""
        return request.user.has_perm("credit.change_creditrequest")

    @admin.action(description="Approve selected credit requests", permissions=["decide"])
    def approve(self, request: StaffRequest, queryset: "QuerySet[CreditRequest]") -> None:
        for request_id in selected(request):
            outcome = deciding.approve(
                seller_id=ids.seller_of(request_id), request_id=request_id, by=request.user.pk
            )
            self._say(request, request_id, outcome, decision="approved")

    @admin.action(description="Reject selected credit requests", permissions=["decide"])
    def reject(self, request: StaffRequest, queryset: "QuerySet[CreditRequest]") -> HttpResponse | None:
        chosen = selected(request)
        form = RejectForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask_why(request, form, chosen)
        for request_id in chosen:
            outcome = deciding.reject(
                seller_id=ids.seller_of(request_id),
                request_id=request_id,
                by=request.user.pk,
                reason=form.cleaned_data["reason"],
            )
            self._say(request, request_id, outcome, decision="rejected")
        return None

    def _ask_why(self, request: HttpRequest, form: RejectForm, chosen: list[str]) -> HttpResponse:
        return ask(
            self,
            request,
            form,
            title="Reject credit requests",
            button="Reject",
            about=[self._described(request, request_id) for request_id in chosen],
            hidden=[("action", "reject"), *((ACTION_CHECKBOX_NAME, request_id) for request_id in chosen)],
        )

    def _described(self, request: HttpRequest, request_id: str) -> str:
        row: Any = self.get_object(request, request_id)  # with the names that the list has
        if row is None:
            return f"{request_id}: there is no such request"
        amount = columns.amount("amount", "")(row)
        return f"{amount} for {row.seller_name} (seller {row.seller_id})"

    def _say(self, request: StaffRequest, request_id: str, outcome: Outcome, *, decision: str) -> None:
        said = OUTCOMES[outcome]
        text = f"{decision}." if outcome is Outcome.POSTED else said.text
        self.message_user(request, f"{self._described(request, request_id)}: {text}", said.level)
        if outcome is Outcome.POSTED:
            LogEntry.objects.create(
                user_id=request.user.pk,
                content_type=ContentType.objects.get_for_model(CreditRequest),
                object_id=request_id,
                object_repr=f"credit request {request_id}",
                action_flag=CHANGE,
                change_message=f"{decision.capitalize()}.",
            )


def selected(request: HttpRequest) -> list[str]:
    """The ids that were sent, each once; what is no id finds nothing."""
    written = request.POST.getlist(ACTION_CHECKBOX_NAME)
    return list(dict.fromkeys(known for each in written if (known := identifier(each))))
