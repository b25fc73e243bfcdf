"""Cases: the queue of what staff must look at, and closing one with what was found out.

Owns the one action. It moves no money and changes no recharge; closing again finds it closed.
"""

import uuid
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from topup import clock, ids, trips
from topup.console import moving
from topup.console.admin import columns
from topup.console.admin.asking import ask
from topup.console.admin.base import StaffRequest
from topup.console.admin.credit_requests import selected
from topup.console.admin.of_sellers import OfSellersAdmin, SellerFilter
from topup.recharges import cases
from topup.recharges.case_kinds import Kind
from topup.recharges.cases import MAX_RESOLUTION, NO_SELLER, State
from topup.recharges.models import Case
from topup.telemetry import security

EVERY_STATE = "all"


class CaseStateFilter(admin.SimpleListFilter):
    """What is open comes first; the rest is asked for."""

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
        return value if value in known else State.OPEN


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # any page
        return [(str(kind), kind.replace("_", " ").capitalize()) for kind in Kind]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        known = {str(kind) for kind in Kind}
        return queryset.filter(kind=self.value()) if self.value() in known else queryset


class CloseForm(forms.Form):
    resolution = forms.CharField(
        max_length=MAX_RESOLUTION, widget=AdminTextareaWidget, help_text="What was found out, and done."
    )


@admin.display(description="Seller")
def seller(row: Any) -> str:  # a Case with the seller's name
    return columns.EMPTY if row.seller_id == NO_SELLER else columns.seller(row)


@admin.display(description="Recharge")
def recharge(row: Any) -> str:  # a Case
    if row.recharge_id is None:
        return columns.EMPTY
    url = reverse("admin:recharges_recharge_change", args=[row.recharge_id])
    return format_html('<a href="{}">{}</a>', url, row.recharge_id)


opened = columns.moment_us("opened_at_us", "Opened")


@admin.register(Case)
class CaseAdmin(OfSellersAdmin[Case]):
    list_display = (
        opened,
        "kind",
        "operator",
        seller,
        recharge,
        columns.beginning("evidence", "Evidence"),
        "state",
    )
    list_display_links = (opened, "kind")
    fields: ClassVar[Any] = (
        "id", opened, "kind", "operator", seller, recharge, "subject", "evidence", "state",
        columns.moment_us("closed_at_us", "Closed"), columns.person("closed_by", "Closed by"), "resolution",
    )  # fmt: skip
    readonly_fields = fields
    people = ("closed_by",)
    ordering = ("-id",)
    list_filter = (CaseStateFilter, KindFilter, SellerFilter)
    search_fields = ("id",)
    search_help_text = "The id of a case or of a recharge, or an operator's code"
    actions: Any = ("close",)
    # Django would offer to select what is on other pages too, unseen.
    actions_selection_counter = False

    def older_than(self, written: str) -> list[Q]:
        return [Q(id__lt=str(uuid.UUID(written)))]

    def key_of(self, written: str) -> Q:
        whose = ids.seller_of(written)
        return Q(seller_id=whose, id=written) | Q(seller_id=whose, recharge_id=written)

    def named(self, term: str, request: HttpRequest) -> Q:
        return Q(operator=term)

    def has_close_permission(self, request: HttpRequest) -> bool:
        """Closing is the permission to change, though a case's page has nothing to save."""
        return request.user.has_perm("recharges.change_case")

    @admin.action(description="Close selected cases", permissions=["close"])
    def close(self, request: StaffRequest, queryset: "QuerySet[Case]") -> HttpResponse | None:
        chosen = selected(request)
        form = CloseForm(request.POST if "resolution" in request.POST else None)
        if not form.is_valid():
            return ask(
                self,
                request,
                form,
                title="Close cases",
                button="Close",
                about=[self._described(request, case_id) for case_id in chosen],
                hidden=[("action", "close"), *((ACTION_CHECKBOX_NAME, case_id) for case_id in chosen)],
            )
        for case_id in chosen:
            self._close(request, case_id, form.cleaned_data["resolution"])
        return None

    def _close(self, request: StaffRequest, case_id: str, resolution: str) -> None:
        own, by = moving.own_connection(), request.user.pk
        statement = cases.close(
            seller_id=ids.seller_of(case_id),
            case_id=case_id,
            by=by,
            resolution=resolution,
            now_us=clock.now_us(),
        )
        (((closed,),),) = trips.run(own, [statement])
        described = self._described(request, case_id)
        if not closed:
            self.message_user(request, f"{described}: is not open; nothing was changed.", messages.WARNING)
            return
        security.decided(decision="close_case", seller_id=ids.seller_of(case_id), object_id=case_id, by=by)
        self.message_user(request, f"{described}: closed.", messages.SUCCESS)
        LogEntry.objects.create(
            user_id=by,
            content_type=ContentType.objects.get_for_model(Case),
            object_id=case_id,
            object_repr=f"case {case_id}",
            action_flag=CHANGE,
            change_message=f"Closed: {resolution}",
        )

    def _described(self, request: HttpRequest, case_id: str) -> str:
        row: Any = self.get_object(request, case_id)  # with the names that the list has
        if row is None:
            return f"{case_id}: there is no such case"
        return f"{row.kind.replace('_', ' ')}, {row.operator}, {row.subject}"
