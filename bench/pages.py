"""`python -m bench.pages`: how long the first byte of every page takes with a million recharges behind it.

Fills a fresh installation (`many_rows.py`), checks that its books are whole, logs an owner and a member of
staff in, and asks for each page: first, next, deep by its cursor, filtered, searched. 1 where a page misses
TARGET_MS or is not there at all.
"""

import argparse
import os
import statistics
import sys
import time
from contextlib import closing
from typing import NamedTuple

import django
import httpx

from bench import house, many_rows, processes
from bench.house import House
from bench.many_rows import OFTEN, Plan
from bench.processes import Watched
from tests.portal.visitor import Visitor
from tests.support.sellers_at_hand import SellerAtHand
from tests.support.server import Server, serving
from topup import clock, ids

SELLERS = 1_001
SALES = 1_000_000
MOST = 600_000
TIMES = 12
TARGET_MS = 200
MIGHT_TAKE_S = 600
PASSWORD = "a-password-of-the-bench"  # noqa: S105  # of a database that is gone in a minute
OWNER, STAFF = "owner-1", "staff"

PORTAL = {
    "home": "/",
    "home, by day": "/?by=day",
    "recharges": "/recharges/",
    "recharges, next page": "/recharges/?before={next}",
    "recharges, deep": "/recharges/?before={deep}",
    "recharges, the oldest": "/recharges/?after={oldest}",
    "recharges, failed": "/recharges/?state=failed",
    "recharges, none unknown": "/recharges/?state=unknown",
    "recharges, of one day": "/recharges/?since={day}&until={day}",
    "recharges, a number sold often": "/recharges/?number={often}",
    "recharges, a number sold once": "/recharges/?number=0935{rare}",
    "recharges, a reference": "/recharges/?reference=order-{place}",
    "recharge": "/recharges/{deep}/",
    "statement, this month": "/statement/",
    "statement, deep": "/statement/?since={day}&until={today}&after={version}",
    "credit": "/credit/",
    "credit, deep": "/credit/?before={deep}",
    "credit, rejected": "/credit/?state=rejected",
    "numbers": "/numbers/",
    "numbers, one looked at": "/numbers/?number={often}",
    "sell": "/sell/",
    "bulk": "/bulk/",
    "settings": "/settings/",
    "keys": "/settings/keys/",
    "members": "/settings/members/",
    "webhooks": "/settings/webhooks/",
    "requests": "/developers/requests/",
}
CONSOLE = {
    "dashboard": "/console/",
    "dashboard, today": "/console/today/",
    "recharges": "/console/recharges/recharge/",
    "recharges, next page": "/console/recharges/recharge/?before={next}",
    "recharges, deep": "/console/recharges/recharge/?before={deep}",
    "recharges, of a seller": "/console/recharges/recharge/?seller=1",
    "recharges, of a seller, deep": "/console/recharges/recharge/?seller=1&before={deep}",
    "recharges, by id": "/console/recharges/recharge/?q={deep}",
    "recharges, by reference": "/console/recharges/recharge/?q=order-{place}",
    "recharges, by number": "/console/recharges/recharge/?q=0935{rare}",
    "recharges, by a number sold often": "/console/recharges/recharge/?q={often}",
    "recharge": "/console/recharges/recharge/{deep}/change/",
    "movements": "/console/ledger/movement/",
    "movements, next page": "/console/ledger/movement/?before={movement_next}",
    "movements, deep": "/console/ledger/movement/?before={movement}",
    "movements, of a seller": "/console/ledger/movement/?seller=1",
    "movements, of a seller, deep": "/console/ledger/movement/?seller=1&before={movement}",
    "movements, by id": "/console/ledger/movement/?q={movement}",
    "books": "/console/ledger/book/",
    "books, last page": "/console/ledger/book/?p=11",
    "books, by number": "/console/ledger/book/?q=1",
    "explorer": "/console/ledger/explorer/?seller=1",
    "explorer, of all": "/console/ledger/explorer/",
    "sellers": "/console/sellers/seller/",
    "sellers, last page": "/console/sellers/seller/?p=20",
    "sellers, by name": "/console/sellers/seller/?q=Seller+77",
    "seller": "/console/sellers/seller/1/change/",
    "users": "/console/sellers/user/",
    "users, by name": "/console/sellers/user/?q=owner-77",
    "keys": "/console/sellers/apikey/",
    "keys, by name": "/console/sellers/apikey/?q=owner-77",
    "operators": "/console/gateways/operator/",
    "gateways": "/console/gateways/connection/",
    "credit requests": "/console/credit/creditrequest/",
    "credit requests, approved": "/console/credit/creditrequest/?state=approved",
    "credit requests, approved, deep": "/console/credit/creditrequest/?state=approved&before={deep}",
    "audit log": "/console/audit/entry/",
    "audit log, deep": "/console/audit/entry/?before={deep}",
    "audit log, by person": "/console/audit/entry/?q=staff",
    "reviews": "/console/recharges/review/",
    "cases": "/console/recharges/case/",
    "disputes": "/console/recharges/dispute/",
    "settlements": "/console/settlement/settlementfile/",
    "search everywhere": "/console/search/?s=order-{place}",
}


class Took(NamedTuple):
    """What one page took: milliseconds until the first byte of each answer, the first answer apart.

    `cpu_ms` is what server and PostgreSQL worked for one answer, whoever else worked on the machine.
    """

    name: str
    status: int
    first_ms: float
    then_ms: list[float]
    cpu_ms: float

    @property
    def p50(self) -> float:
        return statistics.median(self.then_ms)

    @property
    def most(self) -> float:
        return max(self.then_ms)

    @property
    def is_met(self) -> bool:
        return self.status == httpx.codes.OK and max(self.first_ms, self.p50) < TARGET_MS


def main() -> int:
    asked = _arguments()
    plan = Plan(asked.sellers, asked.sales, asked.sales * MOST // SALES)
    with house.running() as made:
        now_us = clock.now_us()
        many_rows.fill(made.cluster.dsn("super"), plan, now_us=now_us)
        _hire(made, plan)
        print(_proved(made), flush=True)
        with serving(made.installation) as server:
            asking = Asking(server.url, names_of(plan, now_us), asked.times, _watched(server, made))
            found = [*asking.all(OWNER, "portal", PORTAL), *asking.all(STAFF, "console", CONSOLE)]
    print(f"\n{sum(not each.is_met for each in found)} of {len(found)} miss {TARGET_MS} ms")
    return 0 if all(each.is_met for each in found) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=__doc__.split("\n")[0])
    parser.add_argument("--sellers", type=int, default=SELLERS)
    parser.add_argument("--sales", type=int, default=SALES, help="of all sellers together")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each page is asked for")
    return parser.parse_args()


def _hire(made: House, plan: Plan) -> None:
    """An owner and a key for every seller, and one member of staff; their numbers are known before."""
    os.environ.update(made.installation.environment(DJANGO_SETTINGS_MODULE="topup.site.settings"))
    django.setup()
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415  # Django is set up here
    from django.db import connection  # noqa: PLC0415  # see above
    from django.utils import timezone  # noqa: PLC0415  # see above

    from topup.sellers.models import ApiKey, User  # noqa: PLC0415  # see above

    password, now = make_password(PASSWORD), timezone.now()
    owners = range(1, plan.sellers + 1)
    User.objects.bulk_create(
        User(id=each, username=f"owner-{each}", seller_id=each, role="owner", password=password)
        for each in owners
    )
    User.objects.create(id=plan.staff, username=STAFF, password=password, is_staff=True, is_superuser=True)
    ApiKey.objects.bulk_create(
        ApiKey(id=ids.new(each), user_id=each, secret_sha256=bytes(32), created_at=now) for each in owners
    )
    connection.close()


def _proved(made: House) -> str:
    """What `reconcile_balances` says of the books. Raises ChildFailed where one is not whole."""
    command = made.installation.command("reconcile_balances")
    environment = made.installation.environment()
    done = processes.run(command, limit_s=MIGHT_TAKE_S, env=environment, directory=made.installation.home)
    return done.output.strip().splitlines()[-1]


def names_of(plan: Plan, now_us: int) -> dict[str, str]:
    """What stands in braces: ids in the middle of the largest seller's rows, its second page, its end."""
    begin_us = now_us - many_rows.SPAN_US

    def at(place: int) -> str:
        start = place // many_rows.AT_ONCE * many_rows.AT_ONCE
        moment_us = begin_us + start * many_rows.SPAN_US // plan.most
        return ids.compose(moment_us=moment_us, tail=place, seller_id=1)

    middle = plan.most // 2
    return {
        "next": at(plan.most - 51),
        "deep": at(middle),
        "oldest": at(0),
        "movement": ids.compose(moment_us=begin_us, tail=middle, seller_id=1),
        "movement_next": ids.compose(moment_us=now_us, tail=50, seller_id=plan.sellers),
        "version": str(plan.most // 4),
        "place": str(middle),
        "rare": f"{middle * 7_919 % many_rows.NUMBERS:07}",
        "often": f"0{OFTEN - 98 * 10**10}",
        "day": clock.from_us(now_us - many_rows.SPAN_US // 2).date().isoformat(),
        "today": clock.from_us(now_us).date().isoformat(),
    }


def _watched(server: Server, made: House) -> Watched:
    return Watched(server.process.pid, made.database_pid)


class Asking(NamedTuple):
    """How pages are asked for, and what fills the braces of their addresses."""

    url: str
    names: dict[str, str]
    times: int
    watched: Watched

    def all(self, username: str, where: str, pages: dict[str, str]) -> list[Took]:
        """Each page as this person, printed as it is found."""
        visitor = Visitor(self.url)
        visitor.log_in(SellerAtHand(0, 0, username, PASSWORD, ""))
        print(f"\n| {where} | first | p50 | most | CPU |\n|---|---:|---:|---:|---:|", flush=True)
        found = []
        with closing(visitor.client) as client:
            for name, path in pages.items():
                took = self._one(client, name, path.format_map(self.names))
                mark = "" if took.is_met else f" ({took.status}) **missed**"
                figures = (took.first_ms, took.p50, took.most, took.cpu_ms)
                print(f"| {name}{mark} | {' | '.join(f'{each:.0f}' for each in figures)} |", flush=True)
                found.append(took)
        return found

    def _one(self, client: httpx.Client, name: str, path: str) -> Took:
        taken, status = [], 0
        before_s = sum(self.watched.cpu_s().values())
        for _ in range(self.times + 1):
            begun = time.perf_counter()
            with client.stream("GET", path) as answer:
                taken.append((time.perf_counter() - begun) * 1_000)
                status = answer.status_code
                answer.read()
        cpu_ms = (sum(self.watched.cpu_s().values()) - before_s) * 1_000 / len(taken)
        return Took(name, status, taken[0], taken[1:], cpu_ms)


if __name__ == "__main__":
    sys.exit(main())
