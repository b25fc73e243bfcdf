"""`/tokens`: a username and a password for a key, and the keys that one has."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate
from django.http import HttpRequest
from litestar import Response, Router, delete, get, post

from topup import clock
from topup.api import engine, errors, guards, pages, schemas
from topup.api.bodies import ApiRequest
from topup.api.errors import Code, Problem, invalid
from topup.api.pages import Page
from topup.api.schemas import TokenIn, TokenOut
from topup.sellers import tokens
from topup.sellers.models import ApiKey, User
from topup.telemetry import security


class Issue(Protocol):
    """How a key is made for a user whose password was right. It may raise TooManyKeys."""

    def __call__(
        self, *, user: User, label: str, now: datetime, expires_at: datetime | None
    ) -> tuple[ApiKey, str]: ...


@post("/", summary="Make a key from a username and a password")
async def make_token(request: ApiRequest, data: TokenIn) -> Response[TokenOut]:
    """The secret is shown this once."""
    row, secret = await issued(request, data, tokens.issue)
    return Response(show(row, secret), status_code=201, headers={"Cache-Control": "no-store"})


async def issued(request: ApiRequest, data: TokenIn, issue: Issue) -> tuple[ApiKey, str]:
    """A key for a username and a password, and its written form. Raises Problem."""
    own = engine.of(request)
    request.scope["state"]["answer_headers"] = await own.count_login(guards.address(request))
    now = clock.from_us(clock.now_us())
    expires_at = now + timedelta(seconds=data.expires_in_s) if data.expires_in_s else None
    try:
        made = await own.in_thread(_issue, issue, guards.address(request), data, now, expires_at)
    except tokens.TooManyKeys:
        raise invalid(
            "label", f"{tokens.MAX_KEYS} keys are the most; revoke one first", code="too_many"
        ) from None
    if made is None:
        raise Problem(Code.UNAUTHENTICATED, "The username or the password is wrong.")
    return made


def _attempt(address: str) -> HttpRequest:
    """As much of a request as the lock against guessing looks at: where an attempt came from."""
    attempt = HttpRequest()
    attempt.META = {"REMOTE_ADDR": address}
    return attempt


def _issue(
    issue: Issue, address: str, data: TokenIn, now: datetime, expires_at: datetime | None
) -> tuple[ApiKey, str] | None:
    user = authenticate(_attempt(address), username=data.username, password=data.password)
    if not isinstance(user, User):
        return None
    if is_mfa_enabled(user):
        raise Problem(
            Code.FORBIDDEN,
            "Two-factor login is on for this user: make the key in the portal.",
        )
    security.logged_in(user_id=user.pk, username=user.get_username(), by="api")
    return issue(user=user, label=data.label, now=now, expires_at=expires_at)


@get("/", guards=[guards.anybody], summary="List one's keys")
async def list_tokens(request: ApiRequest) -> Page[TokenOut]:
    """The keys that are not revoked, newest first; there are never more than fit on a page."""
    rows = await engine.of(request).in_thread(_own_keys, request.user.user_id)
    return Page(data=[show(row) for row in rows], has_more=False)


def _own_keys(user_id: int) -> list[ApiKey]:
    return list(ApiKey.objects.filter(user_id=user_id, revoked_at=None)[: tokens.MAX_KEYS])


@delete("/{token_id:str}", guards=[guards.anybody], summary="Revoke a key")
async def revoke_token(request: ApiRequest, token_id: str) -> None:
    """It is refused from the next request on."""
    if not pages.is_uuid(token_id):
        raise errors.not_found("token")
    if not await engine.of(request).in_thread(_revoke, request.user.user_id, token_id):
        raise errors.not_found("token")


def _revoke(user_id: int, token_id: str) -> bool:
    return tokens.revoke(user=User.objects.get(id=user_id), key_id=token_id)


def show(row: ApiKey, secret: str | None = None) -> TokenOut:
    expires_at = None if row.expires_at is None else clock.rfc3339(clock.to_us(row.expires_at))
    shown: dict[str, Any] = {"token": secret} if secret else {}  # the secret, this once
    created_at = clock.rfc3339(clock.to_us(row.created_at))
    return schemas.TokenOut(
        id=str(row.id), label=row.label, created_at=created_at, expires_at=expires_at, **shown
    )


router = Router(path="/tokens", tags=["tokens"], route_handlers=[make_token, list_tokens, revoke_token])
