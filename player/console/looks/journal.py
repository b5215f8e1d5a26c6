"""The journal for people: lines and commands a page at a time, whole ones as a file, and whether the chain is sound."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias, TypeVar
from urllib.parse import urlencode

from player.clock import Clock
from player.console.looks.wording import MAX_NAME, plain
from player.errors import LibraryError, OperatorError
from player.library import chronicle, verifying
from player.library.chronicle import Entry, Mark
from player.library.library import Library
from player.library.verifying import Progress
from player.schedule.agenda import utc
from player.units import SECOND, Nanos

T = TypeVar("T")
Read: TypeAlias = "Callable[[Callable[[Library], T]], Awaitable[T]]"
"""Does something with the library, as `Reader.read` does."""

ON_A_PAGE: Final = 50
MOST_ON_A_PAGE: Final = 500
EXPORTED_TOGETHER: Final = 100  # lines: one may have 25 kB
EXPORTED_FOR: Final[Nanos] = 45 * SECOND  # an answer may take a minute: what says that it is cut must still come through
CUT: Final = "cut"  # the kind of line that says so
VERIFIED_FOR: Final[Nanos] = 300 * SECOND  # a million lines take a fifth of it; then it is left off and said
REST: Final = 1.0  # as long as each part took: the show has the processor first
COLUMNS: Final = ("at", "writer", "number", "kind", "what", "prev", "hash")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a cell."""
_OTHER_COMMA: Final = (";", "\\u003b")  # between cells for the spreadsheets of half of Europe; in JSON the same as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the journal, or a command."""

    at: Nanos
    writer: str
    number: int
    kind: str
    what: str
    """JSON; its beginning, where it is cut."""
    is_cut: bool

    @property
    def mark(self) -> str:
        """Its place, to go on from."""
        return written(Mark(self.at, self.writer, self.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A page of lines, the newest first."""

    lines: tuple[Line, ...]
    older: str | None
    """The mark before which the next page begins."""
    newer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Which lines go into a file, and when it has to end."""

    after: Mark
    kinds: tuple[str, ...] = ()
    is_over: Callable[[], bool]
    """Whether it has taken so long that the rest has to be asked for anew."""


class Found(StrEnum):
    """What reading through the journal came to."""

    NOT_YET = "not_yet"
    RUNNING = "running"
    SOUND = "sound"
    FAULTY = "faulty"
    LEFT_OFF = "left_off"
    """It took too long, or could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """How far the journal is known to be as it was written."""

    found: Found = Found.NOT_YET
    lines: int = 0
    """Read so far."""
    at: Nanos | None = None
    """When it ended."""
    writer: str = ""
    """In whose chain the first fault is."""
    number: int = 0
    what: str = ""
    """changed, missing, out of order, or tail missing; or why it could not be read."""


def page(
    library: Library,
    *,
    kinds: Collection[str] = (),
    before: Mark | None = None,
    after: Mark | None = None,
    limit: int = ON_A_PAGE,
) -> Chapter:
    """Return a page of lines, from *before* one mark or *after* one.

    Raises:
        OrdersLostError: the journal cannot be read.
        LibraryError: the same, for now.
    """
    limit = max(1, min(limit, MOST_ON_A_PAGE))
    connection = library.orders.connection
    upwards = after is not None and before is None
    found = chronicle.entries(
        connection,
        limit=limit + 1,
        kinds=kinds,
        before=before,
        after=after if upwards else None,
    )
    has_more, found = len(found) > limit, found[:limit]
    lines = tuple(_line(entry) for entry in (reversed(found) if upwards else found))
    if upwards:
        older, newer = lines[-1].mark if lines else None, lines[0].mark if has_more else None
    else:
        older, newer = lines[-1].mark if has_more else None, lines[0].mark if before is not None and lines else None
    return Chapter(lines=lines, older=older, newer=newer)


def kinds(library: Library) -> tuple[str, ...]:
    """Return which kinds of lines there are.

    Raises:
        OrdersLostError: the journal cannot be read.
        LibraryError: the same, for now.
    """
    return tuple(plain(kind, MAX_NAME) for kind in chronicle.kinds(library.orders.connection))


def written(mark: Mark) -> str:
    """Return a mark as an address holds it."""
    return f"{mark.at}.{mark.number}.{mark.writer}"


def read(text: str) -> Mark:
    """Return the mark in an address.

    Raises:
        OperatorError: it is none.
    """
    at, _, rest = text.partition(".")
    number, _, writer = rest.partition(".")
    try:
        found = Mark(int(at), writer, int(number))
    except ValueError as error:
        raise OperatorError("that is no place in the journal: begin at its first page") from error
    if not writer or max(abs(found.at), abs(found.number)) >= 2**63:
        raise OperatorError("that is no place in the journal: begin at its first page")
    return found


def extract(clock: Clock, *, since: Nanos | None = None, after: str = "", kinds: Collection[str] = ()) -> Extract:
    """Return what goes into a file: all lines, or those *since* an instant, or *after* a mark.

    Raises:
        OperatorError: the mark is none.
    """
    ends, first = clock.monotonic() + EXPORTED_FOR, -(2**63) if since is None else since - 1
    mark = read(after) if after else Mark(first, "\U0010ffff", 2**63 - 1)
    return Extract(after=mark, kinds=tuple(kinds), is_over=lambda: clock.monotonic() >= ends)


async def as_csv(library: Read[tuple[Entry, ...]], wanted: Extract) -> AsyncIterator[str]:
    """Yield the journal as CSV with a heading, oldest first; times in UTC. One that is cut says so in its last line.

    Raises:
        LibraryError: it cannot be read any further.
    """
    yield _row(COLUMNS)
    async for entries in _parts(library, wanted):
        rows = (
            (utc(e.mark.at), e.mark.writer, e.mark.number, e.kind, e.what.replace(*_OTHER_COMMA), e.prev, e.hash) for e in entries
        )
        yield "".join(map(_row, rows))


async def as_json(library: Read[tuple[Entry, ...]], wanted: Extract) -> AsyncIterator[str]:
    """Yield the journal as one JSON array, oldest first; times in UTC nanoseconds, with all that proves the chain.

    One that is cut says so in its last object.

    Raises:
        LibraryError: it cannot be read any further.
    """
    opening = "["
    async for entries in _parts(library, wanted):
        objects = (
            dict(zip(COLUMNS, (e.mark.at, e.mark.writer, e.mark.number, e.kind, e.what, e.prev, e.hash), strict=True))
            for e in entries
        )
        for each in objects:
            yield f"{opening}\n{json.dumps(each, ensure_ascii=True)}"
            opening = ","
    yield "]\n" if opening == "," else "[]\n"


class Verifier:
    """Reads through the journal behind everything else. Used from one event loop."""

    def __init__(self, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Tests *pause* in no time."""
        self._pause = pause
        self._task: asyncio.Task[None] | None = None
        self.found = Verification()
        """What is known so far."""

    def start(self, library: Read[Progress], clock: Clock) -> Verification:
        """Begin, unless it is being read already; return what is known."""
        if self.found.found is not Found.RUNNING:
            self.found = Verification(found=Found.RUNNING)
            self._task = asyncio.create_task(self._run(library, clock))
        return self.found

    async def done(self) -> Verification:
        """Wait for the end of it."""
        if self._task:
            await self._task
        return self.found

    async def _run(self, library: Read[Progress], clock: Clock) -> None:
        ends, progress = clock.monotonic() + VERIFIED_FOR, None
        try:
            while progress is None or not progress.is_done:
                began = clock.monotonic()
                if began >= ends:
                    self.found = Verification(found=Found.LEFT_OFF, lines=self.found.lines, at=clock.wall())
                    return
                progress = await library(_next(progress))
                self.found = Verification(found=Found.RUNNING, lines=progress.lines)
                await self._pause(REST * (clock.monotonic() - began) / SECOND)
        except LibraryError as error:
            self.found = Verification(found=Found.LEFT_OFF, lines=self.found.lines, at=clock.wall(), what=str(error))
            return
        fault = progress.fault
        self.found = Verification(
            found=Found.FAULTY if fault else Found.SOUND,
            lines=progress.lines,
            at=clock.wall(),
            writer=plain(fault.writer, MAX_NAME) if fault else "",
            number=fault.number if fault else 0,
            what=fault.what if fault else "",
        )


def _next(progress: Progress | None) -> Callable[[Library], Progress]:
    if progress is None:
        return lambda library: verifying.begin(library.orders.connection)
    return lambda library: verifying.advance(library.orders.connection, progress)


async def _parts(library: Read[tuple[Entry, ...]], wanted: Extract) -> AsyncIterator[tuple[Entry, ...]]:
    """Yield the lines some at a time: between them nobody holds the file."""
    entries = await library(_beyond(wanted.after, wanted.kinds))
    while entries:
        yield entries
        last = entries[-1].mark
        entries = await library(_beyond(last, wanted.kinds))
        if entries and wanted.is_over():
            yield (_cut(last, wanted.kinds),)
            return


def _cut(last: Mark, kinds: Collection[str]) -> Entry:
    """Return the line of a file that does not hold all, with the end of the address at which the rest is."""
    rest = urlencode([*(("kinds", kind) for kind in kinds), ("after", written(last))])
    return Entry(mark=Mark(last.at, "", 0), kind=CUT, what=json.dumps({"rest": f"?{rest}"}), is_cut=False)


def _beyond(mark: Mark, kinds: Collection[str]) -> Callable[[Library], tuple[Entry, ...]]:
    return lambda library: chronicle.entries(
        library.orders.connection, limit=EXPORTED_TOGETHER, kinds=kinds, after=mark, is_whole=True
    )


def _row(cells: Collection[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()


def _line(entry: Entry) -> Line:
    mark = entry.mark
    return Line(at=mark.at, writer=mark.writer, number=mark.number, kind=entry.kind, what=entry.what, is_cut=entry.is_cut)
