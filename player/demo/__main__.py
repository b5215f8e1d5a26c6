"""`python -m player.demo FOLDER`: draws the demonstration's pictures and writes their feed."""

from __future__ import annotations

from pathlib import Path

import click

from player.demo.publish import publish


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Draw the demonstration into FOLDER: some twenty pictures, a few seconds each, and feed.json."""
    for path in publish(folder):
        click.echo(f"{path} {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
