"""The planner's thread: days ahead, and what has ended; and the file of what was attended."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.clock import SystemClock
from player.library import journal
from player.library.orders import Orders
from player.schedule.desired import NOTHING, desired
from player.schedule.grammar import parse_stretch
from player.schedule.rules import Daily, Do, QuietRule, Rules
from player.screen.attended import KEPT, MAX_BYTES, NAME, Attended, Missed, from_record, read, to_record, with_key, write
from player.screen.attending import Attendance
from player.screen.billing import Billing
from player.screen.planner import Planner
from player.screen.service import get_ready
from player.show.on_air import Manual
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.operated import NAMES, WORDS
from tests.fakes.schedules import instant, rules
from tests.fakes.showing import Showing

STRANGE: Final = tuple(
    b'{"until":%s,"begun":%s,"seen":[],"skipped":[],"boot":"","vouched":%s}' % each
    for each in ((b"1e999", b"[]", b"1"), (b"1", b'[["a",1e999]]', b"1"), (b"1", b"[]", b"1" * 40), (b"-1", b"[]", b"1"))
)
"""What only a damaged disk gives back."""
TEXT: Final = """
slots:
  - {id: night, show: one, at: 22:00 to 02:00}
  - {id: wall, show: two, at: 09:00 to 17:00, priority: 1}
  - {id: never, show: one, at: 10:00 to 11:00}
  - {id: talk, show: one, start: "2027-03-28T12:00[UTC]", length: 1h, preroll: 30m, priority: 9}
"""
HOUR: Final = 3600 * SECOND
keys: Final = st.lists(st.tuples(st.text(max_size=5), st.integers(0, 2**62)), max_size=5).map(tuple)


@given(st.sampled_from(["Europe/Warsaw", "Pacific/Apia", "America/Havana", "Australia/Lord_Howe"]), st.integers(0, 400 * 24))
def test_its_answers_are_those_of_the_schedule(zone: str, hours: int) -> None:
    """For a day and more from whenever it was asked to prepare, in zones of all kinds, whatever nights there are in between."""
    known = rules(TEXT, zone)
    planner = Planner(known, FakeClock())
    start = instant("2027-01-01 00:30") + hours * HOUR
    planner.prepare(start)
    for ahead in (0, 1, 12, 24):
        assert planner.wanted(start + ahead * HOUR, NOTHING) == desired(start + ahead * HOUR, known)


def test_a_day_that_is_not_worked_out_is_asked_for() -> None:
    """The answer is owed for a moment; then it is there, and so is the day after."""
    planner = Planner(rules(TEXT), FakeClock())
    now = instant("2027-01-20 12:00")
    assert planner.wanted(now, NOTHING) is None
    planner.attend(now)
    planner.step()
    assert planner.wanted(now, NOTHING)
    assert planner.wanted(now + 30 * HOUR, NOTHING)
    for hour in range(0, 200, 6):
        planner.attend(now + hour * HOUR)
        planner.step()
        assert planner.wanted(now + hour * HOUR, NOTHING)
    assert planner.wanted(now, NOTHING) is None


def test_what_ended_is_what_was_to_be_on() -> None:
    """Not what another slot hid all along, nor what goes on; each once, also over midnight and past a title page."""
    planner = Planner(rules(TEXT), FakeClock())
    since, until = instant("2027-03-28 00:00", "Europe/Warsaw"), instant("2027-03-28 18:00", "Europe/Warsaw")
    planner.look_back(since, until)
    assert planner.looked_back() is None
    planner.step()
    found = planner.looked_back()
    assert found
    assert found.until == until
    assert [each.key[0] for each in found.ended] == ["night", "talk", "wall"]
    assert [each.show for each in found.ended] == ["one", "one", "two"]
    assert planner.looked_back() is None


def test_the_thread_answers_and_ends() -> None:
    """Started, it does what it is asked for by itself; stopped, it is gone."""
    clock = SystemClock()
    planner = Planner(rules(TEXT), clock)
    planner.start()
    now = instant("2027-01-20 12:00")
    end = clock.monotonic() + 20 * SECOND
    while planner.wanted(now, NOTHING) is None:
        planner.attend(now)
        assert clock.monotonic() < end
    planner.stop()
    assert not planner._thread.is_alive()


# What is remembered


@given(keys, keys, keys, st.none() | st.integers(0, 2**62), st.text(max_size=5))
def test_what_was_attended_comes_back_from_its_record(
    begun: tuple[tuple[str, Nanos], ...],
    seen: tuple[tuple[str, Nanos], ...],
    skipped: tuple[tuple[str, Nanos], ...],
    until: Nanos | None,
    boot: str,
) -> None:
    """Through JSON, as it was."""
    attended = Attended(until=until, begun=begun, seen=seen, skipped=skipped, boot=boot, vouched=until)
    assert from_record(json.loads(json.dumps(to_record(attended)))) == attended


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"7", b'{"until": "soon"}', b"[" * MAX_BYTES, b'{"until": 1, "begun": 3}', b"\xff", *STRANGE]
)
def test_a_file_that_is_not_ours_is_nothing(tmp_path: Path, content: bytes) -> None:
    """A player that remembers nothing plays."""
    (tmp_path / NAME).write_bytes(content)
    assert read(tmp_path) == Attended()
    write(tmp_path, Attended(until=7))
    assert read(tmp_path) == Attended(until=7)
    assert read(tmp_path / "nowhere") == Attended()


def test_few_keys_are_kept() -> None:
    """The newest: a file does not grow."""
    kept: tuple[tuple[str, Nanos], ...] = ()
    for number in range(3 * KEPT):
        kept = with_key(kept, ("slot", number))
    assert len(kept) == KEPT
    assert kept[-1] == ("slot", 3 * KEPT - 1)
    assert with_key(kept, kept[0]) == kept


def test_what_was_missed_is_written_once(tmp_path: Path) -> None:
    """In the journal, with slot, show, start and why; whoever forgot having written it does not do so again."""
    with Showing(tmp_path) as show:
        at = show.clock.wall()
        one = Missed(slot="a", show="wall", start=at - HOUR, why="the player did not run")
        other = Missed(slot="a", show="wall", start=at - 25 * HOUR, why="the player did not run")
        for told in ([], [one], [one, other], [other]):
            show.writer.missed(told, at=at)
            show.writer.step()
        orders: Orders = show.ingest.orders
        lines = [line.what for line in journal.lines(orders.connection, kind="missed")]
        assert lines == [
            {"slot": "a", "show": "wall", "start": each.start, "why": "the player did not run"} for each in (one, other)
        ]


def test_a_date_that_a_zone_left_out_is_passed_over() -> None:
    """Apia had no 30 December 2011."""
    planner = Planner(rules(TEXT, "Pacific/Apia"), FakeClock())
    planner.look_back(instant("2011-12-29 00:00"), instant("2011-12-31 12:00"))
    planner.step()
    found = planner.looked_back()
    assert found
    assert {each.key[0] for each in found.ended} == {"night", "wall"}


def test_a_new_session_waits_for_no_days(tmp_path: Path) -> None:
    """What was wanted before goes on until its own planner answers, a dark quiet time too; then that counts."""
    night = QuietRule(id="night", when=Daily((), parse_stretch("00:00 to 24:00")), do=Do.DARK)
    with Showing(tmp_path, others=(WORDS,)) as show:
        show.publish(*NAMES)
        show.rules = Rules(zone="UTC", fallback="wall", quiet=(night,))
        show.restart()
        show.play(5 * SECOND)
        assert show.is_dark
        before = show.loop._billing.wanted
        show.rules = Rules(zone="UTC", fallback="wall", quiet=(replace(night, do=Do.SHOW, show="words"),))
        attendance, planner = show.loop._billing.attendance, Planner(show.rules, show.clock)
        get_ready(planner, show.clock.wall(), attendance)
        billing = Billing(planner.wanted, ("wall", "words"), fallback="wall", places={}, manual=Manual(), attendance=attendance)
        t = show.clock.wall()
        billing.look(t)
        assert replace(billing.wanted, until=0) == replace(before, until=0)
        assert billing.on.is_dark
        planner.step()
        billing.look(t + SECOND)
        assert (billing.on.show, billing.on.is_dark) == ("words", False)


def test_the_first_session_knows_its_days_at_once() -> None:
    """While the plate is up nobody minds: no show begins that is not on."""
    planner = Planner(rules(TEXT), FakeClock())
    get_ready(planner, instant("2027-01-20 12:00"), Attendance())
    assert planner.wanted(instant("2027-01-20 12:00"), NOTHING)
