"""A page that cannot reach its database says so, and when to come again; it is no error of ours."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.installation import Installation, installed
from tests.support.server import Server, serving

HEADINGS = ("Not available right now", "اکنون در دسترس نیست")


@pytest.fixture
def broken() -> Iterator[Installation]:
    """An installation that tests may break, as in production."""
    with installed(DEBUG="false", ALLOWED_HOSTS="127.0.0.1", TRUSTED_PROXIES="127.0.0.1") as made:
        yield made


@pytest.fixture
def breaking(broken: Installation) -> Iterator[Server]:
    with serving(broken) as server:
        yield server


@pytest.mark.parametrize("path", ["/account/login/", "/"])
def test_a_page_without_its_database_says_when_to_come_again(
    broken: Installation, breaking: Server, path: str
) -> None:
    through_a_proxy = {
        "X-Forwarded-Proto": "https",
        "Cookie": "sessionid=of-somebody",
    }
    with httpx.Client(base_url=breaking.url, timeout=30, headers=through_a_proxy) as visitor:
        assert visitor.get(path).status_code < 400, breaking.tail()
        broken.stop_database()
        answer = visitor.get(path)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert any(heading in answer.text for heading in HEADINGS)
