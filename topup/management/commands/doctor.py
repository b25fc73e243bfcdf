"""`python manage.py doctor`: see `topup.management.doctor`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from topup import config
from topup.management import doctor


class Command(BaseCommand):
    help = doctor.HELP
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        doctor.add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:  # Django's signature
        status = doctor.run(config.load(), deploy=options["deploy"])
        if status:
            sys.exit(status)
