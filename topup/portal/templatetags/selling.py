"""`{% load selling %}`: amounts as a field of a form takes them."""

from django import template

from topup import people

register = template.Library()


@register.filter
def plain_amount(amount_minor: int) -> str:
    """In toman, in the digits of a keyboard; `MoneyField` reads it back."""
    return people.amount(amount_minor, "IRR", "en")
