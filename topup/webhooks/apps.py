"""Django's entry for `topup.webhooks`."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "topup.webhooks"
    label = "webhooks"
