"""`python manage.py worker`: see `topup.management.worker`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from topup import config
from topup.management import worker


class Command(BaseCommand):
    help = worker.HELP
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:  # Django's signature
        status = worker.run(config.load())
        if status:
            sys.exit(status)
