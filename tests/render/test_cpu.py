"""The CPU renderer as a whole."""

# pyright: reportPrivateUsage=false
# A released photo must be nowhere: only from inside can all of the memory be searched.
from __future__ import annotations

import gc
import threading
import tracemalloc
import weakref
from dataclasses import replace

import numpy as np
import pytest

from player.errors import DrawError
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.render.trial import Kind, act, picture
from player.show.scene import Backdrop, Clip, Composition, Figure, Fill, Ink, Layer, Move, Rule, Scene, Scrim, Words
from player.units import WHOLE, Digest, Rect, Size
from tests.fakes.letters import FakeLetters

CANVAS = Size(322, 182)
NIGHT = (11, 11, 13)
INK = (244, 239, 228)
A, B = Digest("a" * 64), Digest("b" * 64)
PHOTOS = {A: picture(Size(360, 240), 1), B: picture(Size(360, 240), 2)}
TITLE = Words("We Remember", "en", "serif", 24, INK, 30, 170)
SCRIM = Scrim(Rect(0, 120, 322, 62), 150, NIGHT, INK, 4.5)


def _growing(photo: Digest, *ink: Ink, canvas: Size = CANVAS) -> Composition:
    last = Figure(photo, Rect(40.3, 10.6, canvas.width * 0.7, canvas.height * 0.7), WHOLE)
    first = replace(last, place=Rect(47, 15, canvas.width * 0.66, canvas.height * 0.66))
    return Composition(canvas, Backdrop(photo), (Move(first, last),), ink)


def _tiles(ground: Fill | Backdrop = Fill(NIGHT), *ink: Ink) -> Composition:  # noqa: B008 - frozen
    places = [Rect(10 + 75.3 * (k % 4), 8 + 70.7 * (k // 4), 73.1, 68.2) for k in range(8)]
    figures = [Figure((A, B)[k % 2], place, Rect(0.1, 0.1, 0.8, 0.7)) for k, place in enumerate(places)]
    return Composition(CANVAS, ground, tuple(Move(replace(f, opacity=0.0), f) for f in figures), ink)


def _layer(composition: Composition, x: float = 1.0, opacity: float = 1.0, *, at_rest: bool = False) -> Layer:
    def between(a: Figure, b: Figure) -> Figure:
        place = Rect(*(p + (q - p) * x for p, q in zip(a.place, b.place, strict=True)))
        return replace(b, place=place, opacity=a.opacity + (b.opacity - a.opacity) * x)

    return Layer(composition, tuple(between(m.first, m.last) for m in composition.moves), opacity, at_rest=at_rest)


def _scene(*layers: Layer) -> Scene:
    return Scene(layers[0].composition.canvas, layers, until=0)


def _renderer(*compositions: Composition) -> CpuRenderer:
    renderer = CpuRenderer(compositions[0].canvas, FakeLetters())
    for composition in compositions:
        renderer.prepare(composition, PHOTOS)
    return renderer


def _drawn(renderer: CpuRenderer, *layers: Layer) -> Image:
    return renderer.draw(_scene(*layers)).copy()


@pytest.mark.parametrize("pair", [(_growing(A, TITLE), _growing(B, SCRIM)), (_tiles(), Composition(CANVAS, Fill(INK)))])
@pytest.mark.parametrize("at_rest", [False, True])
def test_a_fade_begins_and_ends_exactly(pair: tuple[Composition, Composition], *, at_rest: bool) -> None:
    """At opacity 0 the picture is the lower layer's, at 1 the upper's, to the byte."""
    renderer = _renderer(*pair)
    below, above = (_layer(composition, at_rest=at_rest) for composition in pair)

    assert np.array_equal(_drawn(renderer, below, replace(above, opacity=0.0)), _drawn(renderer, below))
    assert np.array_equal(_drawn(renderer, below, replace(above, opacity=1.0)), _drawn(renderer, above))


def test_a_fade_lies_between_its_pictures() -> None:
    """Half way through, every pixel is the mean of both pictures within the rounding of planes."""
    one, two = _growing(A, SCRIM), _growing(B)
    renderer = _renderer(one, two)

    half = _drawn(renderer, _layer(one, 0.7), _layer(two, 0.2, 0.5))

    mean = (_drawn(renderer, _layer(one, 0.7)).astype(float) + _drawn(renderer, _layer(two, 0.2))) / 2
    assert np.abs(half - mean).mean() < 0.7
    assert np.percentile(np.abs(half - mean), 99) <= 3


def test_a_fill_is_its_colour_in_every_frame() -> None:
    """Grounds of one colour stay it to the byte, alone, under tiles that appear, and through fades."""
    words, tiles = Composition(CANVAS, Fill(NIGHT), ink=(TITLE,)), _tiles()
    renderer = _renderer(words, tiles)

    for layers in (
        [_layer(words)],
        [_layer(tiles, 0.4)],
        [_layer(tiles, 1.0)],
        [_layer(tiles, at_rest=True)],
        [_layer(words), _layer(tiles, 1.0, 0.3)],
    ):
        frame = _drawn(renderer, *layers)
        assert (frame[:6, :, 2::-1] == NIGHT).all()
        assert (frame[:, :8, 2::-1] == NIGHT).all()
        assert (frame[..., 3] == 255).all()


def test_fills_fade_by_their_colours() -> None:
    """Between two colours a fade goes by their mean."""
    one, two = Composition(CANVAS, Fill((10, 20, 30))), Composition(CANVAS, Fill((110, 60, 40)))
    renderer = _renderer(one, two)

    assert tuple(_drawn(renderer, _layer(one), _layer(two, opacity=0.25))[90, 100]) == (32, 30, 35, 255)


def test_words_that_stay_do_not_dip() -> None:
    """A line that both slides have keeps its full strength through the fade; one that only one has fades."""
    lone = Words("Pamiętamy", "pl", "serif", 24, INK, 30, 60)
    one, two = (Composition(CANVAS, Fill(NIGHT), ink=ink) for ink in ((TITLE, lone), (TITLE,)))
    renderer = _renderer(one, two)
    before = _drawn(renderer, _layer(one))

    during = _drawn(renderer, _layer(one), _layer(two, opacity=0.4))

    assert np.array_equal(during[120:], before[120:])
    assert NIGHT[1] < during[:100, :, 1].max() < before[:100, :, 1].max()


def test_coming_to_rest_is_not_seen() -> None:
    """From the last moving frame to the one from full colour light changes by half a code on average, each colour by one.

    In tiles so small that all their colours are detail, colour changes by two: chroma is kept for every fourth pixel.
    """
    for composition, limit in ((_growing(A, TITLE), 1.0), (_growing(B, SCRIM, TITLE), 1.0), (_tiles(Backdrop(A)), 2.0)):
        renderer = _renderer(composition)
        moving = _drawn(renderer, _layer(composition)).astype(int)
        rest = _drawn(renderer, _layer(composition, at_rest=True)).astype(int)
        difference = (moving - rest)[..., :3]
        assert np.abs(difference @ np.array([0.114, 0.587, 0.299])).mean() < 0.5
        assert np.abs(difference).mean() < limit


def test_a_picture_depends_on_its_scene_alone() -> None:
    """Whatever was drawn before, in any order, the same scene gives the same bytes."""
    one, tiles = _growing(A, SCRIM, TITLE), _tiles(Backdrop(B), TITLE)
    scenes = [
        [_layer(one, 0.1)],
        [_layer(one, 0.8)],
        [_layer(tiles, 0.0)],
        [_layer(tiles, 0.6)],
        [_layer(one, 0.9), _layer(tiles, 0.2, 0.5)],
        [_layer(tiles, 1.0), _layer(one, 0.0, 0.25)],
        [_layer(one, 1.0, at_rest=True)],
        [_layer(one), _layer(tiles, 0.3, 0.5), _layer(one, 0.5, 0.5)],
    ]
    fresh = [_drawn(_renderer(one, tiles), *layers) for layers in scenes]
    renderer = _renderer(one, tiles)

    for k in (*range(8), 3, 6, 3, 1, 4, 0, 7, 2, 5, 4):
        assert np.array_equal(_drawn(renderer, *scenes[k]), fresh[k])


def test_tiles_appear_as_figures_do() -> None:
    """Mixing prepared tiles gives what drawing each as a figure gives, within a code or two of rounding."""
    quick = _tiles(Backdrop(A), SCRIM)
    nudged = [replace(m, first=replace(m.first, place=m.first.place._replace(x=m.first.place.x - 1))) for m in quick.moves]
    slow = replace(quick, moves=tuple(nudged))
    renderer = _renderer(quick, slow)
    figures = tuple(replace(m.last, opacity=k / 7) for k, m in enumerate(quick.moves))

    one, two = (_drawn(renderer, Layer(each, figures, at_rest=False)).astype(int) for each in (quick, slow))

    assert np.abs(one - two).mean() < 0.5
    assert np.percentile(np.abs(one - two), 99.5) <= 4


def test_tiles_that_touch_appear_in_any_order() -> None:
    """Tiles that share their edges' pixels look the same whichever came first."""
    figures = [Figure((A, B)[k % 2], Rect(10.5 + 41.3 * k, 20.2, 41.3, 90), WHOLE) for k in range(5)]
    tiles = Composition(CANVAS, Fill(NIGHT), tuple(Move(replace(f, opacity=0.0), f) for f in figures))
    forward, backward = _renderer(tiles), _renderer(tiles)
    for k in range(6):
        _drawn(forward, Layer(tiles, tuple(replace(f, opacity=float(n < k)) for n, f in enumerate(figures)), at_rest=False))
        _drawn(backward, Layer(tiles, tuple(replace(f, opacity=float(n >= 5 - k)) for n, f in enumerate(figures)), at_rest=False))

    assert np.array_equal(_drawn(forward, _layer(tiles)), _drawn(backward, _layer(tiles)))


def test_figures_left_out_are_not_drawn() -> None:
    """A layer need not list the tiles that have not begun to appear."""
    tiles = _tiles()
    renderer = _renderer(tiles)
    figures = _layer(tiles).figures

    some = _drawn(renderer, Layer(tiles, figures[2:5], at_rest=False))

    hidden = tuple(replace(f, opacity=float(2 <= k < 5)) for k, f in enumerate(figures))
    assert np.array_equal(some, _drawn(renderer, Layer(tiles, hidden, at_rest=False)))


@pytest.mark.parametrize("size", [Size(1366, 768), Size(853, 480), Size(641, 361), Size(384, 54), Size(90, 161)])
def test_any_canvas_is_drawn(size: Size) -> None:
    """Sides that are odd or not divisible by four give contiguous, opaque frames of just that size, with their last pixels."""
    one = _growing(A, replace(TITLE, x=2), Rule(Rect(size.width - 1, size.height - 1, 1, 1), INK), canvas=size)
    whole = Figure(B, Rect(0, 0, *size), WHOLE)
    bleeding = replace(one, moves=(Move(whole, whole),), ink=())
    renderer = _renderer(one, bleeding)

    for layers in ([_layer(one, 0.5)], [_layer(one, at_rest=True)], [_layer(one), _layer(bleeding, opacity=0.5)]):
        frame = renderer.draw(_scene(*layers))
        assert frame.shape == (size.height, size.width, 4)
        assert frame.flags.c_contiguous
        assert (frame[..., 3] == 255).all()
    moving, rest = (_drawn(renderer, _layer(bleeding, at_rest=at_rest)).astype(int) for at_rest in (False, True))
    assert np.abs(moving[-1] - rest[-1]).mean() < 4
    assert np.abs(moving[:, -1] - rest[:, -1]).mean() < 4


def test_what_was_not_prepared_is_an_error_that_says_so() -> None:
    """Asking for it raises our own error, and the renderer goes on with what it has."""
    one, two = _growing(A), _growing(B)
    renderer = _renderer(one)

    with pytest.raises(DrawError, match="not prepared"):
        renderer.draw(_scene(_layer(two)))
    with pytest.raises(DrawError, match="no place"):
        renderer.draw(Scene(CANVAS, (), until=0))
    with pytest.raises(DrawError, match="no place"):
        renderer.draw(Scene(Size(4, 4), (_layer(one),), until=0))
    with pytest.raises(DrawError, match="no figure"):
        renderer.draw(_scene(Layer(one, _layer(two).figures, at_rest=False)))
    with pytest.raises(DrawError, match="was not given"):
        renderer.prepare(two, {A: PHOTOS[A]})
    with pytest.raises(DrawError, match="cannot be drawn"):
        renderer.prepare(_growing(A, canvas=Size(8, 8)), PHOTOS)

    assert _drawn(renderer, _layer(one)).any()


def test_a_released_photo_is_nowhere_in_memory() -> None:
    """After the next frame nothing holds pixels of what was released: no preparation, no planes, no scratch."""
    white = np.full((240, 360, 3), 255, np.uint8)
    one, plain = _growing(A), Composition(CANVAS, Fill(NIGHT))
    renderer = CpuRenderer(CANVAS, FakeLetters())
    renderer.prepare(one, {A: white})
    renderer.prepare(plain, {})
    _drawn(renderer, _layer(plain), _layer(one, opacity=0.5))
    kept = renderer._known[one]
    held = [weakref.ref(each) for each in (kept.ground.luma, kept.ground.chroma, kept.sources[0].luma.pixels, kept.rest)]
    del kept

    renderer.release(one)
    frame = _drawn(renderer, _layer(plain))

    gc.collect()
    assert [ref() for ref in held] == [None] * 4
    assert (frame[..., 2::-1] == NIGHT).all()
    assert renderer._mixed is not None
    assert renderer._mixed.luma.max() <= 16
    assert all(desk.planes.luma.max() < 30 for desk in renderer._desks)
    assert not any(scratch._memory.any() for scratch in (renderer._scratch, *(desk._scratch for desk in renderer._desks)))
    with pytest.raises(DrawError):
        renderer.draw(_scene(_layer(one)))


def test_a_failed_preparation_leaves_nothing() -> None:
    """Releasing what could not be prepared, or was released before, is harmless, and it may be prepared after all."""
    one = _growing(A)
    renderer = CpuRenderer(CANVAS, FakeLetters())
    with pytest.raises(DrawError):
        renderer.prepare(one, {A: np.zeros((3, 3), np.uint8)})

    renderer.release(one)
    renderer.release(one)

    assert not renderer._known
    renderer.prepare(one, PHOTOS)
    assert _drawn(renderer, _layer(one)).any()


def test_photos_given_are_not_kept() -> None:
    """The decoded photo may go as soon as it is prepared."""
    photo = picture(Size(360, 240), 1).copy()
    ref = weakref.ref(photo)
    one, tiles = _growing(A), _tiles()
    renderer = CpuRenderer(CANVAS, FakeLetters())
    renderer.prepare(one, {A: photo})
    renderer.prepare(tiles, {A: photo, B: photo})

    del photo
    gc.collect()

    assert ref() is None


def test_slides_are_prepared_while_others_are_drawn() -> None:
    """A loader's thread prepares and releases while frames are drawn, and no frame is changed by it."""
    steady, coming = _growing(A, TITLE), [_growing(B, SCRIM), _tiles(Backdrop(B)), _growing(B, TITLE)]
    renderer = _renderer(steady)
    wanted = _drawn(renderer, _layer(steady, 0.3))
    done = threading.Event()

    def load() -> None:
        for _ in range(4):
            for each in coming:
                renderer.prepare(each, PHOTOS)
            for each in coming:
                renderer.release(each)
        done.set()

    loader = threading.Thread(target=load, name="loader")
    loader.start()
    while not done.is_set():
        assert np.array_equal(_drawn(renderer, _layer(steady, 0.3)), wanted)
        _drawn(renderer, _layer(steady, 0.6))
    loader.join()


def test_more_threads_draw_the_same_picture() -> None:
    """Two layers put together at the same time are those put together one after the other, errors included."""
    one, two = _growing(A, SCRIM), _growing(B, TITLE)
    alone, together = CpuRenderer(CANVAS, FakeLetters()), CpuRenderer(CANVAS, FakeLetters(), threads=2)
    for renderer in (alone, together):
        renderer.prepare(one, PHOTOS)
        renderer.prepare(two, PHOTOS)

    for x in (0.1, 0.5, 0.9):
        layers = (_layer(one, x), _layer(two, 1 - x, x))
        assert np.array_equal(_drawn(together, *layers), _drawn(alone, *layers))
    with pytest.raises(DrawError, match="no figure"):
        together.draw(_scene(_layer(one), Layer(two, _layer(one).figures, 0.5, at_rest=False)))


@pytest.mark.parametrize("kind", ["zoom", "fade", "mosaic", "words"])
def test_frames_are_made_in_memory_that_is_there(kind: Kind) -> None:
    """Drawing a thousandth frame allocates no picture: what is new in a frame is less than a tenth of the canvas."""
    size = Size(640, 360)
    played = act(kind, size)
    renderer = CpuRenderer(size, FakeLetters())
    for composition in played.compositions:
        renderer.prepare(composition, played.photos)
    for x in (0.1, 0.5, 0.99):
        renderer.draw(played.scene_at(x))
    scene = played.scene_at(0.51)
    tracemalloc.start()
    try:
        renderer.draw(scene)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < size.width * size.height * 4 / 10


def test_a_released_photo_is_forgotten_though_nothing_else_is_drawn() -> None:
    """In the dark no frame is drawn over it; and memory that was short is a picture that cannot be drawn."""
    size = Size(361, 241)
    one = _growing(A, canvas=size)
    renderer = CpuRenderer(size, FakeLetters(), threads=2)
    renderer.prepare(one, {A: np.full((240, 360, 3), 255, np.uint8)})
    drawn = renderer.draw(Scene(size, (_layer(one, x=0.5),), until=0))
    assert drawn[..., :3].max() > 200
    renderer.forget()
    assert drawn[..., :3].max() > 200
    renderer.release(one)
    renderer.forget()
    assert not drawn[..., :3].any()
    assert renderer._wide is not None
    assert not renderer._wide[..., :3].any()
    assert all(desk.planes.luma.max() <= 16 for desk in renderer._desks)


def test_memory_that_is_short_is_told_as_a_picture_that_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one stays, and the loop goes on."""
    one = _growing(A)
    renderer = _renderer(one)

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(renderer, "_draw_pictures", fail)
    with pytest.raises(DrawError, match="cannot be drawn"):
        renderer.draw(_scene(_layer(one, opacity=0.5), _layer(one)))
    monkeypatch.setattr("player.render.cpu.prepare", fail)
    with pytest.raises(DrawError, match="cannot be made ready"):
        renderer.prepare(_growing(B), PHOTOS)


def test_where_a_clip_has_no_frame_the_ground_is_seen() -> None:
    """A film that is not there yet, or not any more, leaves what lies beneath it: no error, and nothing black."""
    with_clip = replace(_growing(A), clips=(Clip("film", Rect(0, 0, 322, 182), 0, is_live=False),))
    renderer = _renderer(with_clip, _growing(A))
    clipped, plain = (renderer.draw(_scene(_layer(each))).copy() for each in (with_clip, _growing(A)))
    assert np.array_equal(clipped, plain)
