"""Where subtitles stand: in the picture or beneath it, within the margin, off the masks, and legible over anything."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest

from player.render.ink import shadow_patch
from player.render.scrim import contrast
from player.show.footage import Said
from player.show.layout.fitting import covered
from player.show.layout.page import safe_area, unit_of
from player.show.layout.subtitle import LEADING, LEAST_OF_ALL, SIZE, SIZES, STRENGTH, lay_out_subtitles, share_for
from player.show.layout.way import boxes_of
from player.show.look import CAPTION_SMALLEST, CONTRAST, INK, NIGHT
from player.show.scene import Ink, Shadow, Words
from player.show.slide import Cells, Room, Stage
from player.text.bidi import is_right_to_left, visual_runs
from player.text.typeset import Typesetter
from player.units import Rect, Size
from tests.fakes.measure import FixedMeasure

FULL_HD = Size(1920, 1080)
WHOLE = Rect(0.0, 0.0, 1920.0, 1080.0)
SHORT = Said(("We were told to pack one suitcase each,", "and to be at the station by six."), "en")
LONG = Said(("word " * 18 + "end.",), "en")
LONGEST = Said(("seven77 " * 50,), "en")
HEBREW = Said(("BBC אמרו את זה ב-1945, אבל לא האמנו!", "אני (יוסף)."), "he")
NOTE = Said(("NARRATOR: A station.",), "en", is_high=True)


def _laid(said: Sequence[Said], *, place: Rect = WHOLE, stage: Stage | None = None) -> tuple[Ink, ...]:
    return lay_out_subtitles(said, place=place, stage=stage or Stage(FULL_HD), measure=FixedMeasure())


def _words(ink: Sequence[Ink]) -> list[Words]:
    return [each for each in ink if isinstance(each, Words)]


def _text(ink: Sequence[Ink]) -> str:
    """Return what can be read, without the marks that turn lines about."""
    return " ".join(each.text for each in _words(ink)).replace("\u200e", "").replace("\u200f", "")


def test_lines_that_fit_stay_as_they_were_written() -> None:
    """Two lines, centred, at the foot of the safe area, a twelfth of the height apart, on one shadow."""
    shadow, first, second = _laid([SHORT])
    assert isinstance(shadow, Shadow)
    assert isinstance(first, Words)
    assert isinstance(second, Words)

    assert (first.text, second.text) == SHORT.lines
    assert first.size_px == SIZE * 1080
    assert second.baseline - first.baseline == pytest.approx(LEADING * SIZE * 1080, abs=1)
    assert (second.baseline - first.baseline) / 1080 == pytest.approx(1 / 12.5, rel=0.05)
    box, *_ = boxes_of([first], FixedMeasure())
    assert box.x + box.width / 2 == pytest.approx(960, abs=1)
    assert max(each.bottom for each in boxes_of([second], FixedMeasure())) == pytest.approx(
        safe_area(Stage(FULL_HD)).bottom, abs=2
    )


@pytest.mark.parametrize(
    ("canvas", "place"),
    [
        (FULL_HD, WHOLE),
        (FULL_HD, Rect(240, 0, 1440, 1080)),
        (FULL_HD, Rect(0, 138, 1920, 804)),
        (Size(1024, 768), Rect(0, 0, 1024, 768)),
        (Size(1080, 1920), Rect(0, 656, 1080, 608)),
        (Size(1080, 1920), Rect(0, 0, 1080, 1920)),
        (Size(3840, 1080), Rect(960, 0, 1920, 1080)),
        (Size(3840, 540), Rect(1440, 0, 960, 540)),
        (Size(800, 600), Rect(0, 0, 800, 600)),
    ],
)
@pytest.mark.parametrize("said", [[SHORT], [LONG], [SHORT, HEBREW], [LONG, NOTE], [LONGEST], [LONGEST, LONGEST]])
def test_on_any_wall_all_of_it_is_there_within_the_margin(canvas: Size, place: Rect, said: list[Said]) -> None:
    """No word is cut, none leaves the safe area or lies on another, and each line of ink in the picture is on a shadow."""
    ink = _laid(said, place=place, stage=Stage(canvas))
    safe, boxes = safe_area(Stage(canvas)), list(boxes_of(ink, FixedMeasure()))

    expected = sorted(" ".join(line for each in said for line in each.lines).split())
    assert sorted(_text(ink).split()) == expected
    for box in boxes:
        assert box.x >= safe.x - 1
        assert box.right <= safe.right + 1
        assert box.y >= safe.y - 1
        assert box.bottom <= safe.bottom + 1
        shadows = [each.place for each in ink if isinstance(each, Shadow)]
        is_on_one = any(s.x <= box.x and s.y <= box.y and s.right >= box.right and s.bottom >= box.bottom for s in shadows)
        assert is_on_one or box.y >= place.bottom
    for one, other in combinations(boxes, 2):
        assert one.bottom <= other.y or other.bottom <= one.y
    if LONGEST not in said:
        assert min(each.size_px for each in _words(ink)) >= CAPTION_SMALLEST * unit_of(canvas) * 0.9


def test_a_long_sentence_is_broken_evenly() -> None:
    """Three lines of nearly one length, in the same size as two: seven words, six and six, not seven, seven and five."""
    ink = _words(_laid([LONG]))

    widths = [len(each.text) for each in ink]
    assert len(ink) == 3
    assert max(widths) - min(widths) <= 6
    assert {each.size_px for each in ink} == {SIZE * 1080}


def test_words_stand_beneath_the_picture_where_there_is_room() -> None:
    """On a totem a landscape film leaves room below: nothing of it is covered, and no shadow is needed."""
    place = Rect(0, 656, 1080, 608)
    ink = _laid([SHORT], place=place, stage=Stage(Size(1080, 1920)))

    assert not any(isinstance(each, Shadow) for each in ink)
    assert min(box.y for box in boxes_of(ink, FixedMeasure())) > place.bottom


def test_beside_a_narrow_film_words_use_the_night() -> None:
    """A portrait film on a wide wall: two lines as they were written, wider than the picture, and not six over a face."""
    place = Rect(656, 0, 606, 1080)
    words = _words(_laid([SHORT], place=place))

    assert tuple(each.text for each in words) == SHORT.lines
    assert {each.size_px for each in words} == {SIZE * 1080}
    boxes = list(boxes_of(words, FixedMeasure()))
    assert min(box.x for box in boxes) < place.x
    assert max(box.right for box in boxes) > place.right


def test_two_languages_stand_beneath_rather_than_over_a_face() -> None:
    """On a 4:3 wall, beneath a picture that was lifted for them: smaller, but still larger than captions."""
    stage = Stage(Size(1024, 768))
    words = _words(_laid([SHORT, HEBREW], place=Rect(0, 0, 1024, 576), stage=stage))

    assert len(words) == 4
    assert min(box.y for box in boxes_of(words, FixedMeasure())) > 576
    assert min(each.size_px for each in words) > CAPTION_SMALLEST * unit_of(stage.canvas)


def test_a_film_has_one_size_of_letters() -> None:
    """That of its longest subtitles, within limits: a short one is not larger; one out of all measure shrinks nobody."""
    place, stage, measure = Rect(240, 0, 1440, 1080), Stage(FULL_HD), FixedMeasure()
    long = Said(("word " * 36 + "end.",), "en")
    share = share_for([[SHORT], [long]], place=place, stage=stage, measure=measure)
    sizes = {
        each.size_px
        for said in (SHORT, long)
        for each in _words(lay_out_subtitles([said], place=place, stage=stage, measure=measure, share=share))
    }
    assert len(sizes) == 1
    assert sizes < {SIZE * 1080 * each for each in SIZES[1:]}
    assert share_for([[SHORT]], place=WHOLE, stage=stage, measure=measure) == 1
    assert share_for([[SHORT], [LONGEST]], place=place, stage=stage, measure=measure) == LEAST_OF_ALL
    assert share_for([], place=place, stage=stage, measure=measure) == 1


def test_what_belongs_to_the_top_stands_there() -> None:
    """A name at the picture's foot stays free; what is said stands below, the note above, each on its shadow."""
    ink = _laid([NOTE, SHORT])
    note, *said = sorted(_words(ink), key=lambda each: each.baseline)

    assert note.text == NOTE.lines[0]
    assert note.baseline < 200
    assert min(each.baseline for each in said) > 900
    assert [isinstance(each, Shadow) for each in ink] == [True, True, False, False, False]


def test_two_languages_stand_one_above_the_other() -> None:
    """In their order, in one size, with a little more between them than between lines."""
    words = _words(_laid([SHORT, HEBREW]))

    assert [each.language for each in words] == ["en", "en", "he", "he"]
    gaps = np.diff([each.baseline for each in words])
    assert gaps[1] > 1.2 * gaps[0]
    assert len({each.size_px for each in words}) == 1


def test_each_speaker_begins_a_line() -> None:
    """Where two speak in one subtitle that is broken anew, a dash never stands in the middle of a line."""
    said = Said(("- Did you know him at all, after everything that had happened to the two of you there?", "- Yes."), "en")

    lines = [each.text for each in _words(_laid([said]))]

    assert lines[-1] == "- Yes."
    assert not any(" - " in line for line in lines)


def test_no_line_ends_with_a_word_of_one_letter() -> None:
    """As printers in Poland and Czechia have it: what belongs to the next word goes with it."""
    said = Said(
        ("Kazano nam spakować po jednej walizce i o szóstej rano stawić się na dworcu, a z ojcem już się nie widziałam.",), "pl"
    )

    lines = [each.text for each in _words(_laid([said]))]

    assert len(lines) > 1
    assert not any(len(line.split()[-1]) == 1 for line in lines[:-1])


@pytest.mark.parametrize(
    ("text", "language", "runs_left"),
    [
        ("BBC אמרו את זה!", "he", True),
        ("1945 היה קשה.", "he", True),
        ("Hello, how are you?", "he", False),
        ("שלום means peace.", "en", False),
        ("أهلا BBC.", "ar", True),
        ("1944.", "he", True),
        ("1944.", "en", False),
        ("שלום world.", "", True),
        ("יידיש", "yi-Hebr", True),
    ],
)
def test_a_line_runs_as_its_language_does(text: str, language: str, *, runs_left: bool) -> None:
    """A Latin name or a number at the beginning turns no Hebrew sentence about, and a full stop stands at its end."""
    (words,) = _words(_laid([Said((text,), language)]))

    assert words.text.strip("\u200e\u200f") == text
    if not text[:4].isdecimal() or len(text) > 5:
        assert is_right_to_left(words.text) == runs_left
    last = visual_runs(words.text)
    at_left = next(run for run in last if run.start <= len(words.text) - 1 < run.end)
    assert (at_left is last[0] or last[0].level % 2 == 1) if runs_left else at_left is last[-1]


def test_ink_reads_over_white_in_every_script() -> None:
    """On the shadow's full strength over pure white, ink has the contrast of WCAG's AA; drawn by the real typesetter too."""
    patch = shadow_patch(Shadow(Rect(20, 20, 40, 20), 12, NIGHT, STRENGTH), Size(80, 60))
    assert patch is not None
    white = np.full((60, 80, 3), 255, np.float32)
    box = patch.box
    under = white[box.top : box.bottom, box.left : box.right] * patch.kept[..., :3] / 255 + patch.ink[..., 2::-1]
    middle = under[20 - box.top : 40 - box.top, 20 - box.left : 60 - box.left]

    assert contrast(INK, np.asarray(middle, np.float32)).min() >= CONTRAST
    assert patch.ink[0, 0].max() < 4
    typed = lay_out_subtitles([SHORT, HEBREW], place=WHOLE, stage=Stage(FULL_HD), measure=Typesetter())
    assert len(_words(typed)) == 4


def _masked(stage: Stage, taken: Rect) -> Stage:
    """Return *stage* with a rectangle in which nothing may stand."""
    columns, rows = 96, 54
    flags = np.zeros((rows, columns), np.uint8)
    x, y = columns / stage.canvas.width, rows / stage.canvas.height
    flags[round(taken.y * y) : round(taken.bottom * y), round(taken.x * x) : round(taken.right * x)] = 1
    cells = Cells(stage.canvas, columns, rows, flags.tobytes())
    whole = Rect(0.0, 0.0, float(stage.canvas.width), float(stage.canvas.height))
    left = Rect(0.0, 0.0, taken.x, whole.height)
    return Stage(stage.canvas, stage.margin, Room((whole, left), cells, cells, cells))


@pytest.mark.parametrize(
    "taken", [Rect(0, 800, 1920, 280), Rect(900, 700, 200, 380), Rect(880, 0, 160, 1080), Rect(0, 0, 1920, 500)], ids=str
)
def test_words_give_way_to_masks(taken: Rect) -> None:
    """A window, a door or a cornice where subtitles would stand: they stand higher, or beside it, and lose nothing."""
    stage = _masked(Stage(FULL_HD), taken)
    assert stage.room is not None

    ink = _laid([SHORT], stage=stage)

    assert sorted(_text(ink).split()) == sorted(" ".join(SHORT.lines).split())
    assert covered(ink, stage.room, FixedMeasure()) == 0


def test_where_nothing_is_free_the_least_is_lost() -> None:
    """With masks everywhere there are words all the same: a picture of holes may still be read."""
    stage = _masked(Stage(FULL_HD), WHOLE)

    assert len(_words(_laid([SHORT], stage=stage))) == 2


def test_where_nothing_is_said_there_is_nothing() -> None:
    """No subtitle, no ink; and none either in a picture of a few pixels."""
    assert _laid([]) == ()
    assert _laid([Said((), "en")]) == ()
    assert _laid([LONGEST], place=Rect(0, 0, 40, 24), stage=Stage(Size(40, 24))) == ()
