"""Where a film stands: as large as it is seen whole, on even pixels; and what is said in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.show.footage import Footage, Said
from player.show.layout import lay_out, lay_out_dialogue
from player.show.layout.obstacles import obstacles_of
from player.show.scene import Composition, Words
from player.show.slide import FilmSlide, Pace, Phrase, Stage
from player.staging import stage_for
from player.units import SECOND, Rect, Size
from tests.fakes.measure import FixedMeasure
from tests.fakes.rooms import FULL_HD, box, masks, output, stage_of

PHRASE = Phrase("We Remember", "en")
MEASURE = FixedMeasure()
PACE = Pace(60 * SECOND, SECOND)


def laid_out(size: Size, stage: Stage, *, phrase: Phrase | None = None, subtitles: tuple[str, ...] = ()) -> Composition:
    """Lay a film out."""
    film = Footage(file="one.mp4", size=size, begin=10 * SECOND, end=70 * SECOND, subtitles=subtitles)
    return lay_out(FilmSlide(film=film, phrase=phrase), stage=stage, pace=PACE, measure=MEASURE, seed=0)


def place_of(size: Size, stage: Stage) -> Rect:
    """Where a film is."""
    return laid_out(size, stage).clips[0].place


sides = st.integers(32, 2100).map(lambda half: 2 * half)


@given(st.builds(Size, sides, sides).filter(lambda size: max(size) <= 8 * min(size)), st.builds(Size, sides, sides))
def test_any_film_on_any_wall_is_whole_and_even(size: Size, wall: Size) -> None:
    """Inside the canvas, in its own shape to a pixel or two, no side odd, no larger than frames can be handed on."""
    x, y, width, height = place_of(size, Stage(wall))
    assert all(side % 2 == 0 for side in (x, y, width, height))
    assert min(x, y) >= 0
    assert x + width <= wall.width
    assert y + height <= wall.height
    assert width <= 3840
    assert height <= 2160
    assert abs(width - height * size.width / size.height) <= 2 + 2 * size.width / size.height
    room = min(wall.width, 3840), min(wall.height, 2160)
    assert width >= room[0] - 2 or height >= room[1] - 2


@pytest.mark.parametrize(
    ("size", "wall", "place"),
    [
        (Size(1920, 1080), FULL_HD, Rect(0, 0, 1920, 1080)),
        (Size(1440, 1080), FULL_HD, Rect(240, 0, 1440, 1080)),
        (Size(720, 1280), FULL_HD, Rect(656, 0, 606, 1080)),
        (Size(1920, 1080), Size(7680, 2160), Rect(1920, 0, 3840, 2160)),
    ],
)
def test_a_film_stands_in_the_middle(size: Size, wall: Size, place: Rect) -> None:
    """Edge to edge where the shape is the wall's, with night on both sides where it is not."""
    assert place_of(size, Stage(wall)) == place


def test_a_film_is_lifted_where_what_is_said_has_room_beneath() -> None:
    """On 4:3, if it has subtitles, and higher for two languages; where there is no night enough it stays in the middle."""
    size, wall = Size(1920, 1080), Stage(Size(1024, 768))
    plain, one, two = (laid_out(size, wall, subtitles=("a.vtt",) * count).clips[0].place for count in range(3))
    assert plain.y == 96
    assert 96 > one.y > two.y == 0
    assert {each.height for each in (plain, one, two)} == {576}
    assert laid_out(size, Stage(Size(1920, 1200)), subtitles=("a.vtt",)).clips[0].place.y == 60


@pytest.mark.parametrize("wall", ["six windows", "left two thirds", "a tall wall with windows", "a gap"])
def test_a_film_keeps_off_what_is_masked(wall: str) -> None:
    """It is shown whole between windows and beside a mask, never behind them, and still as a picture."""
    stage = stage_of(wall)
    assert stage.room is not None
    place = place_of(Size(1920, 1080), stage)
    assert obstacles_of(stage.room).is_clear((), (place,))
    assert place.width * place.height > 0.02 * stage.canvas.width * stage.canvas.height


def test_a_film_lies_behind_windows_only_where_it_is_whole_nowhere() -> None:
    """Where no words may be, a film may; where all of a wall is windows, it is as large as the wall."""
    assert place_of(Size(1920, 1080), stage_of("no words below")) == Rect(0, 0, 1920, 1080)
    windows = masks("drop", *(box(20 + 140 * x, 10 + 120 * y, 120, 104) for x in range(14) for y in range(9)))
    assert place_of(Size(1920, 1080), stage_for(FULL_HD, (output(*windows),))).width > 1000


def test_words_stand_beneath_where_there_is_room() -> None:
    """On a totem; not where the film fills the wall, nor where what is said is written there."""
    totem = Stage(Size(1080, 1920))
    film = laid_out(Size(1920, 1080), totem, phrase=PHRASE)
    (words,) = (ink for ink in film.ink if isinstance(ink, Words))
    assert words.baseline > film.clips[0].place.bottom
    assert laid_out(Size(1920, 1080), Stage(FULL_HD), phrase=PHRASE).ink == ()
    assert laid_out(Size(1920, 1080), totem, phrase=PHRASE, subtitles=("one.vtt",)).ink == ()
    assert laid_out(Size(1920, 1080), totem).ink == ()


def test_what_is_said_is_in_the_time_of_the_cue() -> None:
    """A film that begins at ten seconds: what was said before is not shown, what goes on over its beginning and end is cut."""
    early, over, late, last = (Said((text,), "en") for text in ("early", "over", "late", "last"))
    dialogue = {
        (1 * SECOND, 9 * SECOND): (early,),
        (68 * SECOND, 80 * SECOND): (last,),
        (20 * SECOND, 22 * SECOND): (late,),
        (9 * SECOND, 12 * SECOND): (over,),
        (70 * SECOND, 90 * SECOND): (late,),
    }
    place = Rect(0, 0, 1920, 1080)
    found = list(lay_out_dialogue(dialogue, part=(10 * SECOND, 70 * SECOND), place=place, stage=Stage(FULL_HD), measure=MEASURE))
    assert [(spoken.begin // SECOND, spoken.end // SECOND) for spoken in found] == [(0, 2), (10, 12), (58, 60)]
    assert [ink.text for spoken in found for ink in spoken.ink if isinstance(ink, Words)] == ["over", "late", "last"]
