"""What a page answers where something failed that no view foresaw: 503 where it was the database, else 500.

Owns that choice only. It must ask the database for nothing: it may not be there.
"""

import sys

import django.db
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views import defaults

from topup.ledger.cures import Cure, cure

RETRY_AFTER_S = 1
_AWAY = frozenset({Cure.RECONNECT, Cure.WAIT_LESS, Cure.AGAIN})


def failed(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`, which it calls while the exception is being handled."""
    error = sys.exception()
    if error is None or not _is_away(error):
        return defaults.server_error(request)
    page = loader.get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_S)})


def _is_away(error: BaseException) -> bool:
    """Whether the database was away, full or busy; Django's errors have its own as their cause."""
    source = error.__cause__ if isinstance(error, django.db.Error) else error
    return source is not None and cure(source) in _AWAY
