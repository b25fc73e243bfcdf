"""Recharges: each takes its price once, and a retry is told what became of the first."""

import httpx
import pytest

from tests.api.calls import (
    NOBODY,
    NUMBER,
    V1,
    adjust,
    available,
    balance,
    created,
    fields,
    new_reference,
    ok,
    problem,
    replayed,
    reverse,
    rows_of,
    sell,
    sold,
)
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand
from topup.trips import Connection


def test_a_recharge_tells_everything_about_itself(selling: httpx.Client) -> None:
    recharge = sold(selling, "order-of-mine", amount=50_000)

    assert recharge.pop("id")
    assert recharge.pop("created_at") == recharge.pop("updated_at")
    assert recharge == {
        "reference": "order-of-mine", "status": "succeeded", "is_final": True, "phone_number": NUMBER,
        "operator": "mci", "operator_source": "prefix", "amount": 50_000, "currency": "IRR",
        "balance_before": 1_000_000, "balance_after": 950_000, "version": 2, "failure": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    "written",
    ["09123456789", "9123456789", "989123456789", "00989123456789", "+98 912 345 6789", "0912-345-6789",
     "۰۹۱۲۳۴۵۶۷۸۹", "٠٩١٢٣٤٥٦٧٨٩", "\u200e+98 (912) 345.6789"],
)  # fmt: skip
def test_a_number_is_taken_as_people_write_it(selling: httpx.Client, written: str) -> None:
    assert sold(selling, phone_number=written)["phone_number"] == NUMBER


@pytest.mark.parametrize(
    ("number", "operator"), [("09123456789", "mci"), ("09351234567", "irancell"), ("09211234567", "rightel")]
)
def test_the_operator_is_found_by_the_prefix(selling: httpx.Client, number: str, operator: str) -> None:
    assert sold(selling, phone_number=number)["operator"] == operator


def test_an_operator_that_is_named_wins_over_the_prefix(selling: httpx.Client) -> None:
    recharge = sold(selling, operator="rightel")

    assert (recharge["operator"], recharge["operator_source"]) == ("rightel", "explicit")


def test_a_number_of_no_operator_is_refused(selling: httpx.Client) -> None:
    problem(sell(selling, phone_number="09341234567"), 422, "unknown_operator")


def test_versions_and_balances_follow_each_other(selling: httpx.Client) -> None:
    recharges = [sold(selling, amount=amount) for amount in (1, 2, 3)]

    assert [each["version"] for each in recharges] == [2, 3, 4]
    assert [each["balance_after"] for each in recharges] == [999_999, 999_997, 999_994]
    assert [each["balance_before"] for each in recharges] == [1_000_000, 999_999, 999_997]


def test_a_retry_is_told_the_first(selling: httpx.Client, seller: SellerAtHand, app: Connection) -> None:
    first = sell(selling, "twice")
    rows = rows_of(app, seller.id)

    again = sell(selling, "twice")

    assert created(first) == created(again)
    assert (replayed(first), replayed(again)) == (False, True)
    assert rows_of(app, seller.id) == rows


def test_a_retry_in_another_writing_of_the_number_is_the_same(selling: httpx.Client) -> None:
    first = sold(selling, "twice", phone_number="09123456789")

    assert sold(selling, "twice", phone_number="۰۰۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹") == first


def test_a_retry_is_told_the_recharge_as_it_now_stands(selling: httpx.Client, deciding: httpx.Client) -> None:
    first = sold(selling, "twice")
    reverse(deciding, first["id"])

    again = sell(selling, "twice")

    assert created(again)["status"] == "reversed"
    assert created(again)["balance_after"] == first["balance_after"]
    assert replayed(again)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"amount": 1}, ["amount"]),
        ({"phone_number": "09123456780"}, ["phone_number"]),
        ({"operator": "mci"}, ["operator"]),
        (
            {"amount": 1, "phone_number": "09351234567", "operator": "mci"},
            ["amount", "operator", "phone_number"],
        ),
    ],
)
def test_a_key_of_another_recharge_names_what_differs(
    selling: httpx.Client, change: dict[str, object], named: list[str]
) -> None:
    first = sold(selling, "twice")

    refusal = problem(sell(selling, "twice", **change), 422, "idempotency_mismatch")

    assert sorted(fields(refusal)) == named
    assert balance(selling)["version"] == first["version"]


def test_a_retry_after_the_balance_is_used_up_is_a_replay(selling: httpx.Client) -> None:
    first = sold(selling, "all", amount=1_000_000)
    problem(sell(selling), 402, "insufficient_balance")

    again = sell(selling, "all", amount=1_000_000)

    assert created(again) == first
    assert replayed(again)


def test_a_mismatch_after_the_balance_is_used_up_is_a_mismatch(selling: httpx.Client) -> None:
    sold(selling, "all", amount=1_000_000)

    problem(sell(selling, "all", amount=999_999), 422, "idempotency_mismatch")


@pytest.mark.parametrize("change", [{"per_recharge_max": 1}, {"daily_limit": 1}])
def test_a_retry_after_a_limit_was_set_is_a_replay(
    selling: httpx.Client, deciding: httpx.Client, seller: SellerAtHand, change: dict[str, int]
) -> None:
    first = sold(selling, "before")
    ok(deciding.patch(f"{V1}/sellers/{seller.id}", json=change))

    assert sold(selling, "before") == first


@pytest.mark.parametrize("amount", [0, 1_000_001])
def test_a_refusal_consumes_no_key(selling: httpx.Client, amount: int) -> None:
    assert sell(selling, "refused-first", amount=amount).status_code in {402, 422}

    assert not replayed(sell(selling, "refused-first"))
    assert replayed(sell(selling, "refused-first"))


def test_keys_are_told_apart_by_every_character(selling: httpx.Client) -> None:
    keys = ["a", "A", "a.", "a b", "x" * 255, "%61", "{a,b}", '"a"', "\\a", "NULL", "'"]

    made = {sold(selling, key)["id"] for key in keys}

    assert len(made) == len(keys)
    assert [row["reference"] for row in ok(selling.get(f"{V1}/recharges"))["data"]] == keys[::-1]


def test_a_reversal_gives_the_price_back_once(selling: httpx.Client, deciding: httpx.Client) -> None:
    recharge = sold(selling)

    reversed_ = ok(reverse(deciding, recharge["id"]))

    assert reversed_ == {**recharge, "status": "reversed", "updated_at": reversed_["updated_at"]}
    assert reversed_["updated_at"] > recharge["updated_at"]
    problem(reverse(deciding, recharge["id"]), 409, "not_reversible")
    assert available(selling) == 1_000_000
    assert balance(selling)["version"] == 3


def test_a_retry_of_a_reversal_is_told_the_reversal(selling: httpx.Client, deciding: httpx.Client) -> None:
    recharge, key = sold(selling), new_reference()
    first = ok(reverse(deciding, recharge["id"], key=key))

    again = reverse(deciding, recharge["id"], key=key)

    assert ok(again) == first
    assert replayed(again)


def test_a_reversals_key_for_another_recharge_is_a_mismatch(
    selling: httpx.Client, deciding: httpx.Client
) -> None:
    one, other, key = sold(selling), sold(selling), new_reference()
    reverse(deciding, one["id"], key=key)

    problem(reverse(deciding, other["id"], key=key), 422, "idempotency_mismatch")

    assert available(selling) == 995_000


def test_what_does_not_exist_is_not_reversed(deciding: httpx.Client) -> None:
    problem(reverse(deciding, NOBODY), 404, "not_found")


def test_a_reversed_price_can_be_spent_again(api: Api, new_seller: NewSeller, deciding: httpx.Client) -> None:
    client = api(new_seller(available=5_000))
    recharge = sold(client)
    problem(sell(client), 402, "insufficient_balance")

    reverse(deciding, recharge["id"])

    assert sold(client)["balance_after"] == 0


class Filter:
    """A seller's four recharges, and which of them a query finds, oldest first."""

    def __init__(self, selling: httpx.Client, deciding: httpx.Client) -> None:
        self.selling = selling
        numbers = ("09123456789", "09351234567", "09123456789", "09211234567")
        self.made = [sold(selling, phone_number=number) for number in numbers]
        reverse(deciding, self.made[3]["id"])

    def places(self, **query: str) -> list[int]:
        rows = ok(self.selling.get(f"{V1}/recharges", params=query))["data"]
        ids = [each["id"] for each in self.made]
        return [ids.index(row["id"]) for row in reversed(rows)]


@pytest.fixture
def finding(selling: httpx.Client, deciding: httpx.Client) -> Filter:
    return Filter(selling, deciding)


def test_recharges_are_found_by_what_they_are(finding: Filter) -> None:
    assert finding.places() == [0, 1, 2, 3]
    assert finding.places(reference=finding.made[1]["reference"]) == [1]
    assert finding.places(reference="never-used") == []
    assert finding.places(phone_number="۰۹۱۲۳۴۵۶۷۸۹") == [0, 2]
    assert finding.places(status="reversed") == [3]
    assert finding.places(status="succeeded", phone_number="0912 345 6789") == [0, 2]


def test_recharges_are_found_by_when_they_were_made(finding: Filter) -> None:
    times = [each["created_at"] for each in finding.made]

    assert finding.places(created_from=times[1]) == [1, 2, 3]
    assert finding.places(created_to=times[1]) == [0]
    assert finding.places(created_from=times[1], created_to=times[3]) == [1, 2]


def test_a_recharge_is_read_by_its_id(selling: httpx.Client) -> None:
    recharge = sold(selling)

    found = ok(selling.get(f"{V1}/recharges/{recharge['id']}"))

    assert {name: found[name] for name in recharge} == recharge
    assert found.keys() - recharge.keys() == {"next_check_at", "in_review", "events"}
    assert ok(selling.get(f"{V1}/recharges/{recharge['id'].upper()}")) == found


def test_an_operator_names_only_itself_in_a_refusal(selling: httpx.Client, seller: SellerAtHand) -> None:
    refusal = problem(sell(selling, operator="nobody"), 422, "unknown_operator")

    assert str(seller.id) not in refusal["detail"]
    assert adjust(selling, seller.id, 1).status_code == 403
