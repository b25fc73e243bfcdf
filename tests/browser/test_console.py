"""The console in a browser: menus, search and decisions by keyboard and mouse, with no `eval` anywhere."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.scene import Scene

REVIEWS = "/console/recharges/review/"


def test_the_search_of_every_page_is_worked_by_keyboard(browse: Browse, scene: Scene) -> None:
    page = browse(scene.staff)
    page.goto("/console/")

    page.keyboard.press("Control+k")
    page.get_by_role("searchbox", name="Search everything").fill("Isfahan Charge")
    expect(page.locator("#command-results-list li")).to_have_count(1)
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/console/sellers/seller/{scene.names['shop']}/change/")


def test_the_persons_menu_and_the_filters_open(browse: Browse, scene: Scene) -> None:
    page = browse(scene.staff)
    page.goto(REVIEWS)
    leave = page.get_by_role("button", name="Log out")
    expect(leave).to_be_hidden()

    page.get_by_text(scene.staff.username).first.click()
    expect(leave).to_be_visible()
    page.get_by_text("Filters").first.click()

    expect(page.get_by_label("Number of a seller")).to_be_visible()


def test_the_navigation_opens_on_a_phone(browse: Browse, scene: Scene) -> None:
    page = browse(scene.staff, size="phone")
    page.goto("/console/")
    entry = page.get_by_role("link", name="Reviews")
    expect(entry).to_be_hidden()

    page.locator(".console-menu.narrow").click()
    entry.click()

    page.wait_for_url(f"**{REVIEWS}")


def test_a_wide_navigation_stays_as_it_was_left(browse: Browse, scene: Scene) -> None:
    page = browse(scene.staff)
    page.goto("/console/")
    entry = page.get_by_role("link", name="Reviews")

    page.locator(".console-menu.wide").click()
    expect(entry).to_be_hidden()
    page.goto(REVIEWS)

    expect(page.locator(".console-menu.wide")).to_be_visible()
    expect(page.get_by_role("link", name="Disputes")).to_be_hidden()


def test_an_action_on_a_list_asks_for_its_words(browse: Browse, scene: Scene) -> None:
    page = browse(scene.staff)
    page.goto(f"{REVIEWS}?seller={scene.names['shop']}")

    page.get_by_role("row").filter(has_text="Isfahan Charge").get_by_role("checkbox").first.check()
    page.locator("select[name=action]").select_option("mark_delivered")
    page.get_by_role("button", name="Run").click()

    expect(page.get_by_label("Evidence")).to_be_visible()
    expect(page.get_by_text("sold by Isfahan Charge")).to_be_visible()


def test_raw_evidence_opens_where_it_is_asked_for(browse: Browse, scene: Scene) -> None:
    page = browse(scene.staff)
    page.goto(f"/console/recharges/recharge/{scene.names['unknown']}/change/")

    page.get_by_text("As it came").last.click()

    expect(page.locator(".timeline pre").last).to_contain_text("504")


def test_a_look_shows_the_portal_under_a_banner_and_leads_back(browse: Browse, scene: Scene) -> None:
    page = browse(scene.staff)
    page.goto(f"/console/sellers/seller/{scene.names['shop']}/change/")

    page.get_by_role("link", name="Look at its portal").click()
    page.get_by_label("Reason").fill("its owner called")
    page.get_by_role("button", name="Look").click()
    page.wait_for_url(re.compile(r"/$"))
    expect(page.get_by_text("You look at the portal of Isfahan Charge")).to_be_visible()
    page.get_by_role("link", name="Statement").first.click()
    page.get_by_role("button", name="Back to the console").click()

    page.wait_for_url("**/console/sellers/seller/*/change/")
