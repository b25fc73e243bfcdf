"""`/operators/{code}/settlements` and `/settlements`: an operator's file sent by staff, and its import."""

from datetime import date
from typing import Annotated

import psycopg
from litestar import Response, Router, get, post
from litestar.exceptions import HTTPException
from litestar.params import Parameter

from topup.api import engine, errors, guards, pages
from topup.api.bodies import ApiRequest
from topup.api.errors import Code, Problem, invalid
from topup.api.pages import DEFAULT_PAGE, Edge, Page, PageLimit, Range
from topup.reconciliation.settlement import telling, uploading
from topup.reconciliation.settlement.importing import Busy, Done
from topup.reconciliation.settlement.keeping import UnknownOperator
from topup.reconciliation.settlement.mapping import MappingError
from topup.reconciliation.settlement.models import MAX_NAME, SettlementFile
from topup.reconciliation.settlement.source import FileError
from topup.reconciliation.settlement.telling import FileOut
from topup.reconciliation.settlement.uploading import MAX_UPLOAD_BYTES
from topup.sellers.roles import Deed

REPLAYED = {"Idempotent-Replayed": "true"}
TYPES = frozenset({"text/csv", "application/gzip", "application/x-gzip", "application/octet-stream"})
TOO_LARGE = 413

FileName = Annotated[str, Parameter(max_length=MAX_NAME, description="How the record and the cases call it")]


@post(
    "/{code:str}/settlements",
    guards=[guards.staff, guards.may(Deed.SETTLE)],
    request_max_body_size=MAX_UPLOAD_BYTES,
    summary="Import a settlement file",
)
async def import_file(
    request: ApiRequest,
    code: str,
    day: date | None = None,
    mapping: str | None = None,
    name: FileName = "upload.csv",
) -> Response[FileOut]:
    """The body is the CSV file, also gzipped. 201; 200 with Idempotent-Replayed where it was imported
    before, which changed nothing. `mapping` names another than the operator's own."""
    _check_type(request.headers.get("content-type", ""))
    content = await _content(request)
    own, by = engine.of(request), request.user.user_id
    try:
        done = await own.in_thread(
            uploading.import_upload,
            own.config,
            [content],
            name=name,
            operator=code,
            mapping=mapping,
            day=day,
            by=by,
            username=f"user {by}",
        )
    except UnknownOperator as error:
        raise errors.not_found("operator") from error
    except MappingError as error:
        raise invalid("mapping", str(error)) from error
    except FileError as error:
        raise invalid("file", str(error)) from error
    except Busy as error:
        raise Problem(Code.OVERLOADED, str(error)) from error
    except psycopg.OperationalError as error:
        raise engine.away() from error
    return _answer(done)


def _check_type(content_type: str) -> None:
    if content_type.split(";", maxsplit=1)[0].strip().lower() not in {*TYPES, ""}:
        raise Problem(Code.UNSUPPORTED_MEDIA_TYPE, f"Send the file itself, as {' or '.join(sorted(TYPES))}.")


async def _content(request: ApiRequest) -> bytes:
    try:
        content = await request.body()
    except HTTPException as error:
        if error.status_code != TOO_LARGE:
            raise
        advice = f"Send at most {MAX_UPLOAD_BYTES:,} bytes, gzipped too, or use `topup settle import`."
        raise Problem(Code.BODY_TOO_LARGE, advice) from error
    return content if content != b" " else b""


def _answer(done: Done) -> Response[FileOut]:
    if done.before:
        return Response(telling.show(done.file), status_code=200, headers=REPLAYED)
    return Response(telling.show(done.file), status_code=201)


@get("/", guards=[guards.staff], summary="List imports of settlement files")
async def list_files(
    request: ApiRequest,
    operator: str | None = None,
    limit: PageLimit = DEFAULT_PAGE,
    starting_after: Edge = None,
    ending_before: Edge = None,
) -> Page[FileOut]:
    wanted = pages.wanted(limit=limit, starting_after=starting_after, ending_before=ending_before)
    rows = await engine.of(request).in_thread(_list, wanted, operator)
    return wanted.page(rows, telling.show)


def _list(wanted: Range, operator: str | None) -> list[SettlementFile]:
    rows = SettlementFile.objects.filter(pk__gt=wanted.above, pk__lt=wanted.below)
    if operator is not None:
        rows = rows.filter(operator=operator)
    return list(rows.order_by("pk" if wanted.rising else "-pk")[: wanted.fetch])


@get("/{file_id:str}", guards=[guards.staff], summary="Read an import of a settlement file")
async def read_file(request: ApiRequest, file_id: str) -> FileOut:
    found = await engine.of(request).in_thread(_find, file_id) if pages.is_uuid(file_id) else None
    if found is None:
        raise errors.not_found("import of a settlement file")
    return telling.show(found)


def _find(file_id: str) -> SettlementFile | None:
    return SettlementFile.objects.filter(pk=file_id).first()


import_at_operator = Router(path="/operators", tags=["settlements"], route_handlers=[import_file])
router = Router(path="/settlements", tags=["settlements"], route_handlers=[list_files, read_file])
