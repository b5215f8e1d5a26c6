"""What is said in a film: which of it is up at an instant, and until when that stays so."""

from __future__ import annotations

import pytest

from player.show.motion import layer_at, said_until
from player.show.plan import FOREVER, Cue, Plan, scene_at
from player.show.scene import MOST_SPOKEN, Clip, Composition, Fill, Spoken
from player.units import SECOND, Nanos, Rect, Size

CANVAS = Size(320, 180)
TIMES = ((2, 4), (4, 6), (5, 9), (12, 13))


def composed(*times: tuple[int, int], clips: tuple[Clip, ...] = ()) -> Composition:
    """A canvas on which something is said from when to when, in seconds."""
    spoken = tuple(Spoken(begin * SECOND, end * SECOND, ()) for begin, end in times)
    return Composition(CANVAS, Fill((0, 0, 0)), clips=clips, spoken=spoken)


@pytest.mark.parametrize(
    ("at", "said", "until"),
    [
        (-1, (), 2),
        (0, (), 2),
        (2, (0,), 4),
        (4, (1,), 5),
        (5, (1, 2), 6),
        (6, (2,), 9),
        (9, (), 12),
        (12, (3,), 13),
        (13, (), None),
    ],
)
def test_each_is_up_from_its_begin_to_its_end(at: int, said: tuple[int, ...], until: int | None) -> None:
    """Its end not included; two that overlap are up at once; and it is known when the next change comes."""
    composition = composed(*TIMES)
    assert composition.said_at(at * SECOND) == said
    assert said_until(composition, at * SECOND) == (None if until is None else until * SECOND)
    layer = layer_at(composition, at * SECOND)
    assert (layer.said, layer.at, layer.at_rest) == (said, at * SECOND, False)


def test_too_many_at_once_are_those_that_began_last() -> None:
    """What was never ended in a file does not fill the wall."""
    composition = composed(*((k, 1000) for k in range(30)))
    assert composition.said_at(29 * SECOND) == tuple(range(30 - MOST_SPOKEN, 30))


@pytest.mark.parametrize("at", [0, 3, 5, 20])
def test_a_scene_stays_until_something_else_is_said(at: int) -> None:
    """Scenes are equal up to then; where a film moves, it must be asked again at once."""
    start = 100 * SECOND

    def scene(composition: Composition, t: Nanos) -> tuple[object, Nanos]:
        cue = Cue(start=start, length=60 * SECOND, fade=0, slide=None, composition=composition)
        found = scene_at(Plan(CANVAS, (cue,)), t)
        return found, found.until

    composition, t = composed(*TIMES), start + at * SECOND
    found, until = scene(composition, t)
    change = said_until(composition, at * SECOND)
    assert until == (FOREVER if change is None else start + change)
    if change is not None:
        assert scene(composition, until - 1)[0] == found
        assert scene(composition, until)[0] != found
    moving = composed(*TIMES, clips=(Clip("film", Rect(0, 0, 100, 80), 0, is_live=False),))
    assert scene(moving, t)[1] == t
    assert hash(moving) == hash(composed(clips=moving.clips))
