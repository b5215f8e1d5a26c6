"""Schedules as an operator writes them, as rules; and instants as people say them."""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

import yaml

from player.schedule.meaning import rules_of
from player.schedule.rules import Rules
from player.schedule.section import Schedule
from player.schedule.sun import Place
from player.units import SECOND, Nanos

PLACES: Final = {
    "Europe/Warsaw": Place(50.0343, 19.1785),
    "America/New_York": Place(40.71, -74.01),
    "America/Vancouver": Place(49.28, -123.12),
    "America/St_Johns": Place(47.56, -52.71),
    "America/Havana": Place(23.11, -82.37),
    "America/Santiago": Place(-33.45, -70.67),
    "America/Sao_Paulo": Place(-23.55, -46.63),
    "Africa/Casablanca": Place(33.57, -7.59),
    "Africa/Cairo": Place(30.04, 31.24),
    "Asia/Jerusalem": Place(31.77, 35.21),
    "Asia/Kathmandu": Place(27.72, 85.32),
    "Asia/Shanghai": Place(39.47, 75.99),
    "Australia/Lord_Howe": Place(-31.55, 159.08),
    "Australia/Sydney": Place(-33.87, 151.21),
    "Pacific/Apia": Place(-13.83, -171.76),
    "Pacific/Chatham": Place(-43.95, -176.56),
    "Pacific/Kiritimati": Place(1.87, -157.43),
    "Asia/Tehran": Place(35.69, 51.39),
    "Antarctica/Troll": Place(-72.01, 2.53),
    "Arctic/Longyearbyen": Place(78.22, 15.65),
    "Antarctica/McMurdo": Place(-77.85, 166.67),
    "UTC": Place(0.0, 0.0),
}
"""Both hemispheres, half an hour of summer time, clocks that go back over midnight, days without night and without day."""

WEEK: Final = """
days: {campaign: 2027-01-20..2027-01-27}
fallback: wall
slots:
  - {id: wall, show: wall, day: campaign, at: 09:00 to 17:00, priority: 10}
  - {id: facade, show: facade, day: campaign, at: dark(-6)+10m to 23:30, priority: 20, only_if: dark}
  - {id: late, show: names, day: [fri 2027-01-22, sat 2027-01-23], at: 22:00 to 02:00, priority: 15}
  - id: ceremony
    show: {live: ceremony-27, else: film-27}
    title: The ceremony
    start: 2027-01-27T09:00[America/New_York]
    length: 90m
    preroll: 5m
    overrun: {hold: while-live, max: 60m}
    start_as: wait 30s
    join: restart
    priority: 100
quiet:
  - {when: {shabbat: {candles: 18m, end: -8.5}}, do: keep, mute: true}
"""
"""The campaign, as an operator writes it."""
_EVENINGS: Final = [
    f"  - {{id: s{n}, show: s{n}, at: dark({-1 - n / 2})+{n}m to 23:{n:02}, priority: {n}{', only_if: dark' if n % 3 else ''}}}"
    for n in range(26)
]
MANY_SUNS: Final = "\n".join(["slots:", *_EVENINGS, "quiet: [{when: {shabbat: {}}, mute: true}]", ""])
"""Twenty-six slots that each ask the sun about an angle of their own."""


def schedule(text: str) -> Schedule:
    """The section that *text* is, without `schedule:` above it."""
    return Schedule.model_validate(cast("object", yaml.load(textwrap.dedent(text), Loader=yaml.BaseLoader)))  # noqa: S506 - BaseLoader makes only texts, and the text is a test's


def rules(text: str, zone: str = "Europe/Warsaw", *, place: Place | None = None) -> Rules:
    """What *text* means in *zone*, at its own place or another."""
    return rules_of(schedule(text), zone=zone, place=place or PLACES.get(zone), show="wall")


def slot(fields: str) -> str:
    """A schedule of one slot, `it`."""
    return f"slots: [{{id: it, show: one, {fields}}}]"


def instant(text: str, zone: str = "UTC") -> Nanos:
    """An instant as people say it: `2027-01-27 15:00`."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * SECOND
