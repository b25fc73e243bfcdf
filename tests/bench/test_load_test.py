"""A load test says what happened: what was told beside what is held, and figures beside the brief's."""

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bench.audit import Audit
from bench.crowd import accounts, locusts, plot, report, timeline
from bench.crowd.locusts import Crowd, Place
from bench.crowd.plot import Mark
from bench.crowd.report import Load, Proof, Result
from bench.crowd.tally import SALE, WEIGHTS, Answer, Credited, Sold, Tally, UnsureApproval, UnsureSale
from bench.load import LoadFailed
from bench.machine import Machine
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import StaffAtHand
from tests.support.server import Server
from topup.trips import Connection

SVG = "{http://www.w3.org/2000/svg}"


def answers(*took_ms: float, name: str = SALE, status: int = 201) -> list[Answer]:
    """One answer a second, each with its response time."""
    return [Answer(name, status, 1_000.0 + place, each) for place, each in enumerate(took_ms)]


def proof(*, recharges: int = 2, reconciled: int = 0, broken: tuple[str, ...] = ()) -> Proof:
    """Of two sales that were told."""
    return Proof(
        audit=Audit(books=1, verified=True, answered=2, unsure=0, recharges=recharges, movements=recharges),
        comparison=accounts.compare([], told=["a", "b"], written=["a", "b"]),
        open_answers=0,
        reconciled=reconciled,
        broken=list(broken),
    )


def result(*loads: list[Answer]) -> Result:
    """What 100 users did, each load in one second."""
    machine = Machine(
        cores=2, cpu_model="A CPU", memory_mb=4_096, kernel="Linux 6", file_system="ext4",
        syncs_per_second=900, load_average_before=0.1, versions={"locust": "2.47.0"},
    )  # fmt: skip
    done = [
        Load(
            crowd=Crowd(name=f"load {place}", users=100, seconds=9, sales=None, pace_s=0.2 * place),
            begins_s=0.0,
            seconds=1.0,
            sales=len(told),
            sales_per_second=float(len(told)),
            requests_per_second=float(len(told)),
            everything=timeline.times(told),
            kinds=timeline.kinds(told),
            replays=0,
            cpu_s={"load": 0.5},
        )
        for place, told in enumerate(loads)
    ]
    every = [answer for told in loads for answer in told]
    return Result(
        date="2026-01-31", machine=machine, settings={}, loads=done, moments=timeline.moments(every),
        proof=proof(),
    )  # fmt: skip


def test_the_mix_is_of_a_hundred_tasks() -> None:
    assert sum(WEIGHTS.values()) == 100


@pytest.mark.parametrize(("sold", "goal", "enough"), [(9, 10, False), (10, 10, True), (10, None, False)])
def test_a_load_ends_when_enough_is_sold(sold: int, goal: int | None, *, enough: bool) -> None:
    assert Tally(sold=[Sold(0, f"id-{each}", 1) for each in range(sold)]).enough(goal) is enough


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({}, 0),
        ({"second": b'{"id":"2"}'}, 1),
        ({"replayed": None}, 1),
        ({"status": 422}, 1),
    ],
)
def test_a_repeated_key_is_held_to_the_same_object(changes: dict[str, Any], broken: int) -> None:
    told = Tally()

    answer = {"status": 201, "replayed": "true", "first": b'{"id":"1"}', "second": b'{"id":"1"}'}
    told.note_replay(**{**answer, **changes})

    assert (told.replays, len(told.broken)) == (1, broken)


def test_a_seller_whose_balance_is_not_its_own_sum_is_found() -> None:
    sold, credited = [Sold(0, "a", 30), Sold(0, "b", 30), Sold(1, "c", 30)], [Credited(1, 50)]

    kept = accounts.keep([100, 100], [40, 119], sold=sold, credited=credited)

    assert [account.difference for account in kept] == [0, -1]
    found = accounts.compare(kept, told=["a", "b", "c"], written=["a", "b", "c"])
    assert (found.wrong_accounts, found.discrepancies) == ([kept[1]], 1)


@pytest.mark.parametrize(
    ("told", "written", "discrepancies"),
    [
        (["a", "b"], ["a", "b"], 0),
        (["a", "b"], ["a"], 1),  # lost after it was told
        (["a"], ["a", "b"], 1),  # sold and told to nobody
        (["a", "a"], ["a"], 1),  # two keys, one recharge
    ],
)
def test_recharges_are_compared_one_by_one(told: list[str], written: list[str], discrepancies: int) -> None:
    assert accounts.compare([], told=told, written=written).discrepancies == discrepancies


def test_what_had_no_answer_is_asked_about_again(
    server: Server, api: Api, new_seller: NewSeller, staff: StaffAtHand, app: Connection
) -> None:
    seller = new_seller(available=100_000)
    body = {"phone_number": "09121234567", "amount": 5_000}
    first = api(seller).post("/api/v1/recharges", json=body, headers={"Idempotency-Key": "happened"})
    asked = api(seller).post("/api/v1/credit-requests", json={"amount": 70}).json()["id"]
    api(staff).post(f"/api/v1/credit-requests/{asked}/approve")
    lost = [UnsureSale(0, reference, "09121234567", 5_000) for reference in ("happened", "never arrived")]
    told = Tally(unsure_sales=lost, unsure_approvals=[UnsureApproval(0, asked, 70)])

    count = accounts.settle(told, url=server.url, keys=[seller.key], staff_key=staff.key)

    assert count == 3
    assert told.sold[0].recharge_id == first.json()["id"]
    assert told.credited == [Credited(0, 70)]
    closing = accounts.balances(url=server.url, keys=[seller.key])
    (kept,) = accounts.keep([100_000], closing, sold=told.sold, credited=told.credited)
    assert (kept.sold, kept.difference) == (10_000, 0)


def test_response_times_are_summed_up_by_kind() -> None:
    sale, balance = timeline.kinds(
        [*answers(*range(1, 101)), *answers(7.0, name="balance", status=200), *answers(9.0, status=503)]
    )

    assert (sale.name, sale.count, sale.statuses) == (SALE, 101, {201: 100, 503: 1})
    assert (balance.times.p50_ms, balance.times.longest_ms) == (7.0, 7.0)
    assert timeline.times(answers(*range(1, 101))) == timeline.Times(
        mean_ms=50.5, p50_ms=50, p95_ms=95, p99_ms=99, longest_ms=100
    )


def test_a_run_is_cut_into_equal_slices() -> None:
    spread = [Answer(SALE, 201, 50.0 + place / 100, 1.0) for place in range(100)]
    moments = timeline.moments([*spread, Answer("balance", 200, 53.95, 5.0)])

    assert [moment.begins_s for moment in moments[:3]] == [0.0, 0.1, 0.2]
    assert (moments[4].sales_per_second, moments[4].p50_ms) == (100, 1.0)
    assert (moments[20].requests_per_second, moments[20].p99_ms) == (0, None)
    assert (moments[-1].requests_per_second, moments[-1].sales_per_second) == (10, 0)


def test_a_long_run_has_no_more_points_than_a_plot_can_show() -> None:
    assert len(timeline.moments(answers(*[1.0] * 100))) <= timeline.MOMENTS


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (7, [0, 2, 4, 6, 8]),
        (1_700, [0, 500, 1_000, 1_500, 2_000]),
        (0.4, [0, 0.1, 0.2, 0.3, 0.4]),
    ],
)
def test_an_axis_has_round_numbers(highest: float, ticks: list[float]) -> None:
    assert plot.scale(highest) == pytest.approx(ticks)


def test_the_picture_names_its_axes_curves_and_loads() -> None:
    moments = timeline.moments([*answers(5.0, 6.0), Answer(SALE, 201, 1_004.0, 5.0), *answers(3.0)])

    drawn = ElementTree.fromstring(plot.draw(moments, marks=[Mark(0, "full")], title="A < B"))

    words = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {"A < B", "per second", "response time, ms", "time since the first request, s"} <= set(words)
    assert {"requests/s", "sales/s", "p50 ms", "p99 ms", "full"} <= set(words)
    assert len(list(drawn.iter(f"{SVG}polyline"))) == 2, "rates are lines; times broken by a pause are dots"
    assert len(list(drawn.iter(f"{SVG}circle"))) == 6


def test_figures_stand_beside_the_briefs() -> None:
    calm = answers(*[5.0] * 10_000)
    found = report.figures(result([*answers(*[150.0] * 900), *answers(1.0, status=503)], calm))

    judged = {what: (figure, verdict) for what, _, figure, verdict in found}
    assert judged["users at once"] == ("100", "met")
    assert judged["sales in the run"] == ("10,901", "met")
    assert judged["load 0: sales a second"] == ("901", "MISSED")
    assert judged["load 0: a sale, p99"] == ("150 ms", "MISSED")
    assert judged["load 1: any request, p99"] == ("5 ms", "met")
    assert judged["answers that are no success"] == ("1", "MISSED")
    assert judged["discrepancies"] == ("0", "met")


@pytest.mark.parametrize(
    ("found", "discrepancies"),
    [
        (proof(), 0),
        (proof(recharges=3), 1),
        (proof(reconciled=2), 1),
        (proof(broken=("the same key again: ...",)), 1),
    ],
)
def test_anything_that_disagrees_is_a_discrepancy(found: Proof, discrepancies: int) -> None:
    assert found.discrepancies == discrepancies


def test_a_report_is_written_with_its_picture(tmp_path: Path) -> None:
    written = report.write(result(answers(5.0, 6.0)), directory=tmp_path, name="a-load")

    assert [path.name for path in written] == ["a-load.json", "a-load.md", "a-load.svg"]
    text = written[1].read_text(encoding="utf-8")
    assert "**0 discrepancies.**" in text
    assert report.CLOSED_LOOP in text
    assert "(a-load.svg)" in text


def test_a_crowd_on_another_machine_is_refused(tmp_path: Path) -> None:
    place = Place(url="http://example.com", keys=tmp_path, staff_key="", directory=tmp_path)

    with pytest.raises(LoadFailed, match="another machine"):
        locusts.run(Crowd(name="full", users=1, seconds=1, sales=1), place, sold=lambda _: None)
