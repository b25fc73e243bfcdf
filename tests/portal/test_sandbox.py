"""Sandbox numbers: shown while an operator is simulated, each with what really happens to it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import Api, NewSeller
from tests.portal.conftest import Visit
from tests.support.installation import Installation
from tests.support.sellers_at_hand import StaffAtHand

PATH = "/developers/sandbox/"


@pytest.fixture
def simulated(api: Api, staff: StaffAtHand) -> Iterator[httpx.Client]:
    """Rightel is simulated, until the test ends."""
    client = api(staff)
    client.patch("/api/v1/operators/rightel", json={"gateway": "simulator"}).raise_for_status()
    yield client
    client.patch("/api/v1/operators/rightel", json={"gateway": "instant"}).raise_for_status()


@pytest.mark.usefixtures("simulated")
def test_the_numbers_are_of_the_simulated_operator(visit: Visit, new_seller: NewSeller) -> None:
    page = visit(new_seller()).open(PATH)

    assert "Rightel" in page.text
    assert page.text.count('class="phone"') == 12
    assert ">0920 000 0107<" in page.text or ">0921 000 0107<" in page.text


def test_without_a_simulated_operator_there_is_none(visit: Visit, new_seller: NewSeller) -> None:
    page = visit(new_seller()).open(PATH)

    assert "There is no sandbox here" in page.text
    assert 'class="phone"' not in page.text


def test_every_number_of_the_simulator_is_explained(installation: Installation) -> None:
    from topup.portal.pages.developers import sandbox  # noqa: PLC0415  # Django is set up now

    assert set(sandbox.SAID) == set(sandbox.all_digits())
