"""Django's entry for `topup.reconciliation.settlement`."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "topup.reconciliation.settlement"
    label = "settlement"
