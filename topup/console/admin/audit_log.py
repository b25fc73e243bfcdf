"""The audit log: who did what, when, why, and what was different afterwards. Read-only, newest first."""

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from topup import ids
from topup.audit.log import NOBODY, Act
from topup.audit.models import Entry
from topup.console import columns, words
from topup.console.admin.of_sellers import OfSellersAdmin, SellerFilter
from topup.console.written import identifier
from topup.sellers.models import User
from topup.sellers.roles import Deed

PAGES = {
    "credit_request": "credit_creditrequest_change",
    "recharge": "recharges_recharge_change",
    "seller": "sellers_seller_change",
    "user": "sellers_user_change",
    "api_key": "sellers_apikey_change",
    "operator": "gateways_operator_change",
    "case": "recharges_case_change",
    "dispute": "recharges_dispute_change",
    "connection": "gateways_connection_change",
    "mapping": "settlement_keptmapping_change",
    "settlement_file": "settlement_settlementfile_change",
    "book": "ledger_book_change",
}
MONEY = {"amount", "available", "daily_limit", "per_recharge_max", "min_minor", "max_minor"}
"""Names under which a difference holds minor units."""
NUMBERS = {"seller_id", "user"}
"""Names under which it holds the number of somebody."""


class ActFilter(admin.SimpleListFilter):
    title = _("act")
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # any page
        return [(str(act), words.ACTS[act]) for act in Act]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        value = self.value()
        return queryset if value is None else queryset.filter(act=value)


@admin.display(description=_("Who"))
def who(row: Any) -> str:  # an entry with its actor's name
    if row.actor_id == NOBODY:
        return str(_("the system"))
    return columns.own(row.actor_id_name) if row.actor_id_name else columns.seller_number(row.actor_id)


@admin.display(description=_("What about"))
def subject(row: Entry) -> str:
    kind = words.SOURCES.get(row.subject_type, row.subject_type)
    which = row.subject_id
    named = columns.seller_number(which) if which.isdecimal() else columns.apart(which)
    text = format_html("{} {}", kind, named)
    try:
        url = reverse(f"admin:{PAGES[row.subject_type]}", args=[row.subject_id])
    except (KeyError, NoReverseMatch):
        return text
    return format_html('<a class="link" href="{}">{}</a>', url, text)


@admin.display(description=_("Difference"))
def difference(row: Entry) -> str:
    """Each name with what was and what is; of something new or told, what is."""
    before, after = row.before or {}, row.after or {}
    lines = (
        (words.DETAILS.get(name, name), _old(name, before), _new(name, after)) for name in {**before, **after}
    )
    shown = format_html_join(" · ", '<span class="difference">{}: {}{}</span>', lines)
    return shown or columns.EMPTY


def _old(name: str, before: dict[str, Any]) -> str:
    return format_html("<del>{}</del> → ", _written(name, before[name])) if name in before else ""


def _new(name: str, after: dict[str, Any]) -> str:
    return format_html("<ins>{}</ins>", _written(name, after[name])) if name in after else ""


def _written(name: str, value: Any) -> str:  # a JSON value
    if isinstance(value, dict):
        return columns.apart(json.dumps(value, ensure_ascii=False))
    if isinstance(value, list):
        return columns.own(", ".join(map(str, value))) if value else columns.EMPTY
    if value in (None, ""):
        return columns.EMPTY
    return _in_words(name, value) or columns.own(value)


def _in_words(name: str, value: Any) -> str | None:  # what people say for a JSON value, if anything
    if isinstance(value, bool):
        return gettext(str(value))  # a word of unfold's, which the catalogue has
    if isinstance(value, int):
        return _figure(name, value)
    tables: dict[str, dict[str, Any]] = {
        "role": dict(User.Roles.choices),
        "state": dict(words.RECHARGE_STATES),
        "status": {**words.STANDINGS, **words.PROOFS},
        "verdict": words.VERDICTS,
    }
    said = tables.get(name, {}).get(value)
    return None if said is None else str(said)


def _figure(name: str, value: int) -> str:
    if name in MONEY:
        return columns.money(value)
    return columns.seller_number(value) if name in NUMBERS else columns.number(value)


moment = columns.moment_us("at_us", _("When"))


@admin.register(Entry)
class AuditLogAdmin(OfSellersAdmin[Entry]):
    reading = Deed.READ_AUDIT
    list_display = (
        moment,
        who,
        columns.word("act", _("What"), words.ACTS),
        subject,
        columns.seller,
        columns.beginning("reason", _("Why")),
        difference,
    )
    list_display_links = (moment,)
    fields: ClassVar[Any] = (
        moment,
        who,
        columns.word("act", _("What"), words.ACTS),
        subject,
        columns.seller,
        columns.plain("reason", _("Why")),
        difference,
        columns.identifier("request_id", _("Request id")),
        columns.identifier("id", _("Id")),
    )
    readonly_fields = fields
    people = ("actor_id",)
    ordering = ("-id",)
    list_filter = (ActFilter, SellerFilter)
    search_fields = ("id",)
    search_help_text = _("An id, the username of who did it, or the id of what was done to")

    def older_than(self, written: str) -> list[Q]:
        return [Q(id__lt=identifier(written) or _refused(written))]

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Entry]", search_term: str
    ) -> "tuple[QuerySet[Entry], bool]":
        term = search_term.strip()
        if not term:
            return queryset, False
        actors = list(User.objects.filter(username__iexact=term).values_list("pk", flat=True))
        found = Q(subject_id=identifier(term) or term) | Q(actor_id__in=actors)
        known = identifier(term)
        if known:
            found |= Q(seller_id=ids.seller_of(known), id=known)
        return queryset.filter(found), False


def _refused(written: str) -> str:
    raise ValueError(f"{written!r} is no id")
