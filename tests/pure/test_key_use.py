"""Of many requests in a beat some are kept, never so many that keeping them costs a sale."""

from topup.sellers.key_use import MAX_KEPT, MAX_OF_SELLER, Seen, UsedKey

KEY = "0" * 32


def note(seen: Seen, seller_id: int | None, *, status: int = 200, key: str = KEY) -> None:
    seen.note(
        UsedKey(key, seller_id),
        method="GET",
        path="/api/v1/balance",
        status=status,
        code="",
        request_id="r",
        began_s=0.0,
    )


def test_requests_are_taken_once_and_in_their_order() -> None:
    seen = Seen()
    for status in (200, 402, 201, 500):
        note(seen, 7, status=status)

    assert [use.status for use in seen.take().uses] == [200, 402, 201, 500]
    assert seen.take() == ([], set())


def test_a_busy_seller_takes_no_other_sellers_place() -> None:
    seen = Seen()
    for _ in range(MAX_KEPT * 2):
        note(seen, 7)
    note(seen, 8)

    kept = [use.seller_id for use in seen.take().uses]

    assert (kept.count(7), kept.count(8)) == (MAX_OF_SELLER, 1)


def test_refusals_are_kept_among_any_number_of_sales() -> None:
    seen = Seen()
    for seller_id in range(1, MAX_KEPT * 2):
        note(seen, seller_id)
    note(seen, 7, status=402)

    kept = seen.take().uses

    assert len(kept) == MAX_KEPT + 1
    assert [use.seller_id for use in kept if use.status == 402] == [7]


def test_every_key_counts_as_used_whatever_is_kept() -> None:
    seen = Seen()
    for _ in range(MAX_OF_SELLER):
        note(seen, 7)
    note(seen, 7, key="a" * 32)
    note(seen, None, key="b" * 32)

    taken = seen.take()

    assert taken.keys == {KEY, "a" * 32, "b" * 32}
    assert {use.key_id for use in taken.uses} == {KEY}
