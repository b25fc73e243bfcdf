"""The sections of Settings, and the frame that they share. A section must know nothing of the others."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from topup.portal.access import MemberRequest
from topup.portal.sections import Section, tabs
from topup.sellers.roles import Deed

SECTIONS = (
    Section(_("Your login"), "portal:settings"),
    Section(_("API keys"), "portal:keys", Deed.MANAGE_KEYS),
    Section(_("Members"), "portal:members", Deed.MANAGE_MEMBERS),
    Section(_("Webhooks"), "portal:webhooks", Deed.MANAGE_WEBHOOKS),
    Section(_("Low balance"), "portal:low_balance", Deed.MANAGE_SELLER),
    Section(_("Allowed addresses"), "portal:addresses", Deed.MANAGE_SELLER),
)


def show(
    request: MemberRequest,
    section: str,
    template: str,
    context: dict[str, Any],  # a template's context
    *,
    status: int = 200,
) -> HttpResponse:
    """A page of this section (`keys` for `portal:keys`), in the frame of Settings."""
    row = tabs(SECTIONS, request.member, current=f"portal:{section}")
    return render(request, f"portal/settings/{template}", context | {"tabs": row}, status=status)
