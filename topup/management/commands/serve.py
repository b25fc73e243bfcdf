"""`python manage.py serve`: see `topup.management.serve`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from topup import config
from topup.management import serve


class Command(BaseCommand):
    help = serve.HELP
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:  # Django's signature
        status = serve.run(config.load())
        if status:
            sys.exit(status)
