"""Request log: what the seller's keys asked for lately, and what came of it.

Owns the page. What can be looked for is in `request_filter`; which requests are kept is
`topup.sellers.key_use`'s and the API's beat's.
"""

from pathlib import Path
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from topup import sqlfiles
from topup.portal import paging, reading
from topup.portal.access import MemberRequest, page
from topup.portal.pages.developers import sections
from topup.portal.pages.developers.request_filter import ANY_STATUS, FilterForm
from topup.sellers import models

SQL = sqlfiles.load(Path(models.__file__).with_name("key_use.sql"))
ROWS = 50
UNREADABLE = 422
US_PER_TENTH_OF_MS = 100
TONES = {2: "good", 3: "quiet", 4: "doubt", 5: "bad"}


class Line(NamedTuple):
    """A row of `list_requests`."""

    id: str
    at_us: int
    took_us: int
    status: int
    method: str
    path: str
    code: str
    request_id: str
    key_id: str
    label: str

    @property
    def tone(self) -> str:
        return TONES.get(self.status // 100, "quiet")

    @property
    def took_ms(self) -> str:
        """Milliseconds with one digit after the point."""
        tenths = self.took_us // US_PER_TENTH_OF_MS
        return f"{tenths // 10}.{tenths % 10}"

    @property
    def key(self) -> str:
        return self.label or f"tk_{self.key_id.replace('-', '')[:12]}…"


@require_GET
@page()
def list_requests(request: MemberRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    if not form.is_valid():
        return sections.show(request, "requests", "requests.html", {"form": form}, status=UNREADABLE)
    wanted = paging.wanted(request, rows=ROWS)
    low, high = form.cleaned_data["status"]
    request_id = form.cleaned_data["request_id"]
    values = (request.member.seller_id, wanted.above, wanted.below, low, high, request_id, wanted.fetch)
    found = [Line(*row) for row in reading.rows(wanted.order(SQL["list_requests"]), values)]
    context: dict[str, Any] = {  # a template's
        "form": form,
        "part": wanted.part(found, lambda line: line.id),
        "filtered": (low, high) != ANY_STATUS or bool(request_id),
    }
    return sections.show(request, "requests", "requests.html", context)


URLS = [path("developers/requests/", list_requests, name="requests")]
