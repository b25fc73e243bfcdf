"""A lane's queue has bounds, keeps order, and never lets a key meet itself within a batch."""

from collections.abc import Hashable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topup.ledger import batching
from topup.ledger.batching import MAX_BATCH, MAX_QUEUED, MAX_WAIT_S, Batch, Entry, Queue


def _queue(*entries: tuple[str, Hashable], now_s: float = 0.0) -> Queue[str]:
    queue: Queue[str] = Queue()
    for item, key in entries:
        assert queue.put(item, key, now_s=now_s)
    return queue


def _drain(queue: Queue[str]) -> Iterable[Batch[str]]:
    while len(queue):
        yield queue.take(now_s=0.0)


def test_an_empty_queue_gives_an_empty_batch() -> None:
    assert _queue().take(now_s=0.0) == Batch([], [], careful=False)


def test_a_batch_takes_all_that_waits_in_order() -> None:
    queue = _queue(("a", 1), ("b", 2), ("c", 3))

    assert queue.take(now_s=0.0).items == ["a", "b", "c"]
    assert len(queue) == 0


def test_a_batch_is_no_larger_than_its_limit() -> None:
    queue = _queue(*((str(n), n) for n in range(MAX_BATCH + 1)))

    assert len(queue.take(now_s=0.0).items) == MAX_BATCH
    assert queue.take(now_s=0.0).items == [str(MAX_BATCH)]


def test_a_full_queue_takes_nothing_more() -> None:
    queue = _queue(*((str(n), n) for n in range(MAX_QUEUED)))

    assert not queue.put("one more", None, now_s=0.0)
    assert len(queue) == MAX_QUEUED


def test_a_full_queue_takes_again_once_a_batch_left() -> None:
    queue = _queue(*((str(n), n) for n in range(MAX_QUEUED)))
    queue.take(now_s=0.0)

    assert queue.put("one more", None, now_s=0.0)


def test_a_key_waits_for_the_batch_that_carries_it() -> None:
    queue = _queue(("first", "key"), ("other", "another"), ("again", "key"))

    assert queue.take(now_s=0.0) == Batch(["first", "other"], [], careful=False)
    assert queue.take(now_s=0.0) == Batch(["again"], [], careful=True)


def test_only_the_batch_after_a_deferral_is_careful() -> None:
    queue = _queue(("first", "key"), ("again", "key"))
    list(_drain(queue))
    queue.put("later", "key", now_s=0.0)

    assert queue.take(now_s=0.0).careful is False


def test_a_deferred_wish_stays_before_those_that_came_later() -> None:
    queue = _queue(("first", "key"), ("again", "key"))
    queue.take(now_s=0.0)
    queue.put("later", "other", now_s=0.0)

    assert queue.take(now_s=0.0).items == ["again", "later"]


def test_a_deferred_wish_is_first_in_the_next_batch_however_many_wait() -> None:
    queue = _queue(("first", "key"), ("again", "key"), *((str(n), n) for n in range(MAX_BATCH)))

    queue.take(now_s=0.0)

    assert queue.take(now_s=0.0).items == ["again", str(MAX_BATCH - 1)]


def test_wishes_without_a_key_share_a_batch() -> None:
    queue = _queue(("a", None), ("b", None))

    assert queue.take(now_s=0.0) == Batch(["a", "b"], [], careful=False)


def test_what_waited_too_long_is_set_apart() -> None:
    queue = _queue(("old", 1))
    queue.put("new", 2, now_s=MAX_WAIT_S)

    assert queue.take(now_s=MAX_WAIT_S + 0.001) == Batch(["new"], ["old"], careful=False)


def test_what_waited_exactly_as_long_as_it_may_is_begun() -> None:
    assert _queue(("old", 1)).take(now_s=MAX_WAIT_S).items == ["old"]


@given(st.lists(st.integers(0, 20) | st.none(), max_size=600))
def test_every_wish_leaves_once_and_each_batch_has_a_key_once(keys: list[int | None]) -> None:
    queue = _queue(*((f"{place}", key) for place, key in enumerate(keys)))

    batches = list(_drain(queue))

    carried = [[int(item) for item in batch.items] for batch in batches]
    assert sorted(place for batch in carried for place in batch) == list(range(len(keys)))
    for batch in carried:
        named = [keys[place] for place in batch if keys[place] is not None]
        assert len(named) == len(set(named))


@given(st.lists(st.integers(0, 20), max_size=600))
def test_wishes_of_one_key_leave_in_order(keys: list[int]) -> None:
    queue = _queue(*((f"{place}", key) for place, key in enumerate(keys)))

    order = [int(item) for batch in _drain(queue) for item in batch.items]

    for key in set(keys):
        places = [place for place in order if keys[place] == key]
        assert places == sorted(places)


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_seller_has_a_group(seller_id: int) -> None:
    assert 0 <= batching.group_of(seller_id) < batching.GROUPS


@pytest.mark.parametrize("lanes", [1, 2, 3, 32])
def test_sellers_of_one_group_share_a_lane(lanes: int) -> None:
    lane_of_group: dict[int, int] = {}
    for seller_id in range(1, 2_000):
        lane = batching.lane_of(seller_id, lanes)
        assert lane_of_group.setdefault(batching.group_of(seller_id), lane) == lane
    assert set(lane_of_group.values()) == set(range(lanes))


def test_groups_are_about_equal() -> None:
    sizes = [0] * batching.GROUPS
    for seller_id in range(32_000):
        sizes[batching.group_of(seller_id)] += 1

    assert min(sizes) > 800
    assert max(sizes) < 1_200


def test_what_is_put_back_comes_first_and_in_its_order() -> None:
    queue = _queue(("new", 3))
    queue.put_back([Entry("first", 1, 0.0), Entry("second", 2, 0.0)])

    assert queue.take(now_s=0.0).items == ["first", "second", "new"]


def test_what_came_meanwhile_joins_in_its_order_and_leaves_the_others_theirs() -> None:
    queue = _queue(("taken", 1))
    queue.take(now_s=0.0)
    for item in ("a", "other", "b", "another", "c"):
        queue.put(item, item, now_s=0.0)

    assert queue.take_more(lambda item: len(item) == 1, room=2) == ["a", "b"]
    assert queue.take(now_s=0.0) == Batch(["other", "another", "c"], [], careful=False)


def test_no_key_joins_a_batch_that_has_it() -> None:
    queue = _queue(("taken", 1))
    queue.take(now_s=0.0)
    for item, key in (("again", 1), ("new", 2), ("new again", 2), ("free", None), ("as free", None)):
        queue.put(item, key, now_s=0.0)

    assert queue.take_more(lambda _: True, room=MAX_BATCH) == ["new", "free", "as free"]
    assert queue.take(now_s=0.0) == Batch(["again", "new again"], [], careful=True)
    assert queue.take(now_s=0.0).careful is False


def test_only_the_next_batch_is_looked_through_for_what_may_join() -> None:
    queue = _queue(*((str(n), n) for n in range(MAX_BATCH + 1)))

    assert queue.take_more(lambda item: item == str(MAX_BATCH), room=1) == []
    assert len(queue) == MAX_BATCH + 1
