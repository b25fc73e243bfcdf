"""The program `topup`: `topup X` is `python manage.py X`.

`up`, `serve`, `worker`, `doctor`, `simulator` and what proves, seals, packs, backs up and restores start
without Django, because they run beside it for weeks or must work where it does not load. Every other command
is Django's.
"""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence

from topup import config as settings
from topup.embedded.errors import ClusterError
from topup.management.parent import SUPERVISED_VARIABLE, die_with_parent

# Modules of this package, each loaded only to be run.
LIGHT_COMMANDS = frozenset(
    {"up", "serve", "worker", "doctor", "simulator", "verify", "seal", "backup", "restore", "pack"}
)
# These change or read the shape of the tables, which belong to the owner's role.
OWNER_COMMANDS = frozenset(
    {
        *("migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations"),
        *("optimizemigration", "sqlflush", "flush", "remove_stale_contenttypes"),
    }
)
# With this option they change nothing, and the application's role may stand in for the owner's.
ONLY_LOOKS = "--check"
DJANGO_SETTINGS = "topup.site.settings"
EXIT_PROBLEM = 1
EXIT_STOPPED = 130
"""What a shell calls the end by Ctrl-C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    name = arguments[0] if arguments else "help"
    if supervisor := os.environ.pop(SUPERVISED_VARIABLE, ""):
        die_with_parent(signal.SIGTERM, parent=int(supervisor))
    try:
        if name in LIGHT_COMMANDS:
            return _run_light(name, arguments[1:])
        return _run_django(name, arguments)
    except (settings.ConfigError, ClusterError) as error:
        sys.stderr.write(f"topup: {error}\n")
        return EXIT_PROBLEM
    except KeyboardInterrupt:
        sys.stderr.write("topup: stopped.\n")
        return EXIT_STOPPED


def _run_light(name: str, arguments: Sequence[str]) -> int:
    module = importlib.import_module(f"topup.management.{name}")
    parser = argparse.ArgumentParser(prog=f"topup {name}", description=module.HELP)
    if hasattr(module, "add_options"):
        module.add_options(parser)
    given = vars(parser.parse_args(arguments))
    status: int = module.run(settings.load(), **given)
    return status


def _run_django(name: str, arguments: Sequence[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", DJANGO_SETTINGS)
    if name in OWNER_COMMANDS and (ONLY_LOOKS not in arguments or _owner_is_known()):
        os.environ["TOPUP_DATABASE_ROLE"] = "owner"
    from django.core.management import execute_from_command_line  # noqa: PLC0415  # slow, and not needed above

    execute_from_command_line(["topup", *arguments])
    return 0


def _owner_is_known() -> bool:
    config = settings.load()
    return config.embedded or bool(config.database_owner_url)


if __name__ == "__main__":
    sys.exit(main())
