"""Behind nginx with our configuration the server sees who called and how, and keeps its promises."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import NewSeller
from tests.deploy.front import Front, fronted
from tests.recharges.place import wait
from tests.support.installation import ROOT, Installation
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand
from tests.support.server import Server, serving
from topup.api.errors import MEANINGS, MEDIA_TYPE, Code

PROXIES = "127.0.0.1"
LARGEST_BODY_BYTES = 512 * 1024
ELSEWHERE = "127.0.0.2"
"""An address of the loopback that is no trusted proxy."""


@pytest.fixture(scope="module")
def behind(installation: Installation) -> Iterator[Server]:
    """A server in production that trusts nginx."""
    settings = {"DEBUG": "false", "ALLOWED_HOSTS": "127.0.0.1", "TRUSTED_PROXIES": PROXIES}
    with serving(installation, **settings) as server:
        yield server


@pytest.fixture(scope="module")
def front(behind: Server) -> Iterator[Front]:
    with tempfile.TemporaryDirectory(prefix="topup-nginx-", dir="/tmp") as directory:
        Path(directory).chmod(0o755)  # its workers are another user
        with fronted(behind, Path(directory)) as running:
            yield running


def a_sale() -> dict[str, Any]:  # a JSON object
    return {"phone_number": "09123456789", "amount": 5_000}


def test_a_recharge_is_sold_once_over_https(front: Front, new_seller: NewSeller) -> None:
    with front.client(key=new_seller(available=100_000).key) as client:
        first, again = (
            client.post("/api/v1/recharges", json=a_sale(), headers={"Idempotency-Key": "order-1"})
            for _ in range(2)
        )
        balance = client.get("/api/v1/balance").json()

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json()["id"] == again.json()["id"]
    assert balance["available"] == 95_000


@pytest.mark.parametrize("path", ["/api/v1/balance?at=now", "/admin/"])
def test_plain_http_is_sent_to_https_with_method_and_body(front: Front, path: str) -> None:
    with front.client(base=front.plain_url) as client:
        answer = client.post(path, content=b"{}")

    assert (answer.status_code, answer.headers["Location"]) == (308, front.url + path)


def allow(front: Front, seller: SellerAtHand, address: str, *, by: StaffAtHand) -> None:
    with front.client(key=by.key) as client:
        answer = client.patch(f"/api/v1/sellers/{seller.id}", json={"allowed_ips": [address]})
    assert answer.status_code == 200, answer.text


def test_the_key_works_from_the_clients_own_address(
    front: Front, new_seller: NewSeller, staff: StaffAtHand
) -> None:
    seller = new_seller(available=100_000)
    allow(front, seller, ELSEWHERE, by=staff)

    def asked(address: str, **headers: str) -> int:
        with front.client(key=seller.key, address=address) as client:
            return client.get("/api/v1/balance", headers=headers).status_code

    assert asked(ELSEWHERE) == 200
    assert asked("127.0.0.3") == 403
    assert asked("127.0.0.3", **{"X-Forwarded-For": ELSEWHERE}) == 403, "nginx passed a client's own word on"


def test_who_calls_past_nginx_is_not_believed(
    behind: Server, new_seller: NewSeller, front: Front, staff: StaffAtHand
) -> None:
    seller = new_seller()
    allow(front, seller, "203.0.113.9", by=staff)
    with front.client(key=seller.key, address=ELSEWHERE, base=behind.url) as client:
        spoofed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}

        assert client.get("/api/v1/balance", headers=spoofed).json()["code"] == "ip_not_allowed"
        assert client.get("/account/login/", headers=spoofed).status_code == 301, "to HTTPS"


def test_a_body_that_is_too_large_is_refused_as_the_api_refuses_it(
    front: Front, behind: Server, new_seller: NewSeller
) -> None:
    body, seller = b"{" + b" " * LARGEST_BODY_BYTES, new_seller()
    headers = {"Idempotency-Key": "order-1", "Content-Type": "application/json"}
    with front.client(key=seller.key) as outside, front.client(key=seller.key, base=behind.url) as inside:
        answers = [
            each.post("/api/v1/recharges", content=body, headers=headers) for each in (outside, inside)
        ]
        fits = outside.post("/api/v1/recharges", content=body[1:], headers=headers)

    told = [{**answer.json(), "request_id": answer.headers["Request-Id"] != ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [413, 413]
    assert [answer.headers["Content-Type"] for answer in answers] == [MEDIA_TYPE, MEDIA_TYPE]
    assert told[0] == told[1]
    assert fits.status_code == 400, "a body of the largest size reaches the API"


@pytest.mark.parametrize(
    ("path", "status"), [("/credit/ask/", 403), ("/bulk/", 403), ("/console/", 403), ("/sell/", 413)]
)
def test_a_file_passes_where_a_page_takes_one(front: Front, path: str, status: int) -> None:
    with front.client() as client:
        answer = client.post(path, content=bytes(LARGEST_BODY_BYTES + 1))

    assert answer.status_code == status  # 403: it came through, and has no token of a form


def test_what_nginx_says_itself_is_in_the_words_of_the_table() -> None:
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")

    assert f"client_max_body_size {LARGEST_BODY_BYTES // 1024}k;" in text
    for code in (Code.BODY_TOO_LARGE, Code.OVERLOADED):
        meaning = MEANINGS[code]
        assert f'"type":"/docs/errors#{code}","title":"{meaning.title}","status":{meaning.status}' in text


def test_connections_to_the_server_are_kept(front: Front, behind: Server, new_seller: NewSeller) -> None:
    seller = new_seller(available=1_000_000)
    ends: set[object] = set()
    with front.client(key=seller.key) as client:
        for number in range(10):
            headers = {"Idempotency-Key": f"kept-{number}"}
            assert client.post("/api/v1/recharges", json=a_sale(), headers=headers).status_code == 201
            ends |= connected(behind)

    assert 1 <= len(ends) <= os.cpu_count()  # type: ignore[operator]  # one per worker of nginx


def connected(behind: Server) -> set[object]:
    """nginx's own ends of its connections to the server."""
    host, _, port = behind.url.removeprefix("http://").partition(":")
    there = (host, int(port))
    open_now = [each for each in psutil.net_connections("tcp") if each.status == psutil.CONN_ESTABLISHED]
    return {tuple(each.laddr) for each in open_now if tuple(each.raddr) == there}


def test_staff_log_in_over_https_with_secure_cookies(front: Front, staff: StaffAtHand) -> None:
    with front.client() as client:
        page = client.get("/account/login/")
        token = client.cookies["csrftoken"]
        form = {"login": staff.username, "password": staff.password, "csrfmiddlewaretoken": token}
        answer = client.post("/account/login/", data=form, headers={"Referer": f"{front.url}/account/login/"})

    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    assert answer.status_code == 302, answer.text
    assert all("; Secure" in each for each in answer.headers.get_list("Set-Cookie"))


def test_a_form_from_another_site_is_refused(front: Front, staff: StaffAtHand) -> None:
    with front.client() as client:
        client.get("/account/login/")
        form = {"login": staff.username, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        answer = client.post("/account/login/", data=form, headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == 403


def test_no_number_and_no_query_is_in_the_log(front: Front, new_seller: NewSeller) -> None:
    with front.client(key=new_seller().key) as client:
        client.get("/api/v1/recharges", params={"phone_number": "+989123456789"})
        client.get("/api/v1/phone-numbers/+989123456789")

    written = '"GET /api/v1/phone-numbers/"'  # after the answer has left
    wait(lambda: written in front.access_log.read_text(encoding="utf-8"), what=written)
    assert "9123456789" not in front.access_log.read_text(encoding="utf-8")


def test_a_server_that_is_away_is_said_in_the_apis_own_form(
    serve: Callable[..., Server], new_seller: NewSeller, tmp_path: Path
) -> None:
    seller: SellerAtHand = new_seller()
    server = serve()
    tmp_path.chmod(0o755)
    with fronted(server, tmp_path) as front, front.client(key=seller.key) as client:
        server.process.terminate()
        server.process.wait()
        answer = client.get("/api/v1/balance")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert (answer.json()["code"], answer.json()["retryable"]) == ("overloaded", True)
    assert answer.json()["request_id"] == answer.headers["Request-Id"]
