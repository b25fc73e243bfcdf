"""Recharges: the list with its filters, kept up to date while somebody looks at the newest.

Owns the page. How its rows are found is in `recharges_found`, what is looked for in `recharges_filter`,
the files in `recharges_file`.
"""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from topup import clock
from topup.portal import live, paging
from topup.portal.access import MemberRequest, page
from topup.portal.menu import Entry, Page
from topup.portal.pages import recharges_file, recharges_filter
from topup.portal.pages.recharges_filter import Filter, FilterForm
from topup.portal.pages.recharges_found import MAX_WALKED, Found, Row, find
from topup.recharges.lifecycle import NOT_FINAL, State

TEMPLATE = "portal/recharges/live.html"
KEY = "recharges"
UNREADABLE = 422


@page()
def recharges(request: MemberRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    today = clock.day_in(settings.TIME_ZONE, clock.now_us())
    context = {"form": form, "quick": recharges_filter.quick_choices(request.GET, today)}
    if not form.is_valid():
        return render(request, "portal/recharges/page.html", context, status=UNREADABLE)
    query = _query(request)
    context |= {"listed": _listed(request, form.filter(settings.TIME_ZONE), query), "query": query}
    return render(request, "portal/recharges/page.html", context)


@page()
def recharges_live(request: MemberRequest) -> HttpResponse:
    """The list when it is asked for again."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=UNREADABLE)  # the page of such a form has no list that could ask
    sought = form.filter(settings.TIME_ZONE)
    context = _context(find(request.member.seller_id, sought, paging.wanted(request)), sought)
    url = _live_url(_query(request))
    return live.answer(request, key=KEY, url=url, template=TEMPLATE, context=context)


def _listed(request: MemberRequest, sought: Filter, query: str) -> SafeString:
    """The list. It is asked for again where something new may come, unless that costs a long walk."""
    wanted = paging.wanted(request)
    found = find(request.member.seller_id, sought, wanted)
    context = _context(found, sought)
    newest = not wanted.rising and wanted.below == paging.LAST_ID
    if found.reached is None and (newest or any(row.state in NOT_FINAL for row in found.rows)):
        return live.part(request, key=KEY, url=_live_url(query), template=TEMPLATE, context=context)
    return render_to_string(TEMPLATE, context)


def _query(request: MemberRequest) -> str:
    query = request.GET.copy()
    query.pop("seen", None)
    return query.urlencode()


def _live_url(query: str) -> str:
    return f"{reverse('portal:recharges_live')}?{query}"


def _context(found: Found, sought: Filter) -> dict[str, Any]:  # a template's context
    names = recharges_filter.operator_names()
    return {
        "found": found,
        "rows": [(row, names.get(row.operator, row.operator)) for row in found.rows],
        "sums": _sums(found.rows),
        "filtered": sought != Filter(),
        "walked": MAX_WALKED,
    }


def _sums(rows: list[Row]) -> dict[str, int | str]:
    """What the rows of this page come to: in all, delivered, and not decided yet."""
    return {
        "currency": rows[0].currency if rows else "",
        "count": len(rows),
        "all": sum(row.amount for row in rows),
        "delivered": sum(row.amount for row in rows if row.state == State.SUCCEEDED),
        "open": sum(row.amount for row in rows if row.state in NOT_FINAL),
    }


PAGE = Page(
    urls=[
        path("recharges/", recharges, name="recharges"),
        path("recharges/live/", recharges_live, name="recharges_live"),
        path("recharges/recharges.csv", recharges_file.as_csv, name="recharges_csv"),
        path("recharges/recharges.xlsx", recharges_file.as_xlsx, name="recharges_xlsx"),
    ],
    entry=Entry(order=30, title=_("Recharges"), url="portal:recharges", icon="list"),
)
