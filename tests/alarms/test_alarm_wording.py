"""What people read."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

import pytest

from player.alarms.marks import News
from player.alarms.rules import (
    ALL,
    CARE,
    CHANGED,
    FOLDER,
    HOUR,
    LOST,
    MINUTE,
    NOT_YET,
    OVER,
    REMOVED,
    ROOM,
    SILENT,
    UNSTEADY,
    Alarm,
    Finding,
)
from player.alarms.wording import MOST_QUOTED, moment, plain, sentence
from player.library.sources import Standing
from player.units import Nanos
from tests.fakes.clock import OPENING

WARSAW: Final = ZoneInfo("Europe/Warsaw")
SUBJECTS: Final = {
    Alarm.SCREEN: (SILENT, UNSTEADY),
    Alarm.LEASE: ("wall",),
    Alarm.MISSED: (f"{OPENING} film",),
    Alarm.DISK: (ROOM, FOLDER),
    Alarm.SIGNATURE: ("campaign, approved",),
    Alarm.JOURNAL: (LOST, CHANGED),
    Alarm.PROJECTOR: ("left", f"left{CARE}", ALL),
    Alarm.OUTPUT: ("left", ALL),
    Alarm.STREAM: ("ceremony",),
}


def begins(alarm: Alarm, of: str = "", why: str = "", *, at: Nanos = OPENING, when: Nanos | None = None) -> str:
    """What is told when an alarm begins."""
    news = News(alarm=alarm, of=of, begins=True, at=at, finding=Finding(holds=True, why=why, moment=when))
    return sentence(news, site="Memorial", zone=WARSAW)


def ends(alarm: Alarm, of: str = "", why: str = "", *, began_at: Nanos | None = OPENING - HOUR) -> str:
    """What is told when it ends."""
    news = News(alarm=alarm, of=of, begins=False, at=OPENING, began_at=began_at, finding=Finding(holds=False, why=why))
    return sentence(news, site="Memorial", zone=WARSAW)


def test_where_what_since_when_and_what_to_do() -> None:
    """In this order, in the site's own time; at the end, how long it was."""
    assert begins(Alarm.PLATE) == (
        "Memorial: only the words are on the wall, for want of a photo that may be shown. Since Wed 20 Jan 10:00, Warsaw time. "
        "weremember status shows the feeds, weremember photos the reason for each photo. Check the network first."
    )
    assert ends(Alarm.PLATE) == (
        "Memorial: photos are on the wall again. The alarm held from Wed 20 Jan 09:00 to Wed 20 Jan 10:00, Warsaw time (60 min)."
    )
    assert ends(Alarm.PLATE, began_at=None).endswith("again. Since Wed 20 Jan 10:00, Warsaw time.")


@pytest.mark.parametrize(("alarm", "of"), [(alarm, of) for alarm in Alarm for of in SUBJECTS.get(alarm, ("",))])
def test_every_alarm_has_its_words(alarm: Alarm, of: str) -> None:
    """One line, short enough for a phone, the site first, something to do, and nothing left to be filled in."""
    for text in (begins(alarm, of, "a reason"), ends(alarm, of)):
        assert text.startswith("Memorial: ")
        assert text.endswith(".")
        assert len(text) <= 330
        assert not set(text) & set("{}\n<>[]*")
        assert "Warsaw time" in text
    assert begins(alarm, of).count(". ") >= 1


@pytest.mark.parametrize("standing", [each for each in Standing if each not in {Standing.LIVE, Standing.REMOVED}])
def test_each_reason_of_a_source_has_its_words(standing: Standing) -> None:
    """What a person can do differs."""
    assert standing.value not in begins(Alarm.LEASE, "wall", standing.value)
    assert "“wall” are not shown: " in begins(Alarm.LEASE, "wall", standing.value)


def test_what_ended_otherwise_is_not_said_to_be_well() -> None:
    """A source that was taken out of the configuration, a campaign that is over."""
    assert "“old” is watched no longer (it is no longer in the configuration). The alarm held" in ends(
        Alarm.LEASE, "old", REMOVED
    )
    assert "no signature of the feed “old” is awaited (it" in ends(Alarm.SIGNATURE, "old, root", REMOVED)
    assert ": the alarm that only the words are on the wall, for want of a photo that may be shown is closed (the time" in ends(
        Alarm.PLATE, "", OVER
    )


def test_what_ended_for_one_is_not_said_of_all() -> None:
    """And one that was taken out of the configuration is watched no longer; a trouble that is a question ends as one."""
    assert ends(Alarm.PROJECTOR, ALL, f"{NOT_YET}left").startswith(
        "Memorial: at least one of the projectors is well again (not yet: left). The alarm held"
    )
    assert "the outputs are watched together no longer (it is no longer" in ends(Alarm.OUTPUT, ALL, REMOVED)
    for of in ("old", f"old{CARE}"):
        assert "the projector “old” is watched no longer (it is no longer" in ends(Alarm.PROJECTOR, of, REMOVED)
    assert "is not well: is it plugged in? Since Wed" in begins(Alarm.PROJECTOR, "left", "is it plugged in?")


def test_a_signature_says_by_when() -> None:
    """Or since when it is too late."""
    soon = OPENING + 50 * HOUR
    assert "“approved” of the signed feed “campaign” runs out on Fri 22 Jan 12:00, Warsaw time." in begins(
        Alarm.SIGNATURE, "campaign, approved", when=soon
    )
    assert "ran out on Wed 20 Jan 10:00" in begins(Alarm.SIGNATURE, "campaign, approved", when=OPENING)


def test_a_missed_show_says_which() -> None:
    """And for when it was planned."""
    of = f"{OPENING - HOUR} film"
    text = begins(Alarm.MISSED, of, "the clock was set")
    assert "the show “film”, planned for Wed 20 Jan 09:00, Warsaw time, was missed: the clock was set. " in text
    assert "“film”, planned for Wed 20 Jan 09:00, Warsaw time, was missed; this alarm is closed." in ends(Alarm.MISSED, of)


def test_nothing_that_is_quoted_adds_lines_or_steers() -> None:
    """Whatever a name or a reason holds: one line, no control characters, no reading turned round, not long."""
    hostile = "a\nb\r\x1b[31m\u202ec\u2028d\0 \ue000" + "x" * 1000
    text = begins(Alarm.DISK, FOLDER, hostile)
    assert text.isprintable()
    assert "cannot be used: a b [31mc d x" in text
    assert len(text) < MOST_QUOTED + 300
    assert plain("") == plain(" \n\t") == ""
    news = News(alarm=Alarm.PLATE, of="", begins=True, at=OPENING, finding=Finding(holds=True))
    assert sentence(news, site="A\n\u202eB", zone=WARSAW).startswith("A B: only")
    assert sentence(news, site=" ", zone=WARSAW).startswith("We Remember: only")


def test_times_are_those_of_the_place() -> None:
    """By its name, and in words that no language of the machine changes; a length in what fits."""
    assert moment(OPENING, ZoneInfo("America/Argentina/Buenos_Aires")) == "Wed 20 Jan 06:00, Buenos Aires time"
    assert moment(OPENING, ZoneInfo("UTC")) == "Wed 20 Jan 09:00, UTC"
    for length, words in ((119 * MINUTE, "119 min"), (3 * HOUR, "3 h"), (72 * HOUR, "3 d"), (-HOUR, "0 min")):
        assert ends(Alarm.DARK, began_at=OPENING - length).endswith(f"({words}).")
