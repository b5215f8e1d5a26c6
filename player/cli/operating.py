"""Orders to the running show: each is left for the screen, acted on at its next frame, and answered by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Final

import click

from player.cli.beginning import in_use
from player.command import Command, Go, Plain, parse
from player.errors import OperatorError
from player.terminal import fail, where

if TYPE_CHECKING:
    from player.settings import Configuration

_OF_A_LENGTH: Final = ("go", "extend", "testcard", "calibrate")
_LOOSE_LENGTH: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)[a-z]*$")


def _give(config: str | None, data: str | None, words: Sequence[str]) -> None:
    """Leave the order that *words* are, print what became of it, and end with 1 when it was refused, or nobody answered."""
    command = order_of(words)
    configuration = in_use(config, data)
    if isinstance(command, Go):
        known("show", command.show, configuration.playlists)
    give(configuration, command)


def give(configuration: Configuration, command: Command) -> None:
    """Leave *command*, print what became of it, and end with 1 when it was refused, or nobody answered."""
    from player.ordering import order

    said: list[str] = []
    if not order(configuration.data, command, said.append):
        fail("; ".join(said))
    click.echo("\n".join(said))


def order_of(words: Sequence[str]) -> Command:
    """Return the order that *words* are; what is none is wrong usage."""
    try:
        return parse(words)
    except OperatorError as error:
        raise click.UsageError(f"{error}{_nearest_length(words)}") from error


def _nearest_length(words: Sequence[str]) -> str:
    """Return what may have been meant by a length without its unit, which are minutes, or with the unit in full."""
    verb, *rest = words
    found = _LOOSE_LENGTH.search(" ".join(rest).lower())
    if verb not in _OF_A_LENGTH or not found:
        return ""
    meant = f"{found[1]}{found[2] or 'm'}"
    return "" if meant == found[0] else f'. Did you mean "{meant}"?'


def known(what: str, name: str, names: Collection[str]) -> None:
    """Refuse *what* there is not, with the nearest that there is."""
    from player.schema import did_you_mean

    if name not in names:
        raise click.UsageError(f'there is no {what} "{name}".{did_you_mean(name, names)}')


@click.command()
@where
@click.argument("show", metavar="SHOW")
@click.argument("words", nargs=-1, metavar="[for 30m]")
@click.option("--for", "length", metavar="TIME", help="For so long, such as 30m or 2h; else until `auto`.")
def go(*, config: str | None, data: str | None, show: str, words: tuple[str, ...], length: str | None) -> None:
    """Put a show on: `go facade --for 30m`.

    Without a length it stays until `auto`. `go facade for 30m` is the same as `go facade --for 30m`.
    """
    if words and length is not None:
        raise click.UsageError("say once for how long")
    _give(config, data, ("go", show, *(words if length is None else ("for", length))))


@click.command()
@where
@click.argument("length", nargs=-1, required=True, metavar="TIME")
def extend(*, config: str | None, data: str | None, length: tuple[str, ...]) -> None:
    """Let what is on go on for longer: `extend 30m`."""
    _give(config, data, ("extend", *length))


@click.command()
@where
@click.argument("level", metavar="0-100")
def dim(*, config: str | None, data: str | None, level: str) -> None:
    """Make the picture less bright, or 100 again: `dim 60`."""
    _give(config, data, ("dim", level))


def _plain(plain: Plain, sentence: str) -> click.Command:
    """Return the command of an order of one word."""

    def command(*, config: str | None, data: str | None) -> None:
        _give(config, data, (plain.value,))

    guarded: Callable[..., None] = where(command)
    return click.command(plain.value, help=sentence)(guarded)


ORDERS: Final = (
    _plain(Plain.DARK, "Make the wall dark, until `light` or `auto`."),
    _plain(Plain.LIGHT, "Make it light again."),
    go,
    _plain(Plain.AUTO, "Go back to the schedule."),
    extend,
    _plain(Plain.END, "End what is on before its time."),
    _plain(Plain.NEXT, "Show the next slide now."),
    _plain(Plain.PREVIOUS, "Show the slide before once more."),
    _plain(Plain.HOLD, "Hold the slide that is up, until `resume`."),
    _plain(Plain.RESUME, "Go on after `hold`."),
    dim,
    _plain(Plain.IDENTIFY, "Let the display say its name for 5 seconds."),
)
"""In the order in which somebody in a hurry looks for them."""
