"""Many users at once, as threads or as processes, each with a connection of its own.

Owns how their requests are sent. A process that is started for it imports this module and nothing of
the product.
"""

import functools
import http.client
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

PROCESSES = 4
TIMEOUT_S = 60


class Request(NamedTuple):
    """A POST with the key of who makes it; `reference` is its Idempotency-Key."""

    path: str
    key: str
    body: dict[str, object]
    reference: str


Users = Sequence[Sequence[Request]]
Way = Callable[[str, Users], list[int]]


def _one_user(address: str, requests: Sequence[Request]) -> list[int]:
    """The statuses of these requests, made one after another."""
    connection = http.client.HTTPConnection(address, timeout=TIMEOUT_S)
    statuses = []
    for each in requests:
        headers = {
            "Authorization": f"Token {each.key}",
            "Idempotency-Key": each.reference,
            "Content-Type": "application/json",
        }
        connection.request("POST", each.path, json.dumps(each.body), headers)
        with connection.getresponse() as response:
            response.read()
            statuses.append(response.status)
    connection.close()
    return statuses


def by_threads(address: str, users: Users) -> list[int]:
    """The statuses of all requests of users who each are a thread. `address` is `host:port`."""
    with ThreadPoolExecutor(len(users)) as pool:
        answered = pool.map(functools.partial(_one_user, address), users)
        return [status for statuses in answered for status in statuses]


def by_processes(address: str, users: Users) -> list[int]:
    """The same, of users who are shared out among processes."""
    shares = [share for nth in range(PROCESSES) if (share := users[nth::PROCESSES])]
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        answered = pool.map(functools.partial(by_threads, address), shares)
        return [status for statuses in answered for status in statuses]


WAYS: dict[str, Way] = {"threads": by_threads, "processes": by_processes}
