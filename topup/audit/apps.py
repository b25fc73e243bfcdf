"""Django's entry for `topup.audit`."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "topup.audit"
    label = "audit"

    def ready(self) -> None:
        from topup.audit import logins  # noqa: PLC0415  # it imports Django's signals, which need the apps

        logins.listen()
