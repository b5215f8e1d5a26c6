"""How pages say times and lengths of time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from player.console.looks.wording import Sentence
from player.console.pages.saying import Speech
from player.console.rendering import Sheet, Stationery
from player.console.strings import catalogue
from player.schedule.zones import zone
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.clock import OPENING

DAY: int = 24 * 3600 * SECOND


def speech(language: str) -> Speech:
    """Return how to speak at ten in the morning in Warsaw."""
    return Speech(Sheet(Stationery(catalogue(), {}), language), zone("Europe/Warsaw"), OPENING)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (119.9, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172_799, "47 h"), (172_800, "2 days")],
)
def test_a_length_is_said_in_one_unit(seconds: float, said: str) -> None:
    """From two of a unit on it is said in it, rounded down."""
    assert speech("en").length(seconds) == said


def test_a_moment_has_its_day_unless_it_is_today() -> None:
    """By the site's clock, in the reader's language, with the year where that is another one."""
    assert speech("en").moment(OPENING) == "10:00"
    assert speech("en").moment(OPENING + DAY) == "Thursday, 21 January, 10:00"
    assert speech("pl").moment(OPENING + DAY) == "czwartek, 21 stycznia, 10:00"
    assert speech("he").moment(OPENING + DAY) == "יום חמישי, 21 בינואר, 10:00"
    assert speech("en").moment(OPENING - 20 * DAY) == "Thursday, 31 December 2026, 10:00"
    assert speech("en").to_the_millisecond(OPENING + 7 * MILLISECOND) == "10:00:00.007"
    assert speech("en").exactly(OPENING + DAY) == "2027-01-21, 10:00:00"


def test_the_end_of_a_day_and_the_day_a_clock_is_set_are_said_as_they_are() -> None:
    """Midnight belongs to the day that it begins; an hour that comes twice says which one it is, and none is left out."""
    in_spring = replace(speech("en"), now=nanos("2027-03-27T22:00:00+01:00"))
    assert in_spring.moment(nanos("2027-03-28T00:00:00+01:00")) == "Sunday, 28 March, 00:00"
    assert in_spring.moment(nanos("2027-03-28T03:30:00+02:00")) == "Sunday, 28 March, 03:30"
    in_autumn = replace(speech("en"), now=nanos("2027-10-31T00:30:00+02:00"))
    assert in_autumn.moment(nanos("2027-10-31T02:30:00+02:00")) == "02:30 CEST"
    assert in_autumn.moment(nanos("2027-10-31T02:30:00+01:00")) == "02:30 CET"
    assert in_autumn.moment(nanos("2027-10-31T03:30:00+01:00")) == "03:30"


def nanos(text: str) -> Nanos:
    """Return an instant."""
    return round(datetime.fromisoformat(text).timestamp()) * SECOND


def test_what_a_look_found_is_said_with_lengths_and_moments() -> None:
    """Seconds become a length, and an instant a time of day."""
    assert speech("en").say(Sentence("picture.none_for", {"count": 259_200})) == "No frame for 3 days. The last one is not shown."
    assert speech("pl").say(Sentence("capacity.everyone_by", {"by": OPENING})) == "Wszyscy zostaną pokazani do tej chwili: 10:00."
