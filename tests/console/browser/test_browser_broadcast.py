"""The running show in a real browser: it plays, a piece that does not come costs nothing, a withdrawal costs all there is."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest

from player.console.people.roles import Role
from player.filming.handover import Memory
from player.filming.studio import Studio
from player.units import SECOND, Nanos
from tests.fakes.browsed import SETTINGS, Browsed, browsed
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

FPS: Final = 10
EVERY: Final[Nanos] = SECOND // FPS
BRIGHT: Final = 200  # of 255; whoever is withdrawn later
DARK: Final = 40
NEAR: Final = 12  # levels: a browser's colours are not ours to the last
AGAIN_MS: Final = 1001  # after that the page asks for the playlist once more
LOOK_MS: Final = 20
PATIENCE: Final = 500  # looks, on a busy machine
FILES: Final = re.compile(r"/live/(show\.m3u8|[0-9]+-.+)$")

HELD: Final = """() => {
  const video = document.getElementById("show");
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const drawn = canvas.getContext("2d");
  drawn.drawImage(video, 0, 0, 1, 1);
  const parts = [...Array(video.buffered.length).keys()].map((i) => [video.buffered.start(i), video.buffered.end(i)]);
  return { grey: drawn.getImageData(0, 0, 1, 1).data[0], parts, source: video.src, at: video.currentTime };
}"""
"""What the page has of the show: the grey that is seen, which seconds are kept, of which source."""


class Elsewhere:
    """A wall of one grey, and what is made of it for viewers; a second passes on it whenever somebody asks for the playlist."""

    def __init__(self) -> None:
        descriptor = Memory.made(180, EVERY)
        self.memory, self.clock, self.grey = Memory(descriptor), FakeClock(monotonic=100 * SECOND), BRIGHT
        os.close(descriptor)
        self.studio = Studio(self.memory, FPS, epoch=7)
        self.lost: set[str] = set()
        """Pieces that do not come, once each."""
        self.asked: list[str] = []
        self.is_lossy = False
        """Whether no piece comes at all."""
        self.is_silent = False
        """Whether nothing is answered any more."""
        self.passing: Callable[[], None] = lambda: None
        """What happens while a piece is on its way."""
        self.play(3)

    def play(self, seconds: int) -> None:
        """Let the wall go on."""
        image = np.full((180, 320, 4), self.grey, np.uint8)
        for _ in range(seconds * FPS):
            now = self.clock.monotonic()
            self.studio.playlist(now)
            self.memory.beat(now)
            self.memory.put(image, 1.0)
            self.studio.step(now)
            self.clock.advance(EVERY)

    @property
    def newest(self) -> int:
        """The number of the newest piece that there is."""
        name = self.studio.playlist(self.clock.monotonic()).decode().splitlines()[-1]
        return int(name.partition("-")[2].partition(".")[0])

    def withdraw(self) -> None:
        """Let somebody be withdrawn: the wall is another from now on."""
        self.memory.wipe()
        self.grey = DARK
        self.asked.clear()

    def answer(self, route: Route) -> None:
        """Give the browser what it asks for, as the console does."""
        name = route.request.url.rpartition("/")[2]
        self.asked.append(name)
        now = self.clock.monotonic()
        if self.is_silent:
            return
        if name.endswith(".m4s"):
            self.passing()
        if name in self.lost or (self.is_lossy and name.endswith(".m4s")):
            self.lost.discard(name)
            route.fulfill(status=404, body="")
        elif name == "show.m3u8":
            self.play(1)
            found = self.studio.playlist(now)
            route.fulfill(status=200 if found else 503, body=found)
        else:
            found = self.studio.part(name, now)
            route.fulfill(status=200 if found else 404, body=found, content_type="video/mp4")


@pytest.fixture
def site(browser: Browser, tmp_path: Path) -> Generator[Browsed]:
    """A console of a player that serves its show."""
    del browser  # where there is none, there need be no console
    with browsed(tmp_path, count=1, text=f"{SETTINGS}serve: {{enabled: true}}\n") as site:
        yield site


@pytest.fixture
def elsewhere() -> Generator[Elsewhere]:
    """What viewers get."""
    found = Elsewhere()
    yield found
    found.studio.forget()


@pytest.fixture
def page(browser: Browser, site: Browsed, elsewhere: Elsewhere) -> Generator[Page]:
    """The page, with the show on it."""
    with browser.new_context(locale="en-GB") as context:
        site.log_in(context, Role.VIEWER)
        page = context.new_page()
        page.clock.install()
        page.route(FILES, elsewhere.answer)
        page.goto(f"{site.url}/live/show")
        page.wait_for_function("() => document.getElementById('show').currentTime > 0")
        yield page


def held(page: Page) -> tuple[int, list[list[float]], str]:
    """Return the grey that is seen, which seconds are kept, and of which source."""
    found = page.evaluate(HELD)
    return found["grey"], found["parts"], found["source"]


def comes(page: Page, holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold while one waits; the page meanwhile asks for the playlist as soon as it would."""
    for number in range(PATIENCE):
        if holds():
            return True
        if number % 10 == 0:
            page.clock.fast_forward(AGAIN_MS)
        page.wait_for_timeout(LOOK_MS)
    return False


def test_one_piece_that_does_not_come_costs_nothing_and_a_withdrawal_everything(page: Page, elsewhere: Elsewhere) -> None:
    """The show plays; what is buffered stays, and the piece comes later; whoever is withdrawn is seen no more, nor kept.

    The same where nothing is answered, for then nobody knows; and where no piece comes any more it is begun anew. One story
    in one page: opening it is what takes time.
    """
    page.evaluate("document.getElementById('show').addEventListener('emptied', () => (document.title = 'emptied'))")
    grey, parts, source = held(page)
    assert abs(grey - BRIGHT) <= NEAR
    lost = f"7-{elsewhere.newest + 1}.m4s"
    elsewhere.lost.add(lost)
    assert comes(page, lambda: elsewhere.asked.count(lost) == 2), elsewhere.asked
    assert comes(page, lambda: held(page)[1][-1][1] >= parts[-1][1] + 1)
    grey, parts, now = held(page)
    assert (abs(grey - BRIGHT) <= NEAR, now, len(parts)) == (True, source, 1)  # in one part: without a hole
    assert page.title() != "emptied"

    elsewhere.withdraw()
    state = page.locator("#state")
    assert comes(page, lambda: state.text_content() == state.get_attribute("data-wait"))
    assert held(page)[1:] == ([], "")
    assert comes(page, lambda: page.evaluate(HELD)["at"] > 0)
    grey, _, now = held(page)
    assert now not in {"", source}
    assert abs(grey - DARK) <= NEAR
    assert not [name for name in elsewhere.asked if name.startswith("7-")]

    elsewhere.is_lossy = True
    assert comes(page, lambda: held(page)[2] not in {"", now})
    elsewhere.is_lossy = False
    assert comes(page, lambda: page.evaluate(HELD)["at"] > 0)
    elsewhere.is_silent = True
    assert comes(page, lambda: state.text_content() == state.get_attribute("data-wait"))
    assert held(page)[1:] == ([], "")


def test_on_a_slow_line_the_playlist_is_asked_between_pieces(page: Page, elsewhere: Elsewhere) -> None:
    """Of three new pieces that take more than a second each, none is asked for before it is known that all may be seen still."""
    elsewhere.play(2)
    elsewhere.asked.clear()
    elsewhere.passing = lambda: page.clock.fast_forward(AGAIN_MS)
    assert comes(page, lambda: len(elsewhere.asked) >= 6)
    kinds = ["list" if name == "show.m3u8" else "piece" for name in elsewhere.asked[:6]]
    assert kinds == ["list", "piece"] * 3
