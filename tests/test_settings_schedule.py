"""The schedule in config.yaml, or in a file beside it: what is taken in, and every mistake with its line."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from player.in_force import InForce
from player.schedule.desired import desired
from player.schedule.rules import Moment
from player.settings import INSTALLATION, keep_clean, last_clean, load
from tests.fakes.home import Home
from tests.fakes.schedules import instant

STREAMS = "streams: {ceremony-27: {url: https://live.example/c.m3u8}, x: {url: https://live.example/x.m3u8}}\n"
SITE = "site: {zone: Europe/Warsaw, latitude: 50.0343, longitude: 19.1785}"
HEAD = f"feeds: {{}}\nshow: one\n{SITE}\nschedule:\n"
WEEK = """  days: {campaign: 2027-01-20..2027-01-27}
  fallback: one
  slots:
    - {id: wall, show: one, day: campaign, at: 09:00 to 17:00, priority: 10}
    - {id: facade, show: two, day: campaign, at: dark(-6)+10m to 23:30, priority: 20, only_if: dark}
    - {id: late, show: two, day: [fri 2027-01-22, sat 2027-01-23], at: 22:00 to 02:00, priority: 15}
    - id: ceremony
      show: {live: ceremony-27, else: two}
      start: 2027-01-27T09:00[America/New_York]
      length: 90m
      preroll: 5m
      overrun: {hold: while-live, max: 60m}
      start_as: hard
      join: midway
      priority: 100
    - {id: shoah, show: two, day: {hebrew: 27 nisan, rule: israel}, at: sunset@eve to 24:00, priority: 30}
  quiet:
    - {when: {shabbat: {candles: 18m, end: -8.5}}, do: keep, mute: true}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with two playlists."""
    home = Home(tmp_path)
    home.playlist("two", "slides:\n  - photo\n")
    return home


def slots(*lines: str, days: str = "") -> str:
    """A configuration with one slot in each line, the first in line 6."""
    return HEAD + days + "  slots:\n" + "".join(f"    - {{{line}}}\n" for line in lines)


def test_the_campaigns_week_is_clean(home: Home) -> None:
    """Every key of the grammar, and it is kept as the last clean copy."""
    configuration = home.clean(HEAD + WEEK + STREAMS + "storage: {data: data}\n")
    rules = configuration.rules
    assert [slot.id for slot in rules.slots] == ["wall", "facade", "late", "ceremony", "shoah"]
    ceremony = rules.slots[3]
    assert isinstance(ceremony.when, Moment)
    assert (ceremony.show, ceremony.live) == ("two", "ceremony-27")
    assert desired(instant("2027-01-27 14:30"), rules).slot == "ceremony"
    keep_clean(configuration)
    kept = last_clean(configuration.data)
    assert kept is not None
    assert kept == configuration
    assert kept.rules == rules


def test_a_schedule_of_its_own_file_is_the_same(home: Home) -> None:
    """`schedule: schedule.yaml` reads that file, without the key above it."""
    here = home.clean(HEAD + WEEK + STREAMS)
    (home.folder / "schedule.yaml").write_text("\n".join(line[2:] for line in WEEK.splitlines()))
    there = home.clean(f"feeds: {{}}\nshow: one\n{SITE}\nschedule: schedule.yaml\n{STREAMS}")
    assert there == here


def test_without_a_schedule_the_show_is_on(home: Home) -> None:
    """As before there were schedules; `schedule: {}` is the same."""
    for text in ("feeds: {}\nshow: two\n", "feeds: {}\nshow: two\nschedule: {}\n"):
        rules = home.clean(text).rules
        assert (rules.slots, rules.fallback) == ((), "two")


def test_problems_of_the_other_file_are_told_with_its_name(home: Home) -> None:
    """Its own lines, whether a line is wrong in itself or with the others; and those of config.yaml as well."""
    text = f"feeds: {{}}\nshow: one\n{SITE}\nschedule: schedule.yaml\n"
    schedule = home.folder / "schedule.yaml"
    assert home.problems(text) == ["config.yaml:4 schedule: there is no file schedule.yaml beside this one"]
    schedule.write_text("slots:\n  - {id: a, show: one, at: 09:00}\nslots: []\n")
    assert [problem.split(": ")[0] for problem in home.problems(text + "foo: 1\n")] == [
        "config.yaml:5 foo",
        "schedule.yaml:2 slots.0.at",
        "schedule.yaml:3 slots",
    ]
    schedule.write_text("slots:\n  - {id: a, show: tow, at: 09:00 to 10:00}\n")
    assert home.problems(text) == ['schedule.yaml:2 slots.0.show: there is no playlist "tow". Did you mean "two"?']
    (problem,) = home.problems(text.replace("schedule.yaml", "../schedule.yaml"))
    assert problem.startswith("config.yaml:4 schedule: write the schedule here, or name a file beside this one")


A = "id: a, show: one"
PROBLEMS: dict[str, tuple[str, str]] = {
    # a line by itself
    "unknown key": (
        slots(f"{A}, at: 09:00 to 10:00, prioriti: 1"),
        '6 schedule.slots.0.prioriti: unknown key. Did you mean "priority"?',
    ),
    "given twice": (slots(f"{A}, at: 09:00 to 10:00, at: 10:00 to 11:00"), "6 schedule.slots.0.at: given twice, first in line 6"),
    "no id": (slots("show: one, at: 09:00 to 10:00"), "6 schedule.slots.0.id: is missing"),
    "no time": (slots(A), "6 schedule.slots.0: when? Write `at: 09:00 to 17:00`"),
    "two times": (
        slots(f"{A}, at: 09:00 to 10:00, start: '2027-01-27T09:00Z', length: 5m"),
        "6 schedule.slots.0: start names day and time already",
    ),
    "a start without length": (slots(f"{A}, start: '2027-01-27T09:00Z'"), "6 schedule.slots.0: how long? Write `length: 90m`"),
    "a length of nothing": (
        slots(f"{A}, start: '2027-01-27T09:00Z', length: 0s"),
        "6 schedule.slots.0.length:",
    ),
    "a length without start": (slots(f"{A}, at: 09:00 to 10:00, length: 5m"), "6 schedule.slots.0: length goes with `start:"),
    "end is start": (slots(f"{A}, at: 09:00 to 09:00"), "6 schedule.slots.0.at: 09:00 to 09:00 has no length"),
    "unknown zone": (
        slots(f"{A}, start: '2027-01-27T09:00[Europe/Warsow]', length: 5m"),
        '6 schedule.slots.0.start: there is no time zone "Europe/Warsow". Did you mean Europe/Warsaw?',
    ),
    "wrong weekday": (
        slots(f"{A}, day: fri 2027-01-23, at: 09:00 to 10:00"),
        "6 schedule.slots.0.day: 2027-01-23 is a Saturday: write sat 2027-01-23",
    ),
    "wrong weekday in a list": (
        slots(f"{A}, day: [fri 2027-01-22, fri 2027-01-23], at: 09:00 to 10:00"),
        "6 schedule.slots.0.day.1: 2027-01-23 is a Saturday: write sat 2027-01-23",
    ),
    "a Hebrew date that no year has": (
        slots(f"{A}, day: {{hebrew: 30 iyar}}, at: 09:00 to 10:00"),
        "6 schedule.slots.0.day: no year has a 30 iyar, which has 29 days: write 29 iyar",
    ),
    "a Hebrew rule that there is not": (
        slots(f"{A}, day: {{hebrew: 27 nisan, rule: poland}}, at: 09:00 to 10:00"),
        "6 schedule.slots.0.day:",
    ),
    "a Hebrew key that there is not": (
        slots(f"{A}, day: {{hebrew: 27 nisan, rul: israel}}, at: 09:00 to 10:00"),
        '6 schedule.slots.0.day: unknown key "rul". Did you mean "rule"?',
    ),
    "half a live show": (
        slots("id: a, show: {live: x}, at: 09:00 to 10:00"),
        "6 schedule.slots.0.show: else is missing",
    ),
    "overrun of no stream": (
        slots(f"{A}, at: 09:00 to 10:00, overrun: {{max: 1h}}"),
        "6 schedule.slots.0: overrun waits for a live stream to end",
    ),
    "overrun without end": (
        slots("id: a, show: {live: x, else: one}, at: 09:00 to 10:00, overrun: {hold: while-live}"),
        "6 schedule.slots.0.overrun.max: is missing",
    ),
    "a way to begin": (slots(f"{A}, at: 09:00 to 10:00, start_as: soft"), "6 schedule.slots.0.start_as: write hard, next"),
    "a way to join": (
        slots(f"{A}, at: 09:00 to 10:00, join: late"),
        "6 schedule.slots.0.join: must be 'midway', 'restart' or 'skip', not \"late\"",
    ),
    "clamps of a clock": (
        slots(f"{A}, at: 09:00 to 10:00, earliest: 09:30"),
        "6 schedule.slots.0: earliest is for times of the sun",
    ),
    "clamps crossed": (
        slots(f"{A}, at: sunset to 23:00, earliest: 20:00, latest: 18:00"),
        "6 schedule.slots.0: latest (18:00) is before earliest (20:00)",
    ),
    "a name of a name": (
        slots(f"{A}, at: 09:00 to 10:00", days="  days: {a: 2027-01-20, b: a}\n").replace("day: x", ""),
        '5 schedule.days.b: there is no day "a".',
    ),
    "a day called Monday": (slots(f"{A}, at: 09:00 to 10:00", days="  days: {mon: 2027-01-20}\n"), "5 schedule.days.mon:"),
    "quiet without a time": (HEAD + "  quiet:\n    - {when: {}, do: dark}\n", "6 schedule.quiet.0.when: write `shabbat:"),
    "quiet that does nothing known": (
        HEAD + "  quiet:\n    - {when: {at: 22:00 to 06:00}, do: drak}\n",
        "6 schedule.quiet.0.do: write keep, still, dark, {dim: 40} or {show: NAME}",
    ),
    **{
        f"quiet that does {do}": (
            HEAD + f"  quiet:\n    - {{when: {{at: 22:00 to 06:00}}, do: {do}}}\n",
            f"6 schedule.quiet.0.do: {said}",
        )
        for do, said in {
            "{dim: 0}": "that is dark: write `do: dark`",
            "{dim: 100}": "is from 1 to 99 percent, not 100",
            "{dim: 0.4}": 'write how bright in percent, as `do: {dim: 40}`, not "0.4"',
            "dim": "how bright? Write `do: {dim: 40}`, in percent",
            "{dim: 40, show: one}": "write one of them, `do: {show: NAME}` or `do: {dim: 40}`",
            "{dimm: 40}": 'unknown key "dimm". Did you mean "dim"?',
        }.items()
    },
    "quiet that shows nothing": (
        HEAD + "  quiet:\n    - {when: {at: 22:00 to 06:00}, do: show}\n",
        "6 schedule.quiet.0.do: which show? Write `do: {show: NAME}`",
    ),
    "Shabbat that ends in daylight": (
        HEAD + "  quiet:\n    - {when: {shabbat: {end: 8.5}}}\n",
        "6 schedule.quiet.0.when.shabbat.end:",
    ),
    "a group left empty": ("feeds: {}\nshow: one\nschedule:\n", "3 schedule: must be a group of `key: value` lines"),
    # a line among others
    "unknown show": (
        slots("id: a, show: tow, at: 09:00 to 10:00"),
        '6 schedule.slots.0.show: there is no playlist "tow". Did you mean "two"?',
    ),
    "unknown show behind a stream": (
        slots("id: a, show: {live: x, else: tow}, at: 09:00 to 10:00") + STREAMS,
        '6 schedule.slots.0.show: there is no playlist "tow"',
    ),
    "unknown stream": (
        slots("id: a, show: {live: y, else: one}, at: 09:00 to 10:00") + STREAMS,
        '6 schedule.slots.0.show: there is no stream "y"',
    ),
    "unknown fallback": (HEAD + "  fallback: tow\n", '5 schedule.fallback: there is no playlist "tow". Did you mean "two"?'),
    "unknown show in quiet": (
        HEAD + "  quiet:\n    - {when: {at: 22:00 to 06:00}, do: {show: tow}}\n",
        '6 schedule.quiet.0.do: there is no playlist "tow"',
    ),
    "an id twice": (
        slots(f"{A}, at: 09:00 to 10:00", f"{A}, at: 11:00 to 12:00"),
        '7 schedule.slots.1.id: "a" is the name of another one',
    ),
    "an unknown day": (
        slots(f"{A}, day: campain, at: 09:00 to 10:00", days="  days: {campaign: 2027-01-20}\n"),
        '7 schedule.slots.0.day: there is no day "campain". Did you mean "campaign"?',
    ),
    "an unknown day in a list": (
        slots(f"{A}, day: [mon, campain], at: 09:00 to 10:00", days="  days: {campaign: 2027-01-20}\n"),
        '7 schedule.slots.0.day.1: there is no day "campain"',
    ),
    "a slot outside every day": (
        slots(f"{A}, day: sat campaign, at: 09:00 to 10:00", days="  days: {campaign: 2027-01-18..2027-01-22}\n"),
        "7 schedule.slots.0.day: there is no such day: the weekday is not among the dates",
    ),
    "a slot that never is": (slots(f"{A}, at: 23:00 to sunset"), "6 schedule.slots.0.at: never happens: on none of its days"),
    "a slot that is never dark": (
        slots(f"{A}, day: 2027-06-21, at: 11:00 to 13:00, only_if: dark"),
        "6 schedule.slots.0.at: never happens",
    ),
    "no place for the sun": (
        slots(f"{A}, at: sunset to 23:00").replace(SITE, "site: {zone: Europe/Warsaw, latitude: 50}"),
        "6 schedule.slots.0: where is the sun? Give `latitude` and `longitude` under `site:`",
    ),
    "no place for Shabbat": (
        (HEAD + "  quiet:\n    - {when: {shabbat: {}}}\n").replace(SITE, "site: {}"),
        "6 schedule.quiet.0: where is the sun?",
    ),
    "latitude 95": (
        slots(f"{A}, at: sunset to 23:00").replace("50.0343", "95"),
        '3 site.latitude: must be at most 90, not "95"',
    ),
    "equals that overlap": (
        slots(f"{A}, at: 09:00 to 17:00, priority: 5", "id: b, show: two, day: sat, at: 16:00 to 18:00, priority: 5"),
        '7 schedule.slots.1: "b" and "a" are both on, first Sat 2027-01-02 from 16:00 to 17:00, with the same priority 5',
    ),
    "equals that overlap after midnight": (
        slots(f"{A}, day: fri, at: 22:00 to 02:00", "id: b, show: two, day: sat 2027-01-23, at: 00:00 to 03:00"),
        '7 schedule.slots.1: "b" and "a" are both on, first Sat 2027-01-23 from 00:00 to 02:00, with the same priority 0',
    ),
    "equals that overlap in summer alone": (
        slots(f"{A}, at: 17:00 to sunset", "id: b, show: two, at: 20:50 to 23:00"),
        '7 schedule.slots.1: "b" and "a" are both on, first',
    ),
    "a ceremony over an equal": (
        slots(f"{A}, at: 09:00 to 17:00", "id: b, show: two, start: '2027-01-27T09:00[America/New_York]', length: 90m"),
        '7 schedule.slots.1: "b" and "a" are both on, first Wed 2027-01-27 from 15:00 to 16:30',
    ),
    "a long ceremony over an equal on its last day": (
        slots(f"{A}, day: 2027-01-30, at: 09:00 to 17:00", "id: b, show: two, start: '2027-01-27T09:00Z', length: 4d"),
        '7 schedule.slots.1: "b" and "a" are both on, first Sat 2027-01-30 from 09:00 to 17:00',
    ),
}


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.values(), ids=list(PROBLEMS))
def test_every_mistake_in_a_schedule_is_one_clear_problem(home: Home, text: str, expected: str) -> None:
    """File, line, path, the reason, and the nearest right form where there is one."""
    (problem,) = home.problems(text)
    assert problem.startswith(f"config.yaml:{expected}")
    assert len(problem) < 300


FINE: dict[str, str] = {
    "a curfew": HEAD + "  quiet:\n    - {when: {at: 22:00 to 06:00}, do: {dim: 40}}\n",
    "a curfew in percent": HEAD + "  quiet:\n    - {when: {at: 22:00 to 06:00}, do: dim 40 %}\n",
    "neighbours": slots(f"{A}, at: 09:00 to 12:00", "id: b, show: two, at: 12:00 to 14:00"),
    "neighbours in the hour that comes twice": slots(f"{A}, at: 22:00 to 02:30", "id: b, show: two, at: 02:30 to 05:00"),
    "a title page over an equal": slots(f"{A}, at: 09:00 to 12:00", "id: b, show: two, at: 12:00 to 14:00, preroll: 5m"),
    "other days": slots(f"{A}, day: mon-fri, at: 09:00 to 12:00", "id: b, show: two, day: [sat, sun], at: 09:00 to 12:00"),
    "dusk that waits for the end": slots(f"{A}, at: 09:00 to 16:00", "id: b, show: two, at: dark(-6) to 23:00, earliest: 16:00"),
    "a slot of leap days": slots(f"{A}, day: 2028-02-29, at: 09:00 to 12:00"),
    "one day that has a list": slots(
        f"{A}, day: feast, at: 09:00 to 12:00", days="  days: {feast: [2027-01-20, sat 2027-01-23]}\n"
    ),
    "years of it": slots(f"{A}, day: 2026-01-01..2060-01-01, at: 09:00 to 12:00"),
}


@pytest.mark.parametrize("text", FINE.values(), ids=list(FINE))
def test_what_can_be_meant_is_fine(home: Home, text: str) -> None:
    """Nothing that an operator may want is refused for looking like a mistake."""
    home.clean(text)


def test_all_problems_of_a_schedule_are_told_at_once(home: Home) -> None:
    """Of lines by themselves; those between lines follow once the lines are right."""
    text = slots(f"{A}, at: 9:00 to 10:00", "id: b, show: one, day: fri 2027-01-23, at: 09:00 to 10:00", "id: c")
    assert [problem.split(": ")[0] for problem in home.problems(text)] == [
        "config.yaml:6 schedule.slots.0.at",
        "config.yaml:7 schedule.slots.1.day",
        "config.yaml:8 schedule.slots.2.show",
    ]


def test_a_faulty_fallback_stands_in_the_way(home: Home) -> None:
    """What may be on at any time must be sound; a slot's show that is not is told of, and the fallback is on instead."""
    home.playlist("draft", "slides: [foto]\n")
    text = slots("id: a, show: draft, at: 09:00 to 10:00")
    assert len(home.problems(text)) == 1
    assert load(home.file).configuration is not None
    home.problems(HEAD + "  fallback: draft\n")
    assert load(home.file).configuration is None


def test_the_first_overlap_is_found_whenever_it_is(home: Home) -> None:
    """On a Hebrew date years ahead as well."""
    text = slots(
        f"{A}, day: {{hebrew: 27 nisan, rule: israel}}, at: 09:00 to 12:00", "id: b, show: two, day: thu, at: 10:00 to 11:00"
    )
    (problem,) = home.problems(text)
    assert f"first Thu {date(2029, 4, 12)} from 10:00 to 11:00" in problem


def test_the_example_of_the_page_is_clean(tmp_path: Path) -> None:
    """Whoever copies it from docs/schedule.md has a schedule that plays with the playlists that come with the program."""
    page = (INSTALLATION / "docs" / "schedule.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "config.yaml"
    file.write_text(f"feeds: {{}}\n{example}", "utf-8")
    loaded = load(file)
    assert loaded.problems == ()
    assert loaded.configuration is not None
    rules = loaded.configuration.rules
    wanted = {
        "2027-01-20 08:00": ("wall", None),
        "2027-01-20 12:00": ("wall", "day"),
        "2027-01-20 20:00": ("facade", "facade"),
        "2027-01-23 01:00": ("mosaic", "late"),
        "2027-01-27 14:56": ("exhibition", "ceremony"),
        "2027-05-03 21:00": ("exhibition", "yom-hashoah"),
    }
    for when, (show, slot) in wanted.items():
        answer = desired(instant(when, "Europe/Warsaw"), rules)
        assert (answer.show, answer.slot) == (show, slot)


def test_a_changed_schedule_file_is_noticed(home: Home) -> None:
    """A player that waits for a mistake to be mended looks at the file beside config.yaml as well."""
    schedule = home.folder / "schedule.yaml"
    schedule.write_text("slots: []\n")
    home.clean("feeds: {}\nshow: one\nschedule: schedule.yaml\nstorage: {data: data}\n")
    in_force = InForce(home.file, None)
    assert in_force.read() is not None
    assert not in_force.has_changed()
    schedule.write_text("slots: []\nfallback: two\n")
    assert in_force.has_changed()
