"""A candle in the show: where its flame stands, and when it is drawn again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.show.layout import covered, lay_out
from player.show.layout.way import boxes_of
from player.show.motion import layer_at
from player.show.plan import FOREVER, Cue, Plan, scene_at
from player.show.scene import TICKS, Clip, Composition, Fill, Flame
from player.show.slide import CandleSlide, Pace, Phrase, Stage
from player.units import MILLISECOND, SECOND, Nanos, Rect, Size
from tests.fakes.measure import FixedMeasure
from tests.fakes.rooms import OUTPUTS, stage_of

WALLS = [Size(1920, 1080), Size(1080, 1920), Size(3840, 540), Size(800, 600), Size(320, 180), Size(5760, 1080)]
MEASURE = FixedMeasure()
PACE = Pace(60 * SECOND, SECOND)
EN, HE = Phrase("We Remember", "en"), Phrase("אנחנו זוכרים", "he")
START: Nanos = 7 * SECOND + 11


def laid_out(phrase: Phrase | None, stage: Stage, *, still: bool = False, seed: int = 3) -> Composition:
    """Lay a candle out."""
    pace = replace(PACE, still=still)
    return lay_out(CandleSlide(phrase=phrase), stage=stage, pace=pace, measure=MEASURE, seed=seed)


def planned(composition: Composition, *more: Cue) -> Plan:
    """A plan of it alone, without a fade, or with others after it."""
    return Plan(composition.canvas, (Cue(start=START, length=60 * SECOND, fade=0, slide=None, composition=composition), *more))


@pytest.mark.parametrize("phrase", [None, EN, HE])
@pytest.mark.parametrize("wall", WALLS)
def test_a_flame_stands_whole_on_every_wall_and_off_the_words(wall: Size, phrase: Phrase | None) -> None:
    """Within the margin, large, and with all of the words."""
    made = laid_out(phrase, Stage(wall))
    (flame,) = made.flames
    boxes = list(boxes_of(made.ink, MEASURE))
    margin = min(0.045 * (wall.width * wall.height) ** 0.5, min(wall) / 4)
    for box in (flame.place, *boxes):
        assert box.x >= margin - 1
        assert box.y >= margin - 1
        assert box.right <= wall.width - margin + 1
        assert box.bottom <= wall.height - margin + 1
    assert flame.place.height > 0.3 * min(wall)
    for box in boxes:
        assert box.y >= flame.place.bottom or box.x >= flame.place.right or box.right <= flame.place.x
    assert len(boxes) == (1 if phrase else 0)


def test_on_a_strip_the_words_follow_the_flame() -> None:
    """To its right, and in Hebrew to its left."""
    for phrase in (EN, HE):
        made = laid_out(phrase, Stage(Size(3840, 540)))
        (box,) = boxes_of(made.ink, MEASURE)
        assert (box.x > made.flames[0].place.x) == (phrase is EN)


@pytest.mark.parametrize("wall", sorted(OUTPUTS))
def test_a_flame_burns_where_the_wall_is_free(wall: str) -> None:
    """Between windows: no word lies behind anything."""
    stage = stage_of(wall)
    assert stage.room is not None
    made = laid_out(EN, stage)
    assert made.flames
    assert covered(made.ink, stage.room, MEASURE) == 0


def test_a_flame_is_drawn_thirty_times_a_second() -> None:
    """Between two of its pictures the scene stays what it is, and says until when."""
    plan = planned(laid_out(EN, Stage(WALLS[0])))
    t, pictures = START, set[int]()
    while t < START + 2 * SECOND:
        scene = scene_at(plan, t)
        pictures.add(scene.layers[0].tick)
        assert t < scene.until <= t + SECOND // TICKS + 1
        assert scene_at(plan, scene.until - 1) == scene
        assert scene_at(plan, scene.until) != scene
        assert not scene.layers[0].at_rest
        t = scene.until
    assert pictures == set(range(2 * TICKS))


def test_a_flame_goes_on_while_something_fades_over_it() -> None:
    """Each layer has its own time."""
    above = Cue(
        start=START + 9 * SECOND, length=SECOND, fade=SECOND, slide=None, composition=Composition(WALLS[0], Fill((0, 0, 0)))
    )
    scene = scene_at(planned(laid_out(None, Stage(WALLS[0])), above), START + 9 * SECOND + 500 * MILLISECOND)
    assert [layer.tick for layer in scene.layers] == [9 * TICKS + TICKS // 2, 0]


def test_a_still_flame_is_drawn_once() -> None:
    """In a quiet time nothing moves: nothing is drawn again, and another one after it is the same picture."""
    made = laid_out(EN, Stage(WALLS[0]), still=True)
    scene = scene_at(planned(made), START + 5 * SECOND)
    assert scene.until == FOREVER
    assert scene.layers[0].tick == 0
    assert scene.layers[0].at_rest
    assert made == laid_out(EN, Stage(WALLS[0]), still=True, seed=4)
    assert made != laid_out(EN, Stage(WALLS[0]))


def test_while_a_clip_is_up_every_frame_is_asked_for() -> None:
    """Its own frames say whether anything is to be drawn: scenes of it are equal, whatever the instant."""
    clip = Clip("film", Rect(0, 0, 320, 180), 0, is_live=False)
    plan = planned(Composition(Size(320, 180), Fill((0, 0, 0)), clips=(clip,)))
    one, two = scene_at(plan, START + 5), scene_at(plan, START + SECOND)
    assert (one.until, two.until) == (START + 5, START + SECOND)
    assert one == two
    assert hash(one) == hash(two)
    assert [scene.layers[0].at for scene in (one, two)] == [5, SECOND]
    assert not one.layers[0].at_rest


def test_the_tick_of_an_instant_is_a_function_of_it() -> None:
    """Asked in any order, as often as one likes."""
    made = Composition(Size(320, 180), Fill((0, 0, 0)), flames=(Flame(Rect(100, 20, 20, 90), 1),))
    times = [k * SECOND // TICKS + 1 for k in (0, 400, 3, 107_999)]
    assert [layer_at(made, t).tick for t in times] == [0, 400, 3, 107_999]
