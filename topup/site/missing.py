"""What is not there: our own page says so, in development too.

Owns the answer to an address that leads nowhere. Django's page for developers would show every address
and setting, and its inline styles are against our policy; errors (500) keep it.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.deprecation import MiddlewareMixin


def missing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The last of all addresses. One that only lacks its slash leads to where it was meant."""
    if request.method == "GET" and rest and not rest.endswith("/"):
        whole = f"{request.path_info}/"
        if resolve(whole).func is not missing:
            query = request.META.get("QUERY_STRING", "")
            return redirect(f"{whole}?{query}" if query else whole, permanent=True)
    return render(request, "404.html", status=404)


class Missing(MiddlewareMixin):
    """What a view did not find is told by the same page."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return missing(request) if isinstance(exception, Http404) else None
