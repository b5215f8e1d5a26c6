"""Frames of a live stream as a viewer sees them: in order, when they are due, through all that a stream may do."""

from __future__ import annotations

import io
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from player.errors import FilmError
from player.film.live.child.boxing import seen_size
from player.film.wire import Begun, Ended, Paced, Ready
from player.units import MILLISECOND, SECOND, Size
from tests.fakes.films import Recipe, film, song
from tests.fakes.sighted import SIZE, Sight
from tests.fakes.streaming import PER_SEGMENT, RECIPE, fragments, segments

FRAME = SECOND // 24


def test_a_run_is_seen_frame_by_frame_when_it_is_due() -> None:
    """Every frame once, at its distance, from a little after it came; the sound at the place of the picture."""
    sight = Sight(segments()[:4])
    ended = sight.watch()

    assert sight.numbers == list(range(4 * PER_SEGMENT))
    assert all(abs(after - before - FRAME) <= 10 * MILLISECOND for (before, _), (after, _) in pairwise(sight.seen))
    assert not ended.is_cut_short
    assert sight.reader.ends_at == ended.at
    ready, begun, *paced = sight.said
    assert ready == Ready(has_sound=True)
    assert begun == Begun(1, SECOND + 300 * MILLISECOND, SIZE)
    (paced,) = paced
    assert isinstance(paced, Paced)
    assert (paced.frames, paced.late) == (30, 0)
    assert 17 * FRAME <= paced.waiting <= 17 * FRAME + 12 * FRAME  # what is not decoded, and what a ring holds
    assert isinstance(begun, Begun)
    begin = begun.at * 48_000 // SECOND
    heard = abs(sight.listener.take(begin, 48_000)).max(axis=1)
    assert heard[:20_000].max() < 0.05
    assert heard[26_000:40_000].max() > 0.2


def test_runs_follow_each_other() -> None:
    """Other instants, another size, other codecs: the next frame comes when it was expected, with no black between."""
    plain = (("x265-params", "log-level=none:pools=1:frame-threads=1:bframes=0:keyint=12"),)
    other = segments(replace(RECIPE, codec="libx265", size=Size(320, 192), frames=PER_SEGMENT * 2, options=plain))
    sight = Sight(segments()[:2], other, segments()[10:12])
    sight.watch()

    assert sight.numbers == [*range(24), *range(24), *range(120, 144)]
    assert all(0 < after - before <= FRAME + 10 * MILLISECOND for (before, _), (after, _) in pairwise(sight.seen))
    assert [said.run for said in sight.said if isinstance(said, Begun)] == [1, 2, 3]


def test_fragments_are_played_as_well() -> None:
    """CMAF: what comes first, then fragments from the middle of the stream."""
    head, pieces = fragments()
    sight = Sight([head, *pieces[3:6]])
    sight.watch()

    assert sight.numbers == list(range(36, 72))


def test_a_clock_that_jumps_within_a_run_is_not_seen() -> None:
    """Segments put together that do not belong together, forwards and backwards: all that can be decoded is seen in order."""
    cut = segments()
    sight = Sight([cut[0], cut[8], cut[2]])
    sight.watch()

    assert sight.numbers[:12] == list(range(12))
    assert len(sight.numbers) >= 30
    assert all(after - before <= SECOND for (before, _), (after, _) in pairwise(sight.seen))


def test_another_shape_is_contained() -> None:
    """A picture that is not the frame's shape has black beside it, and nothing is stretched."""
    sight = Sight(segments()[:1], size=Size(160, 160))
    sight.watch()
    frame = sight.reader.newest_due(10**15)

    assert frame is not None
    assert set(frame.luma[:30].ravel()) == {16}
    assert frame.luma[34:126].mean() > 40
    assert (frame.chroma[:14] == 128).all()
    assert seen_size(Size(720, 576), Fraction(64, 45)) == (1024, 576)
    assert seen_size(Size(721, 577), Fraction(1000)) == (720, 576)


def test_who_cannot_follow_leaves_out_and_says_so() -> None:
    """Slower than the stream: some frames are seen, never older ones after newer ones, and the keeper is told."""
    sight = Sight(segments()[:8])
    sight.watch(slow=40 * MILLISECOND)

    assert sight.numbers == sorted(sight.numbers)
    assert 3 < len(sight.numbers) < 90
    assert any(isinstance(said, Paced) and said.late > 3 for said in sight.said)


def test_what_is_hidden_for_damage_is_counted_as_late() -> None:
    """Each frame that another stands still for, so that another rendition is played; but nothing before the first one."""
    cut = segments()
    sight = Sight([garbled(cut[0]), *cut[1:3], *map(garbled, cut[3:7]), *cut[7:12]])
    sight.watch()
    late = sum(said.late for said in sight.said if isinstance(said, Paced))

    assert sight.numbers[0] >= PER_SEGMENT
    assert {*range(24, 36), *range(96, 144)} <= set(sight.numbers)
    assert 30 <= late <= 4 * PER_SEGMENT + 12


def test_damage_without_an_end_is_counted_too() -> None:
    """It does not take another good frame to know that none comes."""
    cut = segments()
    sight = Sight([*cut[:2], *map(garbled, cut[2:16])])
    sight.watch()

    assert set(sight.numbers) == set(range(24))
    assert sum(said.late for said in sight.said if isinstance(said, Paced)) >= 20


def garbled(segment: bytes) -> bytes:
    """Return a segment whose pictures are damaged, its packets being what they were."""
    data = bytearray(segment)
    for at in range(188 * 4, len(data), 7):
        data[at] ^= 0x5A if at % 188 > 12 else 0
    return bytes(data)


@pytest.mark.parametrize(
    ("run", "why"),
    [
        ([song()], "what came is no part of a live stream"),
        ([b"<html>" * 100], "this is a web page"),
        ([segments()[0][:188] * 50], "cannot be read|no moving pictures"),
    ],
)
def test_what_cannot_be_played_is_said(run: list[bytes], why: str) -> None:
    """A container of another kind, a page, pictures that never come."""
    with pytest.raises(FilmError, match=why):
        Sight(run).watch()


def test_sound_alone_is_no_stream() -> None:
    """It is said, and nothing is shown."""
    out = io.BytesIO()
    source: Any
    target: Any
    av: Any = pytest.importorskip("av")
    with av.open(io.BytesIO(film(Recipe(has_sound=True))), "r") as source, av.open(out, "w", format="mpegts") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    with pytest.raises(FilmError, match="it has sound but no moving pictures"):
        Sight([out.getvalue()]).watch()


def test_a_viewer_that_wants_no_more_ends_it() -> None:
    """As for films."""
    sight = Sight(segments()[:2])
    sight.playing.turn()
    sight.reader.end()

    assert isinstance(sight.playing.turn(), Ended)
