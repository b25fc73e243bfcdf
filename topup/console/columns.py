"""How a value is shown: amounts in toman with their unit, moments in local time, names as links.

Owns the wording of a cell, in lists and on pages alike; digits, units and calendars are those of
`topup.people` in the page's language. It must never ask the database for a cell: a list has many, so
names come with the rows (`with_names`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from topup import clock, people
from topup.console.wording import Title
from topup.gateways.models import Operator
from topup.sellers.models import Seller, User

Row = Any  # a row of whichever model has the field
Column = Callable[[Row], str]
M = TypeVar("M", bound=models.Model)
EMPTY = "–"
BEGINNING = 40
"""Characters of a text in a list."""


def language() -> str:
    return get_language() or "en"


def money(amount_minor: int, currency: str = "IRR") -> str:
    """`12,500 toman`, in the page's language."""
    return people.money(amount_minor, currency, language())


def number(count: int) -> str:
    return people.number(count, language())


def when(moment_us: int, *, seconds: bool = True) -> str:
    return people.moment(moment_us, language(), settings.TIME_ZONE, seconds=seconds)


def called(text: object) -> str:
    """A name in a sentence of plain text."""
    return people.named(str(text), language())


def seller_number(seller_id: int | str) -> str:
    """A seller's number, which has no separators: it is a name and not a count."""
    return people.digits(str(seller_id), language())


def own(text: object) -> SafeString:
    """What somebody has called or written something: it keeps its own letters, digits and direction."""
    return format_html("<bdi>{}</bdi>", text)


def at(moment_us: int) -> SafeString:
    """A moment, with the exact one for machines."""
    return format_html('<time datetime="{}">{}</time>', clock.rfc3339(moment_us), apart(when(moment_us)))


def apart(text: object) -> SafeString:
    """A text that reads left to right wherever it stands: an id, a number, a reference."""
    return format_html('<bdi dir="ltr">{}</bdi>', text)


def amount(field: str, title: Title) -> Column:
    """Minor units in the row's own currency: `100,000 toman`."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        return EMPTY if value is None else money(value, row.currency)

    return shown


def count(field: str, title: Title) -> Column:
    """A plain number."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        return EMPTY if value is None else number(value)

    return shown


def moment_us(field: str, title: Title) -> Column:
    """A moment kept in microseconds."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        return EMPTY if value is None else at(value)

    return shown


def moment(field: str, title: Title) -> Column:
    """A moment kept as a time."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value: datetime | None = getattr(row, field)
        return EMPTY if value is None else at(clock.to_us(value))

    return shown


def identifier(field: str, title: Title) -> Column:
    """An id or a reference, left to right."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        if value in (None, ""):
            return EMPTY
        return format_html('<bdi dir="ltr" class="long" title="{0}">{0}</bdi>', value)

    return shown


@admin.display(description=_("Seller"))
def seller(row: Row) -> str:
    """The seller's number and name, leading to its page."""
    if not row.seller_id:
        return EMPTY
    url = reverse("admin:sellers_seller_change", args=[row.seller_id])
    return format_html(
        '<a class="link" href="{}">{} <bdi>{}</bdi></a>',
        url,
        seller_number(row.seller_id),
        row.seller_name or "",
    )


def plain(field: str, title: Title, *, ordering: str | None = None) -> Column:
    """What people wrote or chose, as it is; a list may be sorted by `ordering`."""

    @admin.display(description=title, ordering=ordering)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        return EMPTY if value in (None, "") else own(value)

    return shown


def word(field: str, title: Title, words: Mapping[str, Title]) -> Column:
    """A word of a closed set, as people say it."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = str(getattr(row, field))
        return str(words.get(value, value))

    return shown


def beginning(field: str, title: Title) -> Column:
    """The first words of a text, for lists."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        text = Truncator(getattr(row, field)).chars(BEGINNING)
        return own(text) if text else EMPTY

    return shown


@admin.display(description=_("Operator"))
def operator(row: Row) -> str:
    """The operator by its name, which came with the row, or else by its code."""
    known = getattr(row, "operator_name", None)
    return str(known) if known else apart(row.operator) if row.operator else EMPTY


def page(name: str, identifier: object) -> str:
    """The address of a row's page, by the name of its model."""
    return reverse(f"admin:{name}_change", args=[identifier])


@admin.display(description=_("Recharge"))
def recharge(row: Row) -> str:
    """The id of the row's recharge, leading to its page."""
    if row.recharge_id is None:
        return EMPTY
    url = page("recharges_recharge", row.recharge_id)
    return format_html('<a class="link" href="{}">{}</a>', url, apart(row.recharge_id))


def raw(field: str, title: Title) -> Column:
    """What somebody else wrote, as it came, in lines of its own."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        return format_html('<pre class="raw" dir="auto">{}</pre>', value) if value else EMPTY

    return shown


@admin.display(description=_("Phone number"))
def phone_number(row: Row) -> str:
    return phone(row.phone_number)


def phone(e164: int) -> SafeString:
    return format_html('<bdi dir="ltr" class="phone">{}</bdi>', people.phone(e164, language()))


def person(field: str, title: Title) -> Column:
    """The username of the user whose number is in this field."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        found = getattr(row, field)
        if found is None:
            return EMPTY
        username = getattr(row, f"{field}_name")
        return own(username) if username else str(_("user %(number)s") % {"number": seller_number(found)})

    return shown


def with_names(rows: "QuerySet[M]", *persons: str) -> "QuerySet[M]":
    """The rows with `seller_name`, `operator_name` where they have an operator's code, and `<field>_name`
    for each field that holds a user's number."""
    names: dict[str, Subquery] = {
        f"{field}_name": Subquery(User.objects.filter(pk=OuterRef(field)).values("username")[:1])
        for field in persons
    }
    names["seller_name"] = Subquery(Seller.objects.filter(pk=OuterRef("seller_id")).values("name")[:1])
    if any(field.attname == "operator" for field in rows.model._meta.concrete_fields):
        name = f"name_{people.PERSIAN if language() == people.PERSIAN else 'en'}"
        names["operator_name"] = Subquery(Operator.objects.filter(pk=OuterRef("operator")).values(name)[:1])
    named: QuerySet[M] = rows.annotate(**names)
    return named
