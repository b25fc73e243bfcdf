"""`{% load shown %}`: numbers and names in the console's templates, also in those that stand for unfold's.

Owns nothing but the way from a template to `topup.people`; what comes from Python is shown by `columns`.
"""

from typing import Any

from django import template
from django.contrib.admin.views.main import PAGE_VAR
from django.utils.safestring import SafeData, mark_safe

from topup import people
from topup.console import columns

register = template.Library()


@register.filter
def number(count: int) -> str:
    return columns.number(count)


@register.filter
def spoken(text: object) -> str:
    """A sentence that a library made, in the digits of the page."""
    written = str(text)
    shown = people.spoken(written, columns.language())
    return mark_safe(shown) if isinstance(written, SafeData) else shown  # noqa: S308  # it was safe before its digits changed


@register.filter
def called(text: object) -> str:
    """A name in a sentence, where no element can stand."""
    return columns.called(text)


@register.simple_tag
def page_address(cl: Any, place: int) -> str:  # Django's list
    """The query string of another page of a list."""
    written: str = cl.get_query_string({PAGE_VAR: place})
    return written
