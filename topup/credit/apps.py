"""Django's entry for `topup.credit`."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    name = "topup.credit"
    label = "credit"
