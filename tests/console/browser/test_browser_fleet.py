"""The page of all players in a real browser: usable by everybody, and fresh without moving what one reads."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final

import pytest

from player.centre import collecting
from player.centre.standing import Rank
from player.console.at_centre import Fleet
from player.console.people.roles import Role
from player.units import SECOND
from tests.console.browser.test_browser_access import violations
from tests.fakes.browsed import Browsed, browsed, faultless
from tests.fakes.clock import OPENING
from tests.fakes.fleet import Air, Rolls

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

PAGES: Final = (
    "/fleet",
    "/fleet?state=wrong",
    "/fleet/players/memorial-00000",
    "/fleet/orders",
    "/fleet/orders/look?order=dark&sure=true",
    "/fleet/withdrawals",
    "/fleet/withdrawals/2",
    "/fleet/withdraw",
    "/fleet/withdraw?item=photo-3",
)

OVERLAPPING: Final = """
const parts = [...document.querySelectorAll(".player-now > *")]
  .map((each) => [each.id || each.className, each.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height);
const meet = (one, other, from, to) => one[from] < other[to] - 1 && other[from] < one[to] - 1;
parts.flatMap(([name, one], number) => parts.slice(number + 1)
  .filter(([, other]) => meet(one, other, "left", "right") && meet(one, other, "top", "bottom"))
  .map(([other]) => `${name} and ${other}`))
"""


class Overseen:
    """A console at a centre, and what was written down there."""

    def __init__(self, site: Browsed, rolls: Rolls, air: Air) -> None:
        self.site, self.rolls, self.air = site, rolls, air
        self.people = 0


@pytest.fixture(scope="module")
def fleet(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Overseen]:
    """A fleet of some hundred players, a few of them not well, with withdrawals."""
    del browser  # where there is none, there need be no console
    rolls, air = Rolls(tmp_path_factory.mktemp("centre"), OPENING), Air()
    rolls.fill(240)
    rolls.withdraw(1, OPENING - 60 * SECOND)
    rolls.withdraw(2, OPENING - 30 * SECOND, item="photo-2")
    rolls.receipt(2, "memorial-00000", OPENING - 29 * SECOND)
    for name in ("pictured", "eventful"):
        rolls.add(name)
        for number in (1, 2):
            rolls.receipt(number, name, OPENING - 29 * SECOND)
        rolls.picture(name, OPENING)
    rolls.event("eventful", "show begun", '{"show": "evening"}')
    rolls.outage("eventful", OPENING - 9000 * SECOND, OPENING - 8000 * SECOND)
    rolls.event("memorial-00000", "show begun", '{"show": "evening"}')
    rolls.outage("memorial-00000", OPENING - 9000 * SECOND, OPENING - 8000 * SECOND)
    air.answers["memorial-00000"] = (True, "it is dark")
    with browsed(tmp_path_factory.mktemp("site"), count=3, fleet=Fleet(rolls.folder, voice=air.voice)) as site:
        yield Overseen(site, rolls, air)
    rolls.close()


def signed_in(browser: Browser, fleet: Overseen, *, width: int = 1280, language: str = "en-GB", **more: Any) -> BrowserContext:
    """Return a window of somebody who may do everything; each time somebody else, for nobody may ask too often."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=language, **more)
    fleet.people += 1
    fleet.site.log_in(context, Role.ADMIN, f"overseer-{fleet.people}")
    return context


@pytest.mark.parametrize(("width", "language"), [(1280, "en-GB"), (390, "he-IL"), (390, "pl-PL")])
def test_axe_finds_nothing(browser: Browser, fleet: Overseen, width: int, language: str) -> None:
    """On every page, wide and on a phone, from left and from right, with all that can be unfolded unfolded."""
    context = signed_in(browser, fleet, width=width, language=language, reduced_motion="reduce")
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page.goto(f"{fleet.site.url}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found[path] = violations(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()

    assert {path: each for path, each in found.items() if each} == {}


def test_magnified_nothing_is_beside_the_page(browser: Browser, fleet: Overseen) -> None:
    """At 320 pixels, which is 400 % of a usual window; the way to dark is in sight, and targets are big."""
    context = signed_in(browser, fleet, width=320)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"{fleet.site.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        box = page.locator(".button.dark").bounding_box()
        assert box
        assert 0 <= box["y"] < 100, path
    context.close()


def test_rows_are_fresh_and_stay_where_they_are(browser: Browser, fleet: Overseen) -> None:
    """A player that goes wrong says so in its own row, which does not move; that the order has changed is said beside it."""
    context = signed_in(browser, fleet)
    with faultless(context, f"{fleet.site.url}/fleet?group=museum&state=online") as page:
        rows = page.locator("tr[data-id]")
        rows.first.wait_for()
        before = rows.evaluate_all("rows => rows.map(row => row.dataset.id)")
        chosen = before[3]
        place = page.locator(f"#player-{chosen}").bounding_box()
        assert place
        fleet.rolls.store.note(collecting.COLLECTED, str(fleet.site.clock.wall()))
        with fleet.rolls.store.changing() as connection:
            connection.execute("UPDATE players SET rank=?, trouble='shows words alone' WHERE id=?", (Rank.PLATE, chosen))

        page.locator(f"#player-{chosen}").get_by_text("shows words alone").wait_for()
        page.locator("#moved").get_by_text("The order of the list has changed").wait_for()

        assert rows.evaluate_all("rows => rows.map(row => row.dataset.id)") == before
        assert page.locator(f"#player-{chosen}.bad").count() == 1
    context.close()


def test_only_rows_in_sight_are_asked_for(browser: Browser, fleet: Overseen) -> None:
    """A hundred rows are not sent again every few seconds to somebody who sees ten of them."""
    context = signed_in(browser, fleet)
    with faultless(context, f"{fleet.site.url}/fleet") as page:
        with page.expect_request(lambda request: "/fleet/rows" in request.url) as asked:
            page.locator("tr[data-id]").first.wait_for()
        ids = asked.value.url.partition("ids=")[2].split(",")
        assert 3 <= len(ids) <= 20
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        last = page.locator("tr[data-id]").last.get_attribute("data-id")
        with page.expect_request(lambda request: f"{last}" in request.url and "/fleet/rows" in request.url):
            pass
    context.close()


@pytest.mark.parametrize("width", [1000, 1100, 1280])
@pytest.mark.parametrize("language", ["en-GB", "he-IL"])
def test_nothing_lies_over_the_picture(browser: Browser, fleet: Overseen, width: int, language: str) -> None:
    """The sections of a player's page keep apart: with little to say beside a big picture, and with events and outages."""
    context = signed_in(browser, fleet, width=width, language=language)
    page = context.new_page()
    for name in ("pictured", "eventful"):
        page.goto(f"{fleet.site.url}/fleet/players/{name}")
        page.wait_for_function("document.querySelector('#picture img')?.naturalWidth > 0")
        assert page.locator("#picture figcaption").is_visible()
        assert page.evaluate(OVERLAPPING) == [], name
    context.close()


def test_an_answer_comes_into_the_list(browser: Browser, fleet: Overseen) -> None:
    """What was pressed is answered where it was pressed, without leaving the page, and stands below, too."""
    context = signed_in(browser, fleet)
    with faultless(context, f"{fleet.site.url}/fleet/players/memorial-00000") as page:
        page.get_by_role("button", name="Dark", exact=True).click()
        page.locator("#answer").get_by_text("Dark, memorial-00000: Done.").wait_for()
        page.locator("#orders").get_by_text("it is dark").first.wait_for()
        assert page.url.endswith("/fleet/players/memorial-00000")
    context.close()


def test_progress_goes_on_while_one_looks(browser: Browser, fleet: Overseen) -> None:
    """Whoever confirms leaves the list, and the bar grows."""
    context = signed_in(browser, fleet)
    with faultless(context, f"{fleet.site.url}/fleet/withdrawals/1") as page:
        page.locator("#missing a").first.wait_for()
        before = page.locator("progress").get_attribute("value")
        fleet.rolls.receipt(1, "memorial-00000", OPENING)
        page.wait_for_function("before => document.querySelector('progress').getAttribute('value') !== before", arg=before)
        assert page.locator("#missing").get_by_text("memorial-00000", exact=True).count() == 0
    context.close()


def test_what_nobody_keeps_up_is_not_shown_as_if_it_were_of_now(browser: Browser, fleet: Overseen) -> None:
    """Logged out elsewhere, the page says so, and whom the pictures show nobody knows any more."""
    context = signed_in(browser, fleet)
    page = context.new_page()
    page.goto(f"{fleet.site.url}/fleet/players/memorial-00000")
    page.locator("#how").wait_for()
    fleet.rolls.receipt(1, "memorial-00000", OPENING - 50 * SECOND)
    fleet.rolls.picture("memorial-00000", OPENING)
    page.locator("#picture img").wait_for()
    other = context.new_page()
    other.goto(f"{fleet.site.url}/account")
    other.get_by_role("button", name="Log out").click()
    page.locator("#lost").get_by_text("Log in").wait_for()
    assert page.locator("#picture img").is_hidden()
    context.close()


def test_without_scripts_everything_is_there(browser: Browser, fleet: Overseen) -> None:
    """The list, its filters, a way to look again by itself, and dark for all after two looks."""
    context = signed_in(browser, fleet, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{fleet.site.url}/fleet")
    assert page.locator("tr[data-id]").count() == 100
    page.get_by_role("link", name="Look again every 10 seconds").click()
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    page.locator(".button.dark").click()
    page.get_by_role("button", name="Go on").click()
    page.locator("main button.grave").click()
    page.wait_for_url(f"{fleet.site.url}/fleet/orders")
    assert any(each.topic.endswith("/cmd/dark") for each in fleet.air.said)
    context.close()
