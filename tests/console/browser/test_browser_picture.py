"""The presented picture in a real browser: there while it is of now, and taken off an open page when it is not."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest

from player.console.people.roles import Role
from tests.fakes.browsed import Browsed, browsed

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page


@pytest.fixture
def site(browser: Browser, tmp_path: Path) -> Generator[Browsed]:
    """A console over a show."""
    del browser  # where there is none, there need be no console
    with browsed(tmp_path, count=3) as site:
        yield site


@pytest.fixture
def page(browser: Browser, site: Browsed) -> Generator[Page]:
    """The first page, with its picture."""
    with browser.new_context(locale="en-GB") as context:
        site.log_in(context, Role.VIEWER)
        page = context.new_page()
        page.goto(site.url)
        page.wait_for_function("() => document.querySelector('#presented').naturalWidth > 0")
        yield page


def test_a_picture_is_taken_off_the_page_when_the_screen_falls_silent(site: Browsed, page: Page) -> None:
    """Whom it shows may be withdrawn by now; when the screen is back, so is its picture."""
    site.show.is_silent = True
    page.get_by_text("The last one is not shown").wait_for()
    page.locator("#presented").wait_for(state="hidden")
    site.show.is_silent = False
    page.locator("#presented").wait_for(state="visible")


def test_a_picture_is_taken_off_the_page_when_the_console_does_not_answer(page: Page) -> None:
    """A phone that lost its network keeps nobody's photo."""
    page.route("**/live?*", lambda route: route.abort())
    page.reload()
    page.get_by_text("does not answer any more").wait_for()
    page.locator("#presented").wait_for(state="hidden")


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_stream_that_was_refused_is_said_and_opened_again(page: Page, status: int) -> None:
    """No browser does that by itself: one that is told to come later, or to log in first, is deaf for good."""
    page.clock.install()
    page.route("**/live?*", lambda route: route.fulfill(status=status, body=""))
    page.reload()
    lost = page.locator("#lost")
    lost.get_by_text("does not answer any more").wait_for()
    page.locator("#presented").wait_for(state="hidden")
    page.unroute("**/live?*")

    page.clock.fast_forward(11_000)
    page.locator("#presented").wait_for(state="visible")
    assert lost.text_content() == ""


def test_a_page_of_which_nobody_knows_how_it_is_says_so(page: Page) -> None:
    """The stream is there, and says that it can say nothing: what the page shows is not of now."""
    said = 'event: silent\ndata: "now-in-words"\n\n'
    page.route("**/live?*", lambda route: route.fulfill(status=200, content_type="text/event-stream", body=said))
    page.reload()
    page.locator("#lost").get_by_text("does not answer any more").wait_for()
    page.locator("#presented").wait_for(state="hidden")
