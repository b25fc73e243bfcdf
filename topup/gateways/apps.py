"""Django's entry for `topup.gateways`."""

from django.apps import AppConfig


class GatewaysConfig(AppConfig):
    name = "topup.gateways"
    label = "gateways"
