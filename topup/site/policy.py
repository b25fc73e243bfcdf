"""What a browser may do with our pages: the Content-Security-Policy and its like, on every answer of Django.

Owns the policy. Nothing inline runs: no script, no style, no `eval`. A page that cannot do without an
inline script of its own marks it with `request.csp_nonce`, and only an answer that asked for its nonce
names one. The API's own pages bring theirs (`topup/api/docs.py`).
"""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.functional import SimpleLazyObject, empty

NONCE_BYTES = 16
FAILED = 500
HEADER = "Content-Security-Policy"
OTHERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def policy(nonce: str = "") -> str:
    """The policy of a page; scripts and styles of this nonce are allowed inline where one is given."""
    inline = f" 'nonce-{nonce}'" if nonce else ""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self'{inline}",
            f"style-src 'self'{inline}",
            "img-src 'self' data:",
            "object-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
            "base-uri 'none'",
        )
    )


def _new_nonce() -> str:
    return secrets.token_urlsafe(NONCE_BYTES)


class Policy(MiddlewareMixin):
    """Outside everything that answers. A view that sets the header itself is left alone."""

    def process_request(self, request: HttpRequest) -> None:
        request.csp_nonce = SimpleLazyObject(_new_nonce)  # type: ignore[attr-defined]  # ours, for templates

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        nonce = getattr(request, "csp_nonce", None)
        asked = nonce is not None and nonce._wrapped is not empty  # as Django itself tells it
        # Django's page about an error, for developers alone, is styled inline.
        if not (settings.DEBUG and response.status_code == FAILED):
            response.headers.setdefault(HEADER, policy(str(nonce) if asked else ""))
        for name, value in OTHERS.items():
            response.headers.setdefault(name, value)
        return response
