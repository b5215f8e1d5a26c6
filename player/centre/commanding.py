"""`weremember fleet go`, `dark`, `light` and the others: a person orders, and sees by name who did not obey."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import click

from player.centre import ordering
from player.centre.acting import Acting
from player.centre.addressees import chosen, members
from player.centre.listening import End, Listening
from player.centre.ordering import Outcome
from player.command import Command
from player.errors import OperatorError
from player.progress import progress
from player.terminal import ended
from player.units import Nanos


def command_all(
    centre: Acting,
    command: Command,
    *,
    ids: Sequence[str],
    group: str | None,
    everybody: bool,
    patience: Nanos | None,
    yes: int,
    by: str,
    as_json: bool,
) -> bool:
    """Give *command* to those who are named, and tell what became of it; return whether all of them did it.

    Raises:
        OperatorError: nobody is named, or it was not agreed to.
        NetworkError: the broker cannot be reached.
    """
    order = ordering.asked(command)
    known = members(centre.store)
    meant = chosen(known, ids=ids, group=group, everybody=everybody)
    if not is_agreed(ordering.questions(command, len(meant), len(known)), yes):
        raise OperatorError("nothing was ordered")
    stopped = ended()
    with centre.link().open() as link, progress("Waiting for the players") as tell:
        listening = Listening(link, centre.store, centre.clock, stopped, known)
        found, end = ordering.give(
            order,
            meant,
            centre.signer,
            link,
            listening,
            by=by,
            length=ordering.WAIT if patience is None else patience,
            here=centre.here,
            tell=lambda answered, meant: tell(answered / max(1, meant)),
        )
    if as_json:
        click.echo(json.dumps(ordering.as_object(order, found), ensure_ascii=False, indent=1))
    else:
        for line in ordering.in_words_of(order, found):
            click.echo(line)
    if end is End.STOPPED:
        click.echo("stopped waiting: what is on its way may still be done, within a minute", err=True)
    return all(each.outcome is Outcome.DONE for each in found)


def is_agreed(questions: Sequence[str], yes: int) -> bool:
    """Return whether a person says yes to each of the *questions*, or said so often enough beforehand.

    Raises:
        OperatorError: there is nobody to ask.
    """
    if yes >= len(questions):
        return True
    if not sys.stdin.isatty():
        raise OperatorError(f"no terminal to ask: say {' '.join(['--yes'] * len(questions))}; nothing was ordered")
    return all(click.confirm(question, err=True) for question in questions)
