"""Django's entry for `topup.ledger`."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "topup.ledger"
    label = "ledger"
