"""What players count of a day is kept, for the figures of a campaign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from player.centre.campaign import Day, Span
from player.centre.collecting import Said
from player.centre.recollecting import heard
from player.centre.roll import Roll
from player.centre.store import Store
from player.fleet import voices
from player.fleet.topics import Kind
from player.fleet.voices import Heard, Report, Showings, Stamp, payload
from player.fleet.wire import WireError
from player.units import MILLISECOND, SECOND
from tests.fakes.acting import enrol
from tests.fakes.clock import OPENING

SPAN = Span(OPENING - 3600 * SECOND, OPENING + 3600 * SECOND)
STAMP = Stamp("0123abcd", 1, OPENING // MILLISECOND)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A centre's file with a player."""
    with Store(tmp_path) as found:
        enrol(found, "a")
        yield found


def report(store: Store, shown: Showings | None) -> None:
    """Let the player report."""
    Roll(store).write([Said("a", Heard(STAMP, Report(site="Here", shown=shown)), is_old=False)], OPENING)


def days(store: Store) -> tuple[Day, ...]:
    """Return what stands there."""
    return heard(store, SPAN, ("2000-01-01", "2100-01-01")).days


def test_the_last_word_of_a_day_counts(store: Store) -> None:
    """A day is told again and again, and grows; of two days both are kept."""
    for shown in (Showings("2027-01-19", 9, 8, 8), Showings("2027-01-20", 1, 1, 8), Showings("2027-01-20", 5, 4, 9), None):
        report(store, shown)
    assert days(store) == (Day("a", "2027-01-19", 9, 8, 8), Day("a", "2027-01-20", 5, 4, 9))


def test_a_day_that_cannot_be_is_passed_over(store: Store) -> None:
    """A clock that is weeks off fills no file."""
    report(store, Showings("2030-01-01", 9, 8, 8))
    assert days(store) == ()


def test_it_is_read_as_it_was_said() -> None:
    """There and back; what is no day is refused, and with it the report."""
    shown = Showings("2027-01-20", 5, 4, 9)
    found = voices.heard(Kind.REPORT, payload(Report(site="Here", shown=shown), STAMP)).voice
    assert isinstance(found, Report)
    assert found.shown == shown
    with pytest.raises(WireError, match="day of what was shown"):
        voices.heard(Kind.REPORT, payload(Report(site="Here", shown=Showings("today", 5, 4, 9)), STAMP))
