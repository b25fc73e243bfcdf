"""A sale is answered once the standby has it; what a cancelled wait left behind is told to nobody before.

PostgreSQL commits on the primary first and then waits. Where that wait ends early (the connection broke, the
server was started again), the sale is there and not copied: a repeat of its key must wait for the copy too.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import httpx

from tests.recharges import place as places
from tests.standby.conftest import Scene


@contextmanager
def without_standby(scene: Scene) -> Iterator[ThreadPoolExecutor]:
    """The standby is away; it is back before anything that waits for it is given up."""
    scene.pair.stop_standby()
    with ThreadPoolExecutor(4) as pool:
        try:
            yield pool
        finally:
            if scene.pair.standby is None:
                scene.pair.start_standby()


def waits(scene: Scene) -> int:
    """The process whose commit waits for the standby, once there is one."""
    places.wait(lambda: bool(scene.pair.waiting()), what="a commit waits for the standby")
    return scene.pair.waiting()[0]


def test_an_answered_sale_is_on_the_standby(scene: Scene) -> None:
    assert scene.sell("order-copied").status_code == 201

    # It is in the standby's log by now; a moment later its pages show it.
    places.wait(lambda: scene.times("order-copied", on=scene.pair.port) == 1, what="the standby shows it")


def test_a_sale_waits_for_a_standby_that_is_away(scene: Scene) -> None:
    with without_standby(scene) as pool:
        sale: Future[httpx.Response] = pool.submit(scene.sell, "order-waits")
        waits(scene)
        assert not sale.done()
        scene.pair.start_standby()

    assert sale.result().status_code in (201, 503), "the server may have given up before the standby was back"
    assert scene.sell("order-waits").status_code in (200, 201)
    assert scene.times("order-waits", on=scene.pair.primary.port) == 1


def test_a_sale_whose_wait_was_cut_off_is_told_to_nobody_before_it_is_copied(scene: Scene) -> None:
    with without_standby(scene) as pool:
        sale = pool.submit(scene.sell, "order-cut-off")
        first = waits(scene)
        scene.pair.ask(scene.pair.primary.port, "SELECT pg_terminate_backend(%s)", first)
        places.wait(
            lambda: scene.times("order-cut-off", on=scene.pair.primary.port) == 1, what="it is committed"
        )
        again = pool.submit(scene.sell, "order-cut-off")
        second = waits(scene)
        assert second != first
        assert (sale.done(), again.done()) == (False, False), "it was answered, and only one server has it"
        scene.pair.start_standby()

    assert {sale.result().status_code, again.result().status_code} <= {200, 201, 503}
    assert scene.sell("order-cut-off").status_code in (200, 201)
    places.wait(lambda: scene.times("order-cut-off", on=scene.pair.port) == 1, what="the standby shows it")
