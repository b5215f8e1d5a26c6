"""What the first page says in a real browser of what it does not know, or does not know any more."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from player.console.people.roles import Role
from tests.console.browser.test_browser_access import violations
from tests.fakes.browsed import Browsed, browsed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Browsed]:
    """A console that they all use."""
    del browser  # where there is none, there need be no console
    with browsed(tmp_path_factory.mktemp("site"), count=3) as site:
        yield site


@contextmanager
def signed_in(browser: Browser, site: Browsed) -> Generator[BrowserContext]:
    """An operator's browser."""
    with browser.new_context(locale="en-GB", reduced_motion="reduce") as context:
        site.log_in(context, Role.OPERATOR)
        yield context


@pytest.fixture
def page(browser: Browser, site: Browsed) -> Generator[Page]:
    """The first page, of an operator."""
    with signed_in(browser, site) as context:
        yield context.new_page()


def test_what_nobody_knows_any_more_is_green_no_more(site: Browsed, page: Page) -> None:
    """Icon, heading and caption at the top say since when; the rest is grey; and all is as before once somebody knows again."""
    page.goto(site.url)
    page.get_by_role("heading", name="The wall is right").wait_for()
    page.clock.install()
    page.route("**/live?*", lambda route: route.fulfill(status=503, body=""))
    page.reload()

    page.get_by_role("heading", name="nothing is known of the wall").wait_for()
    at = page.locator('[data-live="at"]').text_content()
    assert page.locator("h1").text_content() == f"Since {at} nothing is known of the wall"
    assert page.locator("#verdict .mark use").get_attribute("href") == "#mark-unknown"
    assert page.locator("figcaption").text_content() == "There is no picture. Nobody knows what is on the wall."
    assert page.locator("[data-because]").text_content() == ""
    assert page.title().startswith("Since ")
    assert page.locator(".health").evaluate("e => getComputedStyle(e).filter") == "grayscale(1)"
    assert violations(page) == []

    page.unroute("**/live?*")
    page.clock.fast_forward(11_000)
    page.get_by_role("heading", name="The wall is right").wait_for()
    page.locator("#presented").wait_for(state="visible")
    assert page.locator("#verdict .mark use").get_attribute("href") == "#mark-ok"
    assert page.locator(".health").evaluate("e => getComputedStyle(e).filter") == "none"
    assert page.locator("[data-because]").text_content() != ""


def test_whoever_logs_out_in_another_window_is_told_in_this_one(browser: Browser, site: Browsed) -> None:
    """With the way back in; what is pressed then is answered the same."""
    with signed_in(browser, site) as context:
        page, other = context.new_page(), context.new_page()
        for each in (page, other):
            each.goto(site.url)
            each.get_by_role("heading", name="The wall is right").wait_for()
        other.get_by_role("button", name="Log out").click()
        other.get_by_role("button", name="Log out").wait_for(state="hidden")

        page.locator("#lost").get_by_text("You are logged out.").wait_for()
        assert page.locator("#lost a").get_attribute("href") == "/log-in"
        page.get_by_role("heading", name="nothing is known of the wall").wait_for()
        page.get_by_role("button", name="Next", exact=True).click()
        answer = page.locator("#answer.refused")
        answer.get_by_text("You are logged out.").wait_for()
        assert answer.locator("a").get_attribute("href") == "/log-in"


def test_an_answer_grows_old(site: Browsed, page: Page) -> None:
    """It goes after ten seconds; what was not done stays, until something else is pressed."""
    page.clock.install()
    page.goto(site.url)
    answer = page.locator("#answer")
    page.get_by_role("button", name="By the schedule").click()
    answer.get_by_text("By the schedule: Done.").wait_for()
    page.clock.fast_forward(10_100)
    page.wait_for_function("() => document.querySelector('#answer').textContent === ''")

    page.route("**/orders", lambda route: route.abort())
    page.get_by_role("button", name="By the schedule").click()
    answer.get_by_text("The console does not answer.").wait_for()
    page.clock.fast_forward(10_100)
    page.wait_for_function("() => !document.querySelector('#answer').classList.contains('fresh')")
    assert "The console does not answer." in (answer.text_content() or "")


def test_an_answer_that_is_overtaken_goes_at_once(site: Browsed, page: Page) -> None:
    """Somebody else makes it dark: “light again” does not stand above that; nor does anything green above what is wrong."""
    site.show.do(lambda show: show.order("dark"))
    page.goto(site.url)
    page.get_by_role("heading", name="The wall is dark").wait_for()
    page.get_by_role("button", name="Light again").click()
    page.locator("#answer").get_by_text("The wall is light again.").wait_for()
    page.get_by_role("heading", name="The wall is right").wait_for()
    assert page.locator("#beneath").is_hidden()
    assert "light again" in (page.locator("#answer").text_content() or "")

    site.show.do(lambda show: show.order("dark"))
    page.get_by_role("heading", name="The wall is dark").wait_for()
    page.get_by_text("ordered by operator; until somebody presses").wait_for()
    assert page.locator("#beneath").is_visible()
    assert page.locator("#answer").text_content() == ""
    site.show.do(lambda show: show.order("light"))


def test_a_picture_that_has_not_come_is_not_called_the_wall(site: Browsed, page: Page) -> None:
    """On a slow line: its place is grey, and says that it is on its way; it is the wall's once it is there."""
    held: list[Route] = []
    page.route("**/api/picture?*", lambda route: held.append(route))  # noqa: PLW0108 - it looks for an attribute
    page.goto(site.url, wait_until="domcontentloaded")
    page.locator("figcaption").get_by_text("The picture is coming.").wait_for()
    assert page.locator(".frame").evaluate("e => getComputedStyle(e).backgroundColor") != "rgb(0, 0, 0)"

    for route in held:
        route.continue_()
    page.unroute("**/api/picture?*")
    page.locator("figcaption").get_by_text("This is the wall now.").wait_for()
    assert page.locator("#presented").evaluate("e => e.naturalWidth") > 0
