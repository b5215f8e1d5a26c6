"""What is left of a slot."""

from __future__ import annotations

from player.schedule.desired import Timetable
from player.show.remaining import slot_ends
from player.units import SECOND
from tests.fakes.schedules import instant, rules


def test_the_time_of_a_slot_is_what_is_seen_of_it() -> None:
    """Not where a stronger one covers it, in its middle or to its end; and not in the dark."""
    timetable = Timetable(
        rules("""
fallback: wall
slots:
  - {id: evening, show: names, at: 20:00 to 22:00, priority: 10}
  - {id: short, show: film, at: 20:30 to 20:40, priority: 20}
  - {id: ceremony, show: film, at: 21:00 to 22:00, priority: 100}
quiet:
  - {id: minute, when: {at: 20:10 to 20:12}, do: dark}
""")
    )
    start, minute = instant("2027-01-27 20:00", "Europe/Warsaw"), 60 * SECOND
    wanted = timetable.wanted(start)
    assert wanted.key == ("evening", start)
    for late, left in ((0, 48), (5, 43), (20, 30), (45, 15)):
        at = start + late * minute
        assert slot_ends(wanted, timetable.wanted, at) == at + left * minute
    assert slot_ends(timetable.wanted(start - minute), timetable.wanted, start - minute) is None
