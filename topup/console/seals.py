"""The seals of this installation, for staff to take away and keep where the database does not reach.

Owns the list and the download. It never makes a seal: the worker does, once a day.
"""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from topup import clock
from topup.audit import log
from topup.audit.log import Act
from topup.console import columns
from topup.console.permission import may
from topup.reconciliation.seals import keeping
from topup.reconciliation.seals.document import SealError
from topup.sellers.roles import Deed

SHOWN = 400
"""A year of them, and some that were made by hand."""
PIECE_BYTES = 256 * 1024
"""Of a download, in memory at once; the seal of a hundred thousand books has some twenty megabytes."""
NAME = re.compile(r"[0-9T:.Z-]{1,40}\.seal")


def page(request: HttpRequest) -> HttpResponse:
    if not may(request, Deed.READ_AUDIT):
        raise PermissionDenied
    paths = keeping.all_of(settings.CONFIG)
    context = {
        **admin.site.each_context(request),
        "title": _("Seals"),
        "seals": [_shown(path) for path in reversed(paths[-SHOWN:])],
        "more": columns.number(len(paths) - SHOWN) if len(paths) > SHOWN else "",
        "public_key": keeping.public_key(settings.CONFIG),
    }
    return TemplateResponse(request, "console/seals.html", context)


def download(request: HttpRequest, name: str) -> StreamingHttpResponse:
    if not may(request, Deed.READ_AUDIT):
        raise PermissionDenied
    path = keeping.directory(settings.CONFIG) / name
    if not NAME.fullmatch(name) or not path.is_file():
        raise Http404
    told = {"list": "seal", "filter": name}
    log.write(Act.EXPORTED, subject_type="list", subject_id="seal", after=told)
    answer = StreamingHttpResponse(_pieces(path), content_type="text/plain; charset=us-ascii")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with await sync_to_async(_opened)(path) as file:
        while piece := await sync_to_async(file.read)(PIECE_BYTES):
            yield piece


def _shown(path: Path) -> dict[str, Any]:  # what a template shows
    try:
        head = keeping.head_of(path)
    except (SealError, OSError) as error:
        return {"name": path.name, "wrong": str(error)}
    return {
        "name": path.name,
        "made_at": columns.when(clock.to_us(datetime.fromisoformat(head.made_at))),
        "books": columns.number(head.books),
        "root": head.root,
    }
