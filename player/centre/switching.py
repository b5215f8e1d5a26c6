"""`weremember fleet release`: a person lets a group switch to another programme, and sees who would not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from player import instants
from player.centre import composing, ledger, releasing
from player.centre.acting import Acting, configuration_of
from player.centre.addressees import Member, chosen, members
from player.centre.ledger import Release
from player.centre.listening import TOPICS, Listening
from player.centre.releasing import PUBLIC, Readiness, Result
from player.errors import NetworkError, OperatorError
from player.fleet.topics import ROOT, Kind
from player.progress import progress
from player.show.instep import measure
from player.show.programme import digest
from player.terminal import ended
from player.units import SECOND, Nanos

MOST_LINES: Final = 20  # that are said at once while somebody waits; at the end everybody is named
_LONGEST_SLIDE: Final[Nanos] = 3700 * SECOND  # by so much at most a border lies behind the instant that was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person asked for."""

    version: str
    at: str | None
    group: str | None
    show: str | None = None
    config: str | None = None
    percent: int = 100
    into: Path | None = None


class Following:
    """Says while somebody waits, perhaps for hours, whenever somebody else keeps all from switching, or another reason does."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._before: dict[str, str] | None = None

    def note(self, found: Readiness) -> None:
        """Say what is new of those who are not ready."""
        now = {each.id: each.why for each in found.unready}
        before = self._before
        self._before = now
        if before == now:
            return
        known = before or {}
        lines = [f"{name}: {why}" for name, why in now.items() if known.get(name) != why]
        lines += [f"{name}: ready" for name in known if name not in now]
        for line in lines[:MOST_LINES]:
            self._say(f"  {line}")
        if len(lines) > MOST_LINES:
            self._say(f"  and {len(lines) - MOST_LINES:,} others")
        self._say(f"{len(found.ready):,} of {found.members:,} are ready")


def switch(centre: Acting, asked: Asked, *, as_json: bool) -> bool:
    """Announce a release, or go on with it where it stood, and see it through; return whether it is committed.

    Raises:
        OperatorError: it cannot be, and why.
        NetworkError: the broker cannot be reached; said again, it goes on.
    """
    stopped = ended()
    version = releasing.check_version(asked.version)
    known = members(centre.store)
    group = group_of(known, asked.group)
    meant = chosen(known, group=group)
    before = releasing.known_as(centre.store, group, version)
    if before and before.committed_at is not None:
        click.echo(f"version {version} of {group} is committed already, for {_said(before.activate_at, centre)}", err=as_json)
        return True
    release = _going_on(before, asked, centre) if before else _begun(centre, asked, group)
    size = _size(centre, release, asked.into)
    click.echo(f"version {version} of {group}: {size:,} bytes, for {_said(release.activate_at, centre)}", err=True)
    try:
        with centre.link((*TOPICS, f"{ROOT}/p/+/{Kind.REPORT}")).open() as link, progress("Waiting for the players") as tell:
            listening = Listening(link, centre.store, centre.clock, stopped, known)
            releasing.announce(release, size, centre.signer, link)

            following = Following(lambda line: click.echo(line, err=True))

            def show(found: Readiness) -> None:
                tell(len(found.ready) / max(1, found.members))
                if listening.has_settled:
                    following.note(found)

            result = releasing.see_through(
                release,
                meant,
                centre.signer,
                link,
                listening,
                percent=asked.percent,
                here=centre.here,
                tell=show,
            )
    except NetworkError as error:
        now = releasing.known_as(centre.store, group, version)
        if now and now.committed_at is not None:
            raise
        raise NetworkError(f"version {version} is not committed ({error}): say it again to go on") from error
    _tell(result, asked.percent, centre, as_json=as_json)
    return result.is_committed


def give_up(centre: Acting, version: str, group: str | None) -> str:
    """Take back a release that is announced and not committed; return what came of it.

    Raises:
        OperatorError: there is none, or it is committed.
        NetworkError: the broker cannot be reached.
    """
    name = group_of(members(centre.store), group)
    release = releasing.known_as(centre.store, name, version)
    if release is None:
        raise OperatorError(f"no version {version} of {name} is announced")
    with centre.link(()).open() as link:
        releasing.drop(release, centre.signer, link)
    return f"version {version} of {name} is taken back: everybody stays with what is on"


def group_of(known: tuple[Member, ...], named: str | None) -> str:
    """Return which group is meant: the one that is *named*, or the only one.

    Raises:
        OperatorError: there are several, or none.
    """
    if named is not None:
        return named
    groups = sorted({group for member in known for group in member.groups})
    if not groups:
        raise OperatorError(
            "no player of this fleet is in a group: write `groups:` in its configuration, or enrol it with --group"
        )
    if len(groups) > 1:
        raise OperatorError(f"there are {len(groups)} groups: say which, --group {groups[0]}")
    return groups[0]


def _begun(centre: Acting, asked: Asked, group: str) -> Release:
    """Make a programme, put its document where it is fetched from, and write the release down."""
    now = centre.clock.wall()
    if asked.at is None:
        raise OperatorError("say when the group switches: --at 2027-01-27T12:00")
    wanted = _instant(asked.at, centre)
    epoch = releasing.epoch_of(centre.store, group, wanted, now, centre.here)
    if epoch - wanted >= SECOND:  # less is a fraction of a second, which nobody types
        why = "it begins with the next slide of what is on then"
        click.echo(f"not at {_said(wanted, centre)}, but at {_said(epoch, centre)}: {why}", err=True)
    configuration = configuration_of(centre.office.folder, asked.config)
    bill = composing.bill_of(configuration, composing.show_for(configuration, group, asked.show))
    gone = frozenset((each.source, each.item) for each in ledger.withdrawals(centre.store))
    with progress("Making the programme") as tell:
        composed = composing.compose(
            configuration, bill, group=group, version=asked.version, epoch=epoch, gone=gone, clock=centre.clock, tell=tell
        )
    folders = (centre.office.folder / PUBLIC, *([asked.into] if asked.into else []))
    files = releasing.put(composed.body, composed.hash, folders)
    releasing.keep_facts(centre.store, composed.hash, measure(bill.show.steps), len(composed.body))
    release = Release(group, asked.version, composed.hash, epoch, now)
    ledger.release(centre.store, release)
    left = f", {composed.left_out:,} left out that may not be shown now" if composed.left_out else ""
    click.echo(f"{bill.show.id}: {len(composed.programme.items):,} photos{left}", err=True)
    if asked.into is None:
        click.echo(
            f"players fetch it from {releasing.FOLDER}/ beside the feed: copy {files[0]} there, or say --into DIR", err=True
        )
    return release


def _going_on(before: Release, asked: Asked, centre: Acting) -> Release:
    """Return the release that was begun, if it is the one that is meant.

    Raises:
        OperatorError: it is not, or it is too late for it.
    """
    said = _said(before.activate_at, centre)
    back = f"weremember fleet release {asked.version} --group {before.group} --drop takes it back"
    if asked.at is not None and not 0 <= before.activate_at - _instant(asked.at, centre) <= _LONGEST_SLIDE:
        raise OperatorError(f"version {asked.version} is announced for {said}: leave --at out to go on with it; {back}")
    if releasing.is_late(before, centre.clock.wall()):
        raise OperatorError(f"version {asked.version} was announced for {said} and not committed in time: {back}")
    return before


def _size(centre: Acting, release: Release, into: Path | None) -> int:
    """Return how many bytes a release's document has, as it lies here; written *into* another folder as well, if one is named.

    Raises:
        OperatorError: it is gone, or not what it was.
    """
    file = releasing.file_of(centre.office.folder / PUBLIC, release.hash)
    try:
        body = file.read_bytes()
    except OSError as error:
        raise OperatorError(f"{file} cannot be read: {error.strerror}; take the release back (--drop) and begin anew") from error
    if digest(body) != release.hash:
        raise OperatorError(f"{file} is not what it was: take the release back (--drop) and begin anew")
    if into is not None:
        releasing.put(body, release.hash, (into,))
    return len(body)


def _tell(result: Result, percent: int, centre: Acting, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(releasing.as_object(result), ensure_ascii=False, indent=1))
        return
    for line in releasing.in_words(result, percent, centre.here):
        click.echo(line)


def _instant(text: str, centre: Acting) -> Nanos:
    try:
        return instants.instant(text, centre.zone)
    except (ValueError, OverflowError) as error:
        raise OperatorError(f"--at: {error}") from error


def _said(at: Nanos, centre: Acting) -> str:
    return releasing.said(at, centre.here)
