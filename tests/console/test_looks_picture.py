"""The presented picture: what is seen of it, and when it is given to nobody."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from player.console.looks import now
from player.console.looks.duty import Duty
from player.console.looks.health import Level
from player.console.looks.heard import listened
from player.console.looks.now import look
from player.library import receipts
from player.library.library import open_library
from player.library.tombstones import Record
from player.timekeeping import ClockState
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.looked import Place, row


@pytest.fixture
def place(tmp_path: Path) -> Generator[Place]:
    """One with a photo, confirmed a moment ago."""
    made = Place(tmp_path)
    made.shelf.show("wall", ("a", b"a"))
    yield made
    made.shelf.close()


def test_a_slide_that_stands_still_is_of_now(place: Place) -> None:
    """A picture that was kept when its slide began is what is on the wall for as long as the screen says so."""
    place.says(since=OPENING - 600 * SECOND)
    place.keeps_picture(OPENING - 599 * SECOND)

    assert place.look().picture.is_now


def test_a_wall_that_is_dark_has_its_picture(place: Place) -> None:
    """Kept once, when it became black: slides that begin beneath make it no older. One from before the dark is not of now."""
    dark = OPENING - 600 * SECOND
    place.says(dark=True, dark_since=dark, since=OPENING - 20 * SECOND)
    place.keeps_picture(dark + SECOND)
    assert place.look().picture.is_now
    assert place.picture() == b"a picture"

    place.keeps_picture(dark - SECOND)
    assert place.look().picture.sentence.key == "picture.behind"
    assert place.picture() is None


def test_a_picture_from_before_the_slide_is_not_of_now(place: Place) -> None:
    """Where the picture cannot be kept any more, the one before is not passed off as what is up."""
    place.says()
    place.keeps_picture(OPENING - 60 * SECOND)

    found = place.look().picture

    assert not found.is_now
    assert found.sentence.key == "picture.behind"


def test_the_picture_is_the_screens_own_bytes(place: Place) -> None:
    """What is served is what the screen wrote, and nothing where it wrote nothing."""
    place.says()
    assert place.picture() is None
    place.keeps_picture(OPENING)
    assert place.picture() == b"a picture"


def test_a_picture_that_is_not_of_now_is_given_to_nobody(place: Place) -> None:
    """Whether the screen is silent, never said anything, or cannot keep it: whom it shows may be withdrawn by now."""
    place.keeps_picture(OPENING)
    assert place.picture() is None
    place.says()
    assert place.picture(OPENING + 6 * SECOND) is None
    assert place.look(OPENING + 6 * SECOND).picture.is_now is False
    place.keeps_picture(OPENING - 60 * SECOND)
    assert place.picture() is None


def test_a_picture_from_before_a_withdrawal_is_given_to_nobody(place: Place) -> None:
    """From the moment that it is on record, until the screen has answered and has kept another one."""
    place.says()
    place.keeps_picture(OPENING)
    orders = place.shelf.library.orders
    orders.withdraw_all([Record(source="wall", item="a", reason="asked", is_here=True)], known_at=OPENING)
    assert place.picture() is None
    assert place.look().picture.sentence.key == "picture.withheld"

    (receipt,) = receipts.for_screen(orders.connection)
    orders.off_screen([replace(receipt, off_at=OPENING + 50, was_up=True)], at=OPENING + 50)
    assert place.picture() is None

    place.keeps_picture(OPENING + 60)
    assert place.picture() == b"a picture"
    assert place.look().picture.is_now


@pytest.mark.parametrize(
    ("rung", "kept_at", "is_given"),
    [
        ("live", OPENING, False),
        ("", OPENING, False),
        ("core", OPENING, True),
        ("plate", OPENING, True),
        ("core", OPENING - 2 * SECOND, False),
    ],
)
def test_while_withdrawals_are_lost_the_wall_is_seen_only_without_live_photos(
    place: Place, rung: str, kept_at: Nanos, *, is_given: bool
) -> None:
    """A screen that has not noticed that they are lost shows what it showed before: of that no picture is given."""
    place.says(rung=rung, since=OPENING - SECOND)
    place.keeps_picture(kept_at)
    place.shelf.close()
    for path in place.data.glob("orders.sqlite*"):
        path.unlink()
    with closing(open_library(place.data, writer="console")) as library:
        assert library.lost
        place.says(rung="live", dark=True, dark_since=0)
        assert place.look(library=library).picture.is_now  # a black one
        place.says(rung=rung, since=OPENING - SECOND)
        assert (now.picture_bytes(place.data, library, listened(place.data, FakeClock(OPENING))) is not None) is is_given
        assert place.look(library=library).picture.is_now is is_given


def test_a_library_that_is_locked_or_newer_hides_no_picture(place: Place) -> None:
    """What is on the wall is there for all to see, and is what an operator needs then; the row says what is wrong."""
    place.says()
    place.keeps_picture(OPENING)
    word = listened(place.data, FakeClock(OPENING))

    found = look(
        place.configuration,
        None,
        OPENING,
        word=word,
        duty=Duty(),
        problem="from a newer version",
        kernel=lambda: ClockState.SYNCED,
    )

    assert found.picture.is_now
    assert row(found, "library") == (Level.BAD, "health.library.problem")
    assert now.picture_bytes(place.data, None, word) == b"a picture"
