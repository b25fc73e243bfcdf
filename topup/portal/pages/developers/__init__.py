"""Developers: trying the API with one's own key, numbers to try, and what the keys asked for lately."""

from django.utils.translation import gettext_lazy as _

from topup.portal.menu import Entry, Page
from topup.portal.pages.developers import request_log, sandbox, try_it

PAGE = Page(
    urls=[*try_it.URLS, *sandbox.URLS, *request_log.URLS],
    entry=Entry(order=80, title=_("Developers"), url="portal:developers", icon="code"),
)
