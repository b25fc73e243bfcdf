"""A number is kept by a seller or by none; what it was credited is the sum of what succeeded and stands."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.api.over_http import AMOUNT, NUMBER, sold
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from topup.recharges.phone_numbers import MAX_NUMBERS, MAX_SUMMED_IN_A_LIST
from topup.trips import Connection

PATH = "/api/v1/phone-numbers"


def known(client: httpx.Client, number: str = NUMBER, **query: Any) -> dict[str, Any]:  # a JSON object
    answer = client.get(f"{PATH}/{quote(number, safe='+')}", params=query)
    assert answer.status_code == httpx.codes.OK, answer.text
    return dict(answer.json())


def keep(client: httpx.Client, number: str = NUMBER, **label: Any) -> httpx.Response:
    return client.post(PATH, json={"phone_number": number, **label})


def numbers(client: httpx.Client, **query: Any) -> list[str]:
    page = client.get(PATH, params=query).json()
    return [each["phone_number"] for each in page["data"]]


def reverse(client: httpx.Client, recharge: dict[str, Any]) -> None:
    answer = client.post(f"/api/v1/recharges/{recharge['id']}/reverse", json={"reason": "wrong number"})
    assert answer.status_code == httpx.codes.OK


def test_a_number_that_nobody_keeps_shows_what_it_was_credited(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=10 * AMOUNT))
    sold(client)
    last = sold(client, operator="irancell", amount=3 * AMOUNT)

    read = known(client)

    assert read.pop("last_recharge") == {
        "id": last["id"], "seller_id": read_seller(last), "reference": last["reference"],
        "status": "succeeded", "operator": "irancell", "amount": 3 * AMOUNT, "currency": "IRR",
        "created_at": last["created_at"],
    }  # fmt: skip
    assert read == {
        "phone_number": NUMBER, "registered": False, "label": None, "operator": "mci", "recharges": 2,
        "total_credited": 4 * AMOUNT, "reversals": 0, "total_reversed": 0, "more": False, "currency": "IRR",
        "created_at": None,
    }  # fmt: skip


def read_seller(recharge: dict[str, Any]) -> int:
    return int(recharge["id"][-8:], 16)


def test_what_was_reversed_was_not_credited(api: Api, new_seller: NewSeller, staff: StaffAtHand) -> None:
    client = api(new_seller(available=10 * AMOUNT))
    sold(client, amount=2 * AMOUNT)
    reverse(api(staff), sold(client))

    read = known(client)

    assert (read["recharges"], read["total_credited"]) == (1, 2 * AMOUNT)
    assert (read["reversals"], read["total_reversed"]) == (1, AMOUNT)
    assert read["last_recharge"]["status"] == "reversed"


@pytest.mark.parametrize("state", ["accepted", "processing", "unknown", "failed"])
def test_what_did_not_succeed_was_not_credited(
    state: str, api: Api, new_seller: NewSeller, superuser: Connection
) -> None:
    client = api(new_seller(available=10 * AMOUNT))
    recharge = sold(client)
    superuser.execute(
        "UPDATE recharges.recharge SET state = %s::recharges.state WHERE seller_id = %s AND id = %s",
        [state, read_seller(recharge), recharge["id"]],
    )

    read = known(client)

    assert [read[name] for name in ("recharges", "total_credited", "reversals")] == [0, 0, 0]
    assert read["last_recharge"]["status"] == state


def test_a_number_never_sold_to_is_known_by_its_prefix(api: Api, new_seller: NewSeller) -> None:
    read = known(api(new_seller()), "+989350000000")

    assert (read["operator"], read["recharges"], read["total_credited"]) == ("irancell", 0, 0)
    assert read["last_recharge"] is None


@pytest.mark.parametrize(
    "written", ["+989123456789", "989123456789", "09123456789", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "٠٩١٢٣٤٥٦٧٨٩"]
)
def test_a_number_may_be_written_in_every_way(written: str, api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=AMOUNT))
    sold(client)

    assert known(client, written)["total_credited"] == AMOUNT
    assert keep(client, written).json()["phone_number"] == NUMBER


@pytest.mark.parametrize("written", ["12", "nobody", "+14155552671", "+982188888888", "0" * 60])
def test_what_is_no_number_is_told_how_to_write_one(written: str, api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller())

    for answer in (
        client.get(f"{PATH}/{written}"),
        client.delete(f"{PATH}/{written}"),
        keep(client, written),
    ):
        assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
        assert answer.json()["errors"][0]["field"] == "phone_number"


def test_a_seller_sees_what_it_sold_itself_and_staff_see_all(
    api: Api, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    number = "+989219876543"  # of this test alone: staff see the sales of all
    one, other = new_seller(available=10 * AMOUNT), new_seller(available=10 * AMOUNT)
    sold(api(one), phone_number=number)
    last = sold(api(other), phone_number=number, amount=2 * AMOUNT)
    keep(api(one), number, label="mine")

    assert known(api(one), number)["total_credited"] == AMOUNT
    assert known(api(other), number)["label"] is None
    assert known(api(staff), number)["total_credited"] == 3 * AMOUNT
    assert known(api(staff), number)["recharges"] == 2
    assert known(api(staff), number)["last_recharge"]["id"] == last["id"]
    narrowed = known(api(staff), number, seller_id=one.id)
    assert (narrowed["total_credited"], narrowed["label"]) == (AMOUNT, "mine")
    assert known(api(staff), "+989219876544")["recharges"] == 0
    assert api(one).get(f"{PATH}/{number}", params={"seller_id": other.id}).json()["code"] == "not_found"


def test_keeping_a_number_again_changes_its_label_and_nothing_else(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller())
    first = keep(client, label="مادر‌بزرگ")
    assert first.status_code == httpx.codes.CREATED
    assert (first.json()["registered"], first.json()["label"]) == (True, "مادر‌بزرگ")

    same = keep(client)
    renamed = keep(client, label="x" * 60)
    cleared = keep(client, label=None)

    assert [answer.status_code for answer in (same, renamed, cleared)] == [httpx.codes.OK] * 3
    assert [answer.json()["label"] for answer in (same, renamed, cleared)] == ["مادر‌بزرگ", "x" * 60, None]
    assert cleared.json()["created_at"] == first.json()["created_at"]
    assert numbers(client) == [NUMBER]


@pytest.mark.parametrize("label", ["", "x" * 61, "a\x00b", "a\nb", "\x7f", 5])
def test_a_label_that_will_not_do_is_named(label: object, api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller())

    answer = keep(client, label=label)

    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["errors"][0]["field"] == "label"
    assert numbers(client) == []


def test_a_number_that_is_forgotten_keeps_what_it_was_credited(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=AMOUNT))
    sold(client)
    keep(client, label="gone")

    assert client.delete(f"{PATH}/{NUMBER}").status_code == httpx.codes.NO_CONTENT
    assert client.delete(f"{PATH}/{NUMBER}").json()["code"] == "not_found"

    read = known(client)
    assert (read["registered"], read["label"], read["total_credited"]) == (False, None, AMOUNT)
    assert numbers(client) == []


def test_what_one_seller_keeps_no_other_sees_or_forgets(
    api: Api, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    owner, other = new_seller(), new_seller()
    keep(api(owner), label="mine")

    assert numbers(api(other)) == []
    assert api(other).delete(f"{PATH}/{NUMBER}").json()["code"] == "not_found"
    assert api(other).get(PATH, params={"seller_id": owner.id}).json()["code"] == "not_found"
    assert numbers(api(staff), seller_id=owner.id) == numbers(api(owner)) == [NUMBER]
    assert api(staff).get(PATH).json()["errors"][0]["code"] == "required"
    assert keep(api(staff)).json()["code"] == "forbidden"


def a_list_of(client: httpx.Client, count: int) -> list[str]:
    """Numbers as they are kept, newest first."""
    kept = [f"+98912111{number:04}" for number in range(count)]
    for number in kept:
        keep(client, number)
    return kept[::-1]


def test_pages_lead_from_the_newest_to_the_oldest_and_back(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller())
    kept = a_list_of(client, 5)

    first = client.get(PATH, params={"limit": 2}).json()
    assert ([each["phone_number"] for each in first["data"]], first["has_more"]) == (kept[:2], True)
    assert numbers(client, limit=2, starting_after=kept[1]) == kept[2:4]
    assert numbers(client, limit=2, starting_after=kept[3]) == kept[4:]
    assert numbers(client, limit=2, ending_before=kept[3]) == kept[1:3]
    assert numbers(client, ending_before="0" + kept[1][3:]) == kept[:1]
    both = {"starting_after": kept[0], "ending_before": kept[1]}
    assert client.get(PATH, params=both).json()["errors"][0]["field"] == "ending_before"
    assert client.get(PATH, params={"starting_after": "+989120000000"}).json()["code"] == "not_found"


def test_numbers_kept_in_the_same_moment_are_on_one_page_each(
    api: Api, new_seller: NewSeller, superuser: Connection
) -> None:
    seller = new_seller()
    client = api(seller)
    kept = a_list_of(client, 5)
    superuser.execute("UPDATE recharges.phone_number SET created_at_us = 7 WHERE seller_id = %s", [seller.id])

    pages = [numbers(client, limit=2), *(numbers(client, limit=2, starting_after=kept[n]) for n in (1, 3))]

    assert [number for page in pages for number in page] == kept


def test_the_list_shows_what_each_was_credited(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(available=10 * AMOUNT))
    sold(client)
    keep(client, "+989120000001", label="silent")
    keep(client, label="loud")

    page = client.get(PATH).json()["data"]

    assert page == [known(client), known(client, "+989120000001")]
    assert [each["total_credited"] for each in page] == [AMOUNT, 0]


def test_a_suspended_seller_may_read_but_not_keep(api: Api, new_seller: NewSeller) -> None:
    client = api(new_seller(active=False))

    assert keep(client).json()["code"] == "seller_suspended"
    assert known(client)["recharges"] == 0


def fill(superuser: Connection, seller: SellerAtHand) -> None:
    superuser.execute(
        "INSERT INTO recharges.phone_number (seller_id, phone_number, created_at_us)"
        " SELECT %s, 989130000000 + n, n FROM generate_series(1, %s) n",
        [seller.id, MAX_NUMBERS],
    )


def test_a_full_list_takes_no_more_but_new_labels(
    api: Api, new_seller: NewSeller, superuser: Connection
) -> None:
    seller = new_seller()
    fill(superuser, seller)
    client = api(seller)

    refused = keep(client)

    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert refused.json()["errors"][0]["code"] == "too_many"
    assert keep(client, "+989130000001", label="one of them").status_code == httpx.codes.OK
    client.delete(f"{PATH}/+989130000002")
    assert keep(client).status_code == httpx.codes.CREATED


def sell_often(client: httpx.Client, count: int) -> None:
    for first in range(0, count, 500):
        items = [
            {"phone_number": NUMBER, "amount": AMOUNT, "reference": f"often-{place}"}
            for place in range(first, min(first + 500, count))
        ]
        client.post("/api/v1/recharges/batch", json={"items": items}).raise_for_status()


def test_a_list_sums_no_more_of_each_number_than_it_says(api: Api, new_seller: NewSeller) -> None:
    sales = MAX_SUMMED_IN_A_LIST + 5
    client = api(new_seller(available=sales * AMOUNT))
    sell_often(client, sales)
    keep(client)

    (listed,) = client.get(PATH).json()["data"]
    alone = known(client)

    assert (alone["more"], alone["total_credited"]) == (False, sales * AMOUNT)
    assert alone["last_recharge"] is not None
    assert (listed["more"], listed["last_recharge"]) == (True, None)
    assert MAX_SUMMED_IN_A_LIST < listed["recharges"] < sales
    assert listed["total_credited"] == listed["recharges"] * AMOUNT


@pytest.mark.parametrize(("most", "more"), [(1, True), (2, True), (3, False), (4, False)])
def test_a_number_is_summed_over_at_most_so_many_recharges(
    api: Api, app: Connection, new_seller: NewSeller, most: int, *, more: bool
) -> None:
    seller = new_seller(available=3 * AMOUNT)
    sell_often(api(seller), 3)

    row = app.execute(
        "SELECT recharges, more, last_id IS NULL FROM recharges.sold_to_v2(%s, %s, %s)",
        [seller.id, int(NUMBER), most],
    ).fetchone()

    assert row == (min(3, most + 1), more, more)
