"""The pages of the portal, one module each. A new page is a module here and its name in PAGES."""

from topup.portal.menu import Page
from topup.portal.pages import (
    bulk,
    credit,
    developers,
    home,
    invitation,
    phone_numbers,
    recharge,
    recharges,
    registration,
    sell,
    settings,
    statement,
)

PAGES: tuple[Page, ...] = (
    bulk.PAGE,
    credit.PAGE,
    developers.PAGE,
    home.PAGE,
    invitation.PAGE,
    phone_numbers.PAGE,
    recharge.PAGE,
    recharges.PAGE,
    registration.PAGE,
    sell.PAGE,
    settings.PAGE,
    statement.PAGE,
)
