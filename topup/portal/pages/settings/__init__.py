"""Settings: one's own login, and for owners what the seller is set up with. One module per section."""

from django.utils.translation import gettext_lazy as _

from topup.portal.menu import Entry, Page
from topup.portal.pages.settings import addresses, keys, login, low_balance, members, webhooks

PAGE = Page(
    urls=[*login.URLS, *keys.URLS, *members.URLS, *webhooks.URLS, *low_balance.URLS, *addresses.URLS],
    entry=Entry(order=70, title=_("Settings"), url="portal:settings", icon="settings"),
)
