"""A wall that an operator is about to touch, in all the situations that they may find it in."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from player.schedule.rules import Moment, Rules, Slot
from player.show.playlist import WordsStep
from player.show.slide import TitleSlide
from player.units import SECOND
from tests.fakes.showing import FRAME, PHOTOS_ALONE, Showing, show_of

MINUTE: Final = 60 * SECOND
NAMES: Final = ("a", "b", "c", "d", "e", "f")
FACADE: Final = show_of(PHOTOS_ALONE, name="facade", hold=8)
WORDS: Final = show_of((WordsStep(),), name="words", hold=8)


@contextmanager
def operated(folder: Path) -> Generator[Showing]:
    """Return a wall with two more shows, that has played for half a minute and stands in a hold."""
    with Showing(folder, others=(FACADE, WORDS)) as showing:
        showing.publish(*NAMES)
        showing.play(30 * SECOND)
        stand(showing)
        yield showing


def stand(show: Showing) -> None:
    """Play until a slide stands in full, counted, and the next one is ready."""
    show.play_until(lambda: not show.is_fading and show.loop.reel.is_counted and bool(show.ready), stride=FRAME)


def plays(show: Showing) -> str | None:
    """Return the show that the newest slide is of."""
    playing = show.loop._billing.playing
    return playing[0] if playing else None


def in_a_fade(show: Showing) -> None:
    """Let a slide be coming."""
    show.play_until(lambda: show.is_fading, stride=FRAME)


def in_a_hold(show: Showing) -> None:
    """Hold the slide."""
    assert show.obeyed("hold").startswith("held")


def in_the_dark(show: Showing) -> None:
    """Let it be dark."""
    assert show.obeyed("dark") == "dark"
    show.play(SECOND, stride=FRAME)
    assert show.is_dark


def with_the_plate_up(show: Showing) -> None:
    """Let nobody be left who may be shown."""
    for name in {photo.item for photo in show.known.values()}:
        show.publisher.withdraw(name)
    show.loads = False
    show.poll()
    show.frame()
    assert not show.up


def with_a_withdrawn_photo(show: Showing) -> None:
    """Withdraw who is up."""
    show.play_until(lambda: bool(show.top), stride=FRAME)
    show.withdraw(min(show.top))
    show.frame()


def by_hand(show: Showing) -> None:
    """Put a show on."""
    assert show.obeyed("go", "facade", "for", "1h").startswith("facade is on")


def on_a_title_page(show: Showing) -> None:
    """Let a ceremony be near: three minutes from now, and its title is up."""
    begins = show.clock.wall() + 3 * MINUTE
    slot = Slot(id="ceremony", show="words", when=Moment(begins, MINUTE), title="A ceremony", preroll=10 * MINUTE)
    show.rules = Rules(zone="UTC", fallback="wall", slots=(slot,))
    show.reload()
    show.play_until(lambda: isinstance(show.loop.reel.cue.slide, TitleSlide) and not show.is_fading, stride=FRAME)


def as_it_is(_: Showing) -> None:
    """Nothing special."""


SITUATIONS: Final = (
    as_it_is,
    in_a_fade,
    in_a_hold,
    in_the_dark,
    with_the_plate_up,
    with_a_withdrawn_photo,
    by_hand,
)
