"""How a value is shown: amounts with separators and their unit, moments in local time, names as links.

Owns the wording of a cell, in lists and on pages alike. It must never ask the database for one: a
list has many cells, so names come with the rows (`with_names`).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.contrib import admin
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from topup import clock, phones
from topup.money import with_separators
from topup.sellers.models import Seller, User

Row = Any  # a row of whichever model has the field
Column = Callable[[Row], str]
M = TypeVar("M", bound=models.Model)
EMPTY = "-"
BEGINNING = 40
"""Characters of a text in a list."""


def amount(field: str, title: str) -> Column:
    """Minor units in the row's own currency: `1,000,000 IRR`."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        return EMPTY if value is None else f"{with_separators(value)} {row.currency}"

    return shown


def moment_us(field: str, title: str) -> Column:
    """A moment kept in microseconds."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        return EMPTY if value is None else local(clock.from_us(value))

    return shown


def moment(field: str, title: str) -> Column:
    """A moment kept as a time."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        return EMPTY if value is None else local(value)

    return shown


def local(value: datetime) -> str:
    """`2026-11-20 14:14:00 +03:30`: the offset is written, because a zone's may change."""
    return timezone.localtime(value).isoformat(sep=" ", timespec="seconds").replace("+", " +")


@admin.display(description="Seller")
def seller(row: Row) -> str:
    """The seller's number and name, leading to its page."""
    url = reverse("admin:sellers_seller_change", args=[row.seller_id])
    return format_html('<a href="{}">{} {}</a>', url, row.seller_id, row.seller_name or "")


def plain(field: str, title: str) -> Column:
    """The value as it is, under a title of our own."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        value = getattr(row, field)
        return EMPTY if value in (None, "") else str(value)

    return shown


def beginning(field: str, title: str) -> Column:
    """The first words of a text, for lists."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        return Truncator(getattr(row, field)).chars(BEGINNING) or EMPTY

    return shown


@admin.display(description="Phone number")
def phone_number(row: Row) -> str:
    return phones.show(row.phone_number)


def person(field: str, title: str) -> Column:
    """The username of the user whose number is in this field."""

    @admin.display(description=title)
    def shown(row: Row) -> str:
        number = getattr(row, field)
        return EMPTY if number is None else getattr(row, f"{field}_name") or f"user {number}"

    return shown


def with_names(rows: "QuerySet[M]", *people: str) -> "QuerySet[M]":
    """The rows with `seller_name`, and `<field>_name` for each field that holds a user's number."""
    names: dict[str, Subquery] = {
        f"{field}_name": Subquery(User.objects.filter(pk=OuterRef(field)).values("username")[:1])
        for field in people
    }
    names["seller_name"] = Subquery(Seller.objects.filter(pk=OuterRef("seller_id")).values("name")[:1])
    named: QuerySet[M] = rows.annotate(**names)
    return named
