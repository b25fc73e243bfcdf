"""`{% load statement %}`: changes with their sign, for sums and columns."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from topup import people
from topup.portal.pages.statement_reading import signed
from topup.portal.templatetags.people import language

register = template.Library()


@register.filter
def signed_figure(amount_minor: int, currency: str = "IRR") -> SafeString:
    """`+5,000`, for a column whose head has the unit."""
    return format_html('<bdi class="figure">{}</bdi>', signed(amount_minor, currency, language()))


@register.filter
def signed_money(amount_minor: int, currency: str = "IRR") -> SafeString:
    """The same with its unit."""
    return format_html(
        '<span class="money"><bdi class="figure">{}</bdi>\u00a0<span class="unit">{}</span></span>',
        signed(amount_minor, currency, language()),
        people.unit_name(currency, language()),
    )
