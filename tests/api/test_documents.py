"""The API describes itself: a whole OpenAPI document, and a page that needs no other server."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.api.calls import ok
from tests.conftest import Api

METHODS = {"get", "post", "patch", "put", "delete"}
CONTRACT = {
    "POST /tokens", "GET /tokens", "DELETE /tokens/{}", "POST /sellers", "GET /sellers", "GET /sellers/{}",
    "PATCH /sellers/{}", "GET /balance", "POST /credit-requests", "GET /credit-requests",
    "GET /credit-requests/{}", "POST /credit-requests/{}/approve", "POST /credit-requests/{}/reject",
    "POST /credit-requests/{}/cancel", "POST /adjustments", "POST /recharges", "POST /recharges/batch",
    "GET /recharges", "GET /recharges/{}", "POST /recharges/{}/reverse", "GET /transactions",
    "GET /operators", "PATCH /operators/{}", "GET /statement", "GET /phone-numbers", "POST /phone-numbers",
    "GET /phone-numbers/{}", "DELETE /phone-numbers/{}", "PATCH /balance", "GET /events",
    "POST /webhook-endpoints", "GET /webhook-endpoints", "GET /webhook-endpoints/{}",
    "PATCH /webhook-endpoints/{}", "DELETE /webhook-endpoints/{}", "POST /webhook-endpoints/{}/rotate-secret",
    "POST /webhook-endpoints/{}/test", "GET /webhook-endpoints/{}/deliveries",
    "POST /webhook-deliveries/{}/replay",
    "GET /operators/{}/connections/{}", "PUT /operators/{}/connections/{}",
    "GET /reviews", "POST /recharges/{}/query", "POST /recharges/{}/resolve", "DELETE /recharges/{}/proposal",
    "POST /recharges/{}/disputes", "GET /disputes", "GET /disputes/{}", "POST /disputes/{}/reverse",
    "POST /disputes/{}/refuse",
    "GET /cases", "GET /cases/{}", "POST /cases/{}/close", "POST /operators/{}/settlements",
    "GET /settlements", "GET /settlements/{}",
}  # fmt: skip
WITH_BODY = {
    "POST /tokens", "POST /sellers", "PATCH /sellers/{}", "POST /credit-requests",
    "POST /credit-requests/{}/reject", "POST /adjustments", "POST /recharges", "POST /recharges/batch",
    "POST /recharges/{}/reverse", "PATCH /operators/{}", "POST /phone-numbers",
    "PATCH /balance", "POST /webhook-endpoints", "PATCH /webhook-endpoints/{}",
    "PUT /operators/{}/connections/{}",
    "POST /cases/{}/close",
    "POST /recharges/{}/resolve", "POST /recharges/{}/disputes", "POST /disputes/{}/reverse",
    "POST /disputes/{}/refuse",
}  # fmt: skip
SYSTEMS = {"TopUpEngine", "PayLedger", "B2B Charge Service"}  # held to their own list in tests/systems
ELSEWHERE = {"GET /api/health", "GET /api/metrics", "GET /api/balance/verify", "POST /api/callbacks/{}"}


@pytest.fixture
def document(api: Api) -> dict[str, Any]:  # a JSON object
    return ok(api().get("/api/openapi.json"))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:  # JSON objects
    """A short name, the path and the operation itself, of each."""
    for path, item in document["paths"].items():
        short = re.sub(r"\{.*?\}", "{}", path.removeprefix("/api/v1")).rstrip("/")
        for method in METHODS & item.keys():
            yield f"{method.upper()} {short}", path, item[method]


def ours(document: dict[str, Any]) -> dict[str, dict[str, Any]]:  # JSON objects
    """The operations that are not of an earlier system, by their short names."""
    return {
        name: operation
        for name, _, operation in operations(document)
        if not SYSTEMS & set(operation.get("tags", []))
    }


def references(part: Any) -> Iterator[str]:  # JSON
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3\.1\.\d", document["openapi"])
    assert document["info"].keys() >= {"title", "version"}
    assert document["components"]["securitySchemes"]


def test_it_lists_every_route_of_the_contract(document: dict[str, Any]) -> None:
    assert ours(document).keys() == CONTRACT | ELSEWHERE


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]

    assert len(names) == len(set(names))
    for name, path, operation in operations(document):
        assert operation["summary"], name
        assert any(status.startswith("2") for status in operation["responses"]), name
        declared = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
        assert declared == set(re.findall(r"\{(\w+)\}", path)), name


def test_bodies_are_described_where_there_are_any(document: dict[str, Any]) -> None:
    described = {name for name, operation in ours(document).items() if "requestBody" in operation}

    assert described == WITH_BODY
    for name, _, operation in operations(document):
        if name in described:
            assert operation["requestBody"]["content"].keys() == {"application/json"}, name


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in set(references(document)):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        assert found


def test_an_items_fields_are_described(document: dict[str, Any]) -> None:
    text = str(document["components"]["schemas"])

    assert all(word in text for word in ("phone_number", "amount", "reference"))


def test_the_headers_that_selling_needs_are_described(document: dict[str, Any]) -> None:
    (selling,) = [operation for name, _, operation in operations(document) if name == "POST /recharges"]

    headers = {each["name"].lower(): each for each in selling.get("parameters", []) if each["in"] == "header"}
    assert headers["idempotency-key"]["required"] is True


def linked(page: str) -> list[str]:
    return re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)["']""", page)


@pytest.mark.parametrize("path", ["/api/docs", "/api/docs/"])
def test_the_page_needs_nothing_from_elsewhere(api: Api, path: str) -> None:
    client = api()
    page = client.get(path)
    links = linked(page.text)
    links += linked(client.get("/api/docs/start.js").text)

    assert "/api/openapi.json" in links
    assert all(link.startswith("/") and not link.startswith("//") for link in links)
    assert {client.get(link).status_code for link in links} == {200}
    assert "http" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_the_explanation_of_errors_needs_nothing_from_elsewhere(api: Api) -> None:
    page: httpx.Response = api().get("/docs/errors")

    assert page.headers["Content-Type"].startswith("text/html")
    assert "http" not in page.text
