"""The pipe between who fetches and who decodes: runs come out as they went in."""

from __future__ import annotations

import io
import os
import threading
from typing import Any

import pytest

from player.clock import SystemClock
from player.errors import FilmError
from player.film.live.child.records import SOUND_KEPT, UNASKED_KEPT, Record, Records
from player.film.live.child.runs import Runs
from player.film.live.fetched.feeding import Feeding
from player.film.live.fetched.pieces import Piece, Pieces
from player.film.live.wire import HEADER, Kind, Tag, Track, record
from player.units import SECOND
from tests.fakes.hasty import HastyClock

BIG = os.urandom(200_000)


def runs(data: bytes) -> Runs:
    """Return what reads a pipe's content."""
    pipe: Any = io.BufferedReader(io.BytesIO(data))  # pyright: ignore[reportArgumentType, reportUnknownVariableType]  as a pipe is read
    return Runs(Records(pipe))


def all_of(each: Runs) -> bytes:
    """Read a run to its end."""
    parts: list[bytes] = []
    while part := each.read(1000):
        parts.append(part)
    return b"".join(parts)


def test_runs_are_read_apart() -> None:
    """Each from its beginning to its end; an empty one is none."""
    data = b"".join(
        [
            *(record(Kind.RUN), record(Kind.BYTES, b"one "), record(Kind.BYTES, b""), record(Kind.BYTES, b"and on")),
            *(record(Kind.RUN), record(Kind.RUN), record(Kind.BYTES, BIG[:65_536]), record(Kind.END)),
        ]
    )
    each = runs(data)
    assert each.next() == b"one and on"
    assert all_of(each) == b"one and on"
    assert each.read(10) == b""
    assert each.next() == BIG[:192]
    assert all_of(each) == BIG[:65_536]
    assert each.next() is None


def test_what_is_left_of_a_run_is_passed_over() -> None:
    """Who cannot read a run goes on to the next."""
    data = record(Kind.RUN) + record(Kind.BYTES, BIG[:60_000]) + record(Kind.RUN) + record(Kind.BYTES, b"two")
    each = runs(data)
    each.next()
    assert each.next() == b"two"


@pytest.mark.parametrize(
    "data",
    [b"", record(Kind.RUN), record(Kind.RUN) + record(Kind.BYTES, BIG[:100])[:50]],
    ids=["nothing", "no piece", "half a piece"],
)
def test_a_pipe_that_is_cut_is_an_end(data: bytes) -> None:
    """Wherever it is cut."""
    each = runs(data)
    if each.next() is not None:
        all_of(each)
    assert each.next() is None


@pytest.mark.parametrize(
    "data", [b"\x09" + bytes(5), b"\x02\x00" + b"\xff" * 4, b"\x02\x07" + bytes(4)], ids=["kind", "length", "track"]
)
def test_another_language_is_refused(data: bytes) -> None:
    """Kinds and lengths that there are not."""
    with pytest.raises(FilmError, match="another language"):
        runs(data).next()


def test_pieces_are_fed_through_a_pipe() -> None:
    """As fast as they are taken, in runs, with the end; and it rings meanwhile."""
    ends = os.pipe()
    pieces, rings = Pieces(), threading.Event()
    for piece in (Piece(7, BIG), Piece(7, b"more"), Piece(8, b"other"), Piece(8, b"")):
        pieces.put(piece)
    feeding = Feeding(pieces, ends[1], clock=SystemClock(), ring=rings.set)
    with io.FileIO(ends[0]) as raw:
        pipe: Any = io.BufferedReader(raw)
        each = Runs(Records(pipe))
        each.next()
        assert all_of(each) == BIG + b"more"
        each.next()
        assert all_of(each) == b"other"
        assert each.next() is None
        assert [feeding.run_of(index) for index in (0, 1, 2, 3)] == [None, 7, 8, None]
        assert rings.is_set()
        feeding.stop()
    os.close(ends[1])


def test_who_feeds_a_dead_child_ends() -> None:
    """A broken pipe is its end, not an error."""
    ends = os.pipe()
    os.close(ends[0])
    pieces = Pieces()
    pieces.put(Piece(1, BIG))
    feeding = Feeding(pieces, ends[1], clock=HastyClock(), ring=lambda: None)
    feeding.stop()
    os.close(ends[1])


def test_neither_track_waits_for_the_other() -> None:
    """Who runs dry keeps for the other what is the other's; what is too much of sound is left out, and pictures come whole."""
    pictures = [record(Kind.BYTES, BIG[:65_536]) for _ in range(40)]
    sound = [record(Kind.BYTES, BIG[:65_536], Track.SOUND) for _ in range(SOUND_KEPT // 65_536 + 10)]
    tagged = [record(Kind.RUN), record(Kind.RUN, Tag(5, -7).pack(), Track.SOUND)]
    data = b"".join([*tagged, *sound, *pictures, record(Kind.END)])
    pipe: Any = io.BufferedReader(io.BytesIO(data))  # pyright: ignore[reportArgumentType, reportUnknownVariableType]  as a pipe is read
    records = Records(pipe)
    seen, heard = Runs(records), Runs(records, Track.SOUND)
    seen.next()
    assert len(all_of(seen)) == 40 * 65_536
    heard.next()
    assert heard.tag == Tag(5, -7)
    assert SOUND_KEPT < len(all_of(heard)) <= SOUND_KEPT + 2 * 65_536
    assert heard.next() is None


def test_who_waits_for_sound_leaves_pictures_in_the_pipe() -> None:
    """A stream without sound of its own is not read further ahead than it is wanted."""
    ends = os.pipe()
    with io.FileIO(ends[0]) as raw:
        pipe: Any = io.BufferedReader(raw)
        records = Records(pipe)
        waiting = threading.Thread(target=records.take, args=(Track.SOUND,))
        waiting.start()
        pieces = Pieces()
        pieces.put(Piece(1, BIG * 10))
        feeding = Feeding(pieces, ends[1], clock=SystemClock(), ring=lambda: None)
        each = Runs(records)
        each.next()
        read = len(all_of_size(each, 2_000_000))
        feeding.stop()
        os.close(ends[1])
        while each.read(65_536):
            pass
        waiting.join(10)
        assert read == 2_000_000
        assert not waiting.is_alive()


def test_pictures_stay_in_order_while_who_waits_for_sound_has_no_room() -> None:
    """It holds a record that it may not keep yet; whoever wants pictures meanwhile is given that one before any newer."""
    count, size = 60, 65_536
    pipe: Any = io.BytesIO(b"".join(record(Kind.BYTES, bytes([number]) * size) for number in range(count)))
    records = Records(pipe)
    waiting = threading.Thread(target=records.take, args=(Track.SOUND,))
    waiting.start()
    held = UNASKED_KEPT // size + 2
    clock, never = SystemClock(), threading.Event()
    begun = clock.monotonic()
    while pipe.tell() < held * (size + HEADER.size) and clock.monotonic() - begun < 10 * SECOND:
        never.wait(0.001)
    came: list[int] = []
    while (found := records.take(Track.PICTURES)).kind is Kind.BYTES:
        came.append(found.data[0])
    waiting.join(10)

    assert found == Record(Kind.END, b"")
    assert came == list(range(count))
    assert not waiting.is_alive()


def test_how_much_was_listed_before_a_segment_is_told_beside_it() -> None:
    """From the second of a run on, once; the next run counts from its own beginning; sound says nothing."""
    ends = os.pipe()
    pieces = Pieces()
    for run, track in [(1, Track.PICTURES), (4, Track.SOUND), (1, Track.PICTURES), (1, Track.PICTURES), (2, Track.PICTURES)]:
        pieces.put(Piece(run, BIG[:192], track, length=4 * SECOND))
    pieces.put(Piece(2, BIG[:192], length=2**70))
    pieces.put(Piece(2, BIG[:192]))
    pieces.put(Piece(2, b""))
    feeding = Feeding(pieces, ends[1], clock=SystemClock(), ring=lambda: None)
    told: list[list[int | None]] = []
    with io.FileIO(ends[0]) as raw:
        pipe: Any = io.BufferedReader(raw)
        each = Runs(Records(pipe))
        while each.next() is not None:
            told.append([each.take_listed()])
            while each.read(192):
                told[-1].append(each.take_listed())
        feeding.stop()
    os.close(ends[1])

    data = record(Kind.RUN) + record(Kind.BYTES, BIG[:200]) + record(Kind.LISTED, bytes(3))
    twice = runs(data * 2)
    twice.next()
    all_of(twice)
    twice.next()
    assert twice.take_listed() is None
    all_of(twice)
    assert twice.take_listed() == 0
    assert told == [[None, None, 4 * SECOND, 8 * SECOND], [None, None, 4 * SECOND, 2**62 - 1]]
    assert each.take_listed() is None


def all_of_size(each: Runs, size: int) -> bytes:
    """Read so many bytes of a run."""
    data = b""
    while len(data) < size and (part := each.read(size - len(data))):
        data += part
    return data
