"""Sound that comes in segments of its own: heard with the pictures of the same time, whatever either of them does."""

from __future__ import annotations

import pytest

from player.film.heads import packed_at, sound_of
from player.film.live.child.beside import TURN
from player.film.live.wire import Tag
from player.film.wire import Begun, Ready
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.films import song
from tests.fakes.sighted import Run, Sight
from tests.fakes.streaming import PER_SEGMENT, segments

PICTURES = segments(only="video")
SOUND = segments(only="audio")
HALF = SECOND // 2


def begins(sight: Sight, run: int = 1) -> Nanos:
    """Return where in the ring a run of pictures begins."""
    return next(said.at for said in sight.said if isinstance(said, Begun) and said.run == run)


def test_it_is_heard_where_its_pictures_are() -> None:
    """The tone begins with the second half of each second of the film, as it was made; the keeper is told that there is sound."""
    sight = Sight(PICTURES[:4], sound=[Run(SOUND[:4])])
    sight.watch()
    begin = begins(sight)

    assert sight.numbers == list(range(4 * PER_SEGMENT))
    assert sight.said[0] == Ready(has_sound=True)
    assert sight.loud(begin + 20 * MILLISECOND, HALF - 70 * MILLISECOND) < 0.05
    assert sight.loud(begin + HALF + 50 * MILLISECOND, 300 * MILLISECOND) > 0.2


@pytest.mark.parametrize("first", [0, 1, 3])
def test_it_may_begin_earlier_or_later(first: int) -> None:
    """What is before the pictures is left out; what is missing at the beginning is silent."""
    sight = Sight(PICTURES[2:6], sound=[Run(SOUND[first:6])])
    sight.watch()
    begin = begins(sight)

    assert sight.loud(begin + 20 * MILLISECOND, HALF - 70 * MILLISECOND) < 0.05
    assert sight.loud(begin + HALF + 50 * MILLISECOND, 300 * MILLISECOND) > 0.2


def test_what_is_in_the_pictures_segments_is_not_heard_besides() -> None:
    """Where both have sound, that which comes apart is the one that was chosen."""
    sight = Sight(segments()[:4], sound=[Run(SOUND[20:24], Tag(era=7))])
    sight.watch()

    assert sight.loud(begins(sight) + HALF + 50 * MILLISECOND, 300 * MILLISECOND) < 0.05


def test_both_may_begin_anew_together() -> None:
    """After a discontinuity the instants are others; sound of before it is left, sound of after it waits for its pictures."""
    eras = [Tag(era=1), Tag(era=2)]
    sight = Sight(PICTURES[8:10], PICTURES[2:4], tags=eras, sound=[Run(SOUND[8:10], eras[0]), Run(SOUND[2:4], eras[1])])
    sight.watch()
    begin = begins(sight, 2)

    assert sight.numbers == [*range(96, 120), *range(24, 48)]
    assert sight.loud(begin + 50 * MILLISECOND, HALF - 100 * MILLISECOND) < 0.05
    assert sight.loud(begin + HALF + 50 * MILLISECOND, 300 * MILLISECOND) > 0.2


def test_what_is_added_to_instants_brings_them_together() -> None:
    """DASH gives each set of segments a beginning of its own."""
    sight = Sight(PICTURES[8:12], tags=[Tag(offset=-4 * SECOND)], sound=[Run(SOUND[2:6], Tag(offset=-SECOND))])
    sight.watch()
    begin = begins(sight)

    assert sight.loud(begin + 20 * MILLISECOND, HALF - 70 * MILLISECOND) < 0.05
    assert sight.loud(begin + HALF + 50 * MILLISECOND, 300 * MILLISECOND) > 0.2


@pytest.mark.parametrize("turns", [-1, 1])
def test_a_clock_that_went_round_for_one_of_them_is_no_matter(turns: int) -> None:
    """A transport stream's clock begins again every 26.5 hours; who began to read before that counts on."""
    sight = Sight(PICTURES[2:6], sound=[Run(SOUND[2:6], Tag(offset=turns * TURN))])
    sight.watch()
    begin = begins(sight)

    assert sight.loud(begin + 20 * MILLISECOND, HALF - 70 * MILLISECOND) < 0.05
    assert sight.loud(begin + HALF + 50 * MILLISECOND, 300 * MILLISECOND) > 0.2


def test_what_is_no_sound_costs_no_picture() -> None:
    """A page, or a container of another kind: pictures go on, silent, and the next run of sound is heard."""
    sight = Sight(PICTURES[:6], sound=[Run([b"<html>" * 100]), Run([song()]), Run(SOUND[:6])])
    sight.watch()

    assert sight.numbers == list(range(6 * PER_SEGMENT))
    assert sight.loud(begins(sight) + HALF + 50 * MILLISECOND, 300 * MILLISECOND) > 0.2


def test_packed_sound_says_when_it_begins() -> None:
    """AAC without a container has a tag before it, with the instant as transport streams count."""
    stamp = b"PRIV\0\0\0\x35\0\0com.apple.streaming.transportStreamTimestamp\0" + (90_000 * 5).to_bytes(8, "big")
    head = b"ID3\4\0\0\0\0\0\x3f" + stamp + b"\xff\xf1\x50\x80"

    assert packed_at(head) == 5 * SECOND
    assert packed_at(b"\xff\xf1\x50\x80" + stamp) == 0
    assert [sound_of(each) for each in (head, b"\xff\xf1\x50\x80", b"\xff\xfb\x90", SOUND[0], b"<html>")] == [
        *("aac", "aac", None, "mpegts", None),
    ]
