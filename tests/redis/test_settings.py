"""A REDIS_URL that can't be right stops the command; one where nobody answers is only said."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Api, NewSeller
from tests.support.redis_at_hand import RedisAtHand
from tests.support.server import Server
from topup import config
from topup.config import Config, ConfigError
from topup.management import redis_check

NOBODY = "redis://127.0.0.1:1"
SALES = 20


@pytest.mark.parametrize(
    "written",
    [
        *("localhost:6379", "http://localhost", "redis://", "redis://:6379/0", "unix://"),
        *("redis://host:port", "redis://host:0", "redis://host:99999", "redis://host/name"),
    ],
)
def test_a_wrong_url_is_a_clear_error(written: str) -> None:
    with pytest.raises(ConfigError, match="REDIS_URL: expected redis://"):
        config.load({"REDIS_URL": written}, dotenv=None)


@pytest.mark.parametrize(
    "written", ["redis://host", "rediss://u:p,w@host:6380/2", "unix:///run/redis.sock?db=1", "redis://[::1]/"]
)
def test_a_url_that_redis_can_have_is_taken(written: str) -> None:
    assert config.load({"REDIS_URL": written}, dotenv=None).redis_url == written


def test_the_error_does_not_repeat_the_password() -> None:
    with pytest.raises(ConfigError) as refused:
        config.load({"REDIS_URL": "redis://:secret@host:port"}, dotenv=None)

    assert "secret" not in str(refused.value)


def test_a_lock_in_redis_needs_redis() -> None:
    with pytest.raises(ConfigError, match="REDIS_URL"):
        config.load({"SELLER_LOCK": "redis"}, dotenv=None)


@pytest.mark.parametrize("lock", ["row", "redis"])
def test_a_server_whose_redis_is_not_there_starts_sells_and_says_so_once(
    serve: Callable[..., Server], new_seller: NewSeller, api: Api, lock: str
) -> None:
    server = serve(REDIS_URL=NOBODY, SELLER_LOCK=lock)
    seller = new_seller(available=10_000_000)

    nth = 0
    while said(server) == 0 or nth < SALES:  # it takes some failures until it is said
        nth += 1
        body = {"phone_number": "09120000000", "amount": 10_000}
        sold = api(seller, on=server).post(
            "/api/v1/recharges", json=body, headers={"Idempotency-Key": f"order-{nth}"}
        )
        assert sold.status_code == 201

    assert said(server) == 1


def said(server: Server) -> int:
    return server.log.read_text().count("Redis is away")


def test_the_doctor_says_whether_redis_answers(tmp_path: Path, redis: RedisAtHand) -> None:
    there, nobody, unused = (
        redis_check.redis(Config(topup_home=str(tmp_path), redis_url=url)) for url in (redis.url, NOBODY, "")
    )

    assert (there.well, nobody.well, unused.well) == (True, False, True)
    assert "answers" in there.detail
    assert "start it" in nobody.remedy
