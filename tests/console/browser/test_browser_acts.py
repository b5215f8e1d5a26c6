"""What somebody does at the console, in a real browser over a show that goes on: seen, pressed and answered."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from player.calibration.shelf import Shelf
from player.console.people.roles import Role
from tests.fakes.browsed import Browsed, browsed, faultless

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

PHONE: Final = (390, 844)
CODE: Final = re.compile(r"[0-9][0-9 -]{20,}[0-9]")


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Browsed]:
    """A console that they all use."""
    del browser  # where there is none, there need be no console
    with browsed(tmp_path_factory.mktemp("site")) as site:
        yield site


@contextmanager
def opened(browser: Browser, site: Browsed, role: Role | None, path: str = "/", **more: bool) -> Generator[Page]:
    """Open a page on a phone, logged in or not; no fault of a script goes unseen."""
    size: ViewportSize = {"width": PHONE[0], "height": PHONE[1]}
    has_scripts = more.get("js", True)
    with browser.new_context(viewport=size, locale="en-GB", has_touch=True, java_script_enabled=has_scripts) as context:
        if role:
            site.log_in(context, role)
        with faultless(context, f"{site.url}{path}") as page:
            yield page


def test_the_first_one_sets_it_up_and_logs_in(browser: Browser, site: Browsed) -> None:
    """With the code from the terminal, a name and a password; then out, and in again with them."""
    code = site.people.new_code().text
    with opened(browser, site, None) as page:
        assert page.url.endswith("/set-up")
        page.fill("#code", code)
        page.fill("#name", "Zofia")
        page.fill("#password", "zmierzch kot rower")
        page.locator("main button").click()
        page.wait_for_url(f"{site.url}/")
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url("**/log-in")
        page.fill("#name", "Zofia")
        page.fill("#password", "zmierzch kot rower")
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{site.url}/")

        page.get_by_role("heading", name="The wall is right").wait_for()


def test_whoever_never_saw_it_makes_it_dark_with_one_tap(browser: Browser, site: Browsed) -> None:
    """Without a log-in, from the first page that comes: the button is in sight, and the wall is dark when it answers."""
    with opened(browser, site, None) as page:
        button = page.get_by_role("button", name="Make the wall dark")
        box = button.bounding_box()
        assert box
        assert box["y"] + box["height"] < PHONE[1] / 4
        button.tap()

        page.locator("#answer").get_by_text("The wall is going dark.").wait_for()
    assert site.show.comes(lambda show: show.is_dark)


def test_light_hold_and_go_on_are_answered_where_they_were_pressed(browser: Browser, site: Browsed) -> None:
    """The page stays, says what the screen answered, and shows how it is from then on; what would change nothing is not there."""
    site.show.do(lambda show: show.order("dark"))
    with opened(browser, site, Role.OPERATOR) as page:
        page.get_by_role("button", name="Light again").wait_for()
        assert page.get_by_role("button", name="Hold").is_hidden()
        page.get_by_role("button", name="Light again").tap()
        page.locator("#answer").get_by_text("The wall is light again.").wait_for()
        page.get_by_role("button", name="Light again").wait_for(state="hidden")
        assert page.evaluate("document.activeElement.textContent") == "Next"
        page.get_by_role("button", name="Hold").tap()
        page.locator("#answer").get_by_text("Hold: Done.").wait_for()
        page.get_by_text("this stays, until “Go on”").wait_for()
        assert page.locator("#answer").evaluate(
            "e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().bottom < innerHeight"
        )
        page.get_by_role("button", name="Go on").tap()
        page.get_by_role("button", name="Hold").wait_for()
        page.get_by_role("button", name="Next").tap()
        page.locator("#answer").get_by_text("Next: Done.").wait_for()


def test_the_picture_follows_the_wall(browser: Browser, site: Browsed) -> None:
    """Another photo is up, and the page shows it without being loaded again."""
    with opened(browser, site, Role.VIEWER) as page:
        before = page.get_attribute("#presented", "src")
        site.show.do(lambda show: show.order("next"))

        page.wait_for_function("before => document.querySelector('#presented').getAttribute('src') !== before", arg=before)
        assert page.locator("#presented").evaluate("e => e.naturalWidth") > 0


def test_a_photo_is_withdrawn_with_a_second_look_and_its_receipt_comes_by_itself(browser: Browser, site: Browsed) -> None:
    """From the list to the last byte: nothing is pressed after the confirmation."""
    with opened(browser, site, Role.OPERATOR, "/photos") as page:
        page.locator(".tiles a").first.tap()
        page.get_by_role("link", name="Withdraw this photo").tap()
        page.get_by_label("Why").fill("The author asks for it")
        page.get_by_role("button", name="Withdraw for ever").tap()

        page.get_by_text("Last byte gone").wait_for()
        page.get_by_text(re.compile("the wall, looked at|Off the wall")).wait_for()
        assert page.locator(".receipts .waits").count() == 0


def test_the_agenda_answers_for_another_time(browser: Browser, site: Browsed) -> None:
    """What is on, drawn to scale; what would be, with its reason."""
    with opened(browser, site, Role.VIEWER, "/agenda") as page:
        page.get_by_label("What is on at another time?").fill("2027-01-21T22:30")
        page.get_by_role("button", name="Ask").tap()

        page.get_by_text("priority 20 over late (5)").first.wait_for()
        blocks = page.locator(".line").first.evaluate("e => [...e.querySelectorAll('svg')].map(b => b.width.baseVal.value)")
        assert abs(sum(blocks) - page.locator(".line").first.evaluate("e => e.clientWidth")) < len(blocks)


def test_a_corner_is_dragged_nudged_and_undone(browser: Browser, site: Browsed) -> None:
    """Each is kept as a calibration of its own; the arrow keys move it as on the wall."""
    with opened(browser, site, Role.OPERATOR, "/wall/shape?output=left") as page:
        box = page.get_by_role("button", name="Top left").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 12, y + 9, steps=3)
        page.mouse.up()
        page.wait_for_function("() => document.querySelector('[name=number]').value === '1'")
        dragged = float(page.input_value("[name=x1]"))
        page.keyboard.press("Shift+ArrowRight")
        page.wait_for_function("() => document.querySelector('[name=number]').value === '2'")
        assert float(page.input_value("[name=x1]")) == pytest.approx(dragged + 10)
        page.get_by_role("button", name="Undo").tap()
        page.wait_for_function("() => document.querySelector('[name=number]').value === '3'")

    newest = Shelf(site.data).newest().calibration
    assert newest
    assert newest.outputs["left"].shape.corners[0].x == pytest.approx(dragged)
    assert dragged > 0


def test_without_scripts_everything_is_there(browser: Browser, site: Browsed) -> None:
    """A button leads to a page with the same answer, and a link looks again."""
    with opened(browser, site, Role.OPERATOR, js=False) as page:
        page.get_by_role("button", name="Next").tap()
        page.get_by_role("heading", name="Next: Done.").wait_for()
        page.get_by_role("link", name="Back").tap()
        page.get_by_role("link", name="Look again every 5 seconds").tap()
        page.get_by_role("link", name="Stop that").wait_for()


def test_a_screen_that_dies_is_told_of_while_one_looks(browser: Browser, site: Browsed) -> None:
    """The page says for how long there was no frame, and stops looking right."""
    with opened(browser, site, Role.VIEWER) as page:
        page.get_by_text("This is the wall now.").wait_for()
        site.show.is_silent = True
        site.clock.advance(6_000_000_000)
        try:
            page.get_by_text(re.compile(r"No frame for \d+ s")).wait_for()
            page.get_by_role("heading", name="The wall needs somebody now").wait_for()
        finally:
            site.show.is_silent = False
