"""What somebody wrote into a field never runs in the browser of who reads it, and never misleads the eye.

A seller's people write into every field that they have, staff and the seller's owner open every page that
shows it, in a real browser. The Content-Security-Policy would stop a script that got through
(tests/portal/test_policy.py): a test here fails on that complaint too.
"""

from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Browse, browse, browser
from tests.conftest import Api, NewSeller
from tests.support.sellers_at_hand import SellerAtHand, StaffAtHand

__all__ = ["browse", "browser"]

SCRIPT = "\"'><img src=x onerror=window.ran=1><script>window.ran=1</script>{{7*7}}${7*7}"
MARK = "window.ran"
SALE = {"phone_number": "09121234567", "amount": 10_000}
PAGES = (
    "/recharges/", "/recharges/{recharge}/", "/recharges/{recharge}/receipt/", "/numbers/", "/credit/",
    "/credit/{request}/", "/statement/", "/settings/keys/", "/settings/webhooks/",
    "/settings/webhooks/{endpoint}/", "/settings/members/", "/developers/requests/", "/bulk/",
)  # fmt: skip
CONSOLE = (
    "/console/", "/console/credit/creditrequest/", "/console/credit/creditrequest/{request}/change/",
    "/console/recharges/recharge/{recharge}/change/", "/console/recharges/dispute/",
    "/console/recharges/dispute/{dispute}/change/", "/console/sellers/seller/{seller}/change/",
    "/console/sellers/apikey/", "/console/sellers/user/", "/console/audit/entry/",
    "/console/ledger/explorer/?seller={seller}", "/console/search/?s=img",
)  # fmt: skip
NAMES = 6
"""Pages that must show what was written, or the test would prove nothing."""


@pytest.fixture
def written(api: Api, new_seller: NewSeller, people: Any) -> tuple[SellerAtHand, dict[str, str]]:  # a module
    """A seller whose people wrote SCRIPT wherever something is asked for, and the ids of what they made."""
    seller = new_seller(available=100_000)
    client, ids = api(seller), {"seller": str(seller.id)}
    people.User.objects.filter(pk=seller.user_id).update(first_name=SCRIPT[:100], last_name=SCRIPT[:100])
    people.User.objects.get(pk=seller.user_id).seller.__class__.objects.filter(pk=seller.id).update(
        name=SCRIPT
    )
    made = {
        "recharge": ("/recharges", SALE),
        "request": ("/credit-requests", {"amount": 10_000, "note": SCRIPT, "bank_reference": SCRIPT[:40]}),
        "endpoint": ("/webhook-endpoints", {"url": "https://a.example/?" + "<svg/onload=window.ran=1>",
                                            "description": SCRIPT[:80], "event_types": []}),
        "number": ("/phone-numbers", {"phone_number": SALE["phone_number"], "label": SCRIPT[:60]}),
    }  # fmt: skip
    for name, (path, body) in made.items():
        ids[name] = _made(
            client.post(f"/api/v1{path}", json=body, headers={"Idempotency-Key": SCRIPT + name})
        )
    dispute = client.post(f"/api/v1/recharges/{ids['recharge']}/disputes", json={"reason": SCRIPT})
    ids["dispute"] = _made(dispute)
    login = {"username": seller.username, "password": seller.password, "label": SCRIPT[:60]}
    client.post("/api/v1/tokens", json=login).raise_for_status()
    return seller, ids


def _made(answer: httpx.Response) -> str:
    assert answer.is_success, answer.text
    return str(answer.json().get("id", ""))


def open_all(page: Page, paths: tuple[str, ...], ids: dict[str, str]) -> int:
    """Open each; how many showed what was written, as a text."""
    shown = 0
    for path in paths:
        answer = page.goto(path.format(**ids))
        assert answer is not None
        assert answer.status == httpx.codes.OK, path
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.ran") is None, path
        shown += MARK in (page.text_content("body") or "")
    return shown


def test_nothing_runs_that_a_seller_wrote(
    browse: Browse, written: tuple[SellerAtHand, dict[str, str]], staff: StaffAtHand
) -> None:
    seller, ids = written

    assert open_all(browse(seller), PAGES, ids) >= NAMES
    assert open_all(browse(staff), CONSOLE, ids) >= NAMES
