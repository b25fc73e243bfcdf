"""Django's entry for `topup.telemetry`."""

from django.apps import AppConfig
from django.conf import settings

from topup.telemetry import logins, transactions


class TelemetryConfig(AppConfig):
    name = "topup.telemetry"
    label = "telemetry"

    def ready(self) -> None:
        logins.listen()
        transactions.open_in(settings.CONFIG.logs)
