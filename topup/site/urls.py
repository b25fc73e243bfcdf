"""Django's URLs. Everything under `/api` is served elsewhere, by `topup.api`."""

from allauth.account import views as account
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from topup.portal import login
from topup.site.failed import failed
from topup.site.missing import missing


def no_icon(_: HttpRequest) -> HttpResponse:
    """Browsers ask for an icon on every page, also where a page names another."""
    return HttpResponse(status=204)


def to_login(request: HttpRequest) -> HttpResponse:
    """Django's own log-in knows no second factor, so nobody gets to see it.

    Who is logged in and was sent here nevertheless may not see what they asked for.
    """
    if request.user.is_authenticated:
        return render(request, "403.html", status=403)
    query = request.GET.urlencode()
    return redirect(f"/account/login/?{query}" if query else "/account/login/")


urlpatterns = [
    path("account/login/", login.LogIn.as_view(), name="account_login"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/inactive/", account.account_inactive, name="account_inactive"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/two-factor/", include("allauth.mfa.urls")),
    path("language/", set_language, name="set_language"),
    path("console/login/", to_login),
    path("admin/login/", to_login),
    path("console/", admin.site.urls),
    path("admin/", RedirectView.as_view(url="/console/", query_string=True)),
    path("admin/<path:rest>", RedirectView.as_view(url="/console/%(rest)s", query_string=True)),
    path("favicon.ico", no_icon),
    path("", include("topup.portal.urls")),
    path("<path:rest>", missing),
]

handler500 = failed
