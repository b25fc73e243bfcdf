"""The page that asks for something before it is done: a form, its title, and one button.

Owns how such a page looks. It must never do what is asked for.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse

from topup.console.admin.base import ModelAdmin

TEMPLATE = "console/asking.html"


def ask(
    page: "ModelAdmin[Any]",  # whichever page asks
    request: HttpRequest,
    form: forms.Form,
    *,
    title: str,
    button: str,
    about: list[str],
    hidden: list[tuple[str, str]] | None = None,
) -> TemplateResponse:
    """`about` are lines above the form; `hidden` are fields to be sent along, by name and value."""
    context = {
        **admin.site.each_context(request),
        "opts": page.opts,
        "title": title,
        "form": form,
        "button": button,
        "about": about,
        "hidden": hidden or [],
        "media": form.media,
    }
    return TemplateResponse(request, TEMPLATE, context)
