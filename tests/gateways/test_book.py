"""The simulator's book is bounded, shared by processes, and outlives the death of any of them."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from topup.gateways.contract import Result
from topup.gateways.simulator import book as own
from topup.gateways.simulator.book import Book

EACH = 200
WRITERS = 3


def write(book: Book, reference: str) -> None:
    book.submitted(reference=reference, phone_number="0912", amount="1", outcome=Result.DELIVERED, now_us=1)


def write_some(home: Path, first: int, *, killed: bool) -> None:
    book = Book(home)
    for place in range(EACH):
        write(book, f"{first + place:032d}01")
    if killed:
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("killed", [False, True])
def test_several_processes_write_one_book_and_it_outlives_them(tmp_path: Path, killed: bool) -> None:  # noqa: FBT001  # a parameter of the test
    spawn = multiprocessing.get_context("spawn")
    writers = [
        spawn.Process(target=write_some, args=(tmp_path, place * EACH), kwargs={"killed": killed})
        for place in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    book = Book(tmp_path)
    found = [book.received(f"{place:032d}") for place in range(WRITERS * EACH)]
    assert [len(rows) for rows in found] == [1] * WRITERS * EACH


def test_the_oldest_references_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "MAX_REMEMBERED", 20)
    monkeypatch.setattr(own, "TRIM_EVERY", 10)
    book = Book(tmp_path)

    for place in range(60):
        write(book, f"{place:032d}01")

    assert [bool(book.received(f"{place:032d}")) for place in range(60)] == [False] * 40 + [True] * 20


def test_only_references_of_one_recharge_are_its_tries(tmp_path: Path) -> None:
    book = Book(tmp_path)
    for reference in ("a" * 32 + "01", "a" * 32 + "02", "b" * 32 + "01"):
        write(book, reference)

    assert book.tries("a" * 32 + "03") == 2
    assert book.tries("a" * 32 + "02") == 1
