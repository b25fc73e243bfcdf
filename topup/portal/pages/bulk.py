"""Bulk: a file of sales, from its upload over the check of every row to its result.

Owns the pages and what they ask before a job begins. Rows are judged by `topup.recharges.bulk` and sold by
the worker: these pages only start and stop it, and show how far it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from topup import clock, ids, people
from topup.ledger import on_django
from topup.portal import paging, reading, refusals
from topup.portal.access import MemberRequest, page
from topup.portal.choosing import ChosenFile
from topup.portal.menu import Entry, Page
from topup.portal.pages import bulk_result
from topup.portal.pages.sell import operator_names
from topup.recharges import bulk, bulk_file, trial
from topup.recharges.bulk import Deed, Job, JobState, KeptRow, SameFile
from topup.recharges.bulk_file import NotAFile, Wrong
from topup.sellers import roles
from topup.trips import Statement

ROWS_OF_A_PAGE = 50
"""Rows of a job that are shown at once."""
LAST_NR = bulk.MAX_ROWS + 1
WRONG_FILE = {
    Wrong.EMPTY: _("There is no row in this file."),
    Wrong.TOO_LARGE: _("A file may have 5 MB at most. Split it."),
    Wrong.TOO_MANY_ROWS: _("A file may have 10,000 rows at most. Split it."),
    Wrong.NEITHER_KIND: _("This is neither a CSV file in UTF-8 nor an XLSX file. Save it as one of them."),
    Wrong.BROKEN: _("This file can't be read. Save it again as CSV or XLSX."),
    Wrong.UNPACKS_TOO_LARGE: _("This XLSX file unpacks to too much. Save its one sheet as CSV."),
    Wrong.NO_COLUMNS: _("The first line must name the columns: number, amount and perhaps reference."),
}
STATES = {
    JobState.CHECKED: (_("checked"), "quiet"),
    JobState.RUNNING: (_("selling"), "doubt"),
    JobState.STOPPING: (_("stopping"), "doubt"),
    JobState.STOPPED: (_("stopped"), "bad"),
    JobState.PAUSED: (_("paused"), "bad"),
    JobState.DONE: (_("done"), "good"),
}
ROW_STATES = {
    "sold": (_("sold"), "good"),
    "refused": (_("refused"), "bad"),
    "left_out": (_("left out"), "quiet"),
    "waiting": (_("waiting"), "quiet"),
}


class UploadForm(forms.Form):
    """A file, and the unit of its amounts; cleaned to lines."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX with the columns number, amount and, if you like, reference."),
        widget=ChosenFile(attrs={"accept": ".csv,.xlsx"}),
    )
    unit = forms.ChoiceField(
        label=_("Amounts are in"), choices=[("toman", _("toman")), ("rial", _("rial"))], initial="toman"
    )

    def clean_file(self) -> list[bulk.Line]:
        uploaded: UploadedFile[Any] = self.cleaned_data["file"]
        try:
            if (uploaded.size or 0) > bulk_file.MAX_FILE_BYTES:
                raise NotAFile(Wrong.TOO_LARGE)
            return bulk_file.read(uploaded.read())
        except NotAFile as error:
            raise forms.ValidationError(WRONG_FILE[error.wrong], code=str(error.wrong)) from error


class ShownRow(NamedTuple):
    """A row and what is said of it."""

    row: KeptRow
    operator: str
    said: object
    tone: str
    why: object


class Rows(NamedTuple):
    """Rows of a job, and the query strings of its neighbours."""

    rows: list[ShownRow]
    earlier: str
    later: str


@page(roles.Deed.SELL)
def jobs(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return _list(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    ((unstarted,),) = reading.rows(*bulk.unstarted(request.member.seller_id))
    if unstarted >= bulk.MAX_UNSTARTED:
        form.add_error("file", _("Twenty checked files wait already. Start or discard some of them first."))
        return _list(request, form, status=422)
    uploaded: Any = request.FILES["file"]  # an UploadedFile
    given = form.cleaned_data
    job_id = _keep(request, given["file"], unit=given["unit"], file_name=uploaded.name or "")
    return redirect("portal:bulk_job", job_id)


def _keep(request: MemberRequest, lines: Sequence[bulk.Line], *, unit: people.Unit, file_name: str) -> str:
    """Check every line and keep what came of it; the id of the new job."""
    seller_id, now_us = request.member.seller_id, clock.now_us()
    book, operators = trial.read(reading.trip(trial.reads(seller_id)))
    rows = bulk.check(
        lines, unit=unit, book=book, operators=operators, now_us=now_us, zone=settings.TIME_ZONE
    )
    own_window_s: int = settings.CONFIG.double_spending_timeout
    asked, statement = bulk.recent(rows, book=book, own_window_s=own_window_s, now_us=now_us)
    rows = bulk.with_recent(rows, asked, reading.rows(*statement))
    job_id = ids.new(seller_id)
    actor_id = request.member.user_id
    kept = bulk.keep(
        rows, seller_id=seller_id, job_id=job_id, actor_id=actor_id, file_name=file_name, now_us=now_us
    )
    on_django.trip([kept])
    return job_id


def _list(request: MemberRequest, form: UploadForm, *, status: int = 200) -> HttpResponse:
    wanted = paging.wanted(request)
    parameters = (request.member.seller_id, wanted.above, wanted.below, wanted.fetch)
    found = [Job(*row) for row in reading.rows(wanted.order(bulk.SQL["jobs"]), parameters)]
    part = wanted.part(found, lambda job: job.id)
    shown = [(job, *STATES[JobState(job.state)]) for job in part.rows]
    context = {"form": form, "jobs": shown, "part": part}
    return render(request, "portal/bulk/page.html", context, status=status)


@page(roles.Deed.SELL)
def job_page(request: MemberRequest, job_id: UUID) -> HttpResponse:
    return _job_page(request, _job(request, job_id))


def _job_page(request: MemberRequest, job: Job, *, insist: bool = False) -> HttpResponse:
    same = _same_file(job) if job.state == JobState.CHECKED else None
    after = request.book.available - job.valid_amount
    context = {
        **_progress(job),
        "same_file": same,
        "insist": insist,
        "after": after,
        "missing": max(-after, 0),
        "rows": _rows(request, job),
        "to_look_at": _to_look_at(request),
    }
    return render(request, "portal/bulk/job.html", context, status=422 if insist else 200)


def _progress(job: Job) -> dict[str, Any]:  # a template's context
    said, tone = STATES[JobState(job.state)]
    percent = people.percent(job.done, job.wanted, get_language() or settings.LANGUAGE_CODE)
    why = refusals.short(job.paused_by)
    return {"job": job, "said": said, "tone": tone, "percent": percent, "why": why}


@page(roles.Deed.SELL)
def progress(request: MemberRequest, job_id: UUID) -> HttpResponse:
    """How far a job is. When it has come to rest, the whole page is loaded again, with its result."""
    job = _job(request, job_id)
    if job.at_work and request.GET.get("seen") == f"{job.state}-{job.done}":
        return HttpResponse(status=204)
    answer = render(request, "portal/bulk/progress.html", _progress(job))
    if not job.at_work:
        answer.headers["HX-Refresh"] = "true"
    return answer


@page(roles.Deed.SELL)
@require_POST
def start(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = _job(request, job_id)
    again = request.POST.get("again") == "on"
    if job.state == JobState.CHECKED and not bulk.may_start(same_file=_same_file(job), again=again):
        return _job_page(request, job, insist=True)
    doubtful = request.POST.get("doubtful") == "on"
    begun = bulk.start(job, doubtful=doubtful, actor_id=request.member.user_id, now_us=clock.now_us())
    return _done(request, job, begun)


@page(roles.Deed.SELL)
@require_POST
def stop(request: MemberRequest, job_id: UUID) -> HttpResponse:
    return _move(request, job_id, Deed.STOP)


@page(roles.Deed.SELL)
@require_POST
def go_on(request: MemberRequest, job_id: UUID) -> HttpResponse:
    return _move(request, job_id, Deed.GO_ON)


def _move(request: MemberRequest, job_id: UUID, deed: Deed) -> HttpResponse:
    job = _job(request, job_id)
    moved = bulk.move(deed, job, actor_id=request.member.user_id, now_us=clock.now_us())
    return _done(request, job, moved)


def _done(request: MemberRequest, job: Job, statement: Statement) -> HttpResponse:
    (((moved,),),) = on_django.trip([statement])
    if not moved:
        messages.info(request, _("The job had gone on meanwhile; this is how it stands."))
    return redirect("portal:bulk_job", job.id)


@page(roles.Deed.SELL)
@require_POST
def discard(request: MemberRequest, job_id: UUID) -> HttpResponse:
    job = _job(request, job_id)
    (((gone,),),) = on_django.trip([bulk.discard(job.seller_id, job.id)])
    if not gone:
        messages.info(request, _("The job had gone on meanwhile; this is how it stands."))
        return redirect("portal:bulk_job", job.id)
    messages.success(request, _("The file is discarded; nothing was sold."))
    return redirect("portal:bulk")


@page()
def result(request: MemberRequest, job_id: UUID, form: str) -> HttpResponse:
    """Every row with what became of it, as a file."""
    job = _job(request, job_id)
    asked = bulk.read_rows(
        seller_id=job.seller_id,
        job_id=job.id,
        after=0,
        before=LAST_NR,
        fetch=bulk.MAX_ROWS,
        to_look_at=False,
    )
    return bulk_result.answer(job, [KeptRow(*row) for row in reading.rows(*asked)], form=form)


@page(roles.Deed.SELL)
def sample(_request: HttpRequest) -> HttpResponse:
    return bulk_result.sample()


def _job(request: MemberRequest, job_id: UUID) -> Job:
    rows = reading.rows(*bulk.read(request.member.seller_id, str(job_id)))
    if not rows:
        raise Http404
    return Job(*rows[0])


def _same_file(job: Job) -> SameFile | None:
    rows = reading.rows(*bulk.read_same_file(job))
    return SameFile(*rows[0]) if rows else None


def _to_look_at(request: MemberRequest) -> bool:
    return request.GET.get("show") == "to_look_at"


def _rows(request: MemberRequest, job: Job) -> Rows:
    """A page of rows by their numbers, which stand in the query string at the page's edge."""
    after, before = _number(request, "after", 0), _number(request, "before", LAST_NR)
    rising = before == LAST_NR
    only = _to_look_at(request)
    asked = bulk.read_rows(
        seller_id=job.seller_id,
        job_id=job.id,
        after=after,
        before=before,
        fetch=ROWS_OF_A_PAGE + 1,
        to_look_at=only,
        rising=rising,
    )
    found = [KeptRow(*row) for row in reading.rows(*asked)]
    more, kept = len(found) > ROWS_OF_A_PAGE, found[:ROWS_OF_A_PAGE]
    if not rising:
        kept.reverse()
    show, names = "&show=to_look_at" if only else "", operator_names()
    earlier, later = (after > 0, more) if rising else (more, True)
    return Rows(
        [_shown(row, job, names) for row in kept],
        f"?before={kept[0].nr}{show}#rows" if kept and earlier else "",
        f"?after={kept[-1].nr}{show}#rows" if kept and later else "",
    )


def _number(request: MemberRequest, name: str, otherwise: int) -> int:
    written = request.GET.get(name, "")
    if not (written.isascii() and written.isdecimal()) or len(written) > len(str(LAST_NR)):
        return otherwise
    return min(int(written), LAST_NR)


def _shown(row: KeptRow, job: Job, names: Mapping[str, str]) -> ShownRow:
    operator = names.get(row.operator or "", row.operator or "")
    why = refusals.short(row.problem) or refusals.short(row.doubt)
    if job.state == JobState.CHECKED:
        said, tone = _verdict(row)
    else:
        said, tone = ROW_STATES[row.state]
    return ShownRow(row, operator, said, tone, why)


def _verdict(row: KeptRow) -> tuple[object, str]:
    if row.problem:
        return _("can't be sold"), "bad"
    return (_("doubtful"), "doubt") if row.doubt else (_("valid"), "good")


PAGE = Page(
    urls=[
        path("bulk/", jobs, name="bulk"),
        path("bulk/sample.csv", sample, name="bulk_sample"),
        path("bulk/<uuid:job_id>/", job_page, name="bulk_job"),
        path("bulk/<uuid:job_id>/progress/", progress, name="bulk_progress"),
        path("bulk/<uuid:job_id>/start/", start, name="bulk_start"),
        path("bulk/<uuid:job_id>/stop/", stop, name="bulk_stop"),
        path("bulk/<uuid:job_id>/go-on/", go_on, name="bulk_go_on"),
        path("bulk/<uuid:job_id>/discard/", discard, name="bulk_discard"),
        path("bulk/<uuid:job_id>/result.<slug:form>", result, name="bulk_result"),
    ],
    entry=Entry(order=50, title=_("Bulk"), url="portal:bulk", icon="bulk", deed=roles.Deed.SELL),
)
