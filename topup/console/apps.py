"""Django's entries for `topup.console`: the app itself, and the admin whose site is the console."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin

from topup.console import naming


class ConsoleConfig(AppConfig):
    name = "topup.console"
    label = "console"
    default = True


class ConsoleAdminConfig(admin.AdminConfig):
    """Stands in INSTALLED_APPS for `django.contrib.admin`."""

    default = False
    default_site = "topup.console.site.ConsoleSite"

    def ready(self) -> None:
        naming.give()
        super().ready()
