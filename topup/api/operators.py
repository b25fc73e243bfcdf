"""`/operators`: the mobile networks that are sold, and what staff may change of them."""

from typing import Any

import msgspec
from litestar import Router, get, patch

from topup import shared_cache
from topup.api import engine, errors, guards
from topup.api.bodies import ApiRequest
from topup.api.errors import invalid
from topup.api.pages import Page
from topup.api.schemas import OperatorChangeIn, OperatorOut
from topup.gateways.models import Operator


@get("/", guards=[guards.anybody], summary="List operators")
async def list_operators(request: ApiRequest) -> Page[OperatorOut]:
    own = engine.of(request)
    found = await own.in_thread(shared_cache.kept, Operator.CACHED_AS, _list)
    return Page(data=msgspec.convert(found, list[OperatorOut]), has_more=False)


def _list() -> list[dict[str, Any]]:  # JSON objects
    return [msgspec.to_builtins(show(row)) for row in Operator.objects.all()]


@patch("/{code:str}", guards=[guards.staff], summary="Change an operator")
async def change_operator(request: ApiRequest, code: str, data: OperatorChangeIn) -> OperatorOut:
    """It holds from the next recharge on."""
    given = {"status": data.status, "min_minor": data.min, "max_minor": data.max}
    changes = {field: value for field, value in given.items() if value is not msgspec.UNSET}
    row = await engine.of(request).in_thread(_change, code, changes) if code.isprintable() else None
    if row is None:
        raise errors.not_found("operator")
    return show(row)


def _change(code: str, changes: dict[str, Any]) -> Operator | None:  # values of the model's fields
    row = Operator.objects.filter(code=code).first()
    if row is None:
        return None
    for field, value in changes.items():
        setattr(row, field, value)
    if row.min_minor > row.max_minor:
        raise invalid("max", "is below min")
    if changes:
        row.save(update_fields=list(changes))
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


router = Router(path="/operators", tags=["operators"], route_handlers=[list_operators, change_operator])
