"""The check of `topup doctor` whether Redis answers, where REDIS_URL names one."""

from urllib.parse import urlsplit

from topup.config import Config
from topup.management.finding import Finding, ok, problem

TITLE = "Redis"
REMEDY = "start it, or mend REDIS_URL, or empty it; sales go on, but limits are per process until then"
OLDEST_VERSION = (6, 2)
"""Older ones are no longer maintained by anybody."""


def redis(config: Config) -> Finding:
    """Whether it answers within the time that the product gives it."""
    if not config.redis_url:
        return ok(TITLE, "not used; REDIS_URL is empty")
    from redis import Redis  # noqa: PLC0415  # loads for a tenth of a second, and only here

    from topup import redis_link  # noqa: PLC0415  # as above

    try:
        with Redis.from_url(config.redis_url, **redis_link.blocking_options()) as client:
            version = str(client.info("server")["redis_version"])
    except redis_link.TROUBLES as error:
        return problem(TITLE, f"{_place(config.redis_url)}: {error}", remedy=REMEDY)
    if _numbers(version) < OLDEST_VERSION:
        return problem(TITLE, f"{version} is too old", remedy="use Redis 6.2 or later, or Valkey")
    return ok(TITLE, f"{version} answers at {_place(config.redis_url)}")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())


def _place(url: str) -> str:
    """Where it is, without the password."""
    parts = urlsplit(url)
    return parts.path if parts.scheme == "unix" else f"{parts.hostname}:{parts.port or 6379}"
