"""Films in the CPU renderer: frames at their place, over the ground, under the ink; and what is said in them."""

# pyright: reportPrivateUsage=false
# A released film must be nowhere: only from inside can the memory be searched.
from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from player.errors import DrawError
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.render.subtitles import MOST
from player.render.trial import picture
from player.show.motion import layer_at
from player.show.scene import Backdrop, Clip, Code, Composition, Face, Figure, Fill, Ink, Layer, Move, Rule, Scene, Spoken, Words
from player.units import SECOND, WHOLE, Digest, Nanos, Rect, Size
from tests.fakes.letters import FakeCoverage, FakeLetters
from tests.fakes.moving import FakeMoving, frame_of

CANVAS = Size(320, 180)
ODD = Size(321, 181)
NIGHT, INK = (11, 11, 13), (244, 239, 228)
A = Digest("a" * 64)
PHOTOS = {A: picture(Size(360, 240), 1)}
PLACE = Rect(40, 20, 240, 136)
FRAME = Rect(0, 0, 320, 180)
RULE = Rule(Rect(10, 170, 40, 2), INK)


def film(
    place: Rect = PLACE, *ink: Ink, canvas: Size = CANVAS, source: str = "film", spoken: tuple[Spoken, ...] = ()
) -> Composition:
    """A film on night."""
    return Composition(canvas, Fill(NIGHT), (), ink, (Clip(source, place, 0, is_live=False),), spoken=spoken)


def renderer_of(moving: FakeMoving | None, *compositions: Composition, threads: int = 1) -> CpuRenderer:
    """Return a renderer that has everything ready."""
    renderer = CpuRenderer(compositions[0].canvas, FakeLetters(), threads, moving=moving)
    for composition in compositions:
        renderer.prepare(composition, PHOTOS)
    return renderer


def drawn(renderer: CpuRenderer, *layers: Layer | Composition) -> Image:
    """Draw layers, or compositions as they are half a second after their cue began."""
    made = [each if isinstance(each, Layer) else layer_at(each, SECOND // 2) for each in layers]
    return renderer.draw(Scene(made[0].composition.canvas, tuple(made), until=0)).copy()


def bgra_of(size: Size, serial: int) -> Image:
    """Return a frame in colour."""
    frame = frame_of(size, serial)
    return np.asarray(cv2.cvtColorTwoPlane(frame.luma, frame.chroma, cv2.COLOR_YUV2BGRA_NV12), np.uint8)


@pytest.mark.parametrize("canvas", [CANVAS, ODD])
@pytest.mark.parametrize("place", [PLACE, FRAME, Rect(-60, -20, 200, 100), Rect(200, 100, 200, 120), Rect(0, 0, 322, 182)])
def test_a_frame_is_seen_at_its_place_exactly(canvas: Size, place: Rect) -> None:
    """Every pixel of it, however much lies on the canvas, and night to the byte around it; the next frame likewise."""
    moving = FakeMoving()
    renderer = renderer_of(moving, film(place, canvas=canvas))
    left, top, width, height = (int(edge) for edge in place)
    for serial in (1, 2):
        moving.serial = serial
        wide = np.full((height + 400, width + 400, 4), 255, np.uint8)
        wide[:] = (*NIGHT[::-1], 255)
        expected = np.full((canvas.height, canvas.width, 4), 255, np.uint8)
        expected[:] = (*NIGHT[::-1], 255)
        rows = slice(max(0, top), min(canvas.height, top + height))
        columns = slice(max(0, left), min(canvas.width, left + width))
        frame = bgra_of(Size(width, height), serial)
        expected[rows, columns] = frame[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]

        assert np.array_equal(drawn(renderer, film(place, canvas=canvas)), expected)


def test_one_that_is_wholly_beyond_the_canvas_is_not_seen() -> None:
    """Nor does it disturb anything."""
    away = film(Rect(400, 10, 100, 50), RULE)
    moving = FakeMoving()
    bare = replace(away, clips=())
    assert np.array_equal(drawn(renderer_of(moving, away), away), drawn(renderer_of(None, bare), bare))


@pytest.mark.parametrize("ground", [Fill(NIGHT), Backdrop(A)])
def test_without_a_frame_the_ground_is_seen(ground: Fill | Backdrop) -> None:
    """Before the first one, and whole again where there was one, beside another film that goes on."""
    moving = FakeMoving(gone={"left", "right"})
    clips = tuple(Clip(name, Rect(x, 20, 120, 100), 0, is_live=False) for name, x in (("left", 20), ("right", 150)))
    both = Composition(CANVAS, ground, (), (RULE,), clips)
    renderer = renderer_of(moving, both)
    bare = drawn(renderer, both)
    assert np.array_equal(bare, drawn(renderer_of(None, both), both))

    moving.gone = {"right"}
    one = drawn(renderer, both)
    moving.gone = set()
    assert not np.array_equal(drawn(renderer, both), one)
    moving.gone = {"right"}
    assert np.array_equal(drawn(renderer, both), one)
    moving.gone = {"left", "right"}
    assert np.array_equal(drawn(renderer, both), bare)


def test_a_frame_of_another_size_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    """Never drawn skewed: the ground is seen, and one line says why, for as long as it lasts."""
    moving, bare = FakeMoving(size=Size(242, 136)), drawn(renderer_of(None, film()), film())
    renderer = renderer_of(moving, film())
    for serial in range(1, 5):
        moving.serial = serial
        assert np.array_equal(drawn(renderer, film()), bare)
    assert [record.getMessage() for record in caplog.records].count(
        "a film's frames have another size than its place: they are not shown"
    ) == 1
    moving.size = None
    assert np.array_equal(drawn(renderer, film())[20:156, 40:280], bgra_of(Size(240, 136), 4))


@pytest.mark.parametrize("threads", [1, 2])
def test_it_fades_like_anything_else(threads: int) -> None:
    """Half way to a photo every pixel is the mean of both, while the film goes on."""
    moving = FakeMoving()
    last = Figure(A, Rect(60, 30, 200, 120), WHOLE)
    photo = Composition(CANVAS, Backdrop(A), (Move(replace(last, opacity=0.0), last),))
    renderer = renderer_of(moving, film(), photo, threads=threads)
    above = layer_at(photo, SECOND)
    for serial in (1, 2):
        moving.serial = serial
        half = drawn(renderer, layer_at(film(), 0), replace(above, opacity=0.5)).astype(float)
        mean = (drawn(renderer, film()).astype(float) + drawn(renderer, replace(above, at_rest=False))) / 2
        assert np.abs(half - mean).mean() < 0.7
        assert np.percentile(np.abs(half - mean), 99) <= 3


def test_it_lies_over_figures_that_move() -> None:
    """Photos grow and appear beneath it as they do without it."""
    moving = FakeMoving()
    first, last = Figure(A, Rect(30, 30, 200, 120), WHOLE), Figure(A, Rect(20.5, 20, 230, 138), WHOLE)
    for begin in (first, replace(last, opacity=0.0)):
        both = replace(film(Rect(100, 60, 80, 40)), moves=(Move(begin, last, 0, 10 * SECOND),))
        renderer = renderer_of(moving, both)
        for at in range(11):
            moving.serial = 1 + at // 2
            layer = layer_at(both, at * SECOND)
            assert np.array_equal(drawn(renderer, layer), drawn(renderer_of(moving, both), layer))


def test_the_same_frame_is_not_laid_again() -> None:
    """One with the same number costs nothing, whatever its memory holds by now."""
    moving = FakeMoving(level=100)
    renderer = renderer_of(moving, film())
    seen = drawn(renderer, film())
    moving.level = 200
    assert np.array_equal(drawn(renderer, film()), seen)
    moving.serial = 2
    assert not np.array_equal(drawn(renderer, film()), seen)


def test_its_serials_say_whether_to_draw_again() -> None:
    """Of every clip that can be seen, one number; 0 where nothing is there; of what is hidden, none."""
    moving = FakeMoving(serial=7, gone={"other"})
    one, other = film(), film(source="other")
    renderer = renderer_of(moving, one, other)
    assert renderer.serials(Scene(CANVAS, (layer_at(one, 0), layer_at(other, 0, 0.5)), until=0)) == (7, 0)
    assert renderer.serials(Scene(CANVAS, (layer_at(one, 0), layer_at(other, 0)), until=0)) == (0,)
    assert moving.asked[0] == ("film", 0)
    assert renderer_of(None, one).serials(Scene(CANVAS, (layer_at(one, 0),), until=0)) == ()


def test_nothing_is_left_of_one_that_was_released() -> None:
    """Neither on the desks nor in the mix, nor in what was drawn last."""
    moving = FakeMoving(level=235)
    one, other = film(FRAME), film(FRAME, source="other")
    renderer = renderer_of(moving, one, other)
    drawn(renderer, one, layer_at(other, 0, 0.5))
    for composition in (one, other):
        renderer.release(composition)
    renderer.forget()
    assert renderer._mixed is not None
    assert all(planes.luma.max() == 16 for planes in (renderer._mixed, *(desk.planes for desk in renderer._desks)))
    assert renderer._drawn is not None
    assert not renderer._drawn[..., :3].any()
    with pytest.raises(DrawError):
        drawn(renderer, one)


# What is said


def said(*texts: str, length: Nanos = 2 * SECOND) -> tuple[Spoken, ...]:
    """Return subtitles one after another."""
    return tuple(
        Spoken(k * length, (k + 1) * length, (Words(text, "en", "sans", 14, INK, 60, 150),)) for k, text in enumerate(texts)
    )


class CountingLetters(FakeLetters):
    """Knows what was set."""

    def __init__(self) -> None:
        self.set: list[str] = []

    def coverage(self, text: str, *, language: str, face: Face, size_px: float, x_fraction: float = 0.0) -> FakeCoverage:
        """Set it."""
        self.set.append(text)
        return super().coverage(text, language=language, face=face, size_px=size_px, x_fraction=x_fraction)


def test_what_is_said_is_seen_for_its_time() -> None:
    """As if it were written on the film, from its begin to its end, and not a frame longer."""
    talk = film(spoken=(*said("one"), replace(said("two")[0], begin=5 * SECOND, end=6 * SECOND)))
    moving = FakeMoving()
    renderer = CpuRenderer(CANVAS, FakeLetters(), moving=moving, waits=True)
    renderer.prepare(talk, {})
    for at, text in ((0, "one"), (2 * SECOND - 1, "one"), (2 * SECOND, ""), (5 * SECOND, "two"), (6 * SECOND, "")):
        written = film(PLACE, *(said(text)[0].ink if text else ()))
        seen = drawn(renderer, layer_at(talk, at))
        assert np.array_equal(seen, drawn(renderer_of(moving, written), layer_at(written, at))), at


def test_only_what_is_said_soon_is_made() -> None:
    """Of two hours, a few lines at a time: some before the first picture, the others shortly before theirs; then they go."""
    letters = CountingLetters()
    talk = film(spoken=said(*(str(k) for k in range(1500))))
    renderer = CpuRenderer(CANVAS, letters, moving=FakeMoving(), waits=True)
    renderer.prepare(talk, {})
    assert 1 <= len(letters.set) <= MOST + 1
    sayings = renderer._subtitles._sayings[talk]
    for at in range(0, 600 * SECOND, SECOND):
        drawn(renderer, layer_at(talk, at))
        assert len(sayings._known) <= MOST + 1
    renderer.release(talk)
    assert not renderer._subtitles._sayings
    renderer._subtitles._hand.shutdown()
    assert set(letters.set) >= {str(k) for k in range(300)}
    assert len(letters.set) == len(set(letters.set)) <= 300 + MOST


def test_what_cannot_be_set_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """The film goes on without those words, and the log says so."""
    code = Code("x" * 4000, Rect(0, 0, 20, 20), NIGHT, INK)
    talk = film(spoken=(Spoken(0, SECOND, (code,)), *said("one", "two")[1:]))
    renderer = CpuRenderer(CANVAS, FakeLetters(), moving=FakeMoving(), waits=True)
    renderer.prepare(talk, {})
    bare = film()
    assert np.array_equal(drawn(renderer, layer_at(talk, 0)), drawn(renderer_of(FakeMoving(), bare), bare))
    assert not np.array_equal(drawn(renderer, layer_at(talk, 3 * SECOND)), drawn(renderer_of(FakeMoving(), bare), bare))
    assert "a subtitle is left out: it cannot be drawn" in [record.getMessage() for record in caplog.records]
