"""What production does not start with: settings that give strangers more than they should have.

Owns when a start is refused. Production is where DEBUG is off; where it is on, nobody but this machine may be
meant. What else is refused `unsafe.py` finds, in a process of its own that takes its libraries with it.
"""

import subprocess

from topup.config import Config, ConfigError
from topup.management import children

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
CHECK_TIMEOUT_S = 60
"""Connecting takes 10 s at most; loading Python on a busy machine takes the rest."""


def refuse_unsafe(config: Config, *, database: bool = True) -> None:
    """Raise ConfigError, with every remedy, where these settings must not meet strangers.

    `database`: it should be running by now, and is asked as well.
    """
    if config.debug:
        _refuse_strangers(config)
        return
    words = [] if database else ["settings"]
    asked = subprocess.run(
        [*children.command()[:2], "topup.management.unsafe", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=CHECK_TIMEOUT_S,
        env=children.environment({"TOPUP_HOME": str(config.home)}),
    )
    if asked.returncode:
        raise ConfigError(f"production does not start like this:\n{asked.stderr.rstrip()}")


def _refuse_strangers(config: Config) -> None:
    """A host name that others reach, or a proxy, means production."""
    names = {name.strip().lower() for name in config.allowed_hosts.split(",") if name.strip()}
    reached = sorted(names - LOOPBACK)
    if reached or config.proxies:
        why = f"ALLOWED_HOSTS has {reached[0]}" if reached else "TRUSTED_PROXIES is set"
        raise ConfigError(
            f"DEBUG is on, and {why}: strangers would be told about errors. Set DEBUG=false; in development, "
            "unset the other."
        )
