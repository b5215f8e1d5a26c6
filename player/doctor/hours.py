"""Time: whose zones count, whether the clock may be believed, and what the schedule makes of the next day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from player.doctor.finding import Finding
from player.library.trusted_time import trusted_clock
from player.outlook import next_day
from player.schedule.rules import Rules
from player.schedule.zones import database, local, zone
from player.settings import Configuration
from player.timekeeping import ClockState, clock_state
from player.units import Nanos

_MEANS: Final = {
    ClockState.SYNCED: "kept by the network",
    ClockState.HOLDOVER: "was kept by the network, which has not been heard of for a while; believed all the same",
    ClockState.UNSYNCED: "nobody has told this machine the time since it started",
}
_REMEDY: Final = (
    "timedatectl set-ntp true, and a network; or, for a clock that you set yourself or that has a receiver of its own,"
    " `site: {clock: own}`"
)


def examine_time(configuration: Configuration) -> Iterator[Finding]:
    """Yield what is found of zones, clock and schedule."""
    now, rules = trusted_clock().wall(), configuration.rules
    yield _zones(now, rules)
    yield _clock(configuration, rules)
    if not rules.slots:
        yield Finding("schedule", f"there is none: {rules.fallback} is always on")
        return
    yield from _faulty_shows(configuration, rules)
    yield Finding("next 24 hours", next_day(rules, now))


def _zones(now: Nanos, rules: Rules) -> Finding:
    found = database()
    other = (
        f"the package has {found.package or 'none'}"
        if found.source == "system"
        else f"the system has {found.system or 'none that says its version'}"
    )
    is_old = found.is_old(local(now, zone(rules.zone)).date())
    when = f" of {found.released}" if found.released else ""
    whose = "the system's" if found.source == "system" else "the tzdata package's"
    text = f"{rules.zone}, by {whose} rules {found.version or 'of an unknown version'}{when}, the newer ones: {other}"
    old = ". They are older than 90 days: sudo apt install --only-upgrade tzdata, or a newer version of the player"
    return Finding("time zones", text + (old if is_old else ""), is_worth_a_look=is_old)


def _clock(configuration: Configuration, rules: Rules) -> Finding:
    state, is_own = clock_state(), configuration.settings.site.clock == "own"
    if is_own:
        return Finding("clock", f"the site's own (`clock: own`), believed as it is; for the network it is {state.value}")
    is_bad = state is ClockState.UNSYNCED
    meaning = f"{state.value}: {_MEANS[state]}"
    if not is_bad:
        return Finding("clock", meaning, is_worth_a_look=state is ClockState.HOLDOVER)
    lost = f", and until somebody does, {rules.fallback} is on instead of the schedule" if rules.slots else ""
    return Finding("clock", f"{meaning}{lost}. What helps: {_REMEDY}", is_problem=bool(rules.slots), is_worth_a_look=True)


def _faulty_shows(configuration: Configuration, rules: Rules) -> Iterator[Finding]:
    """Find slots whose show has a mistake: they are not played, and nothing else keeps the player from running."""
    for slot in rules.slots:
        if slot.show not in configuration.playlists:
            text = f"its show {slot.show} has a mistake, so {rules.fallback} is on instead: weremember check"
            yield Finding(f"slot {slot.id}", text, is_problem=True)
