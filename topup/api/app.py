"""The API as one ASGI application: routes, errors, and what every answer carries."""

from typing import Any

from litestar import Litestar, MediaType, Request, Response, Router
from litestar.datastructures import State
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router

from topup import clock
from topup.api import (
    books,
    callbacks,
    cases,
    credit_requests,
    described,
    disputes,
    docs,
    errors,
    events,
    front,
    health,
    metrics,
    operators,
    phone_numbers,
    recharges,
    request_ids,
    reviews,
    sellers,
    settlements,
    statements,
    tokens,
    webhooks,
)
from topup.api.bodies import MAX_BODY_BYTES, ApiRequest
from topup.api.engine import Engine
from topup.api.errors import MEDIA_TYPE, Code, Problem, invalid
from topup.api.shapes import Application, Message, Receive, Scope, Send
from topup.api.systems import chargeservice, payledger, topupengine
from topup.sellers.key_use import Seen
from topup.telemetry import context, requests, security

SYSTEMS = (topupengine.router, payledger.router, chargeservice.router)
MOUNTED = "/static"
"""What Litestar has no template for: the files."""


def create(engine: Engine, *, static: list[str]) -> Application:
    """The API over an engine that is open, or will be before the first request.

    `static` are the directories of the files under `/static`.
    """
    v1 = Router(
        path="/api/v1",
        route_handlers=[
            recharges.router,
            reviews.router,
            disputes.router,
            credit_requests.router,
            credit_requests.adjust_balance,
            books.router,
            statements.read_statement,
            phone_numbers.router,
            sellers.router,
            tokens.router,
            operators.router,
            cases.router,
            settlements.import_at_operator,
            settlements.router,
            events.list_events,
            webhooks.endpoint_routes,
            webhooks.delivery_routes,
        ],
    )
    files = create_static_files_router("/static", directories=list(static), name="files")
    app = Litestar(
        route_handlers=[
            v1,
            *SYSTEMS,
            callbacks.router,
            health.router,
            metrics.read_metrics,
            docs.docs_page,
            docs.docs_start,
            docs.errors_page,
            files,
        ],
        request_class=ApiRequest,
        request_max_body_size=MAX_BODY_BYTES,
        exception_handlers={
            Problem: _problem,
            HTTPException: _http,
            Exception: _unexpected,
        },
        openapi_config=_openapi(),
        state=State({"engine": engine}),
        logging_config=None,
    )
    return _with_headers(app, engine.key_use.seen)


def _openapi() -> OpenAPIConfig:
    key = SecurityScheme(
        type="apiKey",
        name="Authorization",
        security_scheme_in="header",
        description="`Token tk_…` or `Bearer tk_…`; POST /api/v1/tokens makes a key.",
    )
    return OpenAPIConfig(
        title="TopUpEngine",
        version="1",
        description="Sell mobile recharges from prepaid credit. Amounts are whole rials.",
        path="/api",
        render_plugins=[described.Document(path="/openapi.json")],
        components=Components(security_schemes={"key": key}),
        security=[{"key": []}],
        use_handler_docstrings=True,
    )


def _with_headers(app: Application, seen: Seen) -> Application:
    """Give every answer its Request-Id and what the guards left for it."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began_s, path = clock.monotonic_s(), scope["path"]  # Litestar writes another path into the scope
        sent = [value for name, value in scope["headers"] if name == request_ids.HEADER]
        request_id, ours = request_ids.of(sent[0] if sent else None)
        context.begin(request_id, ours=ours)
        state: dict[str, Any] = scope.setdefault("state", {})  # Litestar's per-request state
        state["request_id"] = request_id

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                state["status"] = message["status"]
                extra = {"Request-Id": request_id, **state.get("answer_headers", {})}
                headers = [(name.lower().encode(), value.encode()) for name, value in extra.items()]
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        try:
            await app(scope, receive, sending)
        finally:
            _count(scope, seen, path=path, began_s=began_s)

    return wrapped


def _count(scope: Scope, seen: Seen, *, path: str, began_s: float) -> None:
    """Count a request that was answered, note what its key was used for, tell who was turned away."""
    state, method = scope["state"], scope["method"]
    status = state.get("status", 500)
    route = front.ROUTE if path in front.PATHS else scope.get("path_template", requests.UNKNOWN)
    requests.answered(method=method, route=route or MOUNTED, status=status, began_s=began_s)
    if "used_key" in state:
        seen.note(
            state["used_key"],
            method=method,
            path=path,
            status=status,
            code=state.get("code", ""),
            request_id=state["request_id"],
            began_s=began_s,
        )
    if status in requests.TURNED_AWAY:
        address = scope["client"][0] if scope.get("client") else ""
        code = str(state.get("code", "forbidden"))
        security.turned_away(status=status, code=code, method=method, route=route, address=address)


def _problem(request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    state = request.scope["state"]
    state["code"] = problem.code
    already = state.get("answer_headers", {})
    handler: Any = request.scope.get("route_handler")  # a path that is none has none
    refused = handler and handler.opt.get("refused")  # a system's own form of a refusal
    return Response(
        refused(problem) if refused else problem.body(state["request_id"]),
        status_code=problem.status,
        media_type=MediaType.JSON if refused else MEDIA_TYPE,
        headers={name: value for name, value in problem.headers.items() if name not in already},
    )


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What Litestar itself refuses, in our own form."""
    return _problem(request, _translated(request, error))


def _translated(request: Request[Any, Any, Any], error: HTTPException) -> Problem:
    match error:
        case NotFoundException():
            return Problem(Code.NOT_FOUND, "There is no such path; see /api/docs.")
        case MethodNotAllowedException():
            return Problem(
                Code.METHOD_NOT_ALLOWED, "See /api/docs for what this path takes.", headers=error.headers
            )
        case ValidationException():
            problem = _parameter(error)
        case HTTPException(status_code=413):
            problem = Problem(Code.BODY_TOO_LARGE, f"Send at most {MAX_BODY_BYTES} bytes.")
        case ClientException() | HTTPException(detail="client disconnected prematurely"):
            problem = Problem(Code.MALFORMED_JSON, error.detail)
        case _:
            problem = _internal(request, error)
    return problem


def _parameter(error: ValidationException) -> Problem:
    first = error.extra[0] if isinstance(error.extra, list) and error.extra else {}
    return invalid(str(first.get("key", "query")), str(first.get("message", "is not valid")))


def _unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    return _problem(request, _internal(request, error))


def _internal(request: Request[Any, Any, Any], error: Exception) -> Problem:
    return errors.internal(error, request.scope["state"].get("request_id", ""))
