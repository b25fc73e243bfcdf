"""`topup doctor`: what is wrong with an installation, and how to mend it, one line for each check.

It changes nothing. An embedded server that is not running is started for the length of the checks
and stopped again; one that was never made is not made.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from topup.config import Config, ConfigError
from topup.embedded import ClusterError, running
from topup.embedded.cluster import DATA_NAME
from topup.embedded.lock import is_held
from topup.management import database_checks, deploy_checks, deployed_data, machine_checks, redis_check
from topup.management.finding import Finding, ok, problem

HELP = "Check this installation and say how to mend what is wrong."
MACHINE_CHECKS: tuple[Callable[[Config], Finding], ...] = (
    machine_checks.python_version,
    machine_checks.user,
    machine_checks.home,
    machine_checks.disk_space,
    machine_checks.port,
    machine_checks.lock,
    redis_check.redis,
)


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--deploy", action="store_true", help="go through the production list of docs/howto/deploy.md too"
    )


def run(config: Config, *, deploy: bool = False) -> int:
    """Print every finding. Returns 0 when all is well, 1 when something is not."""
    bad = 0
    for finding in _findings(config, deploy=deploy):
        print(f"{_mark(finding)}  {finding.title}: {finding.detail}", flush=True)
        if finding.remedy:
            bad += not finding.well
            print(f"         To mend it: {finding.remedy}", flush=True)
    print("\nAll is well." if not bad else f"\n{bad} to mend.")
    return 1 if bad else 0


def _mark(finding: Finding) -> str:
    if not finding.well:
        return "PROBLEM"
    return "look at" if finding.remedy else "ok     "


def _findings(config: Config, *, deploy: bool) -> Iterator[Finding]:
    for check in (*MACHINE_CHECKS, *(deploy_checks.CHECKS if deploy else ())):
        yield check(config)
    if config.embedded and not (config.home / DATA_NAME).exists():
        yield ok("Database", "not made yet; `topup up` makes it")
        return
    try:
        with reachable(config) as remark:
            yield ok("Server", remark)
            yield from database_checks.all_checks(config)
            if deploy:
                yield from deployed_data.all_checks(config)
    except (ClusterError, ConfigError) as error:
        yield problem("Server", str(error), remedy="do what the message says, then run `topup doctor` again")


@contextmanager
def reachable(config: Config) -> Iterator[str]:
    """A database that answers for as long as the block lasts; yields how it was reached.

    Raises ClusterError, also where there is no data to start a server on.
    """
    if not config.embedded:
        yield "the one of DATABASE_URL"
    elif is_held(config.home):
        yield "embedded, running"
    elif not (config.home / DATA_NAME).exists():
        raise ClusterError(f"There is no data in {config.home}. Set TOPUP_HOME to the installation's own.")
    else:
        with running(config):
            yield "embedded, not running; started for these checks"
