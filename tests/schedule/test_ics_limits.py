"""What a hostile calendar may cost: it is known before the work, and what is too much is left out and named."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from player.schedule.ics import Imported, imported, reading
from player.schedule.ics import zones as zones_of_calendars
from player.schedule.ics.events import Event, Occurrence
from player.schedule.ics.lines import Component
from player.schedule.ics.reading import MAX_EVENTS
from player.schedule.ics.zones import Zones

FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)


def calendar(*events: str, zones: str = "") -> bytes:
    """A calendar of events, each given by its lines."""
    lines = [f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events]
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{zones}{''.join(lines)}END:VCALENDAR\n".encode()


def event(start: str, *more: str, title: str = "wall") -> str:
    """The lines of an event of one hour."""
    return "\n".join([f"SUMMARY:{title}", f"DTSTART{'' if start[0] in ':;' else ':'}{start}", "DURATION:PT1H", *more])


def taken(content: bytes) -> Imported:
    """What becomes of a calendar at a site in Poland."""
    return imported(content, zone="Europe/Warsaw", shows=("wall", "film"), first=FIRST, last=LAST)


HOSTILE = {
    "lists": f"RRULE:FREQ=MONTHLY;BYDAY={','.join(['5MO'] * 400)};BYMONTHDAY={','.join(map(str, range(1, 32)))}",
    "years": "RRULE:FREQ=YEARLY;COUNT=9999;BYMONTH=2;BYMONTHDAY=30",
    "counted": "RRULE:FREQ=DAILY;COUNT=99999;BYMONTHDAY=31;BYMONTH=2",
}


@pytest.mark.parametrize("rule", HOSTILE.values(), ids=HOSTILE)
def test_rules_without_end_are_left_out_before_they_are_walked(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of events that ask for much and happen never: what is looked at has a limit, and the rest is named."""
    looked: list[int] = []
    real = reading.occurrences

    def counted(found: Event, zones: Zones, *, first: date, last: date) -> Iterator[Occurrence]:
        looked.extend(each.steps(found.start.wall.date() if each.count else first, last) for each, _ in found.rules)
        return real(found, zones, first=first, last=last)

    monkeypatch.setattr(reading, "occurrences", counted)
    monkeypatch.setattr(reading, "MAX_STEPS", 20_000)
    found = taken(calendar(*(event("19700102T090000", rule, f"UID:{n}", title=f"show {n}") for n in range(100))))
    assert sum(looked) <= 20_000
    assert any("ask for more than is counted here" in line for line in found.left_out)


def test_a_series_that_has_ended_costs_nothing() -> None:
    """A thousand weekly series of past years beside one of this: it is there, and nothing was too much."""
    old = (event("19900102T090000", "RRULE:FREQ=DAILY;UNTIL=20200101", f"UID:{n}") for n in range(MAX_EVENTS - 1))
    found = taken(calendar(event("20270127T090000", "RRULE:FREQ=DAILY;COUNT=3", title="film"), *old))
    assert found.slots == 1
    assert "show: film" in found.yaml
    assert found.left_out == (f"{MAX_EVENTS - 1} events lie outside {FIRST} to {LAST}",)


def test_what_was_changed_at_once_is_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a series whose later times were all changed, nothing after that is looked at."""
    seen: list[date] = []
    real = reading.occurrences

    def noted(found: Event, zones: Zones, *, first: date, last: date) -> Iterator[Occurrence]:
        seen.append(last)
        return real(found, zones, first=first, last=last)

    monkeypatch.setattr(reading, "occurrences", noted)
    change = event("20270103T100000", "UID:a", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270103T090000")
    found = taken(calendar(event("20270101T090000", "UID:a", "RRULE:FREQ=DAILY"), change))
    assert seen == [date(2027, 1, 4)]
    assert found.slots == 1


def test_the_hours_of_a_zone_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many events name it."""
    asked: list[Component] = []
    real = zones_of_calendars._offsets

    def noted(component: Component) -> frozenset[timedelta]:
        asked.append(component)
        return real(component)

    monkeypatch.setattr(zones_of_calendars, "_offsets", noted)
    hours = "".join(f"BEGIN:{k}\nTZOFFSETTO:+0{h}00\nEND:{k}\n" for k, h in (("STANDARD", 1), ("DAYLIGHT", 2)))
    zone = f"BEGIN:VTIMEZONE\nTZID:X\n{hours}END:VTIMEZONE\n"
    found = taken(calendar(*(event(f";TZID=X:202701{n:02}T090000", f"UID:{n}") for n in range(1, 29)), zones=zone))
    assert found.slots == 1
    assert len(asked) == 1
