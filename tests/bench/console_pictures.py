"""The README's pictures of the console, taken anew: `python -m tests.bench.console_pictures [--out docs/pictures]`.

A whole player runs on two displays in memory and shows the demonstration. Chromium opens its console as an administrator does,
from the code in the log to a photo that is withdrawn. Needs Xvfb, xrandr, chromium, and an hour at which the schedule is light.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from player.centre import collecting
from player.centre.standing import Rank
from player.console.at_centre import Fleet
from player.console.people.roles import Role
from player.units import SECOND, Nanos, Size
from tests.bench.wall import save_small
from tests.fakes.browsed import browsed
from tests.fakes.chromium import chromium
from tests.fakes.clock import OPENING
from tests.fakes.display import display
from tests.fakes.fleet import Rolls
from tests.fakes.people import PASSWORD
from tests.fakes.player import ROOT, Player, running
from tests.fakes.served import free_port
from tests.fakes.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState

DEMO: Final = ROOT / "assets" / "demo"
OUTPUT: Final = Size(1280, 720)
SHARED: Final = 128  # pixels that both outputs show
WIDE: Final = Size(1080, 760)
PHONE: Final = Size(390, 760)
BEGINS: Final[Nanos] = 60 * SECOND  # two cores draw a façade, prepare twenty photos and run a browser
COLOURS: Final = 256  # small marks in green and amber keep their colour beside photos
STANDS_MS: Final = 3000  # after a slide has begun: its fade is over, and the console has its picture
CODE: Final = re.compile(r'code="([0-9 ]+)"')
PLAYERS: Final = 40  # of the fleet
CITIES: Final = (("oswiecim", "Oświęcim"), ("krakow", "Kraków"), ("jerusalem", "ירושלים"), ("lisboa", "Lisboa"), ("wien", "Wien"))
THUMB_PX: Final = 96  # wide
NAME: Final = "admin-1"
WITHDRAWN: Final = "demo-10"
CONFIG: Final = """
site: {{name: Memorial, zone: Europe/Warsaw, latitude: 50.0343, longitude: 19.1785, clock: own}}
feeds:
  campaign: {{kind: jsonfeed, url: {demo}/feed.json, trust: moderated, every: 30s}}
  sent-in: {{kind: folder, url: sent-in, trust: reviewed}}
words: {{only_checked: false, languages: [en, he, pl]}}
show: wall
schedule:
  slots:
    - {{id: day, show: wall, at: 06:00 to sunset, priority: 10}}
    - {{id: evening, show: facade, at: sunset to 23:30, priority: 20, title: The façade}}
    - {{id: ceremony, show: wall, at: 20:00 to 21:00, priority: 100, title: Ceremony}}
  quiet:
    - {{when: {{at: 23:30 to 06:00}}, do: dark}}
canvas: {canvas}x{height}
outputs:
  - {{id: left, display: {{name: left}}, crop: [0, 0, {width}, {height}]}}
  - {{id: right, display: {{name: right}}, crop: [{second}, 0, {width}, {height}]}}
console: {{port: {port}, reviewers: true}}
storage: {{data: {data}}}
"""
PLAYLIST: Final = "hold: 20s\nfade: 1s\nmotion: false\nslides:\n  - photo\n"


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at the console who is logged in, and the folder for pictures."""

    browser: Browser
    url: str
    cookies: StorageState
    out: Path

    @contextmanager
    def opened(self, path: str, *, size: Size = WIDE, language: str = "en-GB") -> Generator[Page]:
        """Open a page."""
        with self.browser.new_context(locale=language, storage_state=self.cookies) as context:
            page = context.new_page()
            page.set_viewport_size({"width": size.width, "height": size.height})
            answer = page.goto(f"{self.url}{path}")
            assert answer, path
            assert answer.ok, path
            yield page

    def keep(self, name: str, page: Page) -> None:
        """Keep what is seen of a page."""
        _keep(self.out / f"console-{name}.png", page)

    def keep_now(self, name: str, *, size: Size = WIDE, language: str = "en-GB") -> None:
        """Keep the page Now, with a slide that stands."""
        with self.opened("/", size=size, language=language) as page:
            page.locator("#verdict.ok").wait_for()
            page.locator("[data-photos] a").first.wait_for()
            before = page.get_attribute("#presented", "src")
            page.locator("button[value=next]").click()
            page.wait_for_function("before => document.querySelector('#presented').getAttribute('src') !== before", arg=before)
            page.wait_for_timeout(STANDS_MS)
            page.evaluate("document.querySelector('#answer').replaceChildren()")
            self.keep(name, page)


def pictures(out: Path) -> None:
    """Run a player, and take all of them."""
    with tempfile.TemporaryDirectory() as folder, display(Size(2 * OUTPUT.width, OUTPUT.height)) as shown:
        for name, at, screen in (("left", 0, "screen"), ("right", OUTPUT.width, "none")):
            place = f"{OUTPUT.width}/339x{OUTPUT.height}/191+{at}+0"
            subprocess.run(["xrandr", "--setmonitor", name, place, screen], env={**os.environ, "DISPLAY": shown.name}, check=True)
        port = free_port()
        site = _site(Path(folder), port)
        with running(site, shown) as player, chromium() as browser:
            url = f"http://127.0.0.1:{port}"
            visit = Visit(browser, url, _logged_in(player, browser, url, out), out)
            visit.keep_now("now")
            visit.keep_now("phone", size=PHONE)
            visit.keep_now("hebrew", size=PHONE, language="he-IL")
            _photos(visit)
            _wall(visit)
            for name in ("agenda", "journal", "review"):
                with visit.opened(f"/{name}") as page:
                    visit.keep(name, page)
    fleet(out)


def fleet(out: Path) -> None:
    """Take the picture of all players: a console at a centre of forty walls, written as a collector writes them."""
    with tempfile.TemporaryDirectory() as folder:
        rolls = Rolls(Path(folder) / "centre", OPENING)
        _walls(rolls)
        (Path(folder) / "site").mkdir()
        with browsed(Path(folder) / "site", fleet=Fleet(rolls.folder)) as site, chromium() as browser:
            with browser.new_context(locale="en-GB") as context:
                site.log_in(context, Role.OPERATOR)
                visit = Visit(browser, site.url, context.storage_state(), out)
            rolls.store.note(collecting.COLLECTED, str(site.clock.wall()))
            with visit.opened("/fleet") as page:
                visit.keep("fleet", page)
            with visit.opened("/fleet", size=PHONE, language="he-IL") as page:
                visit.keep("fleet-phone", page)
        rolls.close()


def _walls(rolls: Rolls) -> None:
    """Add the walls of a campaign: of forty, two need somebody."""
    drawn = [_small(file) for file in sorted(DEMO.glob("*.jpg"))]
    for number in range(PLAYERS):
        city = CITIES[number % len(CITIES)]
        name = f"{city[0]}-{number // len(CITIES) + 1}"
        if number == 2:
            rolls.add(name, site=city[1], state="offline", rank=Rank.OFFLINE, trouble="offline", seen=OPENING - 2400 * SECOND)
        elif number == 4:
            clock = {"state": "synced", "off_us": 61_000_000, "error_us": 900}
            rolls.add(name, site=city[1], rank=Rank.CLOCK, trouble="clock 61 s ahead", clock=clock)
        else:
            rolls.add(name, site=city[1])
        rolls.picture(name, content=drawn[number % len(drawn)])


def _small(file: Path) -> bytes:
    """Return a picture as a player sends it: a thumbnail that fits in a message."""
    image = cv2.imread(str(file))
    assert image is not None
    height = round(THUMB_PX * image.shape[0] / image.shape[1])
    return cv2.imencode(".jpg", cv2.resize(image, (THUMB_PX, height)), [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes()


def _site(folder: Path, port: int) -> Site:
    """Write what an operator would: a feed that is approved, and a folder that people send to."""
    site = Site(folder, playlist=PLAYLIST)
    (folder / "playlists" / "facade.yaml").write_text(PLAYLIST)
    second = OUTPUT.width - SHARED
    config = CONFIG.format(
        demo=DEMO,
        canvas=OUTPUT.width + second,
        width=OUTPUT.width,
        height=OUTPUT.height,
        second=second,
        port=port,
        data=site.data,
    )
    site.config.write_text(config)
    (folder / "sent-in").mkdir()
    # A sheet that nobody has approved, and once more, as somebody else saved it, the one that is going to be withdrawn.
    for name, quality, caption in (("10-kitchen-table", 70, "A table"), ("21-waiting", 90, "A sheet that waits")):
        image = cv2.imread(str(DEMO / f"{name}.jpg"))
        assert image is not None
        cv2.imwrite(str(folder / "sent-in" / f"{name}.jpg"), image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        (folder / "sent-in" / f"{name}.yaml").write_text(f"caption: {caption}\ncredit: Drawn for the demonstration\n")
    return site


def _keep(path: Path, page: Page) -> None:
    page.evaluate("() => scrollTo(0, 0)")
    page.mouse.move(0, 0)
    page.wait_for_function("() => [...document.images].every(e => e.complete || e.getBoundingClientRect().top > innerHeight)")
    pixels = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    save_small(path, pixels.astype(np.uint8), colours=COLOURS)


def _logged_in(player: Player, browser: Browser, url: str, out: Path) -> StorageState:
    """Set the console up with the code that the player says."""
    log = player.site.folder / "log"
    Site.until(lambda: bool(CODE.search(log.read_text("utf-8"))), "the console says its code", within=BEGINS)
    found = CODE.search(log.read_text("utf-8"))
    assert found
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.set_viewport_size({"width": WIDE.width, "height": WIDE.height})
        page.goto(url)
        page.fill("#code", found[1])
        page.fill("#name", NAME)
        page.fill("#password", PASSWORD)
        _keep(out / "console-set-up.png", page)
        page.locator("main button").click()
        page.wait_for_url(f"{url}/")
        return context.storage_state()


def _photos(visit: Visit) -> None:
    """Look through the photos, and withdraw one of them."""
    with visit.opened("/photos") as page:
        visit.keep("photos", page)
        page.fill("[name=text]", WITHDRAWN)
        page.locator(".filters .first").click()
        page.locator(".tiles a").first.click()
        page.locator("a.grave").click()
        page.locator("#reason").fill("The author asks for it")
        page.locator("main button.grave").click()
        page.locator("[data-step=gone].done").wait_for()
        visit.keep("receipt", page)


def _wall(visit: Visit) -> None:
    """Move a corner, and look at the history of that."""
    with visit.opened("/wall/shape?output=left") as page:
        page.locator("[data-corner='1']").focus()
        for count, key in enumerate(("ArrowRight", "ArrowDown"), 1):
            for _ in range(4):
                page.keyboard.press(f"Shift+{key}")
            page.wait_for_function("count => Number(document.querySelector('[name=number]').value) === count", arg=count)
        visit.keep("shaping", page)
    with visit.opened("/wall") as page:
        visit.keep("wall", page)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures", metavar="FOLDER")
    pictures(parser.parse_args().out)
