"""Releasing a programme: announced, fetched and checked by all, and put in force by a second word, or not at all.

Nobody switches on the announcement. Only when every player of the group says that it is ready, or as many as were asked for, is
the release committed; without that all of them stay with what they show. It can be stopped and gone on with at any moment before.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from player.centre import hinting, ledger
from player.centre.addressees import Member, away
from player.centre.ledger import Prepared, Release
from player.centre.listening import End, Line, Listening
from player.centre.signing import Signer
from player.centre.store import Store
from player.errors import NetworkError, OperatorError
from player.feed.text import clean
from player.fleet.happenings import MAX_TEXT
from player.fleet.messages import MAX_VERSION, Hint
from player.publish.disk import Disk
from player.schedule.zones import clock_of, local
from player.show.instep import Measure
from player.show.programme import on_the_grid
from player.units import SECOND, Nanos

AHEAD: Final[Nanos] = 15 * 60 * SECOND  # players ask for it spread over five minutes, fetch 24 MB, and look at every item
COMMIT_AHEAD: Final[Nanos] = 3 * 60 * SECOND  # a commit that comes later might come too late somewhere
FARTHEST: Final[Nanos] = 31 * 24 * 3600 * SECOND  # a campaign is eight days; anything further is a slip of the finger
FOLDER: Final = "programmes"
PUBLIC: Final = "public"
"""In the centre's folder: what may be copied to a web server."""
_FACTS: Final = "programme/"
"""In the notes, for each programme by its hash: what its document does not say."""
_WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class Unready:
    """A player that could not switch."""

    id: str
    why: str
    is_due: bool
    """It is there, and has yet to say anything."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far a group is."""

    ready: tuple[str, ...]
    unready: tuple[Unready, ...]

    @property
    def members(self) -> int:
        """How many there are."""
        return len(self.ready) + len(self.unready)

    def suffices(self, percent: int) -> bool:
        """Whether at least *percent* of all are ready, and somebody is."""
        return bool(self.ready) and len(self.ready) >= math.ceil(self.members * percent / _WHOLE)

    def is_settled(self, percent: int) -> bool:
        """Whether there is nothing to wait for: all are ready, or enough are and nobody who is there has yet to say so."""
        return not self.unready or (self.suffices(percent) and not any(each.is_due for each in self.unready))


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a release."""

    release: Release
    readiness: Readiness
    is_committed: bool
    end: End


def check_version(version: str) -> str:
    """Return *version*, a name that people give.

    Raises:
        OperatorError: it is none.
    """
    if not version.strip() or len(version) > MAX_VERSION or not version.isprintable() or version != version.strip():
        raise OperatorError(f"a version is a name of at most {MAX_VERSION} characters, such as 7 or 2027-01-27-evening")
    return version


def epoch_of(store: Store, group: str, wanted: Nanos, now: Nanos, here: ZoneInfo) -> Nanos:
    """Return when a release for *wanted* begins: where a slide of the version that is in force then begins, or on a whole second.

    Raises:
        OperatorError: it is in the past, too soon, too far ahead, or another release of the group is on its way.
    """
    if wanted <= now:
        raise OperatorError(f"{said(wanted, here)} is in the past; it is {said(now, here)} now")
    if wanted < now + AHEAD:
        least = -(-(now + AHEAD) // (60 * SECOND)) * 60 * SECOND
        raise OperatorError(f"{said(wanted, here)} is too soon: players need {AHEAD // SECOND // 60} min; {said(least, here)} is")
    if wanted > now + FARTHEST:
        raise OperatorError(f"{said(wanted, here)} is more than {FARTHEST // SECOND // 86_400} days ahead: is the date right?")
    known = ledger.releases(store, group)
    for each in known:
        if each.activate_at > now and (each.committed_at is not None or not is_late(each, now)):
            how = "is committed" if each.committed_at is not None else "is announced"
            what = (
                "release the next one after that" if each.committed_at is not None else "go on with it, or take it back (--drop)"
            )
            raise OperatorError(f"version {each.version} of {group} {how} for {said(each.activate_at, here)} already: {what}")
    running = in_force(known, wanted)
    measure = measure_of(store, running.hash) if running else None
    if running is None or measure is None:
        return -(-wanted // SECOND) * SECOND
    return on_the_grid(wanted, running.activate_at, measure)


def in_force(known: Sequence[Release], at: Nanos) -> Release | None:
    """Return the release that is in force *at* an instant."""
    committed = [each for each in known if each.committed_at is not None and each.activate_at <= at]
    return max(committed, key=lambda each: each.activate_at, default=None)


def is_late(release: Release, now: Nanos) -> bool:
    """Whether it is too late to commit *release*."""
    return now > release.activate_at - COMMIT_AHEAD


def known_as(store: Store, group: str, version: str) -> Release | None:
    """Return the release of *group* that was announced as *version*; None: none was."""
    return next((each for each in ledger.releases(store, group) if each.version == version), None)


def keep_facts(store: Store, digest: str, measure: Measure, size: int) -> None:
    """Note what a programme's document does not say: the times of the show that it is made for, and how many bytes it has.

    By the times the one after it begins where a slide of it does.
    """
    facts = {"offsets": measure.offsets, "lengths": measure.lengths, "fades": measure.fades, "bytes": size}
    store.note(f"{_FACTS}{digest}", json.dumps(facts))


def measure_of(store: Store, digest: str) -> Measure | None:
    """Return the times of the show that a programme was made for; None: nobody noted them."""
    facts = _facts(store, digest)
    return Measure(*(tuple(facts[name]) for name in ("offsets", "lengths", "fades"))) if facts else None


def size_of(store: Store, digest: str) -> int:
    """Return how many bytes the document of a programme has; 0: nobody noted it."""
    facts = _facts(store, digest)
    return facts["bytes"] if facts else 0


def _facts(store: Store, digest: str) -> Any:  # noqa: ANN401 - what `keep_facts` wrote
    text = store.meta(f"{_FACTS}{digest}")
    return json.loads(text) if text else None


def file_of(folder: Path, digest: str) -> Path:
    """Return where the document of a programme lies below *folder*, the centre's public one or a feed's."""
    return folder / FOLDER / f"{digest}.json"


def put(body: bytes, digest: str, folders: Sequence[Path], disk: Disk | None = None) -> tuple[Path, ...]:
    """Write a document into all *folders*, whole or not at all; return where it lies.

    Raises:
        OperatorError: a disk refuses.
    """
    writer = disk or Disk()
    files = tuple(file_of(folder, digest) for folder in folders)
    for file in files:
        writer.write(file, body)
    return files


def readiness(chosen: Sequence[Member], said: Mapping[str, Prepared], now: Nanos, here: ZoneInfo) -> Readiness:
    """Return who of those *chosen* is ready, going by what they *said*."""
    ready, unready = list[str](), list[Unready]()
    for member in chosen:
        found = said.get(member.id)
        if member.is_doubled(now):
            unready.append(Unready(member.id, "two players with this id: give each its own", is_due=False))
        elif found is not None and found.is_ready:
            ready.append(member.id)
        elif found is not None:
            why = clean(found.why, MAX_TEXT)
            unready.append(Unready(member.id, f"not ready: {why}" if why else "not ready yet", is_due=False))
        elif member.is_online:
            unready.append(Unready(member.id, "online, has not said yet whether it is ready", is_due=True))
        else:
            unready.append(Unready(member.id, away(member, now, here), is_due=False))
    return Readiness(tuple(ready), tuple(unready))


def hint_of(store: Store, known: Sequence[Release], now: Nanos) -> Hint:
    """Return what a group is told to fetch, going by its releases: what is on its way, else what is in force, if anything is."""
    coming = [each for each in known if each.activate_at > now and (each.committed_at is not None or not is_late(each, now))]
    wanted = max(coming, key=lambda each: each.said_at, default=None) or in_force(known, now)
    size = size_of(store, wanted.hash) if wanted else 0
    return hinting.for_group(wanted, size) if wanted and size else hinting.nothing()


def announce(release: Release, size: int, signer: Signer, line: Line) -> None:
    """Tell the group what to fetch.

    Raises:
        NetworkError: the broker does not have it.
    """
    line.publish_all((signer.hint(hinting.for_group(release, size), release.group),))


def drop(release: Release, signer: Signer, line: Line) -> None:
    """Take an announced release back: the group is told again what is in force, if anything is.

    Raises:
        OperatorError: it is committed.
        NetworkError: the broker does not have it.
    """
    if release.committed_at is not None:
        raise OperatorError(
            f"version {release.version} is committed, and players switch by themselves: release another one after it"
        )
    others = [each for each in ledger.releases(signer.store, release.group) if each.hash != release.hash]
    hint = hint_of(signer.store, others, signer.clock.wall())
    line.publish_all((signer.hint(hint, release.group),))
    ledger.dropped(signer.store, release.group, release.hash)


def see_through(
    release: Release,
    chosen: Sequence[Member],
    signer: Signer,
    line: Line,
    listening: Listening,
    *,
    percent: int,
    here: ZoneInfo,
    tell: Callable[[Readiness], None],
) -> Result:
    """Wait until all those *chosen* are ready, or *percent* of them, and commit.

    When the time for that is over it is taken back, and all stay as they are.

    Raises:
        NetworkError: the broker did not take the commit, which is on record.
    """

    def look() -> Readiness:
        told = {
            name: Prepared(each.is_ready, each.why, at)
            for name, (each, at) in listening.coming.items()
            if each.version == release.version and at >= release.said_at
        }
        said = told | ledger.readiness(signer.store, release.group, release.hash)
        return readiness(listening.members(chosen), said, signer.clock.wall(), here)

    def is_done() -> bool:
        found = look()
        tell(found)
        return listening.has_settled and found.is_settled(percent)

    left = release.activate_at - COMMIT_AHEAD - signer.clock.wall()
    end = listening.until(is_done, max(0, left))
    found = look()
    may = end is not End.STOPPED and found.suffices(percent) and not is_late(release, signer.clock.wall() - SECOND)
    if may:
        # On record first: some may have heard it although the broker did not confirm it, and the collector says it again.
        ledger.committed(signer.store, release.group, release.hash, signer.clock.wall())
        _commit(release, signer, line)
    elif end is not End.STOPPED:
        drop(release, signer, line)
    return Result(release, found, may, end)


def _commit(release: Release, signer: Signer, line: Line) -> None:
    try:
        line.publish_all((signer.commit(hinting.as_told(release), release.group),))
    except NetworkError as error:
        raise NetworkError(
            f"version {release.version} is committed, and perhaps not all have heard of it ({error}): it is said again as soon"
            " as the broker is back and a collector runs (weremember fleet collect)"
        ) from error


def in_words(result: Result, percent: int, here: ZoneInfo) -> Iterator[str]:
    """Yield what came of a release: one line, then by name who is not ready, and why."""
    release, found = result.release, result.readiness
    ready = f"{len(found.ready):,} of {found.members:,} are ready"
    at = said(release.activate_at, here)
    if result.is_committed:
        late = "; the others join as soon as they have it" if found.unready else ""
        yield f"version {release.version} is committed: {ready}, and {release.group} switches at {at}{late}"
    elif result.end is End.STOPPED:
        until = said(release.activate_at - COMMIT_AHEAD, here)
        minutes = COMMIT_AHEAD // SECOND // 60
        yield f"stopped: {ready}, and nothing is committed; run it again to go on, before {until} ({minutes} min ahead)"
    elif found.suffices(percent):
        minutes = COMMIT_AHEAD // SECOND // 60
        yield f"version {release.version} is not committed: {ready}, too late; that takes {minutes} min. Release it for later"
    else:
        wanted = "all" if percent == _WHOLE else f"{percent} %"
        yield f"version {release.version} is not committed: {ready}, and {wanted} were asked for; everybody stays with what is on"
    reasons = Counter(each.why for each in found.unready)
    for each in sorted(found.unready, key=lambda each: (-reasons[each.why], each.why, each.id)):
        yield f"{each.id}: {each.why}"


def as_object(result: Result) -> dict[str, object]:
    """Return the same for programs; times in seconds."""
    release = result.release
    return {
        "group": release.group,
        "version": release.version,
        "hash": release.hash,
        "activate_at": release.activate_at / SECOND,
        "committed": result.is_committed,
        "ready": list(result.readiness.ready),
        "not_ready": [{"id": each.id, "why": each.why} for each in result.readiness.unready],
    }


def said(at: Nanos, here: ZoneInfo) -> str:
    """Return an instant as a person reads it, and in whose time: `2027-01-27 12:00 (Europe/Warsaw)`."""
    return f"{local(at, here):%Y-%m-%d} {clock_of(at, here)} ({here.key})"
