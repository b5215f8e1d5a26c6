"""The wall as a picture in a message: once an hour, when a show begins, when somebody asks; never of who was withdrawn."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from player.errors import LibraryError
from player.fleet import wire
from player.fleet.outgoing import Sealing
from player.fleet.picture import PATIENCE, SETTLES, Pictures, size_of
from player.library.heard import STATUS, dated
from player.library.leftovers import THUMBNAIL
from player.library.library import Library, open_library
from player.library.receipts import Receipt
from player.library.tombstones import Record
from player.screen.preview import thumbnail, write_previews
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.clock import FakeClock

NOISE = np.random.default_rng(7).integers(0, 256, (540, 960, 3), np.uint8)


class Site:
    """A player whose wall is kept as a picture each second."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.clock = FakeClock()
        self.show = "facade"
        self.is_open = self.is_running = self.keeps = True
        sealing = Sealing("oswiecim-1", "0123abcd", self.clock)
        self.pictures = Pictures(self.opened, sealing, folder=library.folder, clock=self.clock)
        write_previews(library.folder, NOISE, self.clock.wall())

    def opened(self) -> Library:
        """Return the library, unless it cannot be opened."""
        if not self.is_open:
            raise LibraryError("the disk does not answer")
        return self.library

    def hear(self, seconds: int) -> list[dict[str, Any]]:
        """Let time pass; return what is sent meanwhile."""
        found: list[dict[str, Any]] = []
        for _ in range(seconds):
            self.clock.advance(SECOND)
            if self.is_running:
                (self.library.folder / STATUS).write_text(json.dumps(dated({"show": self.show}, self.clock.monotonic())))
            path = self.library.folder / THUMBNAIL
            if self.keeps and path.exists():
                os.utime(path, ns=(self.clock.wall(), self.clock.wall()))
            for each in self.pictures.step(self.clock.monotonic()):
                assert (each.topic, each.qos, each.retain) == ("wr/1/p/oswiecim-1/picture", 0, False)
                assert len(each.payload) <= wire.MAX_BYTES
                found.append(json.loads(each.payload))
        return found

    def settled(self) -> None:
        """Let the show that is on have been sent."""
        assert len(self.hear(60)) == 1

    def withdraw(self) -> Receipt:
        """Withdraw somebody who may be on the wall."""
        at = self.clock.wall()
        record = Record(source="wall", item="p-1", reason="", at=None, digests=frozenset(), is_here=True)
        self.library.orders.withdraw_all([record], known_at=at)
        return Receipt("wall", "p-1", at)

    def off(self, receipt: Receipt, at: Nanos) -> None:
        """Let the wall be without them."""
        self.library.orders.off_screen([Receipt(*receipt.key, off_at=at, was_up=True)], at=at)


@pytest.fixture
def site(tmp_path: Path) -> Generator[Site]:
    """A player."""
    library = open_library(tmp_path / "data", writer="fleet")
    yield Site(library)
    library.close()


def test_a_picture_is_what_the_screen_made(site: Site) -> None:
    """The file as it lies there, with its size, and when it was on the wall."""
    [told] = site.hear(1 + SETTLES // SECOND)

    assert base64.b64decode(told["jpeg"]) == thumbnail(NOISE) == (site.library.folder / THUMBNAIL).read_bytes()
    assert (told["width"], told["height"]) == size_of(thumbnail(NOISE))
    assert told["taken_at"] == site.clock.wall() // MILLISECOND


def test_one_comes_each_hour_and_when_a_show_has_begun(site: Site) -> None:
    """Not before its first slide has faded in."""
    site.settled()
    assert 2 <= len(site.hear(2 * 3600)) <= 3

    site.show = "wall"
    assert site.hear(SETTLES // SECOND - 1) == []
    assert len(site.hear(4)) == 1


def test_one_comes_when_somebody_asks(site: Site) -> None:
    """At once; and no more than one in ten seconds, however often they ask."""
    site.settled()
    site.pictures.ask()
    assert len(site.hear(1)) == 1

    heard: list[dict[str, Any]] = []
    for _ in range(60):
        site.pictures.ask()
        heard += site.hear(1)
    assert len(heard) <= 6


def test_what_may_show_a_withdrawn_photo_is_not_sent(site: Site) -> None:
    """Neither before the screen has answered, nor the picture from before that; what was made since comes."""
    site.settled()
    site.keeps = False
    receipt = site.withdraw()
    site.pictures.ask()
    assert site.hear(5) == []
    site.off(receipt, site.clock.wall())
    assert site.hear(5) == []

    site.keeps = True

    assert len(site.hear(2)) == 1


def test_nobody_waits_for_ever_for_a_picture(site: Site) -> None:
    """One that could not be seen for two minutes is not sent when nobody thinks of it any more."""
    site.settled()
    receipt = site.withdraw()
    site.pictures.ask()
    assert site.hear(PATIENCE // SECOND + 1) == []

    site.off(receipt, site.clock.wall())

    assert site.hear(60) == []


def test_without_the_record_of_withdrawals_there_is_no_picture(site: Site) -> None:
    """Nobody can say whom it may show."""
    site.settled()
    site.is_open = False
    site.pictures.ask()
    assert site.hear(5) == []
    site.is_open = True
    site.library.held_orders, orders = None, site.library.held_orders
    assert site.hear(5) == []

    site.library.held_orders = orders

    assert len(site.hear(1)) == 1


def test_a_screen_that_is_silent_has_no_picture(site: Site) -> None:
    """The file is of a wall that was; and where there is none, none is sent."""
    site.settled()
    site.is_running = False
    site.hear(10)
    site.pictures.ask()
    assert site.hear(5) == []

    (site.library.folder / THUMBNAIL).unlink()
    site.is_running = True

    assert site.hear(5) == []


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x10" + b"x" * 14, b"\xff\xd8\xff" + b"z" * 90_000]
)
def test_what_is_no_thumbnail_is_not_sent(site: Site, content: bytes) -> None:
    """Somebody put it there; of a long one no more is read than a message holds."""
    site.settled()
    (site.library.folder / THUMBNAIL).write_bytes(content)
    site.pictures.ask()

    assert site.hear(5) == []


def test_the_size_is_read_from_the_header_alone() -> None:
    """Of a wide wall and a tall one, as the screen writes them."""
    for shape in ((540, 960, 3), (960, 270, 3), (90, 160, 3)):
        small = thumbnail(np.full(shape, 30, np.uint8))
        found = size_of(small)
        assert found is not None
        assert abs(found[0] / found[1] - shape[1] / shape[0]) < 0.02
        assert size_of(small[:30]) is None


def test_no_decoder_is_in_the_process() -> None:
    """What the voice imports stays small: neither Pillow nor OpenCV, numpy, pydantic or YAML comes with it."""
    code = (
        "import sys; import player.fleet.picture, player.fleet.reporting, player.fleet.events, player.fleet.homeassistant;"
        "print(sorted({'PIL', 'cv2', 'numpy', 'pydantic', 'yaml', 'requests', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.strip() == "[]"
