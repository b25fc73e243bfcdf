"""People at the portal."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import ModuleType
from typing import Any, Protocol

import pytest

from tests.portal.visitor import Visitor
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server

GiveRole = Callable[[int, str], None]


class Visit(Protocol):
    def __call__(
        self,
        who: SellerAtHand | StaffAtHand | None = None,
        *,
        on: Server | None = None,
        language: str = "en",
    ) -> Visitor: ...


@pytest.fixture
def visit(request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Somebody at the portal: logged in, or a stranger."""
    with ExitStack() as stack:

        def make(
            who: SellerAtHand | StaffAtHand | None = None,
            *,
            on: Server | None = None,
            language: str = "en",
        ) -> Visitor:
            server: Server = on or request.getfixturevalue("server")
            visitor = Visitor(server.url, language=language)
            stack.enter_context(visitor.client)
            if who is not None:
                assert visitor.log_in(who).url.path != "/account/login/"
            return visitor

        yield make


@pytest.fixture
def give_role(people: ModuleType) -> GiveRole:
    """As the portal and the console do: the role, and what was remembered of the keys is void."""
    from topup.sellers import tokens  # noqa: PLC0415  # Django is set up by `people`

    def give(user_id: int, role: str) -> None:
        user: Any = people.User.objects.get(id=user_id)
        people.User.objects.filter(id=user_id).update(role=role, is_superuser=False)
        tokens.expire_authentications(user.seller_id)

    return give
