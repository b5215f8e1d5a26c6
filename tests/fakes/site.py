"""A place where a player could stand, in a folder of the test's own: configuration, playlist, a feed of files, data."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from click.testing import CliRunner, Result

from player.cli import main
from player.clock import SystemClock
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.publisher import Publisher

LONG_AGO: Final = "2020-01-27T08:00:00Z"
"""When things were approved, as seen from any machine's clock."""
PHOTOS_ALONE: Final = "hold: 4s\nfade: 1s\nmotion: false\nslides:\n  - photo\n"


class Site:
    """Writes what an operator writes, and gives commands as one does."""

    def __init__(self, folder: Path, *, playlist: str = PHOTOS_ALONE, rest: str = "") -> None:
        self.folder = folder
        self.config = folder / "config.yaml"
        self.data = folder / "data"
        self.rest = rest
        """More lines of the configuration."""
        (folder / "playlists").mkdir()
        (folder / "playlists" / "wall.yaml").write_text(playlist)
        self.configure()

    def configure(self, feeds: str = "{}") -> None:
        """Write config.yaml, in one step, with *feeds* as YAML."""
        text = f"site: {{zone: Europe/Warsaw}}\nfeeds: {feeds}\nstorage: {{data: {self.data}}}\n{self.rest}"
        new = self.config.with_suffix(".new")
        new.write_text(text)
        new.replace(self.config)

    def publish(self, publisher: Publisher) -> None:
        """Write what *publisher* has to say as a file, with its pictures beside it, and have it as the feed called "wall"."""
        folder = self.folder / "feed"
        (folder / "photos").mkdir(parents=True, exist_ok=True)
        feed = cast("dict[str, Any]", json.loads(publisher.page(0)))
        for item in feed["items"]:
            item["image"] = item["image"].lstrip("/")
            if "approved_at" in item["_we_remember"]:
                item["_we_remember"]["approved_at"] = LONG_AGO
        for path, picture in publisher.pictures.items():
            (folder / path.lstrip("/")).write_bytes(picture)
        (folder / "feed.json").write_text(json.dumps(feed))
        self.configure("{wall: {kind: jsonfeed, url: feed/feed.json, trust: moderated}}")

    def command(self, *words: str) -> Result:
        """Give a command, in this process, and return what it printed and its exit code."""
        result = CliRunner().invoke(main, [*words, "--config", str(self.config), "--data", str(self.data)])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def photos(self) -> dict[str, dict[str, Any]]:
        """Return what `photos --json` says, by id."""
        found = cast("list[dict[str, Any]]", json.loads(self.command("photos", "--json").stdout))
        return {photo["id"]: photo for photo in found}

    def damage_orders(self) -> None:
        """Make the record of withdrawals unreadable, as a bad disk would."""
        for suffix in ("-wal", "-shm"):
            (self.data / f"orders.sqlite{suffix}").unlink(missing_ok=True)
        (self.data / "orders.sqlite").write_bytes(b"what a bad disk gave back" * 500)

    @staticmethod
    def until(holds: Callable[[], bool], what: str, *, within: Nanos = 20 * SECOND) -> Nanos:
        """Wait until *holds*, asked again and again; return how long it took.

        Raises:
            AssertionError: it did not come true in time; the message is *what*.
        """
        clock, never = SystemClock(), threading.Event()
        began = clock.monotonic()
        while not holds():
            assert clock.monotonic() < began + within, f"not within {within // SECOND} s: {what}"
            clock.wait(never, 20 * MILLISECOND)
        return clock.monotonic() - began
