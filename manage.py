"""Django's usual entry point: `python manage.py X` is `topup X`."""

import sys

from topup.management.cli import main

if __name__ == "__main__":
    sys.exit(main())
