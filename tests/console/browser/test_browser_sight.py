"""What is in sight without scrolling, in a real browser: the whole wall, a whole photo, all corners, all pages."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
import pytest

from player.console.people.roles import Role
from player.units import Size
from tests.console.browser.test_browser_review import COUNT, TEXT
from tests.fakes.browsed import Browsed, browsed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LAPTOP: Final = Size(1280, 620)  # what a small one leaves to a page
PHONE: Final = Size(390, 844)
FACADE: Final = Size(1200, 300)
LONG: Final = "ceremony-" + 91 * "x"


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Browsed]:
    """A console over photos that wait, with every page there is."""
    del browser  # where there is none, there need be no console
    with browsed(tmp_path_factory.mktemp("site"), count=COUNT, text=TEXT, shows=(LONG,)) as site:
        site.show.do(lambda show: (show.review(), show.settle()))
        yield site


@contextmanager
def opened(browser: Browser, site: Browsed, path: str, size: Size = LAPTOP, language: str = "en-GB") -> Generator[Page]:
    """Open a page as somebody who may do everything; the wall is four times as wide as high."""
    with browser.new_context(locale=language) as context:
        site.log_in(context, Role.ADMIN)
        page = context.new_page()
        page.set_viewport_size({"width": size.width, "height": size.height})
        wide = cv2.imencode(".jpg", np.full((FACADE.height, FACADE.width, 3), 90, np.uint8))[1].tobytes()
        page.route("**/api/picture?*", lambda route: route.fulfill(body=wide, content_type="image/jpeg"))
        page.goto(f"{site.url}{path}")
        yield page


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_the_picture_has_the_walls_own_shape(browser: Browser, site: Browsed, size: Size) -> None:
    """Nothing black is added to it, which would look like a part of the wall that is dark."""
    with opened(browser, site, "/", size) as page:
        page.wait_for_function("() => document.querySelector('#presented').naturalWidth > 0")
        frame, picture = page.locator(".frame").bounding_box(), page.locator("#presented").bounding_box()

    assert frame
    assert picture
    assert picture["width"] / picture["height"] == pytest.approx(FACADE.width / FACADE.height, rel=0.02)
    assert frame["height"] - picture["height"] < 4


def test_whoever_reviews_sees_the_whole_photo(browser: Browser, site: Browsed) -> None:
    """And the buttons beside it: nobody approves what lies below the fold."""
    with opened(browser, site, "/review") as page:
        for locator in ("#review img", "#approve"):
            box = page.locator(locator).bounding_box()
            assert box
            assert box["y"] + box["height"] <= LAPTOP.height


def test_all_four_corners_are_in_sight_while_one_is_moved(browser: Browser, site: Browsed) -> None:
    """With what became of the last move above them."""
    with opened(browser, site, "/wall/shape?output=left") as page:
        page.locator("[data-corner='1']").focus()
        page.keyboard.press("ArrowRight")
        page.get_by_text("Kept.").wait_for()
        page.evaluate("() => scrollTo(0, 0)")
        boxes = [page.locator(f"[data-corner='{corner}'] .corner").bounding_box() for corner in range(1, 5)]

    assert all(box and box["y"] + box["height"] <= LAPTOP.height for box in boxes)


@pytest.mark.parametrize("language", ["en-GB", "pl-PL"])
def test_a_phone_has_all_pages_in_one_line(browser: Browser, site: Browsed, language: str) -> None:
    """Six words, and none of them hangs below the others, in Polish either."""
    with opened(browser, site, "/account", PHONE, language) as page:
        boxes = [each.bounding_box() for each in page.locator(".menu a").all()]

    assert len(boxes) == 6
    assert len({box["y"] for box in boxes if box}) == 1


@pytest.mark.parametrize("size", [LAPTOP, PHONE])
def test_the_ring_of_focus_is_not_cut(browser: Browser, site: Browsed, size: Size) -> None:
    """The menu begins so far below the top of the page, which lies over it, that the ring has room."""
    with opened(browser, site, "/", size) as page:
        page.locator(".menu a").nth(1).focus()
        room = page.evaluate(
            "document.activeElement.getBoundingClientRect().top - document.querySelector('.top').getBoundingClientRect().bottom"
        )

    assert room >= 5  # its offset and its width


def test_what_was_looked_for_is_in_sight_on_a_phone(browser: Browser, site: Browsed) -> None:
    """Words are typed, and Enter: how many were found and the first of them, without the filters, which nobody has set."""
    with opened(browser, site, "/photos", PHONE) as page:
        page.get_by_label("Name, words or id").fill("grandmother")
        page.keyboard.press("Enter")
        page.get_by_text("3 photos found").wait_for()
        assert page.get_by_label("State").is_hidden()
        box = page.locator(".tiles li").first.bounding_box()

    assert box
    assert box["y"] + box["height"] <= PHONE.height


def test_a_caption_is_cut_at_its_own_end(browser: Browser, site: Browsed) -> None:
    """Two lines of Hebrew on an English page end at the left: cut at the right they would lose words in the middle."""
    with opened(browser, site, "/photos", PHONE) as page:
        ends = page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('.caption')]"
            ".map(e => [e.textContent.slice(0, 5), getComputedStyle(e).direction]))"
        )

    assert ends["אנחנו"] == "rtl"
    assert ends["Krakó"] == "ltr"


def test_a_long_name_of_a_show_breaks_nothing_on_a_phone(browser: Browser, site: Browsed) -> None:
    """It can be chosen and started; the answer says what came of it, and lies over none of the buttons there."""
    with opened(browser, site, "/", PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.locator("[name=show]").select_option(LONG)
        page.get_by_role("button", name="Start it").click()
        page.locator("#answer").get_by_text("That was not done.").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        answer, button = page.locator(".answer.fresh").bounding_box(), page.get_by_role("button", name="Next").bounding_box()

    assert answer
    assert button
    assert answer["y"] + answer["height"] <= button["y"]


def test_a_bar_of_the_agenda_has_no_pieces_of_names(browser: Browser, site: Browsed) -> None:
    """A name stands in its bar whole or not at all: on a phone some do not, that have room on a laptop."""
    shown: dict[Size, int] = {}
    for size in (LAPTOP, PHONE):
        with opened(browser, site, "/agenda", size) as page:
            names = page.locator(".label").evaluate_all(
                "all => all.map(e => [e.getBoundingClientRect(), e.firstChild.getBoundingClientRect()])"
                ".filter(([bar, name]) => name.top < bar.bottom)"
                ".map(([bar, name]) => name.left >= bar.left && name.right <= bar.right)"
            )
        assert all(names)
        shown[size] = len(names)

    assert shown[LAPTOP] > shown[PHONE] > 0
