"""A show in step, drawn without a screen: a picture or a film of an instant is what its wall shows then, by the programme."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pytest

from player.filming import film as films
from player.filming.film import Order, film
from player.render.protocol import Image
from player.settings import Configuration
from player.show.programme import recipe
from player.still import still
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes import showing
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.filmed import FRAME, RATE, SMALL, Drawn, KeptFile, configured, nobody
from tests.fakes.in_step import InStep

WALL: Final = """
sync: memorial
hold: 4s
fade: 1s
slides: [photo, words, {photo: {pairs: true}}, {mosaic: {columns: 2, rows: 2}}]
"""
FIRST: Final[Nanos] = OPENING + 30 * SECOND
"""When the first version begins."""
SWITCH: Final[Nanos] = FIRST + 97 * SECOND + 300 * MILLISECOND
"""When the second one does: amid a slot of the first."""
STUB: Final[Nanos] = SWITCH + 40_200 * MILLISECOND
"""When the third does: 1.2 s after a slot of the second begins, which is therefore left out."""
SLOT: Final = """
schedule:
  fallback: wall
  slots:
    - {id: eve, title: Evening, show: other, start: 2027-01-20T09:01:02Z, length: 16s, preroll: 4s, start_as: hard}
  quiet:
    - {when: {day: 2027-01-20, at: 09:01:27 to 09:01:31}, do: dark}
    - {when: {day: 2027-01-20, at: 09:01:35 to 09:01:38}, do: {dim: 40}}
"""
NAMES: Final = ("a", "b", "c", "d", "e", "pf", "pg", "ph")


class DrawnInStep(Drawn, InStep):
    """A wall in step that is drawn."""

    def count(self, version: str, at: Nanos, names: int) -> None:
        """Let a version that has so many of all count from *at* on."""
        self.release(version, at=at, items=self.everybody()[:names], made_for=recipe(self.show, showing.PHRASES))


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Films stay in memory."""
    KeptFile.made.clear()
    monkeypatch.setattr(films, "Mp4", KeptFile)


def filmed(configuration: Configuration, start: Nanos, until: Nanos, clock: FakeClock, **more: str) -> list[Image]:
    """Film a stretch; return what the encoder was given."""
    order = Order(start=start, until=until, rate=RATE, out=Path("show.mp4"), size=SMALL, show=more.get("show"))
    assert film(configuration, order, clock, nobody)
    return KeptFile.made["show.mp4"]


def unlike(found: list[Image], up: list[tuple[Nanos, Image]]) -> list[str]:
    """Return when, in seconds since the first version began, a picture is not what was up, and by how much."""
    assert 0 <= len(found) - len(up) <= 1
    return [
        f"{(t - FIRST) / SECOND:.2f}: {np.abs(image.astype(int) - other).max()}"
        for (t, image), other in zip(up, found, strict=False)
        if not np.array_equal(image, other)
    ]


def looked_at(show: DrawnInStep, configuration: Configuration, *borders: Nanos) -> None:
    """Draw instants of the minute to come, some near *borders*; then play it, and draw them again from what was stored."""
    now = show.clock.wall()
    wanted = {now + n * 2_950 * MILLISECOND for n in range(1, 21)} | {at + n * 6 * FRAME for at in borders for n in range(5)}
    frames = {now + (t - now) // FRAME * FRAME for t in wanted if t > now}
    ahead = {t: still(configuration, t, SMALL, show.clock, nobody) for t in sorted(frames)}
    up = [(t, image.copy()) for t, image in show.presented(max(frames) + 2 * FRAME) if t in ahead]
    assert len(up) == len(ahead)
    assert unlike([ahead[t] for t, _ in up], up) == []
    assert unlike([still(configuration, t, SMALL, show.clock, nobody) for t, _ in up], up) == []


def test_pictures_of_instants_to_come_are_what_the_wall_shows_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In fades and between them, before the first version begins and after, and over a switch that cuts a slide short."""
    configuration = configured(tmp_path, wall=WALL)
    with DrawnInStep(tmp_path, configuration, monkeypatch) as show:
        show.publish(*NAMES)
        show.play(7 * SECOND, stride=FRAME)
        show.play_until(lambda: not show.is_fading and show.loop.reel.is_counted, stride=FRAME)
        show.count("1", FIRST, 6)
        looked_at(show, configuration, FIRST)
        assert show.slot
        assert show.slot.part.version == "1"
        show.play_until(lambda: not show.is_fading, stride=FRAME)
        show.count("2", SWITCH, 8)
        looked_at(show, configuration, SWITCH)
        assert show.slot
        assert show.slot.part.version == "2"
        show.play_until(lambda: not show.is_fading, stride=FRAME)
        show.count("3", STUB, 5)
        looked_at(show, configuration, STUB - 1_200 * MILLISECOND, STUB)
        assert show.slot
        assert show.slot.part.version == "3"


def test_a_film_is_what_the_wall_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pixel by pixel: from a show's own order into step, another show that comes and goes, a dark time, a dim one, and a switch.

    Once before it comes, and once more afterwards from what the screen has stored.
    """
    configuration = configured(tmp_path, SLOT, wall=WALL)
    with DrawnInStep(tmp_path, configuration, monkeypatch) as show:
        show.publish(*NAMES)
        show.play(7 * SECOND, stride=FRAME)
        show.count("1", FIRST, 6)
        for version, until in (("1", FIRST + 10 * SECOND), ("2", SWITCH + 12 * SECOND)):
            show.play_until(lambda: not show.is_fading and show.loop.reel.is_counted, stride=FRAME)
            if version == "2":
                show.count(version, SWITCH, 8)
                show.play(6 * SECOND, stride=FRAME)  # until the screen has looked
                show.play_until(lambda: not show.is_fading, stride=FRAME)
            start = show.clock.wall() + FRAME
            ahead = filmed(configuration, start, until, show.clock)
            up = [(t, image.copy()) for t, image in show.presented(until)]
            assert unlike(ahead, up) == []
            assert show.slot
            assert show.slot.part.version == version
            assert unlike(filmed(configuration, start, until, show.clock), up) == []


def test_a_show_by_itself_is_in_step_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody had put it on by hand: whatever the schedule has, what its programme has then is on the film."""
    configuration = configured(tmp_path, wall=WALL)
    with DrawnInStep(tmp_path, configuration, monkeypatch) as show:
        show.publish(*NAMES)
        show.count("1", FIRST, 6)
        show.play(10 * SECOND, stride=FRAME)
        start = FIRST + 61 * SECOND + 500 * MILLISECOND
        found = filmed(configuration, start, start + 10 * SECOND, show.clock, show="wall")
        show.play(start - FRAME - show.clock.wall(), stride=FRAME)
        up = [(t, image.copy()) for t, image in show.presented(start + 10 * SECOND)]
        assert unlike(found, up) == []


def test_whoever_is_withdrawn_gives_way_to_the_same_one_as_on_the_wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On pictures of what is to come, and on those of what was: nobody who was withdrawn is on any."""
    configuration = configured(tmp_path, wall=WALL)
    with DrawnInStep(tmp_path, configuration, monkeypatch) as show:
        show.publish(*NAMES)
        show.count("1", FIRST, 8)
        show.play(FIRST + 8 * SECOND - show.clock.wall(), stride=FRAME)
        for name in ("a", "pg"):
            show.withdraw(name)
        show.play(6 * SECOND, stride=FRAME)
        looked_at(show, configuration)
