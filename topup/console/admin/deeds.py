"""What the pages about recharges do to several rows at once: ask for words first, then do and say.

Owns the way from the rows that were chosen in a list to the form that asks about them, and the message
about each. What is done is `topup.console.resolving`'s; on record it puts itself.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from topup.console import resolving
from topup.console.admin.asking import ask
from topup.console.admin.base import ModelAdmin
from topup.console.outcomes import OUTCOMES
from topup.console.wording import Title
from topup.ledger.outcomes import Outcome
from topup.recharges import disputes, review

PROPOSED = _("proposed to be failed; somebody else of staff must say the same.")
ROWS = 3


def _text(label: Title, help_text: Title, *, most: int) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": ROWS})
    return forms.CharField(label=label, help_text=help_text, max_length=most, widget=widget)


class EvidenceForm(forms.Form):
    """What a decision about an unknown recharge stands on."""

    evidence = _text(
        _("Evidence"),
        _("What you know it from: who said so, when, under which number."),
        most=review.MAX_EVIDENCE,
    )


class ReverseForm(forms.Form):
    reason = _text(_("Reason"), _("The seller reads it."), most=disputes.MAX_REASON)


class RefuseForm(ReverseForm):
    evidence = _text(
        _("Evidence"),
        _("What the operator shows that it arrived. The seller reads it."),
        most=disputes.MAX_EVIDENCE,
    )


def ask_about(
    page: "ModelAdmin[Any]",  # whichever page asks
    request: HttpRequest,
    form: forms.Form,
    *,
    action: str,
    title: str,
    button: str,
    chosen: dict[str, str],
) -> TemplateResponse:
    """`chosen` are the rows by their ids, each in words; the form sends them along."""
    hidden = [("action", action), *((ACTION_CHECKBOX_NAME, each) for each in chosen)]
    return ask(page, request, form, title=title, button=button, about=list(chosen.values()), hidden=hidden)


def say(
    page: "ModelAdmin[Any]",  # whichever page did it
    request: HttpRequest,
    outcome: Outcome | str,
    *,
    about: str,
    done: Title,
) -> None:
    """What came of one deed; `done` is said where it was done now."""
    level, text = messages.SUCCESS, done
    if outcome == resolving.PROPOSED:
        level, text = messages.INFO, PROPOSED
    elif isinstance(outcome, Outcome) and outcome is not Outcome.POSTED:
        level, text = OUTCOMES[outcome]
    page.message_user(request, f"{about}: {text}", level)
