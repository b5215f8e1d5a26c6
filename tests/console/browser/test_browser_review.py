"""The review desk in a real browser: two people, by keys and without scripts, while the show goes on."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from player.console.people.roles import Role
from player.library.tombstones import Record
from tests.console.browser.test_browser_access import violations
from tests.fakes.browsed import SETTINGS, Browsed, browsed, faultless

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

TEXT: Final = f"{SETTINGS.replace('trust: moderated', 'trust: reviewed')}\nconsole: {{reviewers: true}}\n"
COUNT: Final = 12


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Browsed]:
    """A console over photos that wait."""
    del browser  # where there is none, there need be no console
    with browsed(tmp_path_factory.mktemp("site"), count=COUNT, text=TEXT) as site:
        site.show.do(lambda show: (show.review(), show.settle()))
        yield site


@contextmanager
def opened(
    browser: Browser, site: Browsed, role: Role, *, language: str = "en-GB", width: int = 1280, path: str = "/review", **more: Any
) -> Generator[Page]:
    """Open the desk as somebody; no fault of a script goes unseen."""
    with browser.new_context(viewport={"width": width, "height": 844}, locale=language, **more) as context:
        site.log_in(context, role)
        with faultless(context, f"{site.url}{path}") as page:
            yield page


def key(page: Page) -> str:
    """Return the row of the photo on the page."""
    found = page.get_attribute("#review", "data-key")
    assert found
    return found


def test_two_people_bring_a_photo_to_the_wall_by_one_key_each(browser: Browser, site: Browsed) -> None:
    """Large, and with its picture; the first one's page goes on, the second one's too, and the show has it."""
    with opened(browser, site, Role.REVIEWER) as rita, opened(browser, site, Role.ADMIN) as ada:
        first = key(rita)
        assert key(ada) == first
        assert rita.locator("#review img").evaluate("e => e.complete && e.naturalWidth > 0")
        assert rita.locator("#review img").evaluate("e => e.clientWidth > innerWidth / 3")
        rita.keyboard.press("a")
        rita.wait_for_url("**/review?after=*")
        assert key(rita) != first
        ada.keyboard.press("a")
        ada.wait_for_url("**/review?after=*")

    assert site.show.comes(lambda show: bool(show.top))


def test_skip_reject_and_back_by_keys_alone(browser: Browser, site: Browsed) -> None:
    """S goes on, R asks why and Enter rejects, the arrow takes back what was decided last; letters in the reason are letters."""
    with opened(browser, site, Role.REVIEWER) as page:
        first = key(page)
        page.keyboard.press("s")
        page.wait_for_url(f"**/review?after={first}")
        second = key(page)
        page.keyboard.press("r")
        assert page.evaluate("document.activeElement.id") == "reason"
        page.keyboard.type("a rant")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/review?after={second}")
        page.get_by_role("button", name="Take back the rejection of").wait_for()
        page.keyboard.press("ArrowLeft")
        page.get_by_text("Taken back.").wait_for()


def test_keys_can_be_switched_off(browser: Browser, site: Browsed) -> None:
    """And stay so with the next page."""
    with opened(browser, site, Role.REVIEWER) as page:
        first = key(page)
        page.get_by_label("By keys").uncheck()
        page.keyboard.press("s")
        page.reload()
        page.keyboard.press("s")
        assert key(page) == first
        page.get_by_label("By keys").check()
        page.locator("h1").click()
        page.keyboard.press("s")
        page.wait_for_url(f"**/review?after={first}")


def test_what_the_other_decides_is_told_while_one_looks(browser: Browser, site: Browsed) -> None:
    """The photo that somebody else has just rejected says so on the page that is open."""
    with opened(browser, site, Role.REVIEWER) as rita, opened(browser, site, Role.ADMIN) as ada:
        rita.goto(f"{site.url}/review?at={key(ada)}")
        rita.get_by_text("wait").first.wait_for()
        ada.get_by_label("Why it is rejected").fill("hatred")
        ada.get_by_role("button", name="Reject for ever").click()
        ada.wait_for_url("**/review?after=*")

        rita.get_by_text("decided or taken away meanwhile").wait_for()


def test_on_a_phone_without_scripts_all_of_it_is_there(browser: Browser, site: Browsed) -> None:
    """Approve, skip and back are a form, a link and a form."""
    with opened(browser, site, Role.REVIEWER, width=390, has_touch=True, java_script_enabled=False) as page:
        first = key(page)
        page.get_by_role("link", name="Skip").tap()
        page.wait_for_url(f"**/review?after={first}")
        second = key(page)
        page.get_by_role("button", name="Approve").tap()
        page.wait_for_url(f"**/review?after={second}")
        page.get_by_role("button", name="Take back the approval of").tap()
        page.get_by_text("Taken back.").wait_for()
        assert key(page) == second


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (390, "he-IL"), (320, "pl-PL")])
def test_the_desk_is_for_everybody(browser: Browser, site: Browsed, width: int, language: str) -> None:
    """With a warning up, wide and narrow: nothing is beside the page, targets are big, and axe finds nothing."""
    record = Record(source="x", item="y", reason="author", phash="0" * 16)
    site.show.do(lambda show: show.ingest.orders.withdraw_all([record], known_at=show.clock.wall()))
    for path in ("/review", "/review/rejected"):
        with opened(browser, site, Role.ADMIN, width=width, language=language, path=path, reduced_motion="reduce") as page:
            if language != "pl-PL":  # the same rules for the same page: two directions are enough
                assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.evaluate(
                "[...document.querySelectorAll('main button, main .button')].every(e => e.getBoundingClientRect().height >= 44)"
            )


def test_in_hebrew_the_arrow_back_points_to_the_right(browser: Browser, site: Browsed) -> None:
    """As the page runs; and the letters are found by their places on a Hebrew keyboard."""
    with opened(browser, site, Role.ADMIN, language="he-IL") as page:
        first = key(page)
        page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ש', code: 'KeyA', bubbles: true}))")
        page.wait_for_url("**/review?after=*")
        page.keyboard.press("ArrowRight")
        page.wait_for_url(f"**/review?undone=true&at={first}")


def test_nothing_is_approved_before_its_picture_is_drawn(browser: Browser, site: Browsed) -> None:
    """While it is on its way, and after it failed, neither the key nor the button does anything; rejecting is always possible."""
    picture = "**/api/review/*/picture?*"
    with opened(browser, site, Role.REVIEWER) as page:
        first, approve = key(page), page.get_by_role("button", name="Approve")
        assert approve.is_enabled()
        held: list[Route] = []
        page.route(picture, lambda route: held.append(route))  # noqa: PLW0108 - a bound method takes no mark of Playwright
        page.goto(f"{site.url}/review?at={first}", wait_until="commit")
        page.locator("#keys-choice").wait_for()
        page.wait_for_function("document.getElementById('approve').disabled")
        page.keyboard.press("a")
        assert approve.is_disabled()
        held[0].fulfill(status=200, content_type="image/jpeg", body=b"no picture")
        page.get_by_text("The picture cannot be loaded.").wait_for()
        page.keyboard.press("a")
        assert approve.is_disabled()
        assert page.get_by_role("button", name="Reject for ever").is_enabled()
        assert key(page) == first

        page.unroute(picture)
        page.reload()
        page.wait_for_function("!document.getElementById('approve').disabled")
        assert page.get_by_text("The picture cannot be loaded.").is_hidden()
        page.keyboard.press("a")
        page.wait_for_url(f"**/review?after={first}")
