"""Django's pages in the logs and the metrics: a middleware around all others.

Owns the context and the count of a request that Django answers, as `topup/api/app.py` does for the
API. A page that refused somebody (403) is told in security.log.
"""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from topup import clock
from topup.telemetry import context, requests, security

FORBIDDEN = 403


class Told(MiddlewareMixin):
    """The outermost of Django's middlewares."""

    def process_request(self, request: HttpRequest) -> None:
        request.META["topup.began_s"] = clock.monotonic_s()
        context.begin(secrets.token_hex(requests.ID_BYTES), ours=True)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        match = getattr(request, "resolver_match", None)
        route = f"/{match.route}" if match else requests.UNKNOWN
        method, status = request.method or "", response.status_code
        requests.answered(method=method, route=route, status=status, began_s=request.META["topup.began_s"])
        response.headers["Request-Id"] = context.request_id()
        if status == FORBIDDEN:
            address = request.META.get("REMOTE_ADDR", "")
            security.turned_away(status=status, code="forbidden", method=method, route=route, address=address)
        return response


class Identified(MiddlewareMixin):
    """After the middleware that finds the user: lines of a page say whose they are."""

    def process_view(self, request: HttpRequest, *_: Any) -> None:  # Django's own arguments
        user: Any = request.user  # a User, or nobody
        if user.is_authenticated:
            context.identified(user_id=user.pk, seller_id=user.seller_id)
