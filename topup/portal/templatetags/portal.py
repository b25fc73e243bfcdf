"""`{% load portal %}`: icons, form fields, states and what a member may do."""

from typing import Any

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from topup.portal import states
from topup.portal.access import Member

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of `icons.svg` that says nothing by itself: words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.inclusion_tag("portal/parts/field.html")
def field(bound: BoundField, *, hint: str = "") -> dict[str, Any]:  # a template's context
    """A form's field with its label, its help and its errors, tied together for screen readers."""
    return {"field": bound, "hint": hint}


@register.inclusion_tag("portal/parts/state.html")
def state(name: str) -> dict[str, Any]:  # a template's context
    """The state of a recharge or of a request, in words and in its tone."""
    return {"name": name, "said": states.WORDS.get(name, name), "tone": states.TONES.get(name, "quiet")}


@register.filter
def may(member: Member, deed: str) -> bool:
    """`{% if member|may:"sell" %}`."""
    return deed in member.deeds


@register.filter
def own_name(code: str) -> str:
    """A language in its own words."""
    name: str = get_language_info(code)["name_local"]
    return name
