"""What people do on the way from a new seller to its statement, one step a function, in either language.

Owns where they click and type: by the names of fields and not by words, so that a step is the same in
Persian. What must come of a step is said by the tests.
"""

import re
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from playwright.sync_api import Error, Page

from tests.support import pictures
from tests.support.sellers_at_hand import SellerAtHand

PASSWORD = "a-password-of-the-tests"
QUEUE = "/console/credit/creditrequest/"
DISPUTES = "/console/recharges/dispute/"
RELOADS, PAUSE_MS = 5, 200
TIMEOUT_S = 30
_numbers = count(1)


def register(staff: httpx.Client, people: Any, name: str) -> SellerAtHand:  # people: a module
    """Staff register a seller, who makes a key of their own."""
    username = f"owner-{next(_numbers)}"
    named = {"name": name, "username": username, "password": PASSWORD}
    made = staff.post("/api/v1/sellers", json=named).raise_for_status().json()
    login = {"username": username, "password": PASSWORD}
    with httpx.Client(base_url=staff.base_url, timeout=TIMEOUT_S) as own:
        key = own.post("/api/v1/tokens", json=login).raise_for_status().json()["token"]
    user_id = people.User.objects.get(username=username).pk
    return SellerAtHand(made["id"], user_id, username, PASSWORD, key)


def who_registered(people: Any, username: str) -> SellerAtHand:  # people: a module
    """The owner whom the form made; it has no key."""
    user = people.User.objects.get(username=username)
    return SellerAtHand(user.seller_id, user.pk, username, PASSWORD, "")


def ask_for_credit(page: Page, *, amount: str, folder: Path) -> None:
    receipt = folder / "receipt.png"
    receipt.write_bytes(pictures.png())
    page.goto("/credit/ask/")
    page.locator("#id_amount").fill(amount)
    page.locator("#id_bank_reference").fill("140508291200345678")
    page.locator("#id_receipt").set_input_files(receipt)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/credit/*-*/")


def register_oneself(page: Page, *, name: str, username: str) -> None:
    """From the log-in to one's own empty portal, by the form that is there while registration is open."""
    page.goto("/account/login/")
    page.locator("main a[href='/account/register/']").click()
    page.locator("#id_name").fill(name)
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_again").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"//[^/]+/$"))


def open_request(page: Page, seller_name: str) -> None:
    """From the queue to the request, by the keyboard; others may wait there too."""
    page.goto(f"{QUEUE}?{urlencode({'q': seller_name})}")
    page.get_by_role("row").filter(has_text=seller_name).get_by_role("link").first.press("Enter")
    page.wait_for_url("**/creditrequest/*/change/**")


def decide(page: Page, key: str) -> None:
    """What the key does on a request's page; `a` approves."""
    page.keyboard.press(key)
    page.wait_for_load_state()


def check_sale(page: Page, *, number: str, amount: str) -> None:
    """The form as it is typed, up to the check."""
    page.goto("/sell/")
    page.locator("#id_number").press_sequentially(number)
    page.locator("#id_amount").fill(amount)
    page.locator("#id_amount").press("Enter")
    page.wait_for_selector("[name=confirmed]")


def confirm_and_confirm_again(page: Page) -> None:
    """A double click; then back, the form sent to the check once more, and once more confirmed."""
    page.locator("[name=confirmed]").dblclick()
    page.wait_for_selector("#sold-state")
    sold = page.url
    with suppress(Error):  # Chromium keeps no answer to a form
        page.go_back()
    send_again(page)
    page.locator("[name=confirmed]").click()
    page.wait_for_url(sold)


def send_again(page: Page) -> None:
    """Load the check again; while Chromium still swaps in its own page that says it has none, it can't."""
    for _turn in range(RELOADS):
        with suppress(Error):
            page.reload()
            return
        page.wait_for_timeout(PAUSE_MS)
    raise AssertionError("the check was not sent again")


def open_dispute(page: Page, recharge_id: str, why: str) -> None:
    page.goto(f"/recharges/{recharge_id}/")
    page.get_by_role("link", name="It did not arrive").click()
    page.get_by_label("What is wrong?").fill(why)
    page.get_by_role("button", name="Open the dispute").click()
    page.wait_for_url(f"**/recharges/{recharge_id}/")


def reverse_dispute(page: Page, seller_name: str, why: str) -> None:
    """Staff choose it in the queue and say why its price is given back."""
    page.goto(f"{DISPUTES}?{urlencode({'q': seller_name})}")
    page.get_by_role("row").filter(has_text=seller_name).get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option("reverse_recharges")
    page.get_by_role("button", name="Run").click()
    page.get_by_label("Reason").fill(why)
    page.get_by_role("button", name="Reverse").click()


def invite(page: Page, username: str, role: str) -> str:
    """An owner invites somebody; the link that they get."""
    page.goto("/settings/members/")
    page.locator("#id_username").fill(username)
    page.locator("#id_role").select_option(role)
    page.get_by_role("button", name="Invite").click()
    return page.get_by_label("The link").input_value()


def join(page: Page, link: str) -> None:
    """Whoever has the link chooses a password and logs in with it."""
    page.goto(link)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_again").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/account/login/**")
