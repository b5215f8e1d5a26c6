"""That everybody can use the pages: WCAG 2.2 AA by axe, by keyboard alone, magnified, without motion, from right to left."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import pytest

from player.console.people.roles import Role
from tests.fakes.browsed import SETTINGS, Browsed, Drawn, browsed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

PAGES: Final = (
    "/",
    "/?every=5",
    "/photos?state=approved",
    "/photos/1",
    "/photos/1/withdrawal",
    "/agenda?at=2027-01-20T22:30",
    "/wall",
    "/wall/shape?output=left",
    "/journal?kinds=rung",
    "/review",
    "/review/rejected",
    "/people",
    "/account",
    "/nowhere",
)
FEW: Final = ("/", "/photos/1", "/agenda", "/wall", "/journal", "/review")
"""Those on which words are longest, for the other languages."""
REVIEWED: Final = SETTINGS.replace(
    "feeds: {", "feeds: {people: {kind: jsonfeed, url: 'https://b.example/feed.json', trust: reviewed}, "
)
TEXT: Final = f"{REVIEWED}console: {{reviewers: true}}\n"
RULES: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
TARGET_PX: Final = 24  # WCAG 2.2, 2.5.8


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Browsed]:
    """A console that they all use, over a show with a photo that waits for reviewers."""
    del browser  # where there is none, there need be no console
    with browsed(tmp_path_factory.mktemp("site"), text=TEXT) as site:
        site.show.do(one_waits)
        yield site


def one_waits(show: Drawn) -> None:
    """Let a source list a photo that people at the player are to approve."""
    show.second("people")
    show.review("people")
    show.publish("waits", source="people")


def signed_in(browser: Browser, site: Browsed, *, width: int, language: str, **more: Any) -> BrowserContext:
    """Return a window of somebody who may do everything."""
    context = browser.new_context(viewport={"width": width, "height": 800}, locale=language, **more)
    site.log_in(context, Role.ADMIN)
    return context


def violations(page: Page) -> list[str]:
    """Return what axe finds."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    found = axe.Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize(("width", "language", "pages"), [(1280, "en-GB", PAGES), (390, "he-IL", FEW)])
def test_axe_finds_nothing(browser: Browser, site: Browsed, width: int, language: str, pages: tuple[str, ...]) -> None:
    """On every page, wide and on a phone, from left and from right, with all that can be unfolded unfolded."""
    context = signed_in(browser, site, width=width, language=language, reduced_motion="reduce")
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in pages:
        page.goto(f"{site.url}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found[path] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.evaluate("document.documentElement.dir") == ("rtl" if language == "he-IL" else "ltr")
    context.close()

    assert {path: each for path, each in found.items() if each} == {}


def test_in_polish_nothing_is_beside_the_page(browser: Browser, site: Browsed) -> None:
    """On a phone, in the language with the longest words, with all that can be unfolded unfolded."""
    context = signed_in(browser, site, width=390, language="pl-PL")
    page = context.new_page()
    for path in FEW:
        page.goto(f"{site.url}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()


@pytest.mark.parametrize("path", ["/log-in", "/set-up"])
def test_axe_finds_nothing_before_the_log_in(browser: Browser, site: Browsed, path: str) -> None:
    """On the pages that everybody sees."""
    page = browser.new_page(locale="he-IL", viewport={"width": 390, "height": 844})
    page.goto(f"{site.url}{path}")

    assert violations(page) == []
    page.close()


def test_magnified_everything_is_in_one_column(browser: Browser, site: Browsed) -> None:
    """At 320 pixels, which is 400 % of a usual window: nothing is beside the page, dark is in sight, and targets are big."""
    context = signed_in(browser, site, width=320, language="en-GB")
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{site.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        box = page.locator("button.dark").bounding_box()
        assert box
        assert 0 <= box["y"] < 100, path
        small = page.evaluate(
            "least => [...document.querySelectorAll('button, .button, input:not([type=hidden]), select, summary')]"
            ".filter(e => e.checkVisibility()).filter(e => e.getBoundingClientRect().height < least && !e.closest('label'))"
            ".map(e => e.outerHTML)",
            44,
        )
        assert small == [], path
    context.close()


def test_the_keyboard_alone_is_enough(browser: Browser, site: Browsed) -> None:
    """Tab goes the way one reads: past the menu to the contents, dark first; what has the focus shows it, and Enter presses."""
    context = signed_in(browser, site, width=1280, language="en-GB")
    page = context.new_page()
    page.goto(f"{site.url}/")
    names: list[str] = []
    for _ in range(16):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name"))
        outline = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth"
        )
        assert outline == "solid3px", names[-1]
    wanted = ["To the contents", "We Remember", "Make the wall dark", "Now", "Photos", "Review", "Agenda", "Wall", "Journal"]
    assert names[: len(wanted)] == wanted
    orders = ["Next", "Hold", "By the schedule"]
    assert [name for name in names if name in orders] == orders
    page.get_by_role("button", name="Next", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator("#answer").get_by_text("Next: Done.").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Next"
    context.close()


def test_a_photo_is_reviewed_by_keyboard_alone(browser: Browser, site: Browsed) -> None:
    """Tab comes to approve, skip, the reason and reject in the order in which one reads; what has the focus shows it."""
    context = signed_in(browser, site, width=1280, language="en-GB")
    page = context.new_page()
    page.goto(f"{site.url}/review")
    assert page.locator("#review img").evaluate("e => e.complete && e.naturalWidth > 0")
    page.get_by_role("link", name="Review").focus()
    found: list[str] = []
    for _ in range(12):
        page.keyboard.press("Tab")
        found.append(page.evaluate("document.activeElement.id"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert [each for each in found if each in {"approve", "skip", "reason", "reject"}] == ["approve", "skip", "reason", "reject"]
    context.close()


def test_the_way_past_the_menu_leads_to_the_contents(browser: Browser, site: Browsed) -> None:
    """The first stop of Tab; from there the next one is in the page."""
    context = signed_in(browser, site, width=1280, language="en-GB")
    page = context.new_page()
    page.goto(f"{site.url}/photos")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.name") == "text"
    context.close()


def test_nothing_moves_for_who_wants_it_still(browser: Browser, site: Browsed) -> None:
    """No transition lasts with prefers-reduced-motion, and none is longer than 150 ms without."""
    for motion, most in (("reduce", 0.0), ("no-preference", 0.15)):
        context = signed_in(browser, site, width=1280, language="en-GB", reduced_motion=motion)
        page = context.new_page()
        page.goto(f"{site.url}/")
        longest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('*')].flatMap(e => { const s = getComputedStyle(e);"
            " return [parseFloat(s.transitionDuration), parseFloat(s.animationDuration)]; }))"
        )
        assert longest <= most
        context.close()


def test_in_hebrew_the_page_is_a_mirror_and_foreign_names_stay_whole(browser: Browser, site: Browsed) -> None:
    """Dark is at the left, the name at the right, and a caption in English reads from the left."""
    context = signed_in(browser, site, width=1280, language="he-IL")
    page = context.new_page()
    page.goto(f"{site.url}/")
    dark, name = page.locator("button.dark").bounding_box(), page.locator(".top .name").bounding_box()
    picture, facts = page.locator("#picture").bounding_box(), page.locator("section.facts").bounding_box()
    assert dark
    assert name
    assert picture
    assert facts
    assert dark["x"] < name["x"]
    assert facts["x"] < picture["x"]
    context.close()
