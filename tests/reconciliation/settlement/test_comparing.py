"""Every recharge of a day and every line of its file has one verdict, and each difference one case."""

import gzip
from collections import Counter
from datetime import timedelta

import pytest

from tests.reconciliation.settlement.conftest import Scene, reference, row
from tests.support.posting import PRICE
from topup.recharges.rules import Recharge

STRANGER = "01920000000070008000000000000001" + "01"
VERDICTS = (
    "matched", "settled", "ours_only", "theirs_only", "amount_differs", "state_differs", "still_open",
    "waiting",
)  # fmt: skip


def counts(told: dict[str, int]) -> dict[str, int]:
    """The verdicts that there were."""
    return {name: told[name] for name in VERDICTS if told[name]}


def test_a_file_that_agrees_opens_nothing(scene: Scene) -> None:
    sold = scene.sell(20)

    ran = scene.settle([row(each) for each in sold])

    assert (ran.status, counts(ran.told), scene.cases(ran)) == (0, {"matched": 20}, [])
    assert (ran.told["day"], ran.told["lines"], ran.told["bad"]) == (str(scene.day), 20, 0)


@pytest.mark.parametrize("attempt", [None, 1, 2])
def test_a_reference_is_the_recharges_id_with_an_attempt_or_bare(scene: Scene, attempt: int | None) -> None:
    (sold,) = scene.sell()

    assert counts(scene.settle([row(sold, attempt=attempt)]).told) == {"matched": 1}


def test_a_reference_may_be_the_id_with_its_dashes(scene: Scene) -> None:
    (sold,) = scene.sell()

    assert counts(scene.settle([(sold.id.upper(), *row(sold)[1:])]).told) == {"matched": 1}


def test_each_sort_of_difference_is_a_case(scene: Scene) -> None:
    agreed, ours, dear, failed, twice = scene.sell(5)
    before = scene.money()
    ran = scene.settle(
        [
            row(agreed), row(dear, amount=PRICE + 1), row(failed, status="NOK"), row(twice),
            row(twice, attempt=2),
            (STRANGER, PRICE, "OK", "", "", ""), ("their-own-7", PRICE, "OK", "", "", ""),
        ]
    )  # fmt: skip

    assert ran.status == 2
    assert counts(ran.told) == {
        "matched": 2, "ours_only": 1, "theirs_only": 2, "amount_differs": 1, "state_differs": 1
    }  # fmt: skip
    assert scene.cases(ran) == [
        ("settlement_amount_differs", dear.id),
        ("settlement_ours_only", ours.id),
        ("settlement_state_differs", failed.id),
        ("settlement_theirs_only", STRANGER),
        ("settlement_theirs_only", f"{twice.id}:again"),
        ("settlement_theirs_only", "their-own-7"),
    ]
    assert scene.money() == before


def test_importing_a_file_twice_changes_nothing(scene: Scene) -> None:
    sold = scene.sell(3)
    path = scene.write([row(sold[0]), row(sold[1], amount=7)])
    first = scene.settle(path)
    packed = scene.folder / "again.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))

    again, unpacked = scene.settle(path), scene.settle(packed)

    assert first.told == again.told == unpacked.told
    assert (first.status, again.status, unpacked.status) == (2, 2, 2)
    assert len(scene.cases(first)) == 2


def test_an_import_from_a_shell_is_on_record(scene: Scene) -> None:
    (sold,) = scene.sell()

    ran, _again = scene.settle([row(sold)]), scene.settle([row(sold)])

    query = "SELECT actor_id, act, reason, after FROM audit.entry WHERE subject_id = %s"
    ((actor_id, act, reason, after),) = scene.app.execute(query, (ran.told["id"],)).fetchall()
    assert (actor_id, act) == (0, "settlement_imported")
    assert reason.startswith("settle import by ")
    assert after == {"operator": "mci", "name": "day.csv", "lines": 1, "cases": 0}


def test_another_file_of_the_day_opens_no_case_twice(scene: Scene) -> None:
    sold = scene.sell(3)
    scene.settle([row(sold[0]), row(sold[1], amount=7)])

    ran = scene.settle([row(sold[0]), row(sold[1], amount=8)])

    assert counts(ran.told) == {"matched": 1, "ours_only": 1, "amount_differs": 1}
    assert (ran.told["cases"], ran.status) == (0, 2)


def around_midnight(scene: Scene, hour: float) -> tuple[Recharge, Recharge, Recharge]:
    """Sold at noon, at this hour, and at noon of the day beside; in the order of time, as books want it."""
    beside = scene.day + timedelta(days=1 if hour > 12 else -1)
    times = [scene.at_us(), scene.at_us(hour), scene.at_us(12, beside)]
    sold = {time: scene.sell(at_us=time)[0] for time in sorted(times)}
    return sold[times[0]], sold[times[1]], sold[times[2]]


@pytest.mark.parametrize("hour", [0.5, 23.5])
def test_what_was_sold_around_midnight_may_be_in_either_file(scene: Scene, hour: float) -> None:
    noon, edge, other = around_midnight(scene, hour)

    first = scene.settle([row(noon)])
    second = scene.settle(scene.write([row(other), row(edge)], name="other.csv"))

    assert counts(first.told) == {"matched": 1, "waiting": 1}
    assert (counts(second.told), second.status) == ({"matched": 2}, 0)


@pytest.mark.parametrize("hour", [0.5, 23.5])
def test_what_neither_file_has_is_missing(scene: Scene, hour: float) -> None:
    noon, edge, other = around_midnight(scene, hour)
    scene.settle([row(noon)])

    second = scene.settle(scene.write([row(other)], name="other.csv"))

    assert counts(second.told) == {"matched": 1, "ours_only": 1}
    assert scene.cases(second) == [("settlement_ours_only", edge.id)]


def test_what_was_given_back_agrees_with_either_answer(scene: Scene) -> None:
    from topup.recharges.reverse import Reversal, Reversals  # noqa: PLC0415  # its models exist once Django is set up

    sold = scene.sell(3)
    wishes = [Reversal(scene.seller, each.id, "wrong number", scene.staff) for each in sold]
    for wish in wishes:
        scene.post([wish], Reversals(), scene.at_us(14))

    ran = scene.settle([row(sold[0]), row(sold[1], status="NOK")])

    assert (ran.status, counts(ran.told)) == (0, {"matched": 2})


def test_another_operators_recharges_are_no_business_of_this_file(scene: Scene) -> None:
    sold = scene.sell(3)
    scene.operator = "irancell"
    scene.sell(2)
    scene.operator = "mci"

    assert counts(scene.settle([row(each) for each in sold]).told) == {"matched": 3}


def unknowns(held: Scene, count: int) -> list[Recharge]:
    sold = held.sell(count)
    for each in sold:
        held.lose(each)
    return sold


def test_a_file_settles_what_is_unknown(held: Scene) -> None:
    delivered, failed = unknowns(held, 2)
    assert held.money()[1] == 2 * PRICE

    ran = held.settle([row(delivered), row(failed, status="NOK")])

    assert (ran.status, counts(ran.told)) == (0, {"settled": 2})
    assert (held.state(delivered), held.state(failed)) == ("succeeded", "failed")
    assert held.money() == (1_000_000_000 - PRICE, 0, PRICE)
    told = held.one("SELECT evidence FROM recharges.recharge_event WHERE recharge_id = %s"
                    " AND cause = 'settlement_file'", delivered.id)  # fmt: skip
    assert "day.csv" in told
    assert "trace-1" in told


def test_a_file_that_is_no_authority_makes_its_operator_be_asked(held: Scene) -> None:
    (lost,) = unknowns(held, 1)
    before = held.money()

    ran = held.settle([row(lost)], authoritative=False)

    assert (ran.status, counts(ran.told)) == (2, {"still_open": 1})
    assert held.cases(ran) == [("settlement_state_differs", lost.id)]
    assert held.one("SELECT due_at_us FROM recharges.errand WHERE recharge_id = %s", lost.id) < 2**60
    assert (held.state(lost), held.money()) == ("unknown", before)


def test_the_failure_of_an_earlier_attempt_settles_nothing(held: Scene) -> None:
    (lost,) = unknowns(held, 1)

    ran = held.settle([row(lost, status="NOK", attempt=2)])

    assert (ran.status, counts(ran.told)) == (0, {"still_open": 1})
    assert held.state(lost) == "unknown"


def test_an_unknown_of_another_amount_is_settled_by_nobody_but_staff(held: Scene) -> None:
    (lost,) = unknowns(held, 1)

    ran = held.settle([row(lost, amount=PRICE - 1)])

    assert counts(ran.told) == {"amount_differs": 1}
    assert held.state(lost) == "unknown"


def test_what_has_not_been_sent_is_not_settled(held: Scene) -> None:
    (accepted,) = held.sell()

    ran = held.settle([row(accepted)])

    assert counts(ran.told) == {"still_open": 1}
    assert held.cases(ran) == [("settlement_state_differs", accepted.id)]
    assert held.state(accepted) == "accepted"


def test_twenty_thousand_lines_each_have_their_verdict(scene: Scene) -> None:
    sold = scene.sell(20_000)
    said = Counter[str]()
    rows = []
    for number, each in enumerate(sold):
        if number % 100 == 1:
            said["ours_only"] += 1
            continue
        amount = PRICE + 1 if number % 100 == 2 else PRICE
        status = "NOK" if number % 100 == 3 else "OK"
        verdict = {2: "amount_differs", 3: "state_differs"}.get(number % 100, "matched")
        said[verdict] += 1
        rows.append(row(each, amount=amount, status=status))
    rows += [(f"foreign-{number}", PRICE, "OK", "", "", "") for number in range(150)]

    ran = scene.settle(rows)

    assert counts(ran.told) == {**said, "theirs_only": 150}
    assert ran.told["cases"] == 3 * 200 + 150
    assert reference(sold[1]) not in {str(each[0]) for each in rows}
