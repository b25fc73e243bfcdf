"""Parts of a page that keep themselves up to date: asked for again while somebody looks, sent when changed.

Owns the protocol: a part carries a digest of what it shows and sends it back with the question; where
nothing changed the answer is 204 and the page is left alone. A part's template must not contain what is
new in every answer, such as a CSRF token, nor the present time.
"""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

DIGEST_CHARACTERS = 16
_FRAMED = "portal/parts/live.html"
Context = dict[str, Any]  # a template's context


def part(
    request: HttpRequest, *, key: str, url: str, template: str, context: Context | None = None
) -> SafeString:
    """The HTML of a part, for the page that it is first shown on. `key` becomes its element's id."""
    return _framed(key, url, *_shown(request, template, context))


def answer(
    request: HttpRequest, *, key: str, url: str, template: str, context: Context | None = None
) -> HttpResponse:
    """The same part when it is asked for again: 204 where it is what the page shows already."""
    inner, digest = _shown(request, template, context)
    if request.GET.get("seen") == digest:
        return HttpResponse(status=204)
    return HttpResponse(_framed(key, url, inner, digest))


def _shown(request: HttpRequest, template: str, context: Context | None) -> tuple[str, str]:
    # Without the context processors: the balance is such a part itself.
    known = {"member": getattr(request, "member", None), "book": getattr(request, "book", None)}
    inner = render_to_string(template, known | (context or {}))
    return inner, hashlib.sha256(inner.encode()).hexdigest()[:DIGEST_CHARACTERS]


def _framed(key: str, url: str, inner: str, digest: str) -> SafeString:
    asked_again = f"{url}{'&' if '?' in url else '?'}seen={digest}"
    framed = render_to_string(
        _FRAMED,
        {"key": key, "url": asked_again, "inner": mark_safe(inner)},  # noqa: S308  # made by a template above
    )
    return mark_safe(framed.strip())  # noqa: S308  # made by a template
