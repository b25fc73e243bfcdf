"""Statement: what a seller's book held, what moved it, and what it then held; on the page and as a file.

Owns the pages, and how many files are made at once. What belongs to a statement and that it adds up is
`statement_reading`'s and the ledger's.
"""

import tempfile
import threading
from collections.abc import AsyncIterator, Callable
from typing import IO, Any, NamedTuple

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from topup import clock, people
from topup.portal import periods
from topup.portal.access import MemberRequest, page
from topup.portal.menu import Entry, Page
from topup.portal.pages import statement_files, statement_pdf, statement_proof, statement_reading
from topup.portal.pages.statement_files import Told
from topup.portal.pages.statement_forms import PeriodForm
from topup.portal.pages.statement_proof import Proof
from topup.portal.pages.statement_reading import ROWS, Statement
from topup.portal.periods import Period
from topup.sellers.models import Seller

FILES_AT_ONCE = 2
"""Files that one process makes at the same time: they take processor time from its sales."""
PLACE_WAIT_S = 10
"""How long one waits for a place before being told to come back."""
CSV_ROWS_MAX = 100_000
"""Some seconds, and more than a spreadsheet is looked at."""
XLSX_ROWS_MAX = 20_000
"""Some seconds of a processor: a workbook is made and compressed here, beside the sales of the process."""
IN_MEMORY_BYTES = 1024 * 1024
"""A larger file goes to the disk while it is made."""
BYTES_PER_STEP = 64 * 1024
_places = threading.BoundedSemaphore(FILES_AT_ONCE)


class Form(NamedTuple):
    """A kind of file: how it is written, and what of."""

    write: Callable[[Statement, Told, IO[bytes]], None]
    media_type: str
    rows_max: int
    too_many: "Promise | str"


FORMS = {
    "csv": Form(
        statement_files.csv,
        "text/csv; charset=utf-8; header=present",
        CSV_ROWS_MAX,
        _(
            "This has more than %(most)s movements. Choose a shorter time, or read the statement over the "
            "API."
        ),
    ),
    "xlsx": Form(
        statement_files.xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        XLSX_ROWS_MAX,
        _("An XLSX has at most %(most)s movements. Take the CSV, or choose a shorter time."),
    ),
    "pdf": Form(
        statement_pdf.pdf,
        "application/pdf",
        statement_pdf.ROWS_MAX,
        _("A PDF has at most %(most)s movements. Take the CSV or the XLSX, or choose a shorter time."),
    ),
}


@page()
def show(request: MemberRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    if not form.is_valid():
        context = _context(request, form, _this_month())
        return render(request, "portal/statement/page.html", context, status=422)
    period = form.period or _this_month()
    of = _read(request, period)
    after = min(max(form.cleaned_data["after"] or 0, of.opening.version), of.closing.version)
    lines = statement_reading.page(of, after=after)
    context = _context(request, form, period) | {
        "statement": of,
        "lines": lines,
        "brought": lines[0].available - lines[0].change if lines else of.opening.sums.available,
        "brought_held": lines[0].held - lines[0].change_held if lines else of.opening.sums.held,
        "query": _query(period),
        "earlier": max(after - ROWS, of.opening.version) if after > of.opening.version else None,
        "later": after + ROWS if after + ROWS < of.closing.version else None,
        "unfinished": period.ends_us(settings.TIME_ZONE) > clock.now_us(),
        "proof": _proof(request),
    }
    return render(request, "portal/statement/page.html", context)


@page()
def download(request: MemberRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """The statement as a file. Where it would be too long, or too many are made, the page says so."""
    wanted = FORMS.get(form)
    asked = PeriodForm(request.GET)
    if wanted is None or not asked.is_valid():
        raise Http404
    period = asked.period or _this_month()
    of = _read(request, period)
    back = redirect(f"{reverse('portal:statement')}?{_query(period)}")
    if of.movements > wanted.rows_max:
        most = people.number(wanted.rows_max, _language())
        messages.error(request, str(wanted.too_many) % {"most": most})
        return back
    if not _places.acquire(timeout=PLACE_WAIT_S):
        messages.error(request, gettext("Many files are being made just now. Try again in a moment."))
        return back
    try:
        file = _made(wanted, of, Told(request.member.seller_name, _language(), _proof(request)))
    finally:
        _places.release()
    return _answer(file, wanted, f"statement-{period.first}-{period.last}.{form}")


@page()
def proof(request: MemberRequest) -> HttpResponse:
    """The proof alone, for who has the statement on paper or as a workbook."""
    found = _proof(request)
    if found is None:
        messages.error(request, gettext("Your book is in no seal yet. One is made each day."))
        return redirect("portal:statement")
    answer = HttpResponse(found.text, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{statement_proof.FILE_NAME}"'
    return answer


def _proof(request: MemberRequest) -> Proof | None:
    return statement_proof.read(seller_id=request.member.seller_id, currency=request.book.currency)


def _made(wanted: Form, of: Statement, told: Told) -> IO[bytes]:
    """The whole file, before its first byte is sent: what is sent is complete and adds up."""
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  # sent after this returns
    try:
        wanted.write(of, told, file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _answer(file: IO[bytes], wanted: Form, name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(_pieces(file), content_type=wanted.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        while piece := await sync_to_async(file.read, thread_sensitive=False)(BYTES_PER_STEP):
            yield piece


def _read(request: MemberRequest, period: Period) -> Statement:
    return statement_reading.read(
        seller_id=request.member.seller_id,
        currency=request.book.currency,
        period=period,
        zone=settings.TIME_ZONE,
    )


def _context(request: MemberRequest, form: PeriodForm, period: Period) -> dict[str, Any]:  # a template's
    language = _language()
    since = Seller.objects.values_list("created_at", flat=True).get(pk=request.member.seller_id).date()
    today = clock.day_in(settings.TIME_ZONE, clock.now_us())
    months = periods.months(today=today, since=since, language=language)
    whole = period == periods.month_of(period.first, language)
    return {
        "form": form,
        "days": [form["from"], form["to"]],
        "period": period,
        "period_name": period.name(language),
        "months": months,
        "chosen": period.first if whole else None,
        "first_typed": people.day(period.first, language),
        "last_typed": people.day(period.last, language),
    }


def _query(period: Period) -> str:
    return f"from={period.first}&to={period.last}"


def _this_month() -> Period:
    return periods.month_of(clock.day_in(settings.TIME_ZONE, clock.now_us()), _language())


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


PAGE = Page(
    urls=[
        path("statement/", show, name="statement"),
        path("statement/proof/", proof, name="statement_proof"),
        path("statement/<slug:form>/", download, name="statement_file"),
    ],
    entry=Entry(order=60, title=_("Statement"), url="portal:statement", icon="statement"),
)
