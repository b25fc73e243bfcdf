"""The sections of Developers, and the frame that they share."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from topup.portal.access import MemberRequest
from topup.portal.sections import Section, tabs

SECTIONS = (
    Section(_("Try it"), "portal:developers"),
    Section(_("Sandbox numbers"), "portal:sandbox"),
    Section(_("Request log"), "portal:requests"),
)


def show(
    request: MemberRequest,
    section: str,
    template: str,
    context: dict[str, Any],  # a template's context
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of this section (`requests` for `portal:requests`), in the frame of Developers."""
    row = tabs(SECTIONS, request.member, current=f"portal:{section}")
    return render(request, f"portal/developers/{template}", context | {"tabs": row}, status=status)
