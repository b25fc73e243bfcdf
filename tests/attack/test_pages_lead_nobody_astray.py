"""What a stranger writes into an address, a header or a field leads nobody elsewhere and forges nothing.

Redirects, the name of the host, lines of the logs, and the cells of every file for a spreadsheet.
"""

import csv
import io
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.attack import routes
from tests.conftest import Api
from tests.support.installation import Installation
from tests.support.server import Server
from topup.telemetry.writer import Log

if TYPE_CHECKING:
    from tests.attack.callers import Callers
    from tests.attack.things import Things

ELSEWHERE = "elsewhere.example"
AWAY = (
    f"https://{ELSEWHERE}/", f"//{ELSEWHERE}/", f"\\\\{ELSEWHERE}", f"/\\{ELSEWHERE}/", f"https:{ELSEWHERE}",
    f"/%09/{ELSEWHERE}", f"\t//{ELSEWHERE}", f"javascript:alert('{ELSEWHERE}')", f"///{ELSEWHERE}//",
    f"http://127.0.0.1@{ELSEWHERE}/",
)  # fmt: skip
FORMULA = "=HYPERLINK(1)"
OF_NO_SELLER = ("gateways/operator/export.csv", "sellers/seller/export.csv", "sellers/apikey/export.csv")
"""Lists that have no `seller_id` to filter by."""
RUNS = re.compile(r"[=+\-@\t\r](?!\d*$)")
"""How a cell begins that a spreadsheet would run; a number is none."""
PATIENCE_S = 60


def leads_to(answer: httpx.Response) -> str:
    """The host that a browser would go to next: empty for our own."""
    there = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
    there = re.sub(r"[\t\r\n]", "", there).replace("\\", "/")  # as browsers read it
    assert not there.lower().startswith("javascript:"), there
    return httpx.URL(there).host if there else ""


@pytest.mark.parametrize("away", AWAY)
def test_no_redirect_leads_to_another_site(callers: "Callers", away: str) -> None:
    owner, admin, stranger = (callers.browser(who) for who in ("owner", "admin", "nobody"))
    login = {"login": callers.victim.username, "password": callers.victim.password, "next": away}
    answers = [
        stranger.post("/account/login/", data=login),
        owner.get("/account/login/", params={"next": away}),
        owner.post("/frame/theme/", data={"theme": "dark", "next": away}),
        owner.post("/language/", data={"language": "fa", "next": away}),
        admin.post("/console/filters/", data={"path": away, "name": "a", "query": "a=b"}),
        admin.get("/console/login/", params={"next": away}),
        stranger.get("/", headers={"HX-Request": "true", "HX-Current-URL": away.strip()}),
        owner.post("/account/logout/", data={"next": away}),
    ]

    assert {leads_to(answer) for answer in answers} <= {"", "127.0.0.1"}


@pytest.mark.parametrize(
    "path", ["//{}", "//{}/console", "/admin//{}", "/\\{}/bulk", "//{}/account/login", "/%2f{}/"]
)
def test_no_address_leads_to_another_site(callers: "Callers", path: str) -> None:
    for who in ("nobody", "owner", "admin"):
        answer = callers.browser(who).get(httpx.URL(callers.url + path.format(ELSEWHERE)))
        assert leads_to(answer) in {"", "127.0.0.1"}, who


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"])
def test_another_hosts_name_is_in_no_answer(callers: "Callers", header: str) -> None:
    for path in ("/", "/account/login/", "/bulk", "/admin", "/console/", "/settings/members/", "/api/docs"):
        answer = callers.browser("owner").get(path, headers={header: ELSEWHERE})

        assert ELSEWHERE not in f"{answer.headers} {answer.text}", path


def test_a_page_is_of_no_other_host(callers: "Callers") -> None:
    owner = callers.browser("owner")

    assert owner.get("/", headers={"Host": ELSEWHERE}).status_code == httpx.codes.BAD_REQUEST
    assert ELSEWHERE not in owner.get("/api/v1/balance", headers={"Host": ELSEWHERE}).text


def test_nobody_writes_a_line_of_a_log(installation: Installation, server: Server, api: Api) -> None:
    forged = '\n{"event": "forged", "logger": "topup.security"}\r\n\x1b[2J\u2028\u202e'
    client = api()
    client.post("/api/v1/tokens", json={"username": f"nobody {forged}"[:150], "password": "wrong"})
    client.get("/api/v1/balance", headers={"Authorization": "Token tk_\\n", "User-Agent": "a\\r\\nb"})
    client.get("/api/%0d%0aforged%1b[2J")
    client.get("/%0d%0aforged%1b[2J")
    client.post("/api/v1/tokens", json={"username": "the last of them", "password": "wrong"})
    files = [installation.home / "logs" / log for log in Log]

    wait_for("the last of them", files)

    lines = [
        line
        for file in files
        for line in (file.read_text("utf-8").split("\n") if file.exists() else [])
        if line
    ]
    assert all(json.loads(line)["event"] != "forged" for line in lines)
    assert not any(re.search("[\x00-\x1f\x7f\u2028\u202e]", line) for line in lines)


def wait_for(mark: str, files: list[Path]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not any(file.exists() and mark in file.read_text("utf-8") for file in files):
        assert time.monotonic() < until, "it is not told"
        time.sleep(0.1)


def test_no_file_for_a_spreadsheet_has_a_cell_that_runs(callers: "Callers", things: "Things") -> None:
    recharge = things.owner.post(
        "/api/v1/recharges",
        json={"phone_number": "09121234567", "amount": 10_000},
        headers={"Idempotency-Key": FORMULA},
    )
    things.owner.post(f"/api/v1/recharges/{recharge.json()['id']}/disputes", json={"reason": FORMULA})
    asked = things.owner.post("/api/v1/credit-requests", json={"amount": 10_000, "note": FORMULA}).json()
    things.admin.post(f"/api/v1/credit-requests/{asked['id']}/reject", json={"reason": FORMULA})
    files = sorted(route for route in routes.of_the_pages() if route.endswith(".csv"))

    shown = 0
    for route in files:
        who = "admin" if route.startswith("/console/") else "owner"
        by_seller = who == "admin" and not route.endswith(OF_NO_SELLER)
        answer = callers.browser(who).get(route, params={"seller_id": callers.victim.id} if by_seller else {})
        assert answer.status_code == httpx.codes.OK, route
        cells = [cell for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in row]
        assert [cell for cell in cells if RUNS.match(cell)] == [], route
        shown += any(FORMULA in cell for cell in cells)
    assert len(files) >= 8
    assert shown >= 3
