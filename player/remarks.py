"""What `check` says about a configuration that has no mistake in it: what is over, what cannot be drawn or used here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from player.console.people.quorum import reviewers
from player.console.soundness import faults
from player.errors import LibraryError
from player.library.verdicts import LEAST
from player.schedule.meaning import named_days
from player.schedule.rules import Daily, Dates, DayRule, Moment, Shabbat
from player.schedule.zones import local, zone
from player.settings import Configuration
from player.text.fonts import Fonts
from player.units import Nanos

_DATED: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def remarks(configuration: Configuration, now: Nanos) -> Iterator[str]:
    """Yield what somebody may not have meant, a sentence each, with the path that they would type."""
    yield from _over(configuration, now)
    yield from _undrawable(configuration)
    yield from _undecided(configuration)
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
