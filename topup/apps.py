"""Django's entry for the commands in `topup.management`."""

from django.apps import AppConfig


class TopupConfig(AppConfig):
    name = "topup"
    label = "topup"
