"""What is on screen at an instant: a function of the plan and the instant, and of nothing else."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from player.show.plan import FOREVER, Cue, Plan, cue_at, scene_at
from player.show.scene import Composition, Figure, Fill, Layer, Move
from player.units import MILLISECOND, SECOND, WHOLE, Digest, Nanos, Rect, Size

CANVAS: Final = Size(640, 360)
START: Final[Nanos] = 1_800_000_000 * SECOND
SLOPE: Final = 1.5  # of an eased way where it is steepest, in ways per length

lengths = st.integers(1, 12).map(lambda seconds: seconds * SECOND // 2)
opacities = st.sampled_from((0.0, 0.4, 1.0))


@st.composite
def moves(draw: st.DrawFn) -> Move:
    """A figure's way: perhaps none, perhaps one that begins late."""
    photo = Digest(f"{draw(st.integers(0, 9)):064x}")
    last = Figure(photo, Rect(10.0, 10.0, 100.0, 50.0), WHOLE)
    first = replace(last, place=Rect(draw(st.sampled_from((10.0, 20.0, 0.0))), 10.0, 90.0, 45.0), opacity=draw(opacities))
    if draw(st.booleans()):
        first = last
    return Move(first, last, draw(st.integers(0, 4)) * SECOND, draw(lengths))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Cues one after another; some cut in, some fade, one may be late."""
    cues: list[Cue] = []
    start = START
    for number in range(draw(st.integers(1, 4))):
        fade = draw(st.sampled_from((0, SECOND, 2 * SECOND)))
        length = fade + draw(lengths)
        made = Composition(CANVAS, Fill((number, 0, 0)), tuple(draw(st.lists(moves(), max_size=3))))
        cues.append(Cue(start=start, length=length, fade=fade, slide=None, composition=made))
        start += length + draw(st.sampled_from((0, 0, 700 * MILLISECOND)))
    return Plan(CANVAS, tuple(cues))


instants = st.integers(-2 * SECOND, 40 * SECOND).map(lambda offset: START + offset)


@given(plans(), instants)
def test_there_is_always_one_slide_and_never_more_than_two(plan: Plan, t: Nanos) -> None:
    """At any instant the newest cue that has begun is on top; beneath it at most the one before, while it fades in."""
    scene = scene_at(plan, t)
    begun = [cue for cue in plan.cues if cue.start <= t] or [plan.cues[0]]
    assert scene.layers[-1].composition is begun[-1].composition
    assert scene.layers[0].opacity == 1 or len(scene.layers) == 2
    if len(scene.layers) == 2:
        assert scene.layers[0].composition is begun[-2].composition
        assert scene.layers[0].opacity == 1
        assert t < begun[-1].start + begun[-1].fade
    else:
        assert len(begun) == 1 or t >= begun[-1].start + begun[-1].fade * 0.999


@given(plans(), st.lists(instants, min_size=2, max_size=20), st.integers())
def test_the_order_of_asking_does_not_matter(plan: Plan, times: list[Nanos], seed: int) -> None:
    """Any instant can be asked for first, twice or never: its scene is the same."""
    scenes = {t: scene_at(plan, t) for t in times}
    shuffled = list(times)
    random.Random(seed).shuffle(shuffled)
    for t in shuffled:
        again = scene_at(plan, t)
        assert again == scenes[t]
        assert again.until == scenes[t].until
        assert hash(again) == hash(scenes[t])


@given(plans(), instants, st.floats(0, 1))
def test_before_until_nothing_changes(plan: Plan, t: Nanos, share: float) -> None:
    """Whenever one asks before a scene's until, the scene is the same."""
    scene = scene_at(plan, t)
    assert scene.until >= t
    horizon = min(scene.until, t + 100 * SECOND)
    for later in (t + int((horizon - t) * share), horizon - 1):
        if t <= later < scene.until:
            assert scene_at(plan, later) == scene


@given(plans(), instants)
def test_a_still_scene_says_until_when(plan: Plan, t: Nanos) -> None:
    """A scene in which nothing moves does not ask to be drawn again before something will."""
    scene, later = scene_at(plan, t), scene_at(plan, t + 20 * MILLISECOND)
    if scene.until <= t:
        in_fade = len(scene.layers) == 2 or len(later.layers) == 2
        assert in_fade or scene != later or not scene.layers[-1].at_rest


@given(plans(), instants, st.integers(-7200, 7200).map(lambda seconds: seconds * SECOND))
def test_a_plan_moved_in_time_shows_the_same_later(plan: Plan, t: Nanos, by: Nanos) -> None:
    """When the clock is set, the plan is moved along, and the picture does not notice."""
    before, moved = scene_at(plan, t), scene_at(plan.shifted(by), t + by)
    assert moved == before
    assert moved.until == (FOREVER if before.until == FOREVER else before.until + by)


@given(plans(), instants)
def test_nothing_jumps_but_at_a_cut(plan: Plan, t: Nanos) -> None:
    """From one millisecond to the next, opacities and places change by no more than their easing allows."""
    dt = MILLISECOND
    one, two = scene_at(plan, t), scene_at(plan, t + dt)
    i, j = cue_at(plan.cues, t), cue_at(plan.cues, t + dt)
    if i == j:
        step = SLOPE * dt / SECOND * 1.01
        assert abs(one.layers[-1].opacity - two.layers[-1].opacity) <= step
        _close(one.layers[-1], two.layers[-1], plan.cues[i], dt)
    elif plan.cues[j].fade:
        assert two.layers[-1].opacity <= 0.01
        _close(one.layers[-1], two.layers[0], plan.cues[i], dt)


def _close(one: Layer, two: Layer, cue: Cue, dt: Nanos) -> None:
    assert one.composition is two.composition
    for move, a, b in zip(cue.composition.moves, one.figures, two.figures, strict=True):
        step = SLOPE * dt / move.length * 1.01
        way = max(abs(p - q) for p, q in zip(move.first.place, move.last.place, strict=True))
        assert abs(a.opacity - b.opacity) <= step
        assert max(abs(p - q) for p, q in zip(a.place, b.place, strict=True)) <= way * step + 1e-9


def test_only_what_a_fade_can_show_is_kept() -> None:
    """A plan that grows for ever holds the last two cues."""
    cue = Cue(start=0, length=SECOND, fade=0, slide=None, composition=Composition(CANVAS, Fill((0, 0, 0))))
    plan = Plan(CANVAS, (cue,))
    for number in range(1, 100):
        plan = plan.then(replace(cue, start=number * SECOND))
    assert [each.start for each in plan.cues] == [98 * SECOND, 99 * SECOND]


def test_before_the_first_cue_its_beginning_is_shown() -> None:
    """A plan that begins later than now shows how it begins, words alone too."""
    words = Cue(start=SECOND, length=SECOND, fade=SECOND, slide=None, composition=Composition(CANVAS, Fill((0, 0, 0))))
    scene = scene_at(Plan(CANVAS, (words,)), 0)
    assert [layer.opacity for layer in scene.layers] == [1.0]


@given(st.lists(st.tuples(st.integers(0, 3000), lengths), min_size=1, max_size=6), st.integers(0, 8000))
def test_a_cue_that_begins_during_a_fade_lets_it_go_on(steps: list[tuple[int, Nanos]], at: int) -> None:
    """However soon one follows another, what was seen before is seen the same, the lowest is opaque, and no light jumps."""
    plan = Plan(CANVAS, (Cue(start=START, length=0, fade=0, slide=None, composition=Composition(CANVAS, Fill((0, 0, 0)))),))
    start = START
    for number, (wait, fade) in enumerate(steps, 1):
        start += wait * MILLISECOND
        made = Composition(CANVAS, Fill((number, 0, 0)))
        then = plan.then(Cue(start=start, length=fade, fade=fade, slide=None, composition=made))
        just_before = start - 1
        if just_before >= plan.cues[-1].start:
            assert scene_at(then, just_before) == scene_at(plan, just_before)
        assert [layer.composition for layer in scene_at(then, start).layers[:-1]] == [
            layer.composition for layer in scene_at(plan, start).layers
        ]
        plan = then
    t = START + at * MILLISECOND
    layers = scene_at(plan, t).layers
    assert layers[0].opacity == 1
    later = {id(layer.composition): layer.opacity for layer in scene_at(plan, t + MILLISECOND).layers}
    for layer in layers[1:]:
        assert later.get(id(layer.composition), 1.0) - layer.opacity <= 1.5 / 500 + 1e-9
