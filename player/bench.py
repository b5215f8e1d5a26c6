"""What this machine can do: frames, preparation, planning and queries, as numbers that a closing note can quote."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, TypedDict

from rich.console import Console
from rich.table import Table

from player.clock import SystemClock, process_time
from player.feed.item import Item, Snapshot, Status
from player.feed.jsonfeed import parse
from player.feed.trust import MODERATED, Policy
from player.ingest.commit import Committer
from player.library import ranks, sources
from player.library.database import transaction
from player.library.library import Library, open_library
from player.library.schema import LIBRARY
from player.pictures.trial import measure_preparation
from player.progress import progress
from player.render.cpu import CpuRenderer
from player.render.trial import trial
from player.show.rotation import Fair
from player.text.typeset import Typesetter
from player.units import MILLISECOND, SECOND, Nanos, Size

SIZES: Final = (Size(1920, 1080), Size(3840, 2160))
FRAMES: Final = 120
FEED_ITEMS: Final = 5_000
MANY: Final = 1_000_000
COMMITTED: Final = 50_000
CHOICES: Final = 200


class Row(TypedDict):
    """One measurement."""

    what: str
    median: float
    p99: float | None
    unit: str


def measure() -> list[Row]:
    """Measure everything; takes about two minutes."""
    rows: list[Row] = []
    parts: tuple[Callable[[], Iterator[Row]], ...] = (_frames, _preparation, _feed, _choices)
    with progress("Measuring") as tell:
        for number, part in enumerate(parts):
            for row in part():
                rows.append(row)
                tell((number + 0.5) / len(parts))
    return rows


def print_rows(rows: list[Row]) -> None:
    """Print measurements as a table."""
    table = Table("what", "median", "p99", "", box=None, pad_edge=False)
    for row in rows:
        p99 = "" if row["p99"] is None else f"{row['p99']:.2f}"
        table.add_row(row["what"], f"{row['median']:.2f}", p99, row["unit"])
    Console().print(table)


def _frames() -> Iterator[Row]:
    letters = Typesetter()
    for size in SIZES:
        for row in trial(lambda canvas: CpuRenderer(canvas, letters), (size,), FRAMES, process_time):
            yield Row(
                what=f"frame, {row.kind}, {size.width}x{size.height}",
                median=row.median_ms,
                p99=row.p99_ms,
                unit="ms of CPU, one thread",
            )
    clock = SystemClock()
    for row in trial(lambda canvas: CpuRenderer(canvas, letters, 2), SIZES[1:], FRAMES, clock.monotonic):
        yield Row(what=f"frame, {row.kind}, 3840x2160", median=row.median_ms, p99=row.p99_ms, unit="ms of time, two threads")


def _preparation() -> Iterator[Row]:
    times = [seconds for _, seconds in measure_preparation(SystemClock())]
    yield Row(what="prepare a 12 MP JPEG, process included", median=statistics.median(times), p99=None, unit="s")


def _feed() -> Iterator[Row]:
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder, closing(open_library(Path(folder), writer="bench")) as library:
        sources.declare(library.connection, {"bench": "bench"})
        body = _feed_bytes(FEED_ITEMS)
        began = clock.monotonic()
        page = parse(body, url="https://example.org/feed.json")
        snapshot = Snapshot(items=page.items, complete=True, sequence=page.sequence)
        _commit(library, snapshot)
        yield Row(
            what=f"feed of {FEED_ITEMS} items parsed and committed",
            median=(clock.monotonic() - began) / SECOND,
            p99=None,
            unit="s",
        )
        snapshot = Snapshot(items=tuple(_item(number) for number in range(COMMITTED)), sequence=2)
        began = clock.monotonic()
        _commit(library, snapshot)
        rate = COMMITTED / ((clock.monotonic() - began) / SECOND)
        yield Row(what="feed items committed", median=rate, p99=None, unit="items/s")


def _choices() -> Iterator[Row]:
    clock = SystemClock()
    with tempfile.TemporaryDirectory() as folder, closing(open_library(Path(folder), writer="bench")) as library:
        sources.declare(library.connection, {"bench": "bench"})
        _fill_ranks(library)
        everyone = tuple(sources.sources(library.connection).values())
        times: list[Nanos] = []
        for number in range(CHOICES):
            began = clock.monotonic()
            ranking = ranks.ranking(library.connection, everyone, now=0, limit=25)
            picks = Fair().choose(ranking, want=1)
            times.append(clock.monotonic() - began)
            ranks.note_shown(library.connection, picks, show="bench", at=number)
        yield _in_ms(f"next slide among {MANY} photos", times)
        times = []
        for _ in range(CHOICES):
            began = clock.monotonic()
            library.versions()
            times.append(clock.monotonic() - began)
        yield _in_ms("asking whether the library changed", times)


def _in_ms(what: str, times: list[Nanos]) -> Row:
    ordered = sorted(times)
    p99 = ordered[len(ordered) * 99 // 100]
    return Row(what=what, median=statistics.median(times) / MILLISECOND, p99=p99 / MILLISECOND, unit="ms")


def _commit(library: Library, snapshot: Snapshot) -> None:
    Committer(library, SystemClock()).snapshot("bench", snapshot, policy=Policy(trust=MODERATED), validators={})


def _feed_bytes(count: int) -> bytes:
    items = ",".join(
        f'{{"id":"p-{n}","image":"https://example.org/{n}.jpg","content_text":"From Zagreb",'
        '"date_modified":"2026-01-01T00:00:00Z",'
        '"_we_remember":{"status":"approved","approved_at":"2026-01-02T00:00:00Z","approved_by":["a","b"],"country":"HR",'
        f'"sha256":"{n:064x}","size_in_bytes":812345,"mime_type":"image/jpeg","width":4032,"height":3024}}}}'
        for n in range(count)
    )
    head = (
        '{"version":"https://jsonfeed.org/version/1.1","title":"bench","_we_remember":{"schema":1,"complete":true,"sequence":1},'
    )
    return f'{head}"items":[{items}]}}'.encode()


def _item(number: int) -> Item:
    return Item(id=f"q-{number}", image=f"https://example.org/{number}.jpg", status=Status.APPROVED, sha256=f"{number:064x}")


def _fill_ranks(library: Library) -> None:
    with transaction(library.connection, LIBRARY.name):
        library.connection.executemany(
            "INSERT INTO ranks VALUES(?, 'bench', ?, 1, 0, ?, 1, ?, NULL)",
            ((n, n % 3 == 0, n, n) for n in range(1, MANY + 1)),
        )
