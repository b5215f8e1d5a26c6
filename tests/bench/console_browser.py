"""How fast the console's pages are in a real browser, how old the picture is that it shows, and how it follows the wall."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

from player.clock import SystemClock
from player.console.door import cookies
from player.units import MILLISECOND, SECOND, Nanos
from tests.bench.console_place import Place
from tests.fakes.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page

GIVE_UP: Final[Nanos] = 10 * SECOND
PATHS: Final = ("/", "/photos", "/agenda", "/journal", "/wall", "/review")
LOADED: Final = "() => { const t = performance.getEntriesByType('navigation')[0]; return t.loadEventEnd - t.startTime; }"
MARK: Final = "() => new URL(document.getElementById('presented').src).searchParams.get('at')"
LIGHT: Final = """() => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [32, 18];
  const context = canvas.getContext('2d');
  context.drawImage(document.getElementById('presented'), 0, 0, 32, 18);
  return Math.max(...context.getImageData(0, 0, 32, 18).data.filter((_, i) => i % 4 < 3));
}"""


DARK: Final = 12  # of 255, after JPEG


@contextmanager
def page_of(at: Place, number: int) -> Generator[Page]:
    """Open a page of an administrator's in a browser that was never there."""
    with chromium() as browser:
        context = browser.new_context()
        session = at.admins[number % len(at.admins)]
        context.add_cookies([{"name": cookies.SESSION, "value": session, "url": at.url}])
        yield context.new_page()
        context.close()


def loads(at: Place, times: int) -> dict[str, list[float]]:
    """Return the milliseconds to the event 'load', by page, each time in a browser that was never there."""
    found: dict[str, list[float]] = {path: [] for path in PATHS}
    never, clock = threading.Event(), SystemClock()
    for number in range(times):
        with page_of(at, number) as page:
            for path in PATHS:
                page.goto(at.url + path, wait_until="load")
                clock.wait(never, 300 * MILLISECOND)  # then the number stands
                found[path].append(float(page.evaluate(LOADED)))
    return found


def ages(at: Place, times: int) -> list[float]:
    """Return how old the picture was, in seconds, that a browser showed at so many moments: since it was kept, once it was up."""
    found: list[float] = []
    never, clock = threading.Event(), SystemClock()
    with page_of(at, -1) as page:
        page.goto(at.url + "/", wait_until="load")
        clock.wait(never, 3 * SECOND)
        for number in range(times):
            clock.wait(never, (300 + 171 * number % 700) * MILLISECOND)
            mark = int(cast("str", page.evaluate(MARK)))
            found.append((clock.wall() - mark) / SECOND)
    return found


def follows(at: Place, darken: Callable[[], object], lighten: Callable[[], object], times: int) -> list[float]:
    """Return how long, in seconds, after the wall was black the picture of the first page was."""
    found: list[float] = []
    never, clock = threading.Event(), SystemClock()
    with page_of(at, -1) as page:
        page.goto(at.url + "/", wait_until="load")
        for number in range(times):
            clock.wait(never, (3000 + 171 * number % 1000) * MILLISECOND)
            darken()
            began = clock.monotonic()
            while int(page.evaluate(LIGHT)) > DARK and clock.monotonic() < began + GIVE_UP:
                clock.wait(never, 20 * MILLISECOND)
            found.append((clock.monotonic() - began) / SECOND)
            lighten()
    return found
