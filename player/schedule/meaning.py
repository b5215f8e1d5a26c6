"""What the section `schedule:` means: its texts as the values that decide what is on."""

from __future__ import annotations

from collections.abc import Mapping

from player.schedule import days, grammar
from player.schedule.rules import FULL_LIGHT, Daily, DayRule, Do, Moment, QuietRule, Rules, Shabbat, Slot, Stretch
from player.schedule.section import SHOW, QuietSection, Schedule, SlotSection, StretchSection
from player.schedule.sun import Place
from player.units import nanos


def rules_of(schedule: Schedule, *, zone: str, place: Place | None, show: str) -> Rules:
    """Return what *schedule* means.

    Args:
        schedule: As it was read.
        zone: The site's.
        place: Where the site is, if that is known.
        show: The configuration's, for whenever no slot is on.

    Raises:
        ValueError: it names a day that it does not know; `check.problems` has said so with the line.
    """
    named = named_days(schedule)
    return Rules(
        zone=zone,
        fallback=schedule.fallback or show,
        place=place,
        slots=tuple(_slot(slot, named) for slot in schedule.slots),
        quiet=tuple(_quiet(rule, id_, named) for rule, id_ in zip(schedule.quiet, quiet_ids(schedule.quiet), strict=True)),
    )


def named_days(schedule: Schedule) -> dict[str, tuple[DayRule, ...]]:
    """Return the days that have a name."""
    found: dict[str, tuple[DayRule, ...]] = {}
    for name, texts in schedule.days.items():
        found[name] = tuple(rule for text in texts for rule in days.parse_day(text, {}))
    return found


def quiet_ids(rules: tuple[QuietSection, ...]) -> tuple[str, ...]:
    """Return what each rule is called: as it says, or by its kind, numbered from the second one."""
    taken = {rule.id for rule in rules if rule.id}
    found: list[str] = []
    for rule in rules:
        kind = "shabbat" if rule.when.shabbat else "quiet"
        name, number = rule.id or kind, 1
        while rule.id is None and name in taken:
            number += 1
            name = f"{kind}-{number}"
        taken.add(name)
        found.append(name)
    return tuple(found)


def _slot(slot: SlotSection, named: Mapping[str, tuple[DayRule, ...]]) -> Slot:
    shown = SHOW.fullmatch(slot.show)
    live, otherwise, alone = shown.group("live", "show", "alone") if shown else (None, None, slot.show)
    return Slot(
        id=slot.id,
        show=otherwise or alone,
        live=live,
        when=_moment(slot) or _daily(slot, named),
        title=slot.title,
        priority=slot.priority,
        dark_below=grammar.parse_only_if(slot.only_if) if slot.only_if else None,
        preroll=nanos(slot.preroll),
        overrun=nanos(slot.overrun.max) if slot.overrun else 0,
        patience=grammar.parse_start_as(slot.start_as),
        join=slot.join,
    )


def _quiet(rule: QuietSection, id_: str, named: Mapping[str, tuple[DayRule, ...]]) -> QuietRule:
    word, _, what = rule.do.partition(" ")
    do, what = Do(word), what.strip()
    of_day = rule.when.shabbat
    when: Daily | Shabbat = grammar.parse_shabbat(of_day.candles, of_day.end) if of_day else _daily(rule.when, named)
    return QuietRule(
        id=id_,
        when=when,
        do=do,
        show=what if do is Do.SHOW else None,
        dim=int(what) if do is Do.DIM else FULL_LIGHT,
        mute=rule.mute,
    )


def _moment(slot: SlotSection) -> Moment | None:
    return grammar.parse_moment(slot.start, slot.length) if slot.start and slot.length else None


def _daily(when: StretchSection, named: Mapping[str, tuple[DayRule, ...]]) -> Daily:
    written = grammar.parse_stretch(when.at or "00:00 to 24:00")
    earliest, latest = (grammar.parse_time(text) if text else None for text in (when.earliest, when.latest))
    rules = tuple(rule for text in when.day or () for rule in days.parse_day(text, named))
    return Daily(rules, Stretch(written.start, written.end, earliest, latest))
