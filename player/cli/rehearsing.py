"""`rehearse`: a ceremony on this computer, before the day."""

from __future__ import annotations

from pathlib import Path

import click

from player.cli.beginning import length
from player.terminal import ended, guarded, parsed
from player.units import SECOND, Nanos, Size, parse_size


@click.command()
@guarded
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Keep everything there.")
@click.option("--windowed", metavar="WxH", callback=parsed(parse_size), help="In a window of this size.")
@click.option("--in", "begins_in", metavar="TIME", callback=parsed(length), help="When it begins; a minute.")
@click.option("--sound", is_flag=True, help="With a soft tone as each second begins.")
@click.option("--no-player", is_flag=True, help="Only send the ceremony, for a player of yours.")
def rehearse(*, folder: Path | None, windowed: Size | None, begins_in: Nanos | None, sound: bool, no_player: bool) -> None:
    """Rehearse a live ceremony, with all that goes wrong.

    A drawn ceremony is sent on this computer, and a player of its own shows it by its schedule: title page, stream, stall,
    return, end. Your own shows and photos are not touched.
    """
    from player.rehearsing import rehearse as play

    wait = 60 * SECOND if begins_in is None else begins_in
    play(folder=folder, windowed=windowed, begins_in=wait, has_sound=sound, has_player=not no_player, stopped=ended())
