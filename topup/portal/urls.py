"""The addresses of the portal: those of its pages, and what belongs to the frame around them."""

from django.urls import path

from topup.portal import frame
from topup.portal.pages import PAGES

app_name = "portal"
urlpatterns = [
    path("frame/balance/", frame.read_balance, name="balance"),
    path("frame/theme/", frame.choose_theme, name="theme"),
    *(pattern for each in PAGES for pattern in each.urls),
]
