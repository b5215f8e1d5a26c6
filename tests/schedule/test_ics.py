"""Calendars from any program become slots for review; what cannot be meant, or asks for too much, is left out and named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from player.errors import OperatorError
from player.schedule.agenda import agenda
from player.schedule.days import parse_day
from player.schedule.ics import MAX_BYTES, Imported, imported
from player.schedule.ics.reading import MAX_EVENTS, MAX_LINES, MAX_OCCURRENCES
from player.schedule.rules import Dates
from player.schedule.section import MAX_SLOTS, Schedule
from player.schema import read, validate
from player.timetable import as_calendar
from tests.fakes.schedules import rules

PAYLOADS = Path(__file__).parent / "payloads"
SHOWS = ("wall", "film", "names")
FIRST, LAST = date(2027, 1, 1), date(2027, 12, 31)


def calendar(*events: str, zones: str = "") -> bytes:
    """A calendar of events, each given by its lines."""
    lines = [f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events]
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{zones}{''.join(lines)}END:VCALENDAR\n".encode()


def event(start: str = "20270127T090000", *more: str, title: str = "wall", length: str = "PT1H") -> str:
    """The lines of an event."""
    return "\n".join([f"SUMMARY:{title}", f"DTSTART{'' if start[0] in ':;' else ':'}{start}", f"DURATION:{length}", *more])


def taken(content: bytes, *, zone: str = "Europe/Warsaw", first: date = FIRST, last: date = LAST) -> Imported:
    """What becomes of a calendar at a site in Poland."""
    return imported(content, zone=zone, shows=SHOWS, first=first, last=last)


def slots(found: Imported) -> list[dict[str, object]]:
    """The slots as a reader of YAML sees them."""
    return yaml.load(found.yaml, yaml.BaseLoader)["schedule"]["slots"] if found.slots else []  # noqa: S506 - it makes texts alone


def told(found: Imported, *keys: str) -> list[tuple[object, ...]]:
    """Some keys of every slot."""
    return [tuple(slot.get(key) for key in keys) for slot in slots(found)]


@pytest.mark.parametrize("name", ["google", "outlook", "thunderbird"])
def test_what_is_written_is_a_schedule(name: str, tmp_path: Path) -> None:
    """Of a calendar from each program, the schedule's own reader has nothing to complain of."""
    file = tmp_path / "schedule.yaml"
    file.write_text(taken((PAYLOADS / f"{name}.ics").read_bytes()).yaml, "utf-8")
    document = read(file, file.name)
    document.tree = document.tree["schedule"] if isinstance(document.tree, dict) else ""

    schedule = validate(document, Schedule)

    assert not document.problems
    assert schedule is not None
    assert schedule.slots


def test_google() -> None:
    """A daily rule with a day taken out and one moved; a time in UTC is the calendar's own; an alarm's words are not read."""
    found = taken((PAYLOADS / "google.ics").read_bytes())
    assert told(found, "id", "show", "day", "at", "priority") == [
        (
            "wall",
            "wall",
            ["2027-01-20..2027-01-22", "sun 2027-01-24", "tue 2027-01-26", "wed 2027-01-27"],
            "09:00 to 17:00",
            "40",
        ),
        ("wall-2", "wall", "mon 2027-01-25", "11:00 to 17:00", "40"),
        ("film", "film", "wed 2027-01-27", "15:00 to 16:30", "50"),
    ]
    assert found.left_out == (
        '"Ewa is away" (2027-01-22) is marked as free time, not as busy',
        '"Concert" (2027-01-21) is cancelled',
    )


def test_outlook() -> None:
    """Windows' names of zones, nights, a position in the month, a folded line, and a zone known by its hours alone."""
    found = taken((PAYLOADS / "outlook.ics").read_bytes())
    assert told(found, "id", "day", "at", "start", "length") == [
        ("film", None, None, "2027-01-27T09:00[America/New_York]", "90m"),
        ("names", ["mon 2027-02-01..2027-02-22", "wed 2027-02-03..2027-02-24"], "22:00 to 02:00", None, None),
        (
            "last-working-day-with-a-very-long-name-t",
            ["mon 2027-03-15", "wed 2027-03-31", "fri 2027-04-30"],
            "10:00 to 11:00",
            None,
            None,
        ),
    ]
    assert slots(found)[2]["title"] == "Last working day, with a very long name that is folded"
    assert "# One instant, whatever the zone of the site: 2027-01-27 14:00 UTC." in found.yaml
    assert found.left_out == (
        'look at its times: the zone "Customized Time Zone" is taken for Europe/Warsaw, whose hours it has',
    )


def test_thunderbird() -> None:
    """A zone of the maker's own name, further dates with lengths of their own, whole days, a vigil over two nights."""
    found = taken((PAYLOADS / "thunderbird.ics").read_bytes())
    starts = [f"2027-03-{day:02}T09:00[America/New_York]" for day in (8, 15, 22, 29)]
    assert told(found, "show", "day", "at", "start", "length") == [
        ("film", "2027-01-20..2027-01-27", "00:00 to 24:00", None, None),
        ("names", ["wed 2027-01-20", "fri 2027-01-22"], "18:00 to 19:30", None, None),
        ("names", "sun 2027-01-24", "19:00 to 20:30", None, None),
        ("names", "tue 2027-01-26", "18:00 to 20:00", None, None),
        ("vigil", None, None, "2027-01-26T18:00[Europe/Warsaw]", "36h"),
        *(("wall", None, None, start, "1h") for start in starts),
    ]


def test_a_series_in_another_zone_keeps_its_instants() -> None:
    """Between the two summers New York is five hours behind Warsaw, not six: each date is its own instant."""
    found = taken((PAYLOADS / "thunderbird.ics").read_bytes())
    assert [line for line in found.yaml.splitlines() if "One instant" in line] == [
        f"    # One instant, whatever the zone of the site: 2027-03-{day:02} {hour} UTC."
        for day, hour in ((8, "14:00"), (15, "13:00"), (22, "13:00"), (29, "13:00"))
    ]


def test_a_series_in_utc_follows_the_sites_clock() -> None:
    """What a program wrote in UTC is an hour later here once summer begins: two slots."""
    found = taken(calendar(event("20270327T080000Z", "RRULE:FREQ=DAILY;COUNT=4")))
    assert told(found, "day", "at") == [
        ("sat 2027-03-27", "09:00 to 10:00"),
        ("2027-03-28..2027-03-30", "10:00 to 11:00"),
    ]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (event("19700101T000000Z", "RRULE:FREQ=SECONDLY"), "it repeats every second, which no show does"),
        (event("20270101T000000", "RRULE:FREQ=HOURLY"), "it repeats every hour"),
        (event("20270101T000000", "RRULE:FREQ=DAILY;BYHOUR=1,2,3"), "its rule has BYHOUR, which is not read here"),
        (event("20270101T000000", "RRULE:FREQ=DAILY;INTERVAL=0"), 'its rule has "0" as INTERVAL'),
        (event("20270101T000000", "RRULE:FREQ=WEEKLY;BYDAY=XX"), 'its rule has "XX" as a day of the week'),
        (event("20270101T000000", "RRULE:INTERVAL=2"), "its rule does not say how often"),
        (event("20270101T000000", "EXRULE:FREQ=DAILY"), "it has a rule of exceptions"),
        (event("20270230T000000"), 'it has a time that there is not: "20270230T000000"'),
        (event("16010101T000000"), "it begins before 1970"),
        (event(";TZID=Atlantis/Centre:20270101T000000"), 'nobody knows its time zone "Atlantis/Centre"'),
        (event(";TZID=CET:20270101T000000"), 'nobody knows its time zone "CET"'),
        (event(length="PT0S"), "it lasts no time"),
        (event(length="-PT1H"), "it lasts no time"),
        (event(length="P400D"), "it lasts more than 31 days"),
        (event(length="soon"), 'it lasts "soon", which is no length of time'),
        ("SUMMARY:wall\nDTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20300101", "it lasts more than a year"),
        ("SUMMARY:wall\nDTSTART:20270101T100000\nDTEND:20270101T090000", "it lasts no time"),
        ("SUMMARY:wall\nDTEND:20270101T100000", "it does not say when"),
        (event("20270127T090000", f"RDATE:{','.join(['20270127T090000'] * 2001)}"), "it lists 2,001 dates"),
    ],
)
def test_what_cannot_be_meant_is_left_out_with_its_reason(lines: str, why: str) -> None:
    """One event is left out, the one beside it is taken."""
    found = taken(calendar(lines, event(title="film")))
    assert [show for (show,) in told(found, "show")] == ["film"]
    assert [why in sentence for sentence in found.left_out] == [True]


def test_rules_that_never_match_end_by_themselves() -> None:
    """A thousand rules for each 30 February: as many steps as there are periods, and a line where they become too many."""
    never = event("19700101T000000", "RRULE:FREQ=DAILY;COUNT=9999;BYMONTH=2;BYMONTHDAY=30")
    found = taken(calendar(*[never] * MAX_EVENTS))
    assert any("the rules of this calendar ask for more than is counted here" in line for line in found.left_out)


def test_the_size_of_everything_is_bounded() -> None:
    """Bytes, events, occurrences, slots, nesting, and the lines that tell of it."""
    with pytest.raises(OperatorError, match="larger than 1 MB"):
        taken(b"x" * (MAX_BYTES + 1))
    with pytest.raises(OperatorError, match="events within events"):
        taken(b"BEGIN:VCALENDAR\n" * 1000)
    many = taken(calendar(*(event(title=f"show {n}") for n in range(MAX_EVENTS + 5))))
    assert many.slots == MAX_SLOTS
    assert "5 events after the first 1,000" in many.left_out
    daily = taken(calendar(*[event("20270101T090000", "RRULE:FREQ=DAILY")] * 10))
    assert sum("more than 2,000 days and times" in line for line in daily.left_out) == 1
    assert len(taken(calendar(*(f"SUMMARY:{n}" for n in range(200)))).left_out) == MAX_LINES + 1


def test_long_lines_are_not_read() -> None:
    """A line of ours that nobody could have written is left out before it is taken apart."""
    found = taken(calendar(event() + f"\nRRULE:FREQ=DAILY;BYDAY={','.join(['MO'] * 20_000)}"))
    assert found.left_out == ("a line RRULE of 60,022 characters is left out: 40,000 at most",)


def test_nothing_beyond_two_years() -> None:
    """However far somebody asks."""
    found = taken(calendar(event("20280601T090000"), event("20290601T090000")), last=date(2050, 1, 1))
    assert told(found, "day") == [("thu 2028-06-01",)]
    assert found.left_out == ("1 event lies outside 2027-01-01 to 2029-01-01",)


def test_whole_days_are_cut_to_what_is_asked_for() -> None:
    """An exhibition of a year, seen from the campaign's week."""
    found = taken(
        calendar("SUMMARY:wall\nDTSTART;VALUE=DATE:20260601\nDTEND;VALUE=DATE:20270501"),
        first=date(2027, 1, 20),
        last=date(2027, 1, 27),
    )
    assert told(found, "day", "at") == [("2027-01-20..2027-01-27", "00:00 to 24:00")]


def test_a_night_that_began_the_day_before_counts() -> None:
    """What is still up as the first day begins is there, what ended before is not."""
    found = taken(calendar(event("20261231T230000", length="PT3H"), event("20261231T200000")))
    assert told(found, "day") == [("thu 2026-12-31",)]


def test_names_that_are_no_playlist_are_kept() -> None:
    """The show is a name to fill in or to change, the title is what the calendar said, and a comment says so."""
    found = taken(calendar(event(title="Gala: \"dinner\"\\, #1\\n- {x: [y]} 'z'"), event(title="Wal"), event(title="NAMES")))
    assert [show for (show,) in told(found, "show")] == ["gala-dinner-1-x-y-z", "names", "wal"]
    assert slots(found)[0]["title"] == "Gala: \"dinner\", #1 - {x: [y]} 'z'"
    assert '# There is no playlist "Wal". Did you mean "wall"?' in found.yaml
    assert "title" not in slots(found)[1]


def test_what_overlaps_has_priorities_of_its_own() -> None:
    """What is up for less time in all comes before what is up for longer; equal ones that overlap would be refused."""
    found = taken(
        calendar(
            event("20270127T090000", "RRULE:FREQ=DAILY;COUNT=7", length="PT8H"),
            event("20270128T100000", title="film", length="PT2H"),
            event("20270128T110000", title="names", length="PT2H"),
            event("20270301T110000", title="names", length="PT2H"),
        )
    )
    priorities = {show: int(str(priority)) for show, priority in told(found, "show", "priority")}
    assert priorities["wall"] < min(priorities["film"], priorities["names"])
    assert priorities["film"] != priorities["names"]


def test_a_change_of_a_series_that_was_newer_once() -> None:
    """The series was changed after its change, which it names no more: the change is gone with its place."""
    series = event("20270104T090000", "UID:1", "RRULE:FREQ=WEEKLY;COUNT=3", "EXDATE:20270111T090000", "SEQUENCE:3")
    change = event("20270112T100000", "UID:1", "RECURRENCE-ID:20270111T090000", "SEQUENCE:1")
    assert told(taken(calendar(change, series)), "day") == [(["mon 2027-01-04", "mon 2027-01-18"],)]


def test_changing_all_later_times_at_once_is_told() -> None:
    """What comes after is nobody's guess."""
    series = event("20270104T090000", "UID:1", "RRULE:FREQ=WEEKLY;COUNT=4")
    change = event("20270118T100000", "UID:1", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270118T090000", "SEQUENCE:1")
    found = taken(calendar(series, change))
    assert told(found, "day") == [(["mon 2027-01-04", "mon 2027-01-11"],)]
    assert "this and all later times were changed at once" in found.left_out[0]


def test_a_calendar_of_cancellations_cancels() -> None:
    """Whatever its events say of themselves."""
    found = taken(calendar(event(), zones="METHOD:CANCEL\n"))
    assert (found.slots, found.left_out) == (0, ('"wall" (2027-01-27) is cancelled',))


def test_a_hostile_zone_is_not_calculated_with() -> None:
    """A zone that changes each second has a name that is known, or is left out."""
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Mad\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:FREQ=SECONDLY\n"
        "TZOFFSETFROM:+0100\nTZOFFSETTO:+0937\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    assert taken(calendar(event(";TZID=Mad:20270127T090000"), zones=zone)).left_out == (
        '"wall" (2027-01-27): nobody knows its time zone "Mad"',
    )


@pytest.mark.parametrize("content", [b"", b"\0", b"hello", b"\xff\xfe\x00", b"END:VCALENDAR\n", b"{}"])
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    """With a sentence."""
    with pytest.raises(OperatorError, match="this is no calendar"):
        taken(content)


@given(st.lists(st.sampled_from([*b'\r\n;:=,"\\ \tA0Z']), max_size=200).map(bytes), st.integers(0, 2000), st.integers(0, 2000))
def test_spoilt_calendars_end_in_slots_or_a_sentence(junk: bytes, at: int, cut: int) -> None:
    """Bytes put in anywhere, bytes cut out anywhere: what comes out can be read as YAML, or it was refused."""
    content = (PAYLOADS / "google.ics").read_bytes()
    try:
        found = taken(content[:at] + junk + content[at + cut :])
    except OperatorError:
        return
    assert len(slots(found)) == found.slots


def test_counting_begins_with_the_first_day() -> None:
    """Whether the rule names it or not, as programs do."""
    monday = event("20270104T090000", "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=TU")
    assert told(taken(calendar(monday)), "day") == [(["mon 2027-01-04", "tue 2027-01-05", "tue 2027-01-12"],)]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20270106", "2027-01-06"),
        ("20270106T080000Z", "2027-01-06"),
        ("20270106T075959Z", "2027-01-05"),
        ("20270106T090000", "2027-01-06"),
    ],
)
def test_a_rule_ends_by_its_own_clock(until: str, last: str) -> None:
    """A day, an instant, or a time by the clock on the wall."""
    found = taken(calendar(event("20270104T090000", f"RRULE:FREQ=DAILY;UNTIL={until}")))
    assert str(told(found, "day")[0][0]).strip("[]'").endswith(last)


def test_occurrences_are_counted_over_all_events() -> None:
    """Two thousand in all."""
    found = taken(calendar(*(event(f"20270101T{h:02}0000", "RRULE:FREQ=DAILY", length="PT30M") for h in range(8))))
    texts = [str(day).strip("[]").replace("'", "").split(", ") for (day,) in told(found, "day")]
    each = [rule for several in texts for text in several for rule in parse_day(text, {}) if isinstance(rule, Dates)]
    assert sum((rule.last - rule.first).days + 1 for rule in each if rule.first and rule.last) == MAX_OCCURRENCES


def test_what_the_agenda_writes_is_read_back() -> None:
    """The agenda's own calendar file becomes slots that are on at the same times."""
    text = """
        slots:
          - {id: a, show: wall, day: 2027-01-20..2027-01-24, at: 09:00 to 17:00, priority: 10}
          - {id: b, show: film, day: 2027-01-22, at: 12:00 to 13:30, priority: 20}
          - {id: c, show: names, day: 2027-01-23, at: 22:00 to 02:00, priority: 20}
    """
    rows = agenda(rules(text), date(2027, 1, 20), 5)
    found = taken(as_calendar(rows, 0, "Hall"))
    again = agenda(rules(found.yaml.partition("schedule:\n")[2]), date(2027, 1, 20), 5)
    before, after = ([(row.start, row.end, row.show) for row in each if row.slot] for each in (rows, again))
    assert after == before
    assert not found.left_out
