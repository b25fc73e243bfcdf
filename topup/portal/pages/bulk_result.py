"""The result of a bulk job as a file, CSV or XLSX, and the sample that a file is made from.

Owns the columns. Heads and codes are for programs and the same in every language; `why` is for people. What
people wrote comes back harmless: no cell is a formula.
"""

import io
from collections.abc import Iterable, Sequence

from django.http import Http404, HttpResponse
from openpyxl import Workbook

from topup import phones, spreadsheet
from topup.portal import refusals
from topup.recharges import bulk
from topup.recharges.bulk import Job, KeptRow
from topup.recharges.bulk_file import IN_ORDER

HEAD = (
    "row", "number", "amount", "reference", "number_read", "amount_rial", "operator", "result", "code", "why",
    "recharge_id", "recharge_reference", "recharge_status",
)  # fmt: skip
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UTF8_MARK = "\ufeff".encode()
"""By which spreadsheets know that a CSV file is UTF-8."""
SAMPLE = (("09121234567", "50000", "order-1"), ("09351234567", "20000", "order-2"))


def answer(job: Job, rows: Iterable[KeptRow], *, form: str) -> HttpResponse:
    """The file in one of both forms. Raises Http404 for any other."""
    table = [HEAD, *(_line(job, row) for row in rows)]
    if form == "csv":
        return _attached(UTF8_MARK + spreadsheet.lines(table), CSV, f"bulk-{job.id}.csv")
    if form == "xlsx":
        return _attached(_workbook(table), XLSX, f"bulk-{job.id}.xlsx")
    raise Http404


def sample() -> HttpResponse:
    return _attached(spreadsheet.lines([IN_ORDER, *SAMPLE]), CSV, "bulk-sample.csv")


def _line(job: Job, row: KeptRow) -> tuple[object, ...]:
    return (
        row.nr,
        row.number,
        row.amount,
        row.note,
        "" if row.phone_number is None else f"0{phones.national(row.phone_number)}",
        "" if row.price is None else row.price,
        row.operator or "",
        row.state,
        row.problem or row.doubt or "",
        str(refusals.short(row.problem) or refusals.short(row.doubt)),
        row.recharge_id or "",
        bulk.reference_of(job.id, row.nr) if row.recharge_id else "",
        row.recharge_state or "",
    )


def _workbook(table: Iterable[Sequence[object]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("result")
    for line in table:
        sheet.append([spreadsheet.cell(value) for value in line])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _attached(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
