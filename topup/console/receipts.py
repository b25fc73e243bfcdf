"""The receipt of a credit request, given to staff who may read credit requests."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from topup import ids, trips
from topup.console.permission import may
from topup.credit import receipts
from topup.ledger import on_django
from topup.sellers.roles import Deed


def show(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """The bytes as they were sent; the browser may draw a picture, and may run nothing."""
    if not may(request, Deed.READ):
        raise PermissionDenied
    written = str(request_id)
    own = on_django.own_connection()
    try:
        (rows,) = trips.run(own, [receipts.read(ids.seller_of(written), written)])
    finally:
        on_django.drop_if_lost(own)
    if not rows:
        raise Http404
    found = receipts.from_row(rows[0])
    return HttpResponse(found.content, headers=dict(receipts.headers(found, request_id=written)))
