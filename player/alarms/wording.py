"""What people read, perhaps at night and on a phone: where, what is wrong, since when, what to do. Pure.

Nothing in it comes from a feed: no name of a person, no caption, no address. What is quoted is on one line, short, and plain.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from player.alarms.marks import News
from player.alarms.rules import ALL, CARE, CHANGED, FOLDER, LOST, NOT_YET, ROOM, SILENT, UNSTEADY, Alarm
from player.library.sources import Standing
from player.units import SECOND, Nanos

NOWHERE: Final = "We Remember"
"""Whose voice it is, where the site has no name."""
MOST_NAME: Final = 80  # characters of a site's name
MOST_QUOTED: Final = 200  # characters of anything else that is quoted: a path, a disk's own words
MINUTE: Final[Nanos] = 60 * SECOND

_LOG: Final = "the log (journalctl --user -u weremember)"
_WRONG: Final[Mapping[tuple[Alarm, str], tuple[str, str, str]]] = {
    (Alarm.SCREEN, SILENT): (
        "the screen does not answer; the picture may stand still or be gone",
        "Look at the wall. If it is not well, restart the player.",
        "the screen answers again",
    ),
    (Alarm.SCREEN, UNSTEADY): (
        "the screen’s process ends again and again; the picture keeps going away",
        f"weremember doctor, and {_LOG}, say why.",
        "the screen’s process stays up again",
    ),
    (Alarm.INGEST, ""): (
        "the process that asks the feeds does not stay up; no new photo and no withdrawal of a feed arrives",
        f"weremember doctor, and {_LOG}, say why. To take a photo down now: weremember withdraw.",
        "the process that asks the feeds stays up again",
    ),
    (Alarm.PLATE, ""): (
        "only the words are on the wall, for want of a photo that may be shown",
        "weremember status shows the feeds, weremember photos the reason for each photo. Check the network first.",
        "photos are on the wall again",
    ),
    (Alarm.DARK, ""): (
        "the wall has been dark for over an hour, because somebody ordered it",
        "weremember light brings the picture back, weremember auto the schedule. If it is meant, do nothing.",
        "the wall is no longer dark by order",
    ),
    (Alarm.DISK, ROOM): (
        "the disk is nearly full ({why} free)",
        "Make room on it, or lower storage: budget in config.yaml.",
        "there is room on the disk again",
    ),
    (Alarm.DISK, FOLDER): (
        "the data folder cannot be used: {why}",
        "No withdrawal can be recorded until it can. Check the disk and its cable; replace a disk that fails.",
        "the data folder can be used again",
    ),
    (Alarm.CLOCK, ""): (
        "the clock cannot be trusted ({why}), so the schedule rests and its fallback is shown",
        "Check the network and the time server (timedatectl).",
        "the clock is trusted again",
    ),
    (Alarm.JOURNAL, LOST): (
        "the record of withdrawals cannot be read ({why}), so no photo of a feed is shown",
        "weremember doctor says what to do. Copy the data folder before you change anything.",
        "the record of withdrawals can be read again",
    ),
    (Alarm.JOURNAL, CHANGED): (
        "the journal is not what was written ({why})",
        "Copy the data folder, then weremember journal verify. Tell whoever keeps watch over the feed.",
        "the journal is whole again",
    ),
    (Alarm.WITHDRAWAL, ""): (
        "a withdrawal is not finished: {why} known for over a minute, and bytes of it are still on the disk",
        f"weremember doctor, and {_LOG}, say why.",
        "all withdrawals are finished",
    ),
    (Alarm.PROJECTOR, ALL): (
        "none of the projectors is well: {why}",
        "Their power and their network first. weremember projectors says how each is.",
        "the projectors are well again",
    ),
    (Alarm.OUTPUT, ALL): (
        "no output has its display, and the wall is dark: {why}",
        "The cables, power and inputs of the displays first. weremember outputs says which are there.",
        "the outputs have their displays again",
    ),
}
_OF_A_SOURCE: Final[Mapping[str, tuple[str, str]]] = {
    Standing.EXPIRED.value: (
        "nobody has confirmed them for too long",
        "Check the network, then weremember status: it says how the feed answers.",
    ),
    Standing.HALTED.value: ("its publisher has stopped everything", "Only the publisher can let it go on: ask there."),
    Standing.ENDED.value: (
        "its publisher says that it is over",
        "If that is meant, take it out of config.yaml; else ask the publisher.",
    ),
    Standing.UNCONFIRMED.value: (
        "it has not answered yet",
        "Check the network and the feed’s address: weremember status, weremember ingest --once.",
    ),
}


def sentence(news: News, *, site: str, zone: ZoneInfo) -> str:
    """Return what people are told: one line that begins with the *site*'s name; times are those of its *zone*."""
    where = plain(site, MOST_NAME) or NOWHERE
    wrong, to_do, well = _told(news, zone)
    if news.begins:
        return f"{where}: {wrong}. {to_do}"
    why = f" ({news.finding.why})" if news.finding.why else ""
    return f"{where}: {well}{why}." + ("" if news.alarm is Alarm.MISSED else f" {_span(news, zone)}")


def moment(at: Nanos, zone: ZoneInfo) -> str:
    """Return `Wed 20 Jan 03:12, Warsaw time`."""
    return f"{_time(at, zone)}, {_place(zone)}"


def plain(text: str, most: int = MOST_QUOTED) -> str:
    """Return *text* on one line, without what steers a terminal or turns the reading round, and cut to *most* characters."""
    kept = "".join(" " if each.isspace() else each for each in text if each.isspace() or unicodedata.category(each)[0] != "C")
    line = " ".join(kept.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _told(news: News, zone: ZoneInfo) -> tuple[str, str, str]:
    """Return what is wrong with since when, what to do, and what is said when it is over."""
    of, why = plain(news.of), plain(news.finding.why)
    match news.alarm:
        case Alarm.LEASE:
            reason, to_do = _OF_A_SOURCE.get(news.finding.why, (why, "weremember status says more."))
            wrong = f"photos of the source “{of}” are not shown: {reason}"
            well = f"photos of the source “{of}” are shown again" if not why else f"the source “{of}” is watched no longer"
        case Alarm.MISSED:
            start, _, show = of.partition(" ")
            planned = moment(int(start), zone)
            return (
                f"the show “{show}”, planned for {planned}, was missed{f': {why}' if why else ''}",
                "It is not caught up. weremember go SHOW shows it now, weremember agenda says what comes next.",
                f"an hour has passed since the show “{show}”, planned for {planned}, was missed; this alarm is closed",
            )
        case Alarm.SIGNATURE:
            feed, _, role = of.partition(", ")
            ends = moment(news.finding.moment or news.at, zone)
            word = "ran out" if (news.finding.moment or news.at) <= news.at else "runs out"
            return (
                f"a signature is owed: “{role}” of the signed feed “{feed}” {word} on {ends}",
                "Without it nothing of the feed is shown. Whoever can sign: weremember publish status.",
                f"“{role}” of the signed feed “{feed}” has been signed"
                if not why
                else f"no signature of the feed “{feed}” is awaited",
            )
        case Alarm.STREAM:
            wrong = f"the live stream “{of}” does not come, and the other show is on instead"
            to_do = "weremember status says why. The network first, then whoever sends it; it is tried again and again."
            well = (
                f"the live stream “{of}” is awaited no longer"
                if why
                else f"the live stream “{of}” comes again, or its slot is over"
            )
        case Alarm.PROJECTOR | Alarm.OUTPUT:
            wrong, to_do, well = _of_light(news, of, why)
        case _:
            wrong, to_do, well = _WRONG[news.alarm, news.of]
            wrong = wrong.format(why=why)
            well = well if news.begins or not why else f"the alarm that {wrong} is closed"
    end = "" if wrong.endswith("?") else "."  # a projector's trouble may be a question
    return f"{wrong}{end} Since {moment(news.at, zone)}", to_do, well


def _of_light(news: News, of: str, why: str) -> tuple[str, str, str]:
    """Return what is wrong with a projector or an output, or with all, what to do, and what is said when it is over."""
    kind = news.alarm.value
    if of == ALL:
        wrong, to_do, well = _WRONG[news.alarm, ALL]
        if why.startswith(NOT_YET):
            well = f"at least one of the {kind}s is well again"
        elif not news.begins and why:
            well = f"the {kind}s are watched together no longer"
        return wrong.format(why=why), to_do, well
    if not news.begins and why:
        return "", "", f"the {kind} “{of.removesuffix(CARE)}” is watched no longer"
    if news.alarm is Alarm.OUTPUT:
        return (
            f"the output “{of}” shows nothing: {why}",
            "Its cable, power and input first. weremember outputs says which displays are there.",
            f"the output “{of}” has its display again",
        )
    if of.endswith(CARE):
        name = of.removesuffix(CARE)
        return (
            f"the projector “{name}” wants care: {why}",
            "It still shines, so this can wait until the show rests. weremember projectors says more.",
            f"the projector “{name}” wants no care any more",
        )
    return (
        f"the projector “{of}” is not well: {why}",
        "Its power and its network first. weremember projectors says more.",
        f"the projector “{of}” is well again",
    )


def _span(news: News, zone: ZoneInfo) -> str:
    """Return from when to when it held."""
    if news.began_at is None:
        return f"Since {moment(news.at, zone)}."
    length = _length(max(0, news.at - news.began_at))
    return f"The alarm held from {_time(news.began_at, zone)} to {moment(news.at, zone)} ({length})."


def _time(at: Nanos, zone: ZoneInfo) -> str:
    local = datetime.fromtimestamp(at // SECOND, zone)
    # Not by strftime's names, which speak the machine's language.
    return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"


_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _place(zone: ZoneInfo) -> str:
    name = zone.key.rpartition("/")[2].replace("_", " ")
    return name if name in {"UTC", "GMT"} else f"{name} time"


def _length(length: Nanos) -> str:
    minutes = length // MINUTE
    if minutes < 120:  # noqa: PLR2004 - beyond two hours nobody counts minutes
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"  # noqa: PLR2004 - nor hours beyond two days
