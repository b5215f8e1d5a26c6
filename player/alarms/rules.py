"""What there is to be alarmed about, and what holds of it by what was found. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from player.units import SECOND, Nanos

MINUTE: Final[Nanos] = 60 * SECOND
HOUR: Final[Nanos] = 60 * MINUTE

LOW_DISK_BYTES: Final = 1_000_000_000  # free beside the budget: the system needs room too
ENOUGH_DISK_BYTES: Final = 1_500_000_000  # and so much until the alarm is over: what is freed a megabyte at a time is no news
FULL_DISK_BYTES: Final = 20_000_000  # with less, the screen may be unable to say how it is
SILENT_FOR: Final[Nanos] = MINUTE  # the screen says each second how it is
OWED_WITHIN: Final[Nanos] = 72 * HOUR  # two people need a weekend to meet

REMOVED: Final = "it is no longer in the configuration"
OVER: Final = "the time of this show is over: nothing is asked or shown any more"
NOT_YET: Final = "not yet: "
"""Why an alarm ends, where that is not that all is well."""
ROOM, FOLDER, SILENT, UNSTEADY, LOST, CHANGED = "room", "folder", "silent", "unsteady", "lost", "changed"
"""Of what an alarm is, where one has several reasons that begin and end apart."""
ALL: Final = ""
"""Of what it is when it holds of all projectors, or outputs: one cable or one switch is one letter."""
CARE: Final = ", care"
"""What follows a projector's name where something may wait until the show rests: a lamp's hours hide no lamp that went out."""


class Alarm(StrEnum):
    """What there is to be alarmed about."""

    SCREEN = "screen"
    PLATE = "plate"
    LEASE = "lease"
    MISSED = "missed"
    DARK = "dark"
    DISK = "disk"
    CLOCK = "clock"
    SIGNATURE = "signature"
    JOURNAL = "journal"
    WITHDRAWAL = "withdrawal"
    INGEST = "ingest"
    PROJECTOR = "projector"
    OUTPUT = "output"
    STREAM = "stream"


Key: TypeAlias = tuple[Alarm, str]
"""An alarm, and of what: a source, a role of a feed, a show that was missed; empty where there is but one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether an alarm holds, and the words that say more."""

    holds: bool
    why: str = ""
    """While it holds: what there is to say beside that. When it does not: why not, where that is not that all is well."""
    moment: Nanos | None = None
    """The instant that matters, where it is not the one at which this was first seen: a signature's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A show that was to be on, and was not."""

    show: str
    start: Nanos
    why: str = ""
    before: int = 0
    """How many others before it were found missing with it."""

    @property
    def in_words(self) -> str:
        """Why, and that it was not the only one."""
        others = f"and {self.before} before it" if self.before else ""
        return "; ".join(filter(None, (self.why, others)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found; None: nobody could look."""

    at: Nanos
    """The time of day."""
    is_over: bool = False
    """The day has come from which nothing is asked or kept any more."""
    plate: bool | None = None
    """Whether nothing may be shown but words, or nothing else is, where there are sources."""
    sources: Mapping[str, str] | None = None
    """All sources but the core set, and why the word of each does not count; empty where it does."""
    missed: Collection[Missed] | None = None
    """What was missed in the last hour."""
    is_dark: bool | None = None
    """Whether somebody darkened the wall by hand."""
    free_bytes: int | None = None
    folder: str = ""
    """Why the data folder cannot be used; empty when it can."""
    is_clock_trusted: bool | None = None
    """Whether the schedule goes by the clock."""
    clock_fault: str = ""
    """Why not."""
    expiring: Mapping[str, Nanos] | None = None
    """What people have signed, by feed and role (`campaign, approved`), and when it ends."""
    signed: Collection[str] = ()
    """The names of all signed feeds."""
    is_journal_whole: bool | None = None
    journal_fault: str = ""
    """What is wrong with it."""
    lost: str | None = None
    """Why the record of withdrawals cannot be read; empty when it can."""
    unfinished: int | None = None
    """How many withdrawals are older than a minute, and not every byte of them is gone."""
    screen_silent: Nanos | None = None
    """For how long the screen has not said how it is."""
    steady: Mapping[str, bool] | None = None
    """Of the player's processes, `screen` and `ingest`: whether each has been the same for a minute."""
    projectors: Mapping[str, str] | None = None
    """All projectors, and why somebody should look at each now; empty where nobody needs to."""
    care: Mapping[str, str] | None = None
    """What may wait, of those that something is known of."""
    outputs: Mapping[str, str] | None = None
    """Outputs of which somebody can say whether they have their displays, and why each has none; empty where it has."""
    wired: Collection[str] = ()
    """The ids of all outputs."""
    streams: Mapping[str, bool] | None = None
    """All live streams, and whether each is to be on, has not ended, and does not come."""


def verdicts(facts: Facts, known: Mapping[Key, bool]) -> dict[Key, Finding]:
    """Return what holds by *facts* and what does not; what is missing is what nobody could look at.

    Args:
        facts: What was found.
        known: What is remembered, and whether people were told that it holds.
    """
    found = {
        **_disk(facts, is_told=known.get((Alarm.DISK, ROOM), False)),
        **_screen(facts),
        **_by_source(facts, known),
        **_signatures(facts, known),
        **_missed(facts, known),
        **_of_many(Alarm.PROJECTOR, facts.projectors, facts.projectors or (), known),
        **_care(facts, known),
        **_of_many(Alarm.OUTPUT, facts.outputs, facts.wired, known),
        **_streams(facts, known),
    }
    steady = (facts.steady or {}).get("ingest")
    late = facts.unfinished
    for alarm, of, holds, why in (
        (Alarm.PLATE, "", False if facts.is_over else facts.plate, ""),
        (Alarm.DARK, "", facts.is_dark, ""),
        (Alarm.CLOCK, "", _isnt(facts.is_clock_trusted), facts.clock_fault),
        (Alarm.INGEST, "", _isnt(steady), ""),
        (Alarm.JOURNAL, CHANGED, _isnt(facts.is_journal_whole), facts.journal_fault),
        (Alarm.JOURNAL, LOST, None if facts.lost is None else bool(facts.lost), facts.lost or ""),
        (Alarm.WITHDRAWAL, "", None if late is None else late > 0, str(late)),
    ):
        if holds is not None:
            found[alarm, of] = Finding(holds, why if holds else "")
    if facts.is_over:
        found[Alarm.PLATE, ""] = Finding(holds=False, why=OVER)
    return found


def _isnt(value: bool | None) -> bool | None:  # noqa: FBT001 - it is what the function is about
    return None if value is None else not value


def _screen(facts: Facts) -> dict[Key, Finding]:
    found: dict[Key, Finding] = {}
    # Where it cannot write, its silence means nothing; that is the disk's alarm.
    can_write = not facts.folder and (facts.free_bytes is None or facts.free_bytes >= FULL_DISK_BYTES)
    if facts.screen_silent is not None and can_write:
        found[Alarm.SCREEN, SILENT] = Finding(facts.screen_silent >= SILENT_FOR)
    if facts.steady and "screen" in facts.steady:
        found[Alarm.SCREEN, UNSTEADY] = Finding(not facts.steady["screen"])
    return found


def _disk(facts: Facts, *, is_told: bool) -> dict[Key, Finding]:
    found: dict[Key, Finding] = {(Alarm.DISK, FOLDER): Finding(bool(facts.folder), facts.folder)}
    if facts.free_bytes is not None:
        low = facts.free_bytes < (ENOUGH_DISK_BYTES if is_told else LOW_DISK_BYTES)
        found[Alarm.DISK, ROOM] = Finding(low, f"{facts.free_bytes / 1e9:.1f} GB" if low else "")
    return found


def _by_source(facts: Facts, known: Collection[Key]) -> dict[Key, Finding]:
    if facts.sources is None:
        return {}
    told = {key: Finding(holds=False, why=REMOVED) for key in known if key[0] is Alarm.LEASE}
    found = {(Alarm.LEASE, name): Finding(bool(why), why) for name, why in facts.sources.items()}
    return dict.fromkeys(told | found, Finding(holds=False, why=OVER)) if facts.is_over else told | found


def _signatures(facts: Facts, known: Collection[Key]) -> dict[Key, Finding]:
    """A feed that cannot be read just now says nothing; one that is gone from the configuration owes nothing."""
    if facts.expiring is None:
        return {}
    gone = {
        (alarm, of): Finding(holds=False, why=REMOVED)
        for alarm, of in known
        if alarm is Alarm.SIGNATURE and of.partition(",")[0] not in facts.signed
    }
    return gone | {(Alarm.SIGNATURE, of): Finding(end - facts.at < OWED_WITHIN, moment=end) for of, end in facts.expiring.items()}


def _missed(facts: Facts, known: Collection[Key]) -> dict[Key, Finding]:
    if facts.missed is None:
        return {}
    gone = {key: Finding(holds=False) for key in known if key[0] is Alarm.MISSED}
    return gone | {(Alarm.MISSED, f"{each.start} {each.show}"): Finding(holds=True, why=each.in_words) for each in facts.missed}


def _of_many(
    alarm: Alarm, troubles: Mapping[str, str] | None, names: Collection[str], known: Collection[Key]
) -> dict[Key, Finding]:
    """Return what holds of each of several things that are alike, or of all together: then nothing is said of each.

    Args:
        alarm: Which.
        troubles: Of those that could be looked at, what is wrong; empty where nothing is.
        names: All that there are.
        known: What is remembered.
    """
    if troubles is None:
        return {}
    found = {
        (alarm, of): Finding(holds=False, why=REMOVED)
        for kind, of in known
        if kind is alarm and not of.endswith(CARE) and (of not in names if of else len(names) < 2)  # noqa: PLR2004 - one alone is not all of several
    }
    ill = {name: why for name, why in troubles.items() if why}
    is_all = len(ill) == len(troubles) > 1
    if len(troubles) > 1:
        found[alarm, ALL] = Finding(is_all, _together(ill) if is_all else NOT_YET + ", ".join(ill) if ill else "")
    if not is_all:
        found |= {(alarm, name): Finding(bool(why), why) for name, why in troubles.items()}
    return found


def _together(troubles: Mapping[str, str]) -> str:
    """Return `left, right: does not answer`."""
    names: dict[str, list[str]] = {}
    for name, why in troubles.items():
        names.setdefault(why, []).append(name)
    return "; ".join(f"{', '.join(several)}: {why}" for why, several in names.items())


def _streams(facts: Facts, known: Collection[Key]) -> dict[Key, Finding]:
    if facts.streams is None:
        return {}
    gone = {key: Finding(holds=False, why=REMOVED) for key in known if key[0] is Alarm.STREAM and key[1] not in facts.streams}
    return gone | {(Alarm.STREAM, name): Finding(holds) for name, holds in facts.streams.items()}


def _care(facts: Facts, known: Collection[Key]) -> dict[Key, Finding]:
    if facts.care is None:
        return {}
    gone = {
        (kind, of): Finding(holds=False, why=REMOVED)
        for kind, of in known
        if kind is Alarm.PROJECTOR and of.endswith(CARE) and of.removesuffix(CARE) not in (facts.projectors or ())
    }
    return gone | {(Alarm.PROJECTOR, f"{name}{CARE}"): Finding(bool(why), why) for name, why in facts.care.items()}
