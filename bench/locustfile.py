"""What a user of the load test does: sells, mostly, and looks at its own books. For Locust.

`make load` runs it; by hand, with Locust's own screen, against a server of this machine:
`LOAD_STAFF_KEY=tk_… python -m locust -f bench/locustfile.py --host http://127.0.0.1:8000 --keys FILE`.
FILE holds a seller's key a line, and each user takes the next one. Owns the requests of a user; what
came of them goes to `bench/crowd/tally.py`, and is judged elsewhere.
"""

import itertools
import random
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gevent
import msgspec
from locust import FastHttpUser, events

from bench.crowd.tally import (
    CREATED,
    REPLAYED,
    RETRY_SHARE,
    SALE,
    SALE_AGAIN,
    WEIGHTS,
    Answer,
    Credited,
    Sold,
    Tally,
    UnsureApproval,
    UnsureSale,
    unsure,
)
from bench.scenarios import PRICE_MINOR

PHONE_NUMBERS = 10_000_000
CREDIT_MINOR = 100 * PRICE_MINOR
# Longer than any time-out of the product, so that it answers and not we give up.
REQUEST_LIMIT_S = 30
PROGRESS_INTERVAL_S = 0.2
OK = 200

tally = Tally()


class Crowd:
    """What all users of this process share; filled when Locust has read its options."""

    keys: list[str]
    places: "itertools.count[int]"
    staff_key: str
    prefix: str
    pace_s: float
    answers: str | None


class Seller(FastHttpUser):
    """One seller's program."""

    network_timeout = connection_timeout = REQUEST_LIMIT_S

    def on_start(self) -> None:
        self.number = next(Crowd.places) % len(Crowd.keys)
        self.headers = _headers(Crowd.keys[self.number])
        self.references = (f"{Crowd.prefix}{secrets.token_hex(4)}-{each}" for each in itertools.count(1))

    def wait_time(self) -> float:
        """Nothing, or on average as long as the pace says; drawn, so that users do not march in step."""
        return random.uniform(0.0, 2 * Crowd.pace_s)

    def sell(self) -> None:
        reference, phone = next(self.references), f"0912{random.randrange(PHONE_NUMBERS):07d}"
        body = f'{{"phone_number":"{phone}","amount":{PRICE_MINOR}}}'
        headers = {**self.headers, "Idempotency-Key": reference}
        first = self.client.post("/api/v1/recharges", name=SALE, data=body, headers=headers)
        if first.status_code == CREATED:
            tally.sold.append(Sold(self.number, first.json()["id"], PRICE_MINOR))
            if random.random() < RETRY_SHARE:
                self._send_again(first.content, body=body, headers=headers)
        elif unsure(first.status_code):
            tally.unsure_sales.append(UnsureSale(self.number, reference, phone, PRICE_MINOR))

    def _send_again(self, first: bytes, *, body: str, headers: dict[str, str]) -> None:
        second = self.client.post("/api/v1/recharges", name=SALE_AGAIN, data=body, headers=headers)
        if not unsure(second.status_code):
            tally.note_replay(
                status=second.status_code,
                replayed=second.headers.get(REPLAYED),
                first=first,
                second=second.content,
            )

    def ask_for_credit(self) -> None:
        """Ask, and let staff approve at once."""
        body = f'{{"amount":{CREDIT_MINOR}}}'
        path = "/api/v1/credit-requests"
        asked = self.client.post(path, name="credit request", data=body, headers=self.headers)
        if asked.status_code != CREATED:
            return
        request_id = asked.json()["id"]
        decided = self.client.post(
            f"{path}/{request_id}/approve", name="approval", headers=_headers(Crowd.staff_key)
        )
        if decided.status_code == OK:
            tally.credited.append(Credited(self.number, CREDIT_MINOR))
        elif unsure(decided.status_code):
            tally.unsure_approvals.append(UnsureApproval(self.number, request_id, CREDIT_MINOR))

    def read_balance(self) -> None:
        self._read("balance", "/api/v1/balance")

    def list_transactions(self) -> None:
        self._read("transactions", "/api/v1/transactions")

    def list_recharges(self) -> None:
        self._read("recharges", "/api/v1/recharges")

    def read_statement(self) -> None:
        today = datetime.now(UTC).date().isoformat()
        self._read("statement", f"/api/v1/statement?from={today}T00:00:00Z")

    def list_phone_numbers(self) -> None:
        self._read("phone numbers", "/api/v1/phone-numbers")

    def _read(self, name: str, path: str) -> None:
        self.client.get(path, name=name, headers=self.headers)

    tasks = {  # noqa: RUF012  # Locust's own shape of a user
        sell: WEIGHTS["sell"],
        read_balance: WEIGHTS["balance"],
        list_transactions: WEIGHTS["transactions"],
        list_recharges: WEIGHTS["recharges"],
        ask_for_credit: WEIGHTS["credit"],
        read_statement: WEIGHTS["statement"],
        list_phone_numbers: WEIGHTS["phone_numbers"],
    }


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Token {key}", "Content-Type": "application/json"}


@events.init_command_line_parser.add_listener
def _options(parser: Any) -> None:  # Locust's, as all that its events bring
    parser.add_argument("--keys", required=True, help="file with a seller's key a line")
    parser.add_argument("--staff-key", env_var="LOAD_STAFF_KEY", required=True, help="key of who approves")
    parser.add_argument("--sales", type=int, default=None, help="end when so many are sold")
    parser.add_argument("--pace", type=float, default=0.0, help="mean pause between tasks of a user, seconds")
    parser.add_argument("--prefix", default="load-", help="begins each Idempotency-Key")
    parser.add_argument("--answers", default=None, help="file to write everything into at the end")
    parser.add_argument("--progress", default=None, help="file to keep the number of sales in")


@events.init.add_listener
def _begin(environment: Any, **_others: Any) -> None:
    options = environment.parsed_options
    Crowd.keys = Path(options.keys).read_text(encoding="ascii").split()
    Crowd.places = itertools.count()
    Crowd.staff_key, Crowd.prefix, Crowd.pace_s = options.staff_key, options.prefix, options.pace
    Crowd.answers = options.answers
    gevent.spawn(_watch, environment)


@events.request.add_listener
def _note(name: str, start_time: float, response_time: float, response: Any, **_others: Any) -> None:
    tally.answers.append(Answer(name, response.status_code or 0, start_time, response_time))


@events.quit.add_listener
def _hand_over(**_others: Any) -> None:
    if Crowd.answers:
        Path(Crowd.answers).write_bytes(msgspec.json.encode(tally))


def _watch(environment: Any) -> None:
    """Tell how far it is, and end the load when enough is sold; what is under way is answered first."""
    options = environment.parsed_options
    while not tally.enough(options.sales):
        if options.progress:
            Path(options.progress).write_text(str(len(tally.sold)), encoding="ascii")
        gevent.sleep(PROGRESS_INTERVAL_S)
    environment.runner.quit()
