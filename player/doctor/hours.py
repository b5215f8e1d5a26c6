"""Time: whose zones count, whether the clock may be believed, and what the schedule makes of the next day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from player.doctor.finding import Finding
from player.library.heard import heard, is_of_now
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
    clock, rules = trusted_clock(), configuration.rules
    now = clock.wall()
    yield _zones(now, rules)
    said = heard(configuration.data)
    yield _clock(configuration, rules, said if is_of_now(said, clock) else {})
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


def _clock(configuration: Configuration, rules: Rules, said: Mapping[str, object]) -> Finding:
    """Find out whether the schedule goes by the clock: as the screen that runs *said*, else as one would."""
    state, is_own = clock_state(), configuration.settings.site.clock == "own"
    why = said.get("clock_why") if said.get("clock_trusted") is False else None
    instead = f"{rules.fallback} is on instead of the schedule" if rules.slots else ""
    if is_own:
        whose = "the site's own (`clock: own`)"
        if why:
            lost = f"; {instead}" if instead else ""
            return Finding("clock", f"{whose}, not believed: {why}{lost}", is_problem=bool(instead), is_worth_a_look=True)
        return Finding("clock", f"{whose}, believed as it is; for the network it is {state.value}")
    meaning = f"{state.value}: {_MEANS[state]}"
    if why:
        lost = f"; {instead}" if instead else ""
        text = f"{state.value}, not believed: {why}{lost}. What helps: {_REMEDY}"
        return Finding("clock", text, is_problem=bool(instead), is_worth_a_look=True)
    if state is not ClockState.UNSYNCED or said.get("clock_trusted") is True:
        return Finding("clock", meaning, is_worth_a_look=state is not ClockState.SYNCED)
    lost = f", and until somebody does, {instead}" if instead else ""
    return Finding("clock", f"{meaning}{lost}. What helps: {_REMEDY}", is_problem=bool(instead), is_worth_a_look=True)


def _faulty_shows(configuration: Configuration, rules: Rules) -> Iterator[Finding]:
    """Find slots whose show has a mistake: they are not played, and nothing else keeps the player from running."""
    for slot in rules.slots:
        if slot.show not in configuration.playlists:
            text = f"its show {slot.show} has a mistake, so {rules.fallback} is on instead: weremember check"
            yield Finding(f"slot {slot.id}", text, is_problem=True)
