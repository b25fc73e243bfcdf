"""Every way in, from what the product itself is made of: the API's routes and Django's URL configuration.

Owns one way of writing a route: its path, with the names of its parameters in braces. What is behind a
route, and who may go there, it must not know.
"""

import re
from collections.abc import Iterator
from inspect import getclosurevars, getsource, unwrap
from types import FunctionType
from typing import Any, Final

from django.urls import URLResolver, get_resolver
from litestar import Litestar

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_LITESTARS: Final = re.compile(r"\{(\w+):\w+\}")
_DJANGOS: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_PATTERN: Final = re.compile(r"\(\?P<(\w+)>[^)]*\)|[\^$]")


def of_the_api(application: Any) -> set[tuple[str, str]]:  # an ASGI application, whatever its types
    """Methods and paths, those that the OpenAPI document does not tell of too."""
    return {
        (method, _LITESTARS.sub(r"{\1}", route.path))
        for route in _litestar(application).routes
        for method in getattr(route, "methods", ())
        if method in METHODS
    }


def of_the_pages() -> set[str]:
    """Paths; which methods a page takes, Django does not tell."""
    return {_written(route) for route, _ in _walked(get_resolver().url_patterns, "")}


def that_take_forms() -> set[str]:
    """The pages of ours that look at what is sent: their own source says so."""
    return {
        _written(route)
        for route, view in _walked(get_resolver().url_patterns, "")
        if view.__module__.startswith("topup.") and "POST" in getsource(view)
    }


def _litestar(application: Any) -> Litestar:
    """Litestar's application, which our own functions hand requests to, one inside the other."""
    while isinstance(application, FunctionType):
        application = getclosurevars(application).nonlocals["app"]
    assert isinstance(application, Litestar), application
    return application


def _walked(patterns: list[Any], before: str) -> Iterator[tuple[str, Any]]:  # Django's patterns and views
    for each in patterns:
        route = before + _PATTERN.sub(lambda found: f"<{found[1]}>" if found[1] else "", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from _walked(each.url_patterns, route)
        else:
            yield route, unwrap(each.callback)


def _written(route: str) -> str:
    return "/" + _DJANGOS.sub(r"{\1}", route)
