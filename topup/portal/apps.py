"""Django's entry for `topup.portal`."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "topup.portal"
    label = "portal"
