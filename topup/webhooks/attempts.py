"""One attempt at a delivery: a signed POST, and what was heard.

Owns what is sent and how much of the answer is kept. It must never decide what follows from it, nor
touch the database.
"""

import logging
from typing import NamedTuple

import httpx

from topup import clock
from topup.clock import US_PER_SECOND
from topup.vault import CannotOpenError, Vault
from topup.webhooks import signing

TIMEOUT_S = 15.0
"""A receiver that has not answered whole by then has not answered."""
SLOW_MS = 3_000
"""An answer that took longer is one of an endpoint in trouble."""
MAX_ANSWER = 1_000
"""Characters of an answer that are kept for the seller to see."""
MAX_ERROR = 500
"""Characters of what went wrong before there was an answer."""

log = logging.getLogger(__name__)


class Due(NamedTuple):
    """A delivery to be attempted, and where; `next_at_us` is as it was read."""

    seller_id: int
    id: str
    endpoint_id: str
    tries: int
    next_at_us: int
    payload: str
    url: str
    secret: bytes
    previous_secret: bytes | None
    previous_until_us: int | None


class Heard(NamedTuple):
    """What came of an attempt: a status, or the error that came before one."""

    begun_us: int
    took_ms: int
    status: int | None
    error: str | None
    answer: str = ""

    @property
    def well(self) -> bool:
        return self.status is not None and self.took_ms < SLOW_MS


async def attempt(client: httpx.AsyncClient, vault: Vault, due: Due) -> Heard:
    """Send it once. Nothing that a receiver does is raised."""
    begun_us, begun_s = clock.now_us(), clock.monotonic_s()
    status, error, answer = None, None, ""
    try:
        response = await client.post(
            due.url,
            content=due.payload.encode(),
            headers=_headers(vault, due, begun_us),
        )
        status, answer = response.status_code, _beginning(response)
    except CannotOpenError as problem:
        error = str(problem)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        error = f"{type(problem).__name__}: {problem}"
    except Exception as problem:  # the boundary of an attempt: it ends, and is tried again
        log.exception("webhooks: an attempt at %s failed in a way that nobody foresaw", due.id)
        error = type(problem).__name__
    took_ms = round((clock.monotonic_s() - begun_s) * 1_000)
    return Heard(begun_us, took_ms, status, None if error is None else _kept(error, MAX_ERROR), answer)


def _headers(vault: Vault, due: Due, now_us: int) -> dict[str, str]:
    secrets = [vault.open(due.secret)]
    if due.previous_secret is not None and now_us < (due.previous_until_us or 0):
        secrets.append(vault.open(due.previous_secret))
    signed = signing.headers(
        message_id="msg_" + due.id.replace("-", ""),
        at_s=now_us // US_PER_SECOND,
        payload=due.payload.encode(),
        secrets=secrets,
    )
    return {**signed, "content-type": "application/json"}


def _beginning(response: httpx.Response) -> str:
    # At most four bytes are a character, in every encoding that is met.
    return _kept(response.content[: MAX_ANSWER * 4].decode("utf-8", "replace"), MAX_ANSWER)


def _kept(text: str, most: int) -> str:
    """A text as PostgreSQL keeps it."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:most]
