"""Django's entry for `topup.console`."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "topup.console"
    label = "console"
