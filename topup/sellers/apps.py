"""Django's entry for `topup.sellers`."""

from django.apps import AppConfig


class SellersConfig(AppConfig):
    name = "topup.sellers"
    label = "sellers"
