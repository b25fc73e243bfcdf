"""`python manage.py up`: see `topup.management.up`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from topup import config
from topup.management import up


class Command(BaseCommand):
    help = up.HELP
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:  # Django's signature
        status = up.run(config.load())
        if status:
            sys.exit(status)
