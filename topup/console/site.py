"""The staff console's site: Django's admin on django-unfold, in the words and groups of staff work.

Owns what surrounds every page: who gets in, the groups of the navigation, the theme and the search. What a
page does is that page's own; what a browser may run is the whole site's policy (`topup/site/policy.py`).
"""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from topup.console import (
    dashboard,
    explorer,
    looks,
    navigation,
    receipts,
    saved_filters,
    seals,
    search,
    second_factor,
)
from topup.console.permission import Permitted

# The type checker knows Django's class; the running one is unfold's, which brings no types.
if TYPE_CHECKING:
    Site = AdminSite
else:
    from unfold.sites import UnfoldAdminSite as Site

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def _leading_to(name: str) -> Callable[..., HttpResponseBase]:
    return RedirectView.as_view(pattern_name=name)


class ConsoleSite(Site):
    """Mounted at /console/; its URL names keep Django's own prefix, `admin:`."""

    site_header = "TopUpEngine"
    site_title = "TopUpEngine"
    index_title = _("Today")
    site_url = None

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Our own pages come first: the site's last route takes what is left.

        Staff change their password and log out where members do, and Django's own pages for that lead there:
        a password changed by them would not be in the audit log.
        """
        own: list[URLResolver | URLPattern] = [
            path("logout/", _leading_to("account_logout"), name="logout"),
            path("password_change/", _leading_to("account_change_password"), name="password_change"),
            path(
                "password_change/done/", _leading_to("account_change_password"), name="password_change_done"
            ),
            path("today/", self.admin_view(dashboard.today_page), name="today"),
            path("ledger/explorer/", self.admin_view(explorer.page), name="explorer"),
            path("ledger/explorer.csv", self.admin_view(explorer.export), name="explorer_csv"),
            path("receipts/<uuid:request_id>/", self.admin_view(receipts.show), name="receipt"),
            path("look/end/", self.admin_view(looks.end), name="look_end"),
            path("seals/", self.admin_view(seals.page), name="seals"),
            path("seals/<str:name>", self.admin_view(seals.download), name="seal"),
            path("filters/", self.admin_view(saved_filters.change), name="saved_filters"),
        ]
        return [*own, *super().get_urls()]

    def register(
        self, model_or_iterable: Any, admin_class: Any = None, **options: Any
    ) -> None:  # Django's own
        """Only pages that say which deed reading them takes: a library's own page would ask nobody's role."""
        if admin_class is not None and issubclass(admin_class, Permitted):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  # Django's own
        """A view of the console. A member is sent to where they sell, and staff who must have a second factor
        and have none to where it is set up."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                return redirect("/")
            if second_factor.is_missing(request):
                return second_factor.ask(request)
            answer: HttpResponse = inner(request, *args, **kwargs)
            return answer

        return answered

    def each_context(self, request: HttpRequest) -> dict[str, Any]:  # what Django's templates are told
        context: dict[str, Any] = super().each_context(request)
        chosen = request.COOKIES.get(THEME_COOKIE)
        context["chosen_theme"] = chosen if chosen in THEMES else ""
        context |= {"site_title": self.site_title, "site_header": self.site_header, "site_symbol": "bolt"}
        context |= {"sidebar_show_search": True, "sidebar_command_search": True}
        context["site_subheader"] = _("Staff console")
        context["redirect_to"] = request.get_full_path()
        context["saved_filters"] = saved_filters.shown(request)
        return context

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:  # unfold's groups
        return navigation.groups(self, request)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, {**dashboard.context(request), **(extra_context or {})})

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return search.answer(self, request)
