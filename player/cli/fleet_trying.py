"""`fleet demo`: several players and a centre on this computer."""

from __future__ import annotations

from pathlib import Path

import click

from player.terminal import ended, guarded, parsed
from player.units import Size, parse_size

_SMALL = Size(640, 360)
_MOST = 5  # as `player.centre.demo` has it


@click.command()
@guarded
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Keep everything there.")
@click.option("--players", "count", type=click.IntRange(1, _MOST), default=3, show_default=True, help="How many.")
@click.option("--windowed", metavar="WxH", callback=parsed(parse_size), help="How large each window is; 640x360.")
def demo(*, folder: Path | None, count: int, windowed: Size | None) -> None:
    """Try it: three players, a centre and a broker on this computer.

    Withdraw a photo, and see all of them confirm it; kill the broker, and see that nobody sees it. Needs Mosquitto. Your own
    shows and photos are not touched.
    """
    from player.centre.demo import demonstrate

    demonstrate(folder=folder, count=count, windowed=windowed or _SMALL, stopped=ended())
