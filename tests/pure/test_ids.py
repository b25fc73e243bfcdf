"""Ids are UUIDv7 of RFC 9562, carry their seller and their tail, and rise within a process."""

import itertools
import threading
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topup import clock, ids

MOMENTS = st.integers(0, (2**48 - 1) * 1_000 + 999)
SELLERS = st.integers(0, ids.MAX_SELLER_ID)
TAILS = st.integers(0, ids.MAX_TAIL)


@given(moment_us=MOMENTS, tail=TAILS, seller_id=SELLERS)
def test_an_id_carries_its_seller_and_its_tail(moment_us: int, tail: int, seller_id: int) -> None:
    made = ids.compose(moment_us=moment_us, tail=tail, seller_id=seller_id)

    assert ids.seller_of(made) == seller_id
    assert ids.tail_of(made) == tail


@given(moment_us=MOMENTS, tail=TAILS, seller_id=SELLERS)
def test_an_id_is_a_uuid_of_version_7(moment_us: int, tail: int, seller_id: int) -> None:
    made = uuid.UUID(ids.compose(moment_us=moment_us, tail=tail, seller_id=seller_id))

    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == moment_us // 1_000


@given(moment_us=MOMENTS, tail=TAILS, seller_id=SELLERS)
def test_an_id_is_written_as_everybody_writes_uuids(moment_us: int, tail: int, seller_id: int) -> None:
    made = ids.compose(moment_us=moment_us, tail=tail, seller_id=seller_id)

    assert made == str(uuid.UUID(made))


def test_two_tails_or_sellers_never_share_an_id() -> None:
    parts = [(tail, seller) for tail in (0, 1, 2**30 - 1, 2**30, 2**42 - 1) for seller in (0, 1, 2**32 - 1)]

    made = {ids.compose(moment_us=0, tail=tail, seller_id=seller) for tail, seller in parts}

    assert len(made) == len(parts)


def test_ids_rise_within_a_millisecond() -> None:
    maker = ids.Maker()

    made = [maker.make(7, 1_800_000_000_000_000) for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_ids_rise_though_the_clock_goes_back() -> None:
    maker = ids.Maker()
    moments = [5_000_000, 4_000_000, 5_000_000, 1_000_000, 6_000_000, 5_999_000]

    made = [maker.make(7, moment_us) for moment_us in moments]

    assert made == sorted(made)


@given(st.lists(st.integers(0, 10_000_000), min_size=2, max_size=50))
def test_ids_rise_whatever_the_clock_does(moments: list[int]) -> None:
    maker = ids.Maker()

    made = [maker.make(7, moment_us) for moment_us in moments]

    assert all(earlier < later for earlier, later in itertools.pairwise(made))


def test_threads_never_make_the_same_id() -> None:
    maker, made, lock = ids.Maker(), set[str](), threading.Lock()

    def work() -> None:
        mine = [maker.make(7) for _ in range(1_000)]
        assert mine == sorted(mine)
        with lock:
            made.update(mine)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 16_000


@pytest.mark.parametrize("moment_us", [1_000, 1_800_000_000_000_000, 1_800_000_000_000_999])
def test_the_lowest_id_of_a_moment_sorts_before_all_made_from_then_on(moment_us: int) -> None:
    lowest = ids.lowest_at(moment_us)

    assert lowest <= ids.compose(moment_us=moment_us, tail=0, seller_id=1)
    assert lowest > ids.compose(moment_us=moment_us - 1_000, tail=ids.MAX_TAIL, seller_id=ids.MAX_SELLER_ID)


def test_the_lowest_id_before_1970_is_the_lowest_of_all() -> None:
    assert ids.lowest_at(-1) == ids.lowest_at(0)


def test_a_new_id_is_of_this_moment_and_this_seller() -> None:
    before_ms = clock.now_us() // 1_000

    made = ids.new(42)

    assert ids.seller_of(made) == 42
    assert before_ms <= uuid.UUID(made).int >> 80


@pytest.mark.parametrize(
    "stranger",
    [str(uuid.UUID(int=0)), "e9d40a32-83a9-42b8-b238-0a38c035734e", str(uuid.UUID(int=2**128 - 1))],
)
def test_a_stranger_among_ids_names_some_seller_instead_of_raising(stranger: str) -> None:
    assert 0 <= ids.seller_of(stranger) <= ids.MAX_SELLER_ID
