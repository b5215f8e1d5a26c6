"""The library for people and for programs: the list of photos."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from typing import Final, TextIO

from rich.console import Console
from rich.table import Table

from player.clock import SystemClock
from player.library.library import open_library
from player.library.listing import Listed, listed
from player.settings import Configuration

MAX_ROWS: Final = 200  # on a terminal; --json lists all

_STYLES: Final = {"approved": "green", "withdrawn": "red", "refused": "yellow", "expired": "yellow", "pending": "cyan"}


@contextmanager
def _listed(configuration: Configuration) -> Generator[Iterator[Listed]]:
    if not configuration.data.exists():
        yield iter(())
        return
    with closing(open_library(configuration.data, writer="command line")) as library:
        yield listed(library, SystemClock().wall())


def photos_as_json(configuration: Configuration, out: TextIO) -> None:
    """Write every photo as an object in a list, one a line."""
    with _listed(configuration) as found:
        separator = "[\n"
        for photo in found:
            out.write(separator + json.dumps(asdict(photo), ensure_ascii=False))
            separator = ",\n"
        out.write("[]\n" if separator == "[\n" else "\n]\n")


def photo_table(configuration: Configuration) -> None:
    """Print how many photos are in which state, and the first of them."""
    console = Console()
    counts: Counter[tuple[str, str]] = Counter()
    table = Table("source", "id", "state", "shown", "reason", box=None, pad_edge=False)
    with _listed(configuration) as found:
        for number, photo in enumerate(found):
            counts[photo.source, photo.state] += 1
            if number < MAX_ROWS:
                style = _STYLES.get(photo.state, "dim")
                table.add_row(photo.source, photo.id, f"[{style}]{photo.state}[/]", str(photo.shown), photo.reason)
    if not counts:
        console.print("No photos yet. `weremember ingest --once` fetches them.")
        return
    console.print(table)
    total = sum(counts.values())
    if total > MAX_ROWS:
        console.print(f"… and {total - MAX_ROWS} more (--json lists all)")
    console.print()
    for (source, state), count in sorted(counts.items()):
        console.print(f"{source}: {count} {state}")
