"""Tests of `player.alarms.streams`: who is told of a ceremony that does not come."""

from __future__ import annotations

from player.alarms.rules import REMOVED, Alarm, Facts, Finding, verdicts
from player.alarms.streams import streams
from tests.fakes.clock import OPENING

NAMES = ("ceremony", "other")
AWAY = {"key": "no_stream", "stream": "ceremony"}


def test_a_stream_is_missed_while_its_slot_is_on_and_the_other_show_instead() -> None:
    """Neither while it is live, nor while its title page bridges a break."""
    assert streams({"reasons": [{"key": "alone"}, AWAY]}, NAMES) == {"ceremony": True, "other": False}
    for key in ("live", "awaited"):
        assert streams({"reasons": [{"key": key, "stream": "ceremony"}]}, NAMES) == {"ceremony": False, "other": False}


def test_a_stream_that_has_ended_by_itself_is_not_missed() -> None:
    """A ceremony that is over sooner than its slot is no trouble."""
    films = {"sources": [{"what": "ceremony", "is_live": True, "state": "ended"}, "nonsense"]}
    assert streams({"reasons": [AWAY], "films": films}, NAMES) == {"ceremony": False, "other": False}


def test_a_screen_that_says_nothing_says_nothing_of_streams() -> None:
    """Nor does one that says nonsense."""
    for said in ({}, {"reasons": "none"}):
        assert streams(said, NAMES) is None
    assert streams({"reasons": ["none"], "films": {"sources": 3}}, NAMES) == {"ceremony": False, "other": False}


def test_a_stream_that_was_taken_out_closes_its_alarm() -> None:
    """Nobody waits for it any more."""
    found = verdicts(Facts(at=OPENING, streams={"other": False}), {(Alarm.STREAM, "ceremony"): True})
    assert found[Alarm.STREAM, "ceremony"] == Finding(holds=False, why=REMOVED)
