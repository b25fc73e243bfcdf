"""The metrics are what was done, over all workers, for those who may see them, with no id in a label."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from tests.telemetry import scenes
from topup.telemetry import reference
from topup.telemetry.counts import Histogram, Snapshot
from topup.telemetry.metrics import METRICS
from topup.telemetry.snapshots import Directory, add_up

Serve = Callable[..., Server]
PRICE = 50_000
ID = re.compile(r"[0-9a-f]{8}-|\d{4,}")
TOKEN = "a-token-of-the-metrics"


def sell(client: httpx.Client, reference: str) -> httpx.Response:
    body = {"phone_number": "09123456789", "amount": PRICE}
    return client.post("/api/v1/recharges", json=body, headers={"Idempotency-Key": reference})


def test_the_counters_are_what_was_done(api: Api, new_seller: NewSeller, serve: Serve) -> None:
    own, seller = serve(), new_seller(available=2 * PRICE)
    client = api(seller, on=own)

    answers = [sell(client, reference).status_code for reference in ("1", "2", "3", "1")]

    found = scenes.scraped(api(on=own))
    route = {"method": "POST", "route": "/api/v1/recharges"}
    assert answers == [201, 201, 402, 201]
    assert scenes.metric(found, "topup_requests_total", **route, status="201") == 3
    assert scenes.metric(found, "topup_requests_total", **route, status="402") == 1
    assert scenes.metric(found, "topup_postings_total", outcome="posted") == 2
    assert scenes.metric(found, "topup_postings_total", outcome="insufficient_balance") == 1
    assert scenes.metric(found, "topup_postings_total", outcome="replayed") == 1
    assert scenes.metric(found, "topup_batch_size_count") == 4
    assert scenes.metric(found, "topup_request_duration_seconds_count", route="/api/v1/recharges") == 4
    assert scenes.metric(found, "topup_key_memory_total", result="hit") == 3


def test_every_metric_of_the_table_is_there_and_no_other(api: Api) -> None:
    answer = api().get("/api/metrics/")

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert set(re.findall(r"^# TYPE (\S+) ", answer.text, re.MULTILINE)) == set(METRICS)


def test_two_workers_are_summed(api: Api, new_seller: NewSeller, serve: Serve) -> None:
    own, seller = serve(API_WORKERS="2"), new_seller(available=40 * PRICE)

    for number in range(40):  # each on a connection of its own: the kernel spreads them over the workers
        httpx.get(f"{own.url}/api/v1/balance", headers={"Authorization": f"Token {seller.key}"})
        with httpx.Client(base_url=own.url, headers={"Authorization": f"Token {seller.key}"}) as client:
            answer = sell(client, f"order-{number}")
            assert answer.status_code == 201, f"{answer.text}\n{own.tail()}"

    asking = api(on=own)
    assert scenes.rises_to(asking, 40, "topup_postings_total", outcome="posted")
    balance = {"method": "GET", "route": "/api/v1/balance", "status": "200"}
    assert scenes.rises_to(asking, 40, "topup_requests_total", **balance)
    assert scenes.rises_to(asking, 2, "topup_workers")


def test_the_proof_of_the_books_is_counted(api: Api, new_seller: NewSeller, serve: Serve) -> None:
    own, seller = serve(), new_seller(available=PRICE)

    api(seller, on=own).get("/api/balance/verify/")

    found = scenes.scraped(api(on=own))
    assert scenes.metric(found, "topup_books_verified_total", result="verified") == 1
    assert scenes.metric(found, "topup_books_verified_total", result="failed") == 0
    assert scenes.metric(found, "topup_books_verified_last_timestamp_seconds") > 1_700_000_000


def test_in_production_only_staff_and_the_token_read_them(
    api: Api, new_seller: NewSeller, staff: StaffAtHand, serve: Serve
) -> None:
    own = serve(DEBUG="false", ALLOWED_HOSTS="127.0.0.1", METRICS_TOKEN=TOKEN)

    def status(authorization: str | None) -> int:
        headers = {"Authorization": authorization} if authorization else {}
        return httpx.get(f"{own.url}/api/metrics/", headers=headers).status_code

    assert status(None) == 401
    assert status(f"Bearer {TOKEN}x") == 401
    assert status(f"Token {new_seller().key}") == 403
    assert status(f"Bearer {TOKEN}") == status(f"Token {staff.key}") == 200


def test_in_development_this_machine_reads_them_but_nobody_through_a_proxy(api: Api) -> None:
    assert api().get("/api/metrics/").status_code == 200
    assert api().get("/api/metrics/", headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 401


def test_no_label_holds_an_id_or_what_a_client_made_up(
    api: Api, new_seller: NewSeller, staff: StaffAtHand, server: Server
) -> None:
    seller = new_seller(available=PRICE)
    sold = sell(api(seller), "one").json()["id"]
    api(seller).get(f"/api/v1/recharges/{sold}")
    api().get("/api/v1/made-up-987654321")
    api().request("PROPFIND", "/api/v1/balance")
    api().get(f"/admin/sellers/seller/{seller.id}/change/")

    labels = {value for _, pairs in scenes.scraped(api()) for name, value in pairs if name != "le"}

    assert {label for label in labels if ID.search(label) or "made-up" in label.lower()} == set()
    assert {"/api/v1/recharges/{recharge_id}", "unknown", "other"} <= labels


def test_what_an_ended_worker_counted_stays_and_its_gauges_go(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    counted = Snapshot(counters={"topup_postings_total": [(("posted",), 2)]}, gauges={"topup_workers": 1})
    directory = Directory(tmp_path)
    directory.keep(counted)
    (tmp_path / f"{ended.pid}-1.json").write_bytes(msgspec.json.encode(counted))

    totals = [directory.total(), directory.total()]

    assert [total.counters["topup_postings_total"] for total in totals] == [[(("posted",), 4)]] * 2
    assert [total.gauges for total in totals] == [{"topup_workers": 1}] * 2
    assert not (tmp_path / f"{ended.pid}-1.json").exists()


def test_a_server_begins_with_nothing(tmp_path: Path) -> None:
    (tmp_path / "1-1.json").write_bytes(msgspec.json.encode(Snapshot(counters={"topup_postings_total": []})))

    Directory.begin(tmp_path)

    assert Directory(tmp_path).total() == Snapshot()


def test_gauges_are_summed_but_the_latest_time_is_the_largest() -> None:
    one = Snapshot(
        counters={"topup_postings_total": [(("posted",), 2)]},
        histograms={"topup_batch_size": [((), Histogram([1] * 10, 3.0))]},
        gauges={"topup_workers": 1, "topup_books_verified_last_timestamp_seconds": 5},
    )

    total = add_up([one, one])

    assert total.counters == {"topup_postings_total": [(("posted",), 4)]}
    assert total.histograms["topup_batch_size"] == [((), Histogram([2] * 10, 6.0))]
    assert total.gauges == {"topup_workers": 2, "topup_books_verified_last_timestamp_seconds": 5}


@pytest.mark.parametrize("page", reference.PAGES, ids=str)
def test_the_reference_is_made_from_the_code(page: Path) -> None:
    written = (reference.ROOT / page).read_text("utf-8")

    assert written == reference.PAGES[page](), "run `python -m topup.telemetry.reference`"
