"""Django's entry for `topup.recharges`."""

from django.apps import AppConfig


class RechargesConfig(AppConfig):
    name = "topup.recharges"
    label = "recharges"
