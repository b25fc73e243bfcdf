"""Home: how today goes, what needs attention, and the last sales, kept up to date while one looks."""

from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from topup import clock, people
from topup.credit.lifecycle import State
from topup.gateways.models import Operator
from topup.money import RIALS_PER_TOMAN
from topup.portal import live
from topup.portal.access import MemberRequest, page
from topup.portal.menu import Entry, Page
from topup.portal.pages import home_figures as figures
from topup.portal.pages.home_figures import Bar, Figures
from topup.sellers.roles import Deed

TEMPLATE = "portal/home/live.html"
BY = ("hour", "day")


class Share(NamedTuple):
    """An operator's part of what was sold: a name, an amount, and the length of its bar in hundredths."""

    name: str
    amount: int
    hundredths: int


@page()
def home(request: MemberRequest) -> HttpResponse:
    by = _by(request)
    shown = live.part(
        request, key="home", url=_live_url(by), template=TEMPLATE, context=_context(request, by)
    )
    return render(request, "portal/home/page.html", {"home": shown, "by": by})


@page()
def home_live(request: MemberRequest) -> HttpResponse:
    by = _by(request)
    return live.answer(
        request, key="home", url=_live_url(by), template=TEMPLATE, context=_context(request, by)
    )


def _by(request: MemberRequest) -> str:
    by = request.GET.get("by", "")
    return by if by in BY else BY[0]


def _live_url(by: str) -> str:
    return f"{reverse('portal:home_live')}?by={by}"


def _context(request: MemberRequest, by: str) -> dict[str, Any]:  # a template's context
    language = get_language() or settings.LANGUAGE_CODE
    seller_id, currency = request.member.seller_id, request.book.currency
    days = figures.days_of(clock.now_us(), language=language, zone=settings.TIME_ZONE)
    found = figures.read(seller_id, currency, days, version=request.book.seq)
    names = _operator_names(language)
    asked = figures.last_request(seller_id)
    return {
        "by": by,
        "days": days,
        "month_name": people.month_in_words(days.today, language),
        "today": _tile(found.today, found.count_today, language),
        "month": _tile(found.month, found.count_month, language),
        "figures": found,
        "unknown": figures.unknown(seller_id),
        **_low(request, found),
        "request": asked,
        "next_step": _next_step(request, asked),
        "sales": [(sale, names.get(sale.operator, sale.operator)) for sale in figures.last_sales(seller_id)],
        "shares": _shares(found, names),
        **_chart(found.hours if by == "hour" else found.days, by=by, language=language),
    }


def _next_step(request: MemberRequest, asked: "figures.Request | None") -> str:
    """What is left to do before this seller can sell at all: `ask` for credit, `wait` for it, or nothing."""
    if request.book.funded or request.book.adjusted:
        return ""
    if asked is not None and asked.state == State.PENDING:
        return "wait"
    return "ask" if Deed.ASK_CREDIT in request.member.deeds else ""


def _low(request: MemberRequest, found: Figures) -> dict[str, Any]:  # a template's context
    """Low is what the seller said; where it said nothing, less than it sells in a day."""
    threshold = figures.threshold(request.member.seller_id)
    available = request.book.available
    below = threshold is not None and available < threshold
    soon_gone = threshold is None and found.pace > 0 and available < found.pace
    return {"threshold": threshold, "below": below, "soon_gone": soon_gone}


def _tile(sold: int, count: figures.Count, language: str) -> dict[str, Any]:  # a template's context
    return {"sold": sold, "count": count, "rate": people.percent(count.delivered, count.final, language)}


def _operator_names(language: str) -> dict[str, str]:
    names = Operator.objects.values_list("code", "name_fa" if language == people.PERSIAN else "name_en")
    return dict(names)


def _shares(found: Figures, names: dict[str, str]) -> list[Share]:
    """What each operator has of today's sales, or of the month's where today has none yet."""
    amounts = found.count_today.by_operator or found.count_month.by_operator
    whole = max(sum(amount for _code, amount in amounts), 1)
    return [Share(names.get(code, code), amount, amount * 100 // whole) for code, amount in amounts]


def _chart(bars: tuple[Bar, ...], *, by: str, language: str) -> dict[str, Any]:  # a template's context
    """Whole tomans for the height of a bar; the exact sums stand in the table beside it."""
    labels = [_label(bar, by=by, language=language) for bar in bars]
    values = [bar.sold // RIALS_PER_TOMAN for bar in bars]
    return {
        "chart": {"labels": labels, "values": values, "locale": language},  # see portal.js
        "bars": [(label, bar.sold) for label, bar in zip(labels, bars, strict=True) if bar.sold],
    }


def _label(bar: Bar, *, by: str, language: str) -> str:
    if by == "hour":
        return people.digits(f"{bar.begins:%H:%M}", language)
    return people.day(bar.begins.date(), language)[-5:]


PAGE = Page(
    urls=[path("", home, name="home"), path("home/live/", home_live, name="home_live")],
    entry=Entry(order=10, title=_("Home"), url="portal:home", icon="home"),
)
