"""What `check` says about a configuration that has no mistake in it: what is over, what cannot be drawn or used here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from math import ceil
from typing import Final

from player import rolls
from player.console.people.quorum import reviewers
from player.console.soundness import faults
from player.errors import LibraryError
from player.film.device import absent
from player.fleet.section import uninstalled
from player.forecast import FULL_HD
from player.library.verdicts import LEAST
from player.schedule.desired import Timetable
from player.schedule.meaning import named_days
from player.schedule.rules import Daily, Dates, DayRule, Moment, Shabbat
from player.schedule.section import SHOW
from player.schedule.zones import local, zone
from player.settings import Configuration
from player.show.layout import names_on
from player.show.remaining import time_of
from player.show.slide import Stage
from player.text.fonts import Fonts
from player.text.scripts import script_of
from player.units import SECOND, Nanos

A_YEAR: Final = 370  # days looked at for the next time of a slot: what comes once a year by the Hebrew calendar moves by weeks

_DATED: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def remarks(configuration: Configuration, now: Nanos) -> Iterator[str]:
    """Yield what somebody may not have meant, a sentence each, with the path that they would type."""
    yield from _over(configuration, now)
    yield from _undrawable(configuration)
    yield from _undecided(configuration)
    yield from _unwatched(configuration)
    yield from _unheard(configuration)
    yield from _unlettered(configuration)
    yield from _unread(configuration, now)
    if missing := uninstalled(configuration.settings.fleet):
        yield f"fleet: {missing}"
    for key, why in faults(configuration.settings.console, now):
        yield f"console.{key}: {why}"
    deletes = configuration.delete_at
    if deletes is not None and deletes <= now:
        yield "retention.delete_after: this day is past: a player that starts with it deletes all photos"


def _undecided(configuration: Configuration) -> Iterator[str]:
    """Find a review desk that nobody can decide at, or at which nothing ever waits."""
    settings = configuration.settings
    if not settings.console.reviewers:
        return
    if not any(feed.trust == "reviewed" for feed in settings.feeds.values()):
        yield "console.reviewers: no feed has `trust: reviewed`, so nothing ever waits there"
    try:
        count = reviewers(configuration.data)
    except LibraryError as error:
        yield f"console.reviewers: nobody knows whether two people may review: {error}"
        return
    if count < LEAST:
        may = {0: "nobody may yet", 1: "only one may"}[count]
        yield f"console.reviewers: two people must approve each photo, and {may}: weremember console add NAME --role reviewer"


def _unwatched(configuration: Configuration) -> Iterator[str]:
    """Find streams that no slot shows: nobody would see the ceremony."""
    matches = (SHOW.fullmatch(slot.show) for slot in configuration.settings.schedule.slots)
    shown = {match["live"] for match in matches if match}
    for name in sorted(configuration.settings.streams.keys() - shown):
        yield f"streams.{name}: no slot shows it. Write `show: {{live: {name}, else: SHOW}}` where it belongs"


def _unheard(configuration: Configuration) -> Iterator[str]:
    """Find a sound card that is not there, and shows that ask for sound where there may be none: films would go on in silence."""
    sound = configuration.settings.sound
    why = absent(sound.device) if configuration.has_sound else ""
    if why:
        yield f"sound.device: {why}"
    asking = [name for name, playlist in configuration.playlists.items() if playlist.sound] if sound.enabled is False else []
    for name in asking:
        yield f"playlists/{name}.yaml sound: nothing of it is heard, for config.yaml has `sound: {{enabled: false}}`"


def _unlettered(configuration: Configuration) -> Iterator[str]:
    """Find names with letters that no font here has: they would be missing from the list that is read."""
    fonts = Fonts()

    def lacks(language: str, letter: str) -> str:
        if fonts.sets(language, letter):
            return ""
        left_out = fonts.left_out([(language, letter)]) if script_of(letter, language) else ()
        return left_out[0].advice if left_out else "take it out, or install a font that has it"

    yield from rolls.remarks(configuration.playlists.values(), lacks)


def _unread(configuration: Configuration, now: Nanos) -> Iterator[str]:
    """Find lists of names that are longer than their slot: those who stand at the end would not be read that day."""
    rules, display = configuration.rules, configuration.settings.display
    a_page = names_on(Stage(display.size or FULL_HD, display.margin))
    timetable, today = Timetable(rules), local(now, zone(rules.zone)).date()
    for index, slot in enumerate(rules.slots):
        readings = [step.reading for step in rolls.with_readings(configuration.show(slot.show), a_page).steps if step.reading]
        if not readings or slot.live is not None:
            continue
        found = (one for days in range(A_YEAR) for one in timetable.calendar.occurrences(slot, today + timedelta(days)))
        next_one = next(found, None)
        lasts = time_of(next_one.key, timetable.wanted, next_one.span.start, next_one.span.end) if next_one else None
        takes = sum(reading.whole for reading in readings)
        if lasts is not None and lasts / SECOND < takes:
            lengths = f"take {ceil(takes / 60)} min, and it is on for {lasts // (60 * SECOND)}"
            yield f"schedule.slots.{index} {slot.id}: its names {lengths}: the last would not be read"


def _over(configuration: Configuration, now: Nanos) -> Iterator[str]:
    """Find days that are wholly in the past; those with a name are told where they have it, and not where it is used."""
    schedule, rules = configuration.settings.schedule, configuration.rules
    here = zone(rules.zone)
    today = local(now, here).date()
    for name, days in named_days(schedule).items():
        yield from _told(f"schedule.days.{name}", _last(days), today)
    for index, (slot, written) in enumerate(zip(rules.slots, schedule.slots, strict=True)):
        path = f"schedule.slots.{index} {slot.id}"
        match slot.when:
            case Moment(start=start, length=length) if start + length <= now:
                # A ceremony of this morning is over, too, and nobody has mistaken the year.
                yield from _told(path, local(start + length - 1, here).date(), today)
            case Daily(days=days) if _has_date(written.day):
                yield from _told(path, _last(days), today)
            case _:
                pass
    for index, (rule, written) in enumerate(zip(rules.quiet, schedule.quiet, strict=True)):
        if not isinstance(rule.when, Shabbat) and _has_date(written.when.day):
            yield from _told(f"schedule.quiet.{index} {rule.id}", _last(rule.when.days), today)


def _has_date(texts: Iterable[str] | None) -> bool:
    return any(_DATED.search(text) for text in texts or ())


def _last(days: tuple[DayRule, ...]) -> date | None:
    """Return the last of *days*; None when they have no end."""
    lasts = [rule.last for rule in days if isinstance(rule, Dates) and rule.last is not None]
    return max(lasts) if lasts and len(lasts) == len(days) else None


def _told(path: str, last: date | None, today: date) -> Iterator[str]:
    if last is not None and last < today:
        year = today.year + ((last.month, last.day) < (today.month, today.day))
        yield f"{path}: is over since {last}. Is {year} meant?"


def _undrawable(configuration: Configuration) -> Iterator[str]:
    """Find titles with characters that no font here has: the title page would leave them out."""
    slots = configuration.settings.schedule.slots
    titles = [(f"schedule.slots.{index}.title", slot.title) for index, slot in enumerate(slots)]
    titles += [(f"playlists/{name}.yaml title", playlist.title) for name, playlist in configuration.playlists.items()]
    fonts = Fonts()
    for path, title in titles:
        seen = dict.fromkeys(each for each in title if each.isprintable() and not each.isspace())
        missing = [each for each in seen if fonts.choose(each, language="en", face="serif") is None]
        if missing:
            yield f"{path}: no font of this machine can draw {' '.join(missing)}"
