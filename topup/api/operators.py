"""`/operators`: the mobile networks that are sold, and what staff may change of them and the ways to them."""

from typing import Any

import msgspec
from litestar import Router, get, patch, put

from topup import clock, shared_cache
from topup.api import engine, errors, guards
from topup.api.bodies import ApiRequest
from topup.api.errors import invalid
from topup.api.pages import Page
from topup.api.schemas import ConnectionIn, ConnectionOut, OperatorChangeIn, OperatorOut
from topup.config import Config
from topup.gateways import connections
from topup.gateways.connections import Wanted
from topup.gateways.models import Connection, Operator
from topup.gateways.settings import Unusable
from topup.sellers.roles import Deed
from topup.vault import Vault


@get("/", guards=[guards.anybody], summary="List operators")
async def list_operators(request: ApiRequest) -> Page[OperatorOut]:
    own = engine.of(request)
    found = await own.in_thread(shared_cache.kept, Operator.CACHED_AS, _list)
    return Page(data=msgspec.convert(found, list[OperatorOut]), has_more=False)


def _list() -> list[dict[str, Any]]:  # JSON objects
    return [msgspec.to_builtins(show(row)) for row in Operator.objects.all()]


@patch(
    "/{code:str}", guards=[guards.staff, guards.may(Deed.CONFIGURE_OPERATORS)], summary="Change an operator"
)
async def change_operator(request: ApiRequest, code: str, data: OperatorChangeIn) -> OperatorOut:
    """It holds from the next recharge on. Another `gateway` must be able to reach the operator."""
    given = {"status": data.status, "min_minor": data.min, "max_minor": data.max, "gateway": data.gateway}
    changes = {field: value for field, value in given.items() if value is not msgspec.UNSET}
    return show(await engine.of(request).in_thread(_change, code, changes))


def _change(code: str, changes: dict[str, Any]) -> Operator:  # values of the model's fields
    row = _find(code)
    for field, value in changes.items():
        setattr(row, field, value)
    if row.min_minor > row.max_minor:
        raise invalid("max", "is below min")
    if "gateway" in changes:
        try:
            connections.check_choice(row, row.gateway)
        except Unusable as error:
            raise invalid(error.field, error.reason) from None
    if changes:
        row.save(update_fields=list(changes))
    return row


@get(
    "/{code:str}/connections/{gateway:str}",
    guards=[guards.staff],
    summary="How a gateway reaches an operator",
)
async def read_connection(request: ApiRequest, code: str, gateway: str) -> ConnectionOut:
    """What staff set, or what holds while they set nothing. Of a secret only the name is told."""
    return _shown(await engine.of(request).in_thread(_connection, code, gateway))


def _connection(code: str, gateway: str) -> Connection:
    try:
        return connections.of(_find(code), gateway)
    except Unusable:
        raise errors.not_found("connection") from None


@put(
    "/{code:str}/connections/{gateway:str}",
    guards=[guards.staff, guards.may(Deed.CONFIGURE_OPERATORS)],
    summary="Set how a gateway reaches an operator",
)
async def set_connection(request: ApiRequest, code: str, gateway: str, data: ConnectionIn) -> ConnectionOut:
    """It holds within a second, also for recharges that are under way. Secrets that are not named stay."""
    own = engine.of(request)
    wanted = Wanted(data.configuration, data.max_in_flight, data.allowed_hosts, data.secrets)
    return _shown(await own.in_thread(_connect, own.config, code, gateway, wanted))


def _connect(config: Config, code: str, gateway: str, wanted: Wanted) -> Connection:
    operator = _connection(code, gateway).operator
    try:
        return connections.connect(operator, gateway, wanted, vault=Vault(config))
    except Unusable as error:
        raise invalid(error.field or "configuration", error.reason) from None


def _find(code: str) -> Operator:
    """Raises Problem."""
    row = Operator.objects.filter(code=code).first() if code.isprintable() else None
    if row is None:
        raise errors.not_found("operator")
    return row


def show(row: Operator) -> OperatorOut:
    return OperatorOut(
        code=row.code,
        name={"en": row.name_en, "fa": row.name_fa},
        prefixes=[f"0{prefix}" for prefix in row.prefixes],
        gateway=row.gateway,
        min=row.min_minor,
        max=row.max_minor,
        status=row.status,
    )


def _shown(row: Connection) -> ConnectionOut:
    return ConnectionOut(
        operator=row.operator_id,
        gateway=row.gateway,
        configuration=row.configuration,
        max_in_flight=row.max_in_flight,
        allowed_hosts=row.allowed_hosts,
        secrets=sorted(row.secrets),
        version=row.version,
        updated_at=clock.rfc3339(clock.to_us(row.updated_at)) if row.version else None,
    )


router = Router(
    path="/operators",
    tags=["operators"],
    route_handlers=[list_operators, change_operator, read_connection, set_connection],
)
