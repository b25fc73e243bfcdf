"""Filters that somebody saved under a name: each person's own, on each list.

Owns keeping and forgetting them. Only a list of this console can be saved.
"""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from topup.console.models import NAME_LENGTH, QUERY_LENGTH, SavedFilter
from topup.console.permission import may
from topup.sellers.roles import Deed

MAX_SAVED = 20
"""Of one person on one list: more would be a list of their own."""


def shown(request: HttpRequest) -> list[SavedFilter]:
    """Those of this person on this list."""
    if not request.user.is_authenticated:
        return []
    return list(SavedFilter.objects.filter(user_id=_own(request), path=request.path)[:MAX_SAVED])


def change(request: HttpRequest) -> HttpResponse:
    """Keep a filter, or forget one, and go back to its list."""
    console, path = reverse("admin:index"), request.POST.get("path", "")
    if request.method != "POST" or not may(request, Deed.READ):
        raise PermissionDenied
    if not path.startswith(console) or "//" in path or "\\" in path:
        path = console
    mine = SavedFilter.objects.filter(user_id=_own(request), path=path)
    forgotten = request.POST.get("forget", "")
    if forgotten.isdecimal():
        mine.filter(pk=int(forgotten)).delete()
        return HttpResponseRedirect(path)
    name, query = request.POST.get("name", "").strip()[:NAME_LENGTH], request.POST.get("query", "")
    if not name or not query or len(query) > QUERY_LENGTH:
        messages.error(
            request, _("A saved filter needs a name, and a filter that is not longer than a line.")
        )
    elif mine.exclude(name=name).count() >= MAX_SAVED:
        messages.error(
            request, _("Forget one first: %(most)s are the most on one list.") % {"most": MAX_SAVED}
        )
    else:
        mine.update_or_create(name=name, defaults={"query": query, "user_id": _own(request), "path": path})
    return HttpResponseRedirect(f"{path}?{query}" if query else path)


def _own(request: HttpRequest) -> int:
    """The number of who asks; everybody here is logged in."""
    number: int = request.user.pk or 0
    return number
