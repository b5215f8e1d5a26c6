"""A console over a source that people at the player approve, and what its reviewers do there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import httpx

from player.library import pending
from player.library.reviews import Name
from tests.fakes.console import Browser, Console
from tests.fakes.taking_in import TakingIn

TEXT: Final = """
show: one
feeds:
  wall: {kind: jsonfeed, url: 'https://a.example/feed.json', trust: reviewed}
console: {reviewers: true}
"""
MARK: Final = re.compile(r'data-key="(\d+)" data-mark="([0-9a-f]{32})"')


class Reviewed(Console):
    """A console over a reviewed source."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, text=TEXT)
        self.site = TakingIn(self.data, self.clock)
        self.site.review()

    def publish(self, *names: str, **fields: Any) -> None:
        """Let photos come in, and wait."""
        for name in names:
            self.site.publisher.add(name, name.encode())
            self.site.publisher.items[name] |= fields
        self.site.poll()

    def state(self, item: str) -> str:
        """Return how a photo stands, once ingest has acted."""
        self.site.settle()
        (state,) = self.site.ingest.connection.execute("SELECT state FROM photos WHERE item=?", (item,)).fetchone()
        return str(state)

    def key(self, item: str) -> int:
        """Return the row of a photo."""
        key = pending.key_of(self.site.ingest.connection, Name("wall", item))
        assert key
        return key


def shown(text: str) -> tuple[int, str] | None:
    """Return the row and the mark of the photo on a page."""
    found = MARK.search(text)
    return (int(found[1]), found[2]) if found else None


def looked(browser: Browser, at: str = "/review") -> tuple[int, str] | None:
    """Open the page as a browser does, with its picture; return the row and the mark of what it shows."""
    found = shown(browser.get(at).text)
    if found:
        assert browser.ask("GET", f"/api/review/{found[0]}/picture?mark={found[1]}").status_code == 200
    return found


def decided(browser: Browser, verdict: str = "approve", at: str = "/review", **fields: str) -> httpx.Response:
    """Open the page, and decide on what it shows."""
    found = looked(browser, at)
    assert found
    return browser.post("/review/verdict", {"key": str(found[0]), "mark": found[1], "verdict": verdict} | fields)
