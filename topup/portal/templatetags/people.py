"""`{% load people %}`: amounts, numbers, days and times in the language of the page.

Owns the HTML around what `topup.people` writes: figures and their units, and numbers that read left to
right wherever they stand. It must never format anything itself.
"""

from datetime import date

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeData, SafeString, mark_safe
from django.utils.translation import get_language

from topup import clock, people

register = template.Library()


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


@register.filter
def money(amount_minor: int, currency: str = "IRR") -> SafeString:
    """`{{ amount|money }}`, `{{ amount|money:currency }}`: the figure and its unit."""
    figure = people.amount(amount_minor, currency, language())
    unit = people.unit_name(currency, language())
    return format_html(
        '<span class="money"><bdi class="figure">{}</bdi>\u00a0<span class="unit">{}</span></span>',
        figure,
        unit,
    )


@register.filter
def money_text(amount_minor: int, currency: str = "IRR") -> str:
    """The same without elements, for titles and attributes."""
    return people.money(amount_minor, currency, language())


@register.filter
def figure(amount_minor: int, currency: str = "IRR") -> SafeString:
    """The figure alone, for a column whose head has the `unit`."""
    return format_html('<bdi class="figure">{}</bdi>', people.amount(amount_minor, currency, language()))


@register.simple_tag
def unit(currency: str = "IRR") -> str:
    return people.unit_name(currency, language())


@register.filter
def number(count: int) -> str:
    return people.number(count, language())


@register.filter
def digits(text: object) -> str:
    """A text whose digits are to be those of the page."""
    return people.digits(str(text), language())


@register.filter
def phone(e164: int) -> SafeString:
    return format_html('<bdi dir="ltr" class="phone">{}</bdi>', people.phone(e164, language()))


@register.filter
def reference(text: object) -> SafeString:
    """An id or a reference, which reads left to right and keeps its own digits."""
    return format_html('<bdi dir="ltr" class="reference">{}</bdi>', text)


@register.filter
def called(text: object) -> str:
    """A name in a sentence or a title, where no element can stand."""
    return people.named(str(text), language())


@register.filter
def spoken(text: object) -> str:
    """A sentence that a library made, in the digits of the page."""
    written = str(text)
    shown = people.spoken(written, language())
    return mark_safe(shown) if isinstance(written, SafeData) else shown  # noqa: S308  # it was safe before its digits changed


@register.filter
def moment(moment_us: int) -> SafeString:
    """A day and a time, with the exact moment for machines."""
    shown = people.moment(moment_us, language(), settings.TIME_ZONE)
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', clock.rfc3339(moment_us), shown)


@register.filter
def moment_s(moment_us: int) -> SafeString:
    """The same to the second."""
    shown = people.moment(moment_us, language(), settings.TIME_ZONE, seconds=True)
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', clock.rfc3339(moment_us), shown)


@register.filter
def clock_time(moment_us: int) -> SafeString:
    """The time of day alone."""
    shown = people.time(moment_us, language(), settings.TIME_ZONE)
    return format_html('<time datetime="{}"><bdi>{}</bdi></time>', clock.rfc3339(moment_us), shown)


@register.filter
def day(when: date) -> str:
    return people.day(when, language())


@register.filter
def day_in_words(when: date) -> str:
    return people.day_in_words(when, language())
