"""A person sits down and signs: what the commands of people have in common. Speaks to the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from player.clock import SystemClock
from player.publish.asking import is_agreed, passphrase
from player.publish.desk import Desk, sit_down
from player.publish.disk import read
from player.publish.keys import check_file
from player.publish.report import draft_lines
from player.publish.settling import Duty, duties, settle
from player.publish.studio import Studio, open_studio
from player.terminal import fail


def open_desk(folder: Path, key: Path, secret: Path | None) -> tuple[Studio, Callable[[], Desk]]:
    """Return the studio, and what opens the key: whoever named a wrong folder or file is not asked for a passphrase first."""
    studio = open_studio(folder)

    def sit() -> Desk:
        check_file(read(key), where=str(key))
        desk = sit_down(studio, key, passphrase(key.stem, secret), SystemClock())
        if not desk.memory.anchor:
            click.echo(f"this key signs for this feed for the first time; is its fingerprint right? {studio.anchor}", err=True)
        warn(desk.damaged)
        return desk

    return studio, sit


def sign_as_person(desk: Desk, drafts: tuple[str, ...], *, yes: bool) -> None:
    """Sign what the person at *desk* owes, or the *drafts* named, each after a yes."""
    there = duties(desk)
    unknown = set(drafts) - {duty.name for duty in there}
    if unknown:
        fail(f"{min(unknown)}: {desk.person} owes no signature of this name (weremember publish status)")
    wanted = [duty for duty in there if not drafts or duty.name in drafts]
    chosen: list[Duty] = []
    for duty in wanted:
        click.echo(duty.sentence)
        if duty.needs_thought and yes and not drafts:
            click.echo(f"  decides something, so --yes alone is not enough: weremember publish sign {duty.name} --key FILE --yes")
        elif is_agreed("Sign it?", yes=yes):
            chosen.append(duty)
    signed = settle(desk, chosen)
    for line in draft_lines(signed):
        click.echo(line)
    click.echo("the signer publishes what has enough signatures (weremember publish sign)" if signed else "nothing was signed")


def warn(lines: Iterable[str]) -> None:
    """Print *lines* on stderr, as what went wrong."""
    for line in lines:
        click.echo(f"weremember: {line}", err=True)
