"""Endpoints: what a seller may register, and the statements that add, change, try and replay.

Owns the limits, the check of an address and the making of secrets. A secret leaves here once, as it is
made; the database gets it sealed. It must never send anything: that is the worker's.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import httpx

from topup import ids, outbound
from topup.audit import log
from topup.audit.log import Act
from topup.clock import US_PER_SECOND
from topup.ledger import literals
from topup.trips import Statement
from topup.vault import Vault
from topup.webhooks import events, signing
from topup.webhooks.events import Event
from topup.webhooks.outbox import SQL

MAX_ENDPOINTS = 10
"""Endpoints of one seller: each follows the whole journal."""
MAX_URL = 2_000
MAX_DESCRIPTION = 500
BY_ITS_SELLER = "disabled by its seller"
TEST_OBJECT = {"message": "A test of this endpoint. Nothing happened to your balance."}


class NotSendable(ValueError):
    """We would never send to this address. The message says why, in the words of the API."""


class Endpoint(NamedTuple):
    """An endpoint as it stands, without its secrets: a row of `get_endpoint` or `list_endpoints`."""

    seller_id: int
    id: str
    url: str
    description: str
    types: list[str]
    enabled: bool
    disabled_because: str | None
    disabled_at_us: int | None
    previous_until_us: int | None
    created_at_us: int


class Delivery(NamedTuple):
    """A row of `get_delivery` or `list_deliveries`."""

    seller_id: int
    id: str
    endpoint_id: str
    event_id: str
    type: str
    state: str
    attempts: int
    next_at_us: int
    created_at_us: int
    finished_at_us: int | None
    payload: str


class Attempt(NamedTuple):
    """A row of `attempts_at`. `status` is the answer's; where there was none, `error` says why."""

    delivery_id: str
    nr: int
    at_us: int
    took_ms: int
    status: int | None
    error: str | None
    answer: str


def check_url(url: str, *, allowed: Collection[str]) -> None:
    """Raise NotSendable for what we would never send to. Whom a name leads to is checked when we send."""
    try:
        outbound.check(url, allowed=allowed)
    except outbound.Refused as refused:
        raise NotSendable(str(refused)) from None
    if httpx.URL(url).userinfo:
        raise NotSendable("must not have a user name or password; verify the signature instead")


def add(
    *,
    seller_id: int,
    endpoint_id: str,
    url: str,
    description: str,
    types: Iterable[str],
    vault: Vault,
    now_us: int,
) -> tuple[Statement, str]:
    """What adds an endpoint, and its secret. The statement answers false where there are MAX_ENDPOINTS."""
    secret = secrets.token_bytes(signing.SECRET_BYTES)
    chosen = list(dict.fromkeys(types))
    values = (url, description, literals.texts(chosen), vault.seal(secret), MAX_ENDPOINTS, now_us)
    told = {"url": url, "types": chosen}
    noted = _note(Act.ENDPOINT_ADDED, seller_id, endpoint_id, after=told)
    return (SQL["add_endpoint"], (seller_id, endpoint_id, *values, *noted)), signing.written(secret)


def change(
    found: Endpoint,
    *,
    now_us: int,
    url: str | None = None,
    description: str | None = None,
    types: Iterable[str] | None = None,
    enabled: bool | None = None,
) -> Statement:
    """What makes an endpoint this; None stays. One that is enabled again goes on at the present."""
    because = found.disabled_because
    if enabled is not None:
        because = None if enabled else found.disabled_because or BY_ITS_SELLER
    changed = found._replace(
        url=found.url if url is None else url,
        description=found.description if description is None else description,
        types=found.types if types is None else list(dict.fromkeys(types)),
        enabled=because is None,
    )
    values = (changed.url, changed.description, literals.texts(changed.types), because, now_us)
    noted = _note(Act.ENDPOINT_CHANGED, found.seller_id, found.id, before=_told(found), after=_told(changed))
    return SQL["change_endpoint"], (found.seller_id, found.id, *values, *noted)


def rotate(found: Endpoint, *, vault: Vault, now_us: int) -> tuple[Statement, str]:
    """What gives an endpoint another secret, and the secret. For a day the one before it signs too."""
    secret = secrets.token_bytes(signing.SECRET_BYTES)
    until_us = now_us + signing.ROTATION_S * US_PER_SECOND
    noted = _note(Act.ENDPOINT_SECRET_MADE, found.seller_id, found.id)
    values = (found.seller_id, found.id, vault.seal(secret), until_us, *noted)
    return (SQL["rotate"], values), signing.written(secret)


def remove(found: Endpoint) -> Statement:
    """What deletes an endpoint; what was still to be sent there is not sent."""
    noted = _note(Act.ENDPOINT_REMOVED, found.seller_id, found.id, before=_told(found))
    return SQL["remove_endpoint"], (found.seller_id, found.id, *noted)


def _told(found: Endpoint) -> log.Values:
    """What the audit log has of an endpoint; never its secret."""
    return {
        "url": found.url, "description": found.description, "types": found.types, "enabled": found.enabled,
    }  # fmt: skip


def _note(
    act: Act,
    seller_id: int,
    endpoint_id: str,
    *,
    before: log.Values | None = None,
    after: log.Values | None = None,
) -> Sequence[object]:
    """The values that a statement hands to the audit log with what it does."""
    _, values = log.note(
        act,
        subject_type="webhook_endpoint",
        subject_id=endpoint_id,
        seller_id=seller_id,
        before=before,
        after=after,
    )
    return values


def test(found: Endpoint, *, delivery_id: str, now_us: int) -> Statement:
    """What sends a `webhook.test`, on the way that every event goes, whatever types were chosen."""
    event = Event(found.seller_id, ids.new(found.seller_id), events.TEST, now_us, found.id)
    values = (found.id, event.id, event.type, events.payload(event, TEST_OBJECT), now_us)
    return SQL["deliver"], (found.seller_id, delivery_id, *values)


def replay(seller_id: int, delivery_id: str, *, now_us: int) -> Statement:
    """What sends the same bytes under the same id again; a delivery that is pending goes on."""
    return SQL["replay"], (seller_id, delivery_id, now_us)
