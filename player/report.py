"""The library for people and for programs: the list of photos."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import Final, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from player.library import photos, right
from player.library.cues import before
from player.library.library import Library, open_library
from player.library.listing import Listed, listed
from player.library.trusted_time import trusted_clock
from player.settings import Configuration
from player.show.record import keys_in
from player.units import Nanos

MAX_ROWS: Final = 200  # on a terminal; --json lists all

_STYLES: Final = {"approved": "green", "withdrawn": "red", "refused": "yellow", "expired": "yellow", "pending": "cyan"}


@contextmanager
def _listed(configuration: Configuration) -> Generator[tuple[str, Iterator[Listed]]]:
    """Yield in words where the photos on screen come from now, and all photos."""
    if not configuration.data.exists():
        yield "", iter(())
        return
    with closing(open_library(configuration.data, writer="command line")) as library:
        now = trusted_clock(library).wall()
        ladder = right.ladder(library, now)
        names = ", ".join(source.name for source in ladder.sources)
        showing = f"Showing: {ladder.rung.in_words}{f' ({names})' if names else ''}{_on_the_wall(library, now)}"
        yield showing, listed(library, now, configuration.settings.site.zone)


def _on_the_wall(library: Library, now: Nanos) -> str:
    """Name the photos of the slide that is up and of the one before it: what somebody points at is one of them."""
    lines: list[str] = []
    for word, cue in zip(("On the wall", "Before that"), reversed(before(library.connection, now, 2)), strict=False):
        found = photos.photos(library.connection, keys_in(cue.slide))
        if found:
            lines.append(f"\n{word}: {', '.join(f'{photo.source}/{photo.item}' for photo in found.values())}")
    return "".join(lines)


def photos_as_json(configuration: Configuration, out: TextIO) -> None:
    """Write every photo as an object in a list, one a line."""
    with _listed(configuration) as (_, found):
        separator = "[\n"
        for photo in found:
            told = {name: value for name, value in asdict(photo).items() if name != "receipt" or value}
            out.write(separator + json.dumps(told, ensure_ascii=False))
            separator = ",\n"
        out.write("[]\n" if separator == "[\n" else "\n]\n")


def photo_table(configuration: Configuration) -> None:
    """Print how many photos are in which state, and the first of them."""
    console = Console()
    counts: Counter[tuple[str, str]] = Counter()
    table = Table("source", "id", "state", "shown", "reason", box=None, pad_edge=False)
    with _listed(configuration) as (showing, found):
        for number, photo in enumerate(found):
            counts[photo.source, photo.state] += 1
            if number < MAX_ROWS:
                style = _STYLES.get(photo.state, "dim")
                receipt = photo.receipt.removeprefix(f"withdrawn {photo.id} ")  # the row says that already
                why = "; ".join(filter(None, (photo.reason, receipt)))
                table.add_row(photo.source, escape(photo.id), f"[{style}]{photo.state}[/]", str(photo.shown), escape(why))
    if not counts:
        console.print("No photos yet. `weremember ingest --once` fetches them.")
        return
    console.print(showing, markup=False)
    console.print()
    console.print(table)
    total = sum(counts.values())
    if total > MAX_ROWS:
        console.print(f"… and {total - MAX_ROWS} more (--json lists all)")
    console.print()
    for (source, state), count in sorted(counts.items()):
        console.print(f"{source}: {count} {state}")
