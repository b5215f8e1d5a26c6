"""`weremember fleet withdraw`: a person takes a photo down everywhere, and sees who has done so."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from player.centre import hinting, ledger, withdrawing
from player.centre.acting import Acting, configured
from player.centre.addressees import Member, members
from player.centre.collecting import is_collecting
from player.centre.ledger import Withdrawal
from player.centre.link import Link
from player.centre.listening import End, Listening
from player.centre.withdrawing import EVERYWHERE, Progress
from player.errors import NetworkError, OperatorError, WeRememberError
from player.progress import progress
from player.schedule.zones import local
from player.schema import did_you_mean
from player.terminal import ended
from player.units import Nanos

MOST_LISTED: Final = 200  # withdrawals that --list tells of: the newest


@dataclass(frozen=True, slots=True)
class Signed:
    """Where the publisher signs a withdrawal, and with what."""

    studio: Path
    key: Path
    secret: Path | None
    """A file with the passphrase; None: it is asked."""


def take_down(
    centre: Acting, text: str, reason: str, signed: Signed | None, *, patience: Nanos | None, by: str, as_json: bool
) -> bool:
    """Take down what *text* names, and tell what became of it; return whether everybody who hears it has done so.

    Raises:
        OperatorError: it names nothing.
        LibraryError: it cannot be written down; nothing was sent.
    """
    note = _aside if as_json else click.echo
    known = [*configured(centre), *ledger.sources(centre.store)]
    names = withdrawing.names_of(text, known)
    if len(names) > 1:
        note(_unknown(names, known))
    taken = _recorded(centre, names, reason, by, centre.clock.wall())
    for each in taken:
        where = "every source" if each.source == EVERYWHERE else each.source
        note(f"{each.item} ({where}): withdrawn by {each.by}, {local(each.at, centre.here):%Y-%m-%d %H:%M:%S}")
    feed = _Feed(signed, reason, note)
    try:
        with centre.link().open() as link:
            has_room = withdrawing.announce(taken, centre.signer, link)  # before anybody looks for a passphrase
            date = feed.lists(taken[0])
            if date not in {None, taken[0].dated}:
                taken = _recorded(centre, names, reason, by, date or 0)  # with that date, for one reinstatement to undo both
                has_room = withdrawing.announce(taken, centre.signer, link)
            found, end = _waited(centre, taken, link, withdrawing.WAIT if patience is None else patience, has_room=has_room)
    except (NetworkError, OperatorError) as error:
        again = f"weremember fleet withdraw {shlex.quote(text)}"
        _aside(
            f"weremember: recorded; nobody has heard of it yet ({error}). It is told as soon as the broker is back and a"
            f" collector runs, or when you type this again: {again}"
        )
        said, before = withdrawing.said_of(centre.store, taken)
        everybody = members(centre.store)
        found = withdrawing.progress(
            taken[0], everybody, said, centre.clock.wall(), centre.here, is_told=bool(said), before=before
        )
        _tell(found, as_json=as_json)
        feed.lists(taken[0])
        feed.say_how(taken[0])
        return False
    _tell(found, as_json=as_json)
    if not has_room:
        note("its name is too long for a hint: only what the feed lists takes it down")
    if any(each.is_online for each in found.waiting) and not is_collecting(centre.store, centre.clock.wall()):
        note("no collector is at work (weremember fleet collect): what a player said while nobody listened is not known here")
    if end is End.STOPPED:
        note("stopped waiting: it stays withdrawn, and the hint stays at the broker; say it again to see how far it has come")
    feed.say_how(taken[0])
    return found.is_done and (signed is None or date is not None)


def tell_all(centre: Acting, say: Callable[[str], None], *, as_json: bool) -> bool:
    """Say how far all withdrawals have come, the newest first; return whether everybody who hears them has done them."""
    known, everything = members(centre.store), ledger.withdrawals(centre.store)
    retained = hinting.told(hinting.for_everybody(everything))
    found = [
        _look(centre, each, known, is_retained=each.number in retained)
        for each in reversed(ledger.newest_of_each(everything)[-MOST_LISTED:])
    ]
    if as_json:
        say(json.dumps([withdrawing.as_object(each) for each in found], ensure_ascii=False, indent=1))
    elif not found:
        say("nothing was withdrawn from here")
    else:
        for each in found:
            taken = each.withdrawal
            first, *rest = withdrawing.in_words(each)
            say(f"{local(taken.at, centre.here):%Y-%m-%d %H:%M} {taken.name}: {first}")
            for line in rest if each.waiting else ():
                say(f"  {line}")
        beyond = sum(1 for each in found if each.waiting and each.withdrawal.number not in retained)
        if beyond:
            say(
                f"{beyond:,} of these that somebody has not confirmed are too old for the hint that the broker keeps: whoever"
                " comes back learns them from a feed that lists them, or in turn, while a collector runs"
            )
    return not any(waiting.is_online for each in found for waiting in each.waiting)


def _look(centre: Acting, taken: Withdrawal, known: Sequence[Member], *, is_retained: bool) -> Progress:
    """Return how far a withdrawal has come among the players *known*, as far as that was heard here."""
    said, before = withdrawing.said_of(centre.store, [taken])
    now = centre.clock.wall()
    return withdrawing.progress(taken, known, said, now, centre.here, is_retained=is_retained, before=before)


def _unknown(names: Sequence[tuple[str, str]], known: Sequence[str]) -> str:
    """Say that a name is taken in two ways."""
    (source, item), (_, whole) = names
    return (
        f'no player has spoken of a source "{source}" yet.{did_you_mean(source, known)} It is withdrawn in both meanings:'
        f" {item} of {source}, and {whole} of every source"
    )


def _recorded(centre: Acting, names: Sequence[tuple[str, str]], reason: str, by: str, at: Nanos) -> list[Withdrawal]:
    return [withdrawing.record(centre.store, name, reason=reason, by=by, at=at) for name in names]


def _waited(centre: Acting, taken: Sequence[Withdrawal], link: Link, length: Nanos, *, has_room: bool) -> tuple[Progress, End]:
    """Wait for those that are told; return how far it has come, and why nobody waits any longer."""
    stopped = ended()  # only now: Ctrl-C at the question for a passphrase means that question
    listening = Listening(link, centre.store, centre.clock, stopped, members(centre.store))
    with progress("Waiting for the players") as tell:

        def show(found: Progress) -> None:
            tell(len(found.confirmed) / max(1, len(found.confirmed) + len(found.waiting)))

        return withdrawing.wait(taken, centre.signer, listening, length=length, here=centre.here, tell=show, is_retained=has_room)


class _Feed:
    """The feed, which is to list it as well."""

    def __init__(self, signed: Signed | None, reason: str, say: Callable[[str], None]) -> None:
        self._signed, self._reason, self._say = signed, reason, say
        self._date: Nanos | None = None
        self._is_tried = False

    def lists(self, taken: Withdrawal) -> Nanos | None:
        """Sign it, once, if somebody wants to; return the date that it has in the feed, that of *taken* or a later one."""
        if self._signed and not self._is_tried:
            self._is_tried = True
            self._date = _published(self._signed, taken, self._reason, self._say)
        return self._date

    def say_how(self, taken: Withdrawal) -> None:
        """Say how the feed comes to list it, where it does not yet."""
        if self._date is not None:
            return
        studio = "STUDIO" if self._signed is None else shlex.quote(str(self._signed.studio))
        key = "YOUR.key" if self._signed is None else shlex.quote(str(self._signed.key))
        reason = shlex.quote(taken.reason or "withdrawn")
        command = f"weremember publish withdraw --studio {studio} --key {key} --reason {reason} {shlex.quote(taken.item)}"
        self._say(
            f"The feed must list it, too: it is the truth, and reaches those that hear no hint. Where you publish: {command}"
        )


def _published(signed: Signed, taken: Withdrawal, reason: str, say: Callable[[str], None]) -> Nanos | None:
    """Sign the withdrawal in the publisher's studio; return its date. What fails keeps nobody from taking the photo down."""
    from player.publish import instants  # noqa: PLC0415 - what signs feeds is loaded only where one is signed
    from player.publish.sitting import open_desk  # noqa: PLC0415 - as above
    from player.publish.withdrawing import withdraw  # noqa: PLC0415 - as above

    try:
        desk = open_desk(signed.studio, signed.key, signed.secret)[1]()
        done = withdraw(desk, [taken.item], reason, when=instants.written(instants.moment(taken.dated)))
    except (WeRememberError, click.Abort) as error:
        why = str(error) or "nobody gave the passphrase"
        _aside(f"weremember: the feed does not list it: {why}")
        return None
    say(f"signed as {done.draft.name}: the signer publishes it (weremember publish sign)")
    if taken.source == EVERYWHERE:
        say("named without its source, it is withdrawn in every one: a reinstatement in the feed takes back the feed's alone")
    return instants.nanos(instants.read(done.new[0].at))


def _tell(found: Progress, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(withdrawing.as_object(found), ensure_ascii=False, indent=1))
        return
    for line in withdrawing.in_words(found):
        click.echo(line)


def _aside(line: str) -> None:
    click.echo(line, err=True)
