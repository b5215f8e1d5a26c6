"""The journal for people: pages, files, and whether it is whole."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

import pytest

from player.console.looks import journal
from player.console.looks.journal import Found, Verifier
from player.console.looks.kept import Kept
from player.errors import LibraryError, OperatorError
from player.library.chronicle import COMMAND, Entry, Mark
from player.library.library import Library
from player.units import SECOND
from tests.library.shelf import Shelf

T = TypeVar("T")


@pytest.fixture
def shelf(tmp_path: Path) -> Generator[Shelf]:
    """Two hundred and fifty lines and a command."""
    made = Shelf(tmp_path / "data", "wall")
    for n in range(250):
        made.library.orders.note("rung", {"n": n, "text": '=1+1,"\n<b>'}, at=n * SECOND)
    made.library.orders.post("screen", "go", {"show": "=cmd"}, by="@Olek", at=9 * SECOND)
    yield made
    made.close()


def reading(shelf: Shelf) -> Callable[[Callable[[Library], Any]], Any]:
    """Reads as a desk's reader does."""

    async def read(look: Callable[[Library], T]) -> T:
        await asyncio.sleep(0)
        return look(shelf.library)

    return read


def table_of(shelf: Shelf, **wanted: Any) -> list[dict[str, str]]:
    """What a file of the journal holds as a table."""
    parts = journal.as_csv(reading(shelf), journal.extract(shelf.clock, **wanted))
    return list(csv.DictReader(io.StringIO(asyncio.run(joined(parts)))))


def objects_of(shelf: Shelf, **wanted: Any) -> list[dict[str, Any]]:
    """What a file of the journal holds as objects."""
    return json.loads(asyncio.run(joined(journal.as_json(reading(shelf), journal.extract(shelf.clock, **wanted)))))


def rest_of(line: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the last line of a file that is cut asks to be asked for, and how."""
    rest = json.loads(line["what"])["rest"]
    assert rest.startswith("?")
    return parse_qs(rest[1:])


async def joined(parts: AsyncIterator[str]) -> str:
    """All of a stream."""
    return "".join([part async for part in parts])


async def at_once(_: float) -> None:
    """A pause that takes no time."""
    await asyncio.sleep(0)


def test_pages_of_the_journal_lead_to_each_other(shelf: Shelf) -> None:
    """Older and newer pages have the marks that they are asked for by."""
    first = journal.page(shelf.library, limit=100)
    assert (first.newer, len(first.lines)) == (None, 100)
    second = journal.page(shelf.library, limit=100, before=journal.read(first.older or ""))
    third = journal.page(shelf.library, limit=100, before=journal.read(second.older or ""))
    assert (third.older, len(third.lines)) == (None, 51)

    back = journal.page(shelf.library, limit=100, after=journal.read(third.newer or ""))

    assert back.lines == second.lines
    assert journal.page(shelf.library, limit=100, after=journal.read(back.newer or "")).newer is None
    assert [line.kind for line in journal.page(shelf.library, kinds=[COMMAND]).lines] == [COMMAND]


@pytest.mark.parametrize("text", ["", "1", "1.2", "a.1.x", "1..x", f"{2**70}.1.x", "1.1.", "\ud800"])
def test_what_is_no_mark_is_refused(text: str) -> None:
    """Whatever somebody writes into the address is a place in the journal, or told to be none."""
    with pytest.raises(OperatorError, match="no place in the journal"):
        journal.read(text)


def test_a_mark_is_read_as_it_was_written() -> None:
    """Whoever a line is written by, dots and all."""
    mark = Mark(-5, "command line. at 3", 7)
    assert journal.read(journal.written(mark)) == mark


def test_a_file_of_the_journal_holds_every_line_whole(shelf: Shelf) -> None:
    """As CSV and as JSON, oldest first, with what proves the chain."""
    table, objects = table_of(shelf), objects_of(shelf)

    assert len(table) == len(objects) == 251
    assert [row["number"] for row in table] == [str(each["number"]) for each in objects]
    assert json.loads(table[0]["what"]) == {"n": 0, "text": '=1+1,"\n<b>'}
    assert objects[1]["prev"] == objects[0]["hash"]


def test_a_file_may_begin_later(shelf: Shelf) -> None:
    """From an instant on, that one included; and one without lines is one all the same."""
    assert [line["at"] for line in objects_of(shelf, since=248 * SECOND)] == [248 * SECOND, 249 * SECOND]
    assert objects_of(shelf, since=10**18, kinds=["x"]) == []


@pytest.mark.parametrize("kinds", [(), ("rung",)])
def test_a_file_that_is_cut_says_so_and_where_the_rest_is(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, kinds: tuple[str, ...]
) -> None:
    """One that would take too long ends whole, with a line that is none of the journal; what it names holds exactly the rest."""
    whole = objects_of(shelf, kinds=kinds)
    monkeypatch.setattr(journal, "EXPORTED_FOR", 0)

    first = objects_of(shelf, kinds=kinds)
    rest = rest_of(first[-1])

    assert (first[-1]["kind"], first[-1]["writer"]) == (journal.CUT, "")
    assert rest.get("kinds", []) == list(kinds)
    assert rest_of(table_of(shelf, kinds=kinds)[-1]) == rest
    second = objects_of(shelf, kinds=kinds, after=rest["after"][0])
    third = objects_of(shelf, kinds=kinds, after=rest_of(second[-1])["after"][0])
    assert first[:-1] + second[:-1] + third == whole


def test_a_file_that_ends_in_time_is_not_said_to_be_cut(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is left, nothing is said."""
    monkeypatch.setattr(journal, "EXPORTED_FOR", 0)
    assert [line["kind"] for line in objects_of(shelf, since=151 * SECOND)] == ["rung"] * 99
    assert objects_of(shelf, since=10**18) == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_a_table_becomes_a_formula(sign: str) -> None:
    """Whichever cell begins so; nor behind a semicolon, which is where the spreadsheets of half of Europe begin a cell."""
    what = json.dumps({"text": f"a;{sign}1+1"})
    entry = Entry(mark=Mark(0, f"{sign}1", 1), kind=f"{sign}1", what=what, is_cut=False, prev=f"{sign}1", hash=f"{sign}1")
    given = [(entry,), ()]

    async def read(_: object) -> tuple[Entry, ...]:
        await asyncio.sleep(0)
        return given.pop(0)

    wanted = journal.Extract(after=entry.mark, is_over=lambda: False)
    text = asyncio.run(joined(journal.as_csv(read, wanted)))

    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert [row[column] for column in ("writer", "kind", "prev", "hash")] == [f"'{sign}1"] * 4
    assert json.loads(row["what"]) == json.loads(what)
    assert ";" not in text


@pytest.mark.parametrize(("harm", "found"), [("", Found.SOUND), ("UPDATE journal SET what='{}' WHERE seq=100", Found.FAULTY)])
def test_it_is_read_through_behind_everything_else(shelf: Shelf, harm: str, found: Found) -> None:
    """Whoever asks is told that it runs, and later what it came to."""
    if harm:
        shelf.library.orders.connection.execute(harm)

    async def work() -> journal.Verification:
        verifier = Verifier(pause=at_once)
        assert verifier.start(reading(shelf), shelf.clock).found is Found.RUNNING
        assert verifier.start(reading(shelf), shelf.clock).found is Found.RUNNING
        return await verifier.done()

    told = asyncio.run(work())

    assert told.found is found
    assert (told.writer, told.number, told.what) == (("ingest", 100, "changed") if harm else ("", 0, ""))


def test_reading_through_has_an_end(shelf: Shelf) -> None:
    """One that takes too long is left off, and one that cannot be read says why."""

    async def slow(look: Callable[[Library], T]) -> T:
        shelf.clock.advance(1000 * SECOND)
        return look(shelf.library)

    async def broken(_: Callable[[Library], T]) -> T:
        raise LibraryError("the disk does not answer")

    async def work(read: Any) -> journal.Verification:
        verifier = Verifier(pause=at_once)
        verifier.start(read, shelf.clock)
        return await verifier.done()

    assert asyncio.run(work(slow)).found is Found.LEFT_OFF
    assert asyncio.run(work(broken)).what == "the disk does not answer"


def test_what_is_kept_is_found_once_for_all_who_ask() -> None:
    """Ten who ask at once wait for one answer; later, or about something else, it is found again."""
    found: list[int] = []

    async def find() -> int:
        found.append(1)
        await asyncio.sleep(0)
        return len(found)

    async def work() -> None:
        kept = Kept[int](10)
        assert await asyncio.gather(*(kept.get("a", find, now=0) for _ in range(10))) == [1] * 10
        assert await kept.get("a", find, now=9) == 1
        assert await kept.get("a", find, now=10) == 2
        assert await kept.get("b", find, now=10) == 3

    asyncio.run(work())


def test_an_answer_that_failed_is_looked_for_again() -> None:
    """Everybody who waited is told, and the next one tries anew."""

    async def fail() -> int:
        raise LibraryError("locked")

    async def find() -> int:
        await asyncio.sleep(0)
        return 1

    async def work() -> None:
        kept = Kept[int](10)
        with pytest.raises(LibraryError):
            await kept.get("a", fail, now=0)
        assert await kept.get("a", find, now=0) == 1

    asyncio.run(work())
