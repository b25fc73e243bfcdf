"""Processes that are forked from one another draw different numbers, and so make different ids."""

import multiprocessing
from multiprocessing.queues import SimpleQueue

from topup import chance

BITS = 96
CHILDREN = 3


def draw(drawn: "SimpleQueue[int]") -> None:
    drawn.put(chance.bits(BITS))


def test_a_forked_process_draws_its_own_numbers() -> None:
    fork = multiprocessing.get_context("fork")
    drawn = fork.SimpleQueue()
    children = [fork.Process(target=draw, args=(drawn,)) for _ in range(CHILDREN)]
    for child in children:
        child.start()
    numbers = {drawn.get() for _ in children} | {chance.bits(BITS)}
    for child in children:
        child.join()

    assert len(numbers) == CHILDREN + 1
    assert max(numbers) < 2**BITS
