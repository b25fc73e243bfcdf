"""Django's URLs. Everything under `/api` is served elsewhere, by `topup.api`."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.generic import RedirectView


def no_icon(_: HttpRequest) -> HttpResponse:
    """Browsers ask for an icon on every page; there is none yet."""
    return HttpResponse(status=204)


urlpatterns = [
    path("admin/", admin.site.urls),
    path("favicon.ico", no_icon),
    path("", RedirectView.as_view(url="/admin/")),
]
