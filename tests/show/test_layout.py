"""Where everything stands, on walls of every shape."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.library.photo import Photo
from player.show.layout import Measure, lay_out, plate
from player.show.scene import Backdrop, Code, Composition, Ink, Rule, Scrim, Words
from player.show.slide import FactSlide, MosaicSlide, Pace, PairSlide, PhotoSlide, Phrase, Slide, Stage, Tally, WordsSlide
from player.text.fonts import Fonts
from player.text.typeset import Typesetter
from player.units import MILLISECOND, SECOND, Digest, Rect, Size
from tests.fakes.measure import FixedMeasure

WALLS = [
    Size(1920, 1080),
    Size(1024, 768),
    Size(1080, 1920),
    Size(3840, 1080),
    Size(3840, 540),
    Size(800, 600),
    Size(3840, 2160),
    Size(1080, 1080),
    Size(1366, 768),
    Size(640, 360),
    Size(540, 3840),
]
PACE = Pace(12 * SECOND, 1500 * MILLISECOND)
REAL = Typesetter(Fonts(system=lambda: ()))
EN, HE = Phrase("We Remember", "en"), Phrase("אנחנו זוכרים", "he")
LONG = Phrase("Nous nous souvenons de chacun d’eux", "fr")
PHRASES = [EN, HE, LONG, Phrase("Мы помним", "ru"), Phrase("نحن نتذكر", "ar"), Phrase("私たちは忘れない", "ja")]
CAPTIONS = [
    "",
    "From Zagreb, Croatia",
    "From a school in Łódź, Poland, where four classes came together to read the names of their town’s families aloud",
    "תלמידי בית הספר",
    "https://example.org/" + "a" * 180,
    "🕯️",
]


def digest(name: str) -> Digest:
    """Make up a digest."""
    return Digest(hashlib.sha256(name.encode()).hexdigest())


def photo(
    key: int = 1,
    aspect: float = 1.5,
    *,
    caption: str = "",
    credit: str = "",
    focal: tuple[float, float] | None = None,
) -> Photo:
    """Make up a photo of a shape."""
    width, height = (2400, round(2400 / aspect)) if aspect > 1 else (round(2400 * aspect), 2400)
    return Photo(
        key=key,
        source="demo",
        item=str(key),
        picture=digest(f"picture {key}"),
        tile=digest(f"tile {key}"),
        size=Size(width, height),
        tile_size=Size(max(1, width // 5), max(1, height // 5)),
        focal=focal,
        caption=caption,
        credit=credit,
        language="en",
    )


def laid_out(slide: Slide, wall: Size, *, measure: Measure = REAL, margin: float = 0.06, seed: int = 1) -> Composition:
    """Lay *slide* out on *wall*."""
    return lay_out(slide, stage=Stage(wall, margin), pace=PACE, measure=measure, seed=seed)


def box_of(ink: Ink, measure: Measure) -> Rect:
    """Return where *ink* is seen."""
    if isinstance(ink, Words):
        box = measure.extent(ink.text, language=ink.language, face=ink.face, size_px=ink.size_px)
        return Rect(ink.x + box.left, ink.baseline + box.top, box.right - box.left, box.bottom - box.top)
    return ink.place


def overlap(a: Rect, b: Rect) -> bool:
    """Whether two rectangles share more than a pixel's edge."""
    return a.x + 1 < b.right and b.x + 1 < a.right and a.y + 1 < b.bottom and b.y + 1 < a.bottom


def check(composition: Composition, measure: Measure, margin: float = 0.06) -> None:
    """Assert what holds for every slide on every wall."""
    wall = composition.canvas
    inset = min(margin * 0.75 * (wall.width * wall.height) ** 0.5, 0.25 * min(wall))
    boxes = [box_of(ink, measure) for ink in composition.ink if not isinstance(ink, Scrim)]
    for box in boxes:
        assert box.x >= inset - 1
        assert box.y >= inset - 1
        assert box.right <= wall.width - inset + 1
        assert box.bottom <= wall.height - inset + 1
    for i, box in enumerate(boxes):
        assert not any(overlap(box, other) for other in boxes[:i])
    scrimmed = any(isinstance(ink, Scrim) for ink in composition.ink)
    places = [move.last.place for move in composition.moves]
    if not scrimmed:
        assert not any(overlap(box, place) for box in boxes for place in places)
        assert all(place.x >= inset - 1 and place.right <= wall.width - inset + 1 for place in places if boxes)
    for i, place in enumerate(places):
        assert scrimmed or place == (0, 0, *wall) or all(value % 2 == 0 for value in place)
        assert not any(overlap(place, other) for other in places[:i])
    for move in composition.moves:
        for view in (move.first.view, move.last.view):
            assert view.x >= -1e-9
            assert view.y >= -1e-9
            assert view.right <= 1 + 1e-9
            assert view.bottom <= 1 + 1e-9


def slides() -> Sequence[Slide]:
    """Return one slide of every kind, and some awkward ones."""
    long = CAPTIONS[2]
    return [
        PhotoSlide(photo=photo(caption="From Zagreb, Croatia", credit="Ana"), phrase=EN, second=HE),
        PhotoSlide(photo=photo(aspect=0.75, caption=long, credit="Ana"), phrase=HE, second=EN),
        PhotoSlide(photo=photo(aspect=3.0, caption=long, credit="Ana"), phrase=LONG, second=LONG),
        PhotoSlide(photo=photo(aspect=1 / 3), phrase=EN),
        PairSlide(photos=(photo(1, 0.75, caption=long), photo(2, 0.6)), phrase=EN),
        PairSlide(photos=(photo(1, 0.75), photo(2, 0.6, caption="א", credit="B")), phrase=HE),
        MosaicSlide(photos=tuple(photo(i, 1.4) for i in range(32)), columns=8, rows=4, phrase=EN, tally=Tally(12_480, 47)),
        MosaicSlide(photos=tuple(photo(i, 0.7) for i in range(11)), columns=6, rows=4, phrase=HE),
        WordsSlide(phrase=EN, second=HE),
        WordsSlide(phrase=LONG),
        FactSlide(text="Six million Jews were murdered. " * 4, language="en", source="aboutholocaust.org", link="https://x.org"),
        FactSlide(text="שישה מיליון יהודים נרצחו בשואה.", language="he", source="aboutholocaust.org", link="https://x.org"),
    ]


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: f"{wall.width}x{wall.height}")
@pytest.mark.parametrize("slide", slides(), ids=lambda slide: type(slide).__name__)
def test_ink_stays_in_the_safe_area_and_off_the_photos(slide: Slide, wall: Size) -> None:
    """On every wall, no words leave the margin, touch each other or lie on a photo that does not fill the canvas."""
    composition = laid_out(slide, wall)
    check(composition, REAL)
    assert any(isinstance(ink, Words) for ink in composition.ink)


@settings(max_examples=120, deadline=None)
@given(
    wall=st.sampled_from(WALLS) | st.builds(Size, st.integers(320, 4000), st.integers(320, 4000)),
    aspect=st.floats(1 / 3, 3),
    phrase=st.sampled_from(PHRASES),
    second=st.none() | st.sampled_from(PHRASES),
    caption=st.sampled_from(CAPTIONS),
    credit=st.sampled_from(["", "Ana Kovač", "x" * 120]),
    margin=st.floats(0, 0.15),
)
def test_one_photo_of_any_shape(
    *, wall: Size, aspect: float, phrase: Phrase, second: Phrase | None, caption: str, credit: str, margin: float
) -> None:
    """A photo slide holds its promises for any wall, photo, words, caption and margin."""
    measure = FixedMeasure()
    slide = PhotoSlide(photo=photo(aspect=aspect, caption=caption, credit=credit), phrase=phrase, second=second)
    check(laid_out(slide, wall, measure=measure, margin=margin), measure, margin)


@settings(max_examples=60, deadline=None)
@given(
    wall=st.sampled_from(WALLS) | st.builds(Size, st.integers(320, 4000), st.integers(320, 4000)),
    aspects=st.lists(st.floats(1 / 3, 3), min_size=1, max_size=48),
    grid=st.sampled_from([(8, 4), (6, 4), (12, 8), (3, 3), (1, 1)]),
    phrase=st.sampled_from(PHRASES),
    tally=st.none() | st.builds(Tally, st.integers(0, 2_000_000), st.integers(0, 195)),
)
def test_a_mosaic_of_any_photos(
    wall: Size, aspects: list[float], grid: tuple[int, int], phrase: Phrase, tally: Tally | None
) -> None:
    """A mosaic shows every photo it has tiles for, cut by at most 15 % of a side, in equal cells."""
    photos = tuple(photo(i, aspect) for i, aspect in enumerate(aspects))
    measure = FixedMeasure()
    slide = MosaicSlide(photos=photos, columns=grid[0], rows=grid[1], phrase=phrase, tally=tally)
    composition = laid_out(slide, wall, measure=measure)
    check(composition, measure)
    assert len(composition.moves) == min(len(photos), grid[0] * grid[1])
    for move in composition.moves:
        assert min(move.last.view.width, move.last.view.height) >= 0.85 - 1e-9


@settings(max_examples=60, deadline=None)
@given(
    wall=st.sampled_from(WALLS) | st.builds(Size, st.integers(320, 4000), st.integers(320, 4000)),
    aspects=st.tuples(st.floats(1 / 3, 1), st.floats(1 / 3, 1)),
    phrase=st.sampled_from(PHRASES),
    captions=st.tuples(st.sampled_from(CAPTIONS), st.sampled_from(CAPTIONS)),
)
def test_a_pair_of_any_portraits(wall: Size, aspects: tuple[float, float], phrase: Phrase, captions: tuple[str, str]) -> None:
    """Two portraits are equally high and side by side on any wall."""
    measure = FixedMeasure()
    first, second = (photo(i, aspect, caption=c) for i, (aspect, c) in enumerate(zip(aspects, captions, strict=True)))
    composition = laid_out(PairSlide(photos=(first, second), phrase=phrase), wall, measure=measure)
    check(composition, measure)
    left, right = (move.last.place for move in composition.moves)
    assert left.y == right.y
    assert abs(left.height - right.height) <= 2
    assert left.right < right.x


@settings(max_examples=100, deadline=None)
@given(
    wall=st.sampled_from(WALLS) | st.builds(Size, st.integers(320, 4000), st.integers(320, 4000)),
    text=st.sampled_from(["Short.", "Six million Jews were murdered. " * 3, "word " * 120, "שישה מיליון " * 8, "我们铭记" * 20]),
    link=st.sampled_from(["", "https://aboutholocaust.org"]),
    source=st.sampled_from(["", "aboutholocaust.org · World Jewish Congress and UNESCO"]),
)
def test_a_fact_of_any_length(wall: Size, text: str, link: str, source: str) -> None:
    """A fact shows all of its words and a code large enough to scan, which nothing touches."""
    measure = FixedMeasure()
    composition = laid_out(FactSlide(text=text, language="en", source=source, link=link), wall, measure=measure)
    check(composition, measure)
    shown = "".join(ink.text for ink in composition.ink if isinstance(ink, Words) and ink.face == "serif")
    assert shown.replace(" ", "") == text.replace(" ", "")
    codes = [ink for ink in composition.ink if isinstance(ink, Code)]
    assert len(codes) == bool(link)
    unit = 0.75 * (wall.width * wall.height) ** 0.5
    for code in codes:
        assert code.place.width == code.place.height >= min(0.2 * unit, 0.8 * min(wall) - 0.12 * unit)


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: f"{wall.width}x{wall.height}")
def test_the_plate_is_the_words_alone(wall: Size) -> None:
    """The plate says "We Remember" and nothing else, and needs no photo."""
    composition = plate(Stage(wall), REAL)
    check(composition, REAL)
    assert " ".join(ink.text for ink in composition.ink if isinstance(ink, Words)) == "We Remember"
    assert not composition.photos
    assert composition.moves == ()


def test_words_alone_fill_the_width_and_stand_in_its_middle() -> None:
    """On a 16:9 wall the words reach from margin to margin, no larger than 0.235 U."""
    (words,) = laid_out(WordsSlide(phrase=EN), Size(1920, 1080)).ink
    assert isinstance(words, Words)
    box = box_of(words, REAL)
    assert box.x + box.right == pytest.approx(1920, abs=1)
    assert 0.22 * 1080 < words.size_px <= 0.235 * 1080


def test_a_portrait_has_its_words_beside_it_and_a_landscape_below() -> None:
    """The shape of the photo decides where the words go."""
    wide = Size(1920, 1080)
    for aspect, beside in ((0.75, True), (1.5, False)):
        composition = laid_out(PhotoSlide(photo=photo(aspect=aspect, caption="Zagreb"), phrase=EN), wide)
        place = composition.moves[0].last.place
        words = box_of(composition.ink[0], REAL)
        assert (words.right < place.x) is beside
        assert (words.y > place.bottom) is not beside
        assert isinstance(composition.ground, Backdrop)
        assert any(isinstance(ink, Rule) for ink in composition.ink) is beside


def test_words_that_run_right_to_left_stand_on_the_other_side() -> None:
    """For Hebrew the portrait is on the left, and the words end at the column's right edge."""
    composition = laid_out(PhotoSlide(photo=photo(aspect=0.75, caption="Zagreb"), phrase=HE), Size(1920, 1080))
    place = composition.moves[0].last.place
    words, caption = (box_of(ink, REAL) for ink in composition.ink if isinstance(ink, Words) and ink.text[0] in "אZ")
    assert words.x > place.right
    assert words.right == pytest.approx(caption.right, abs=1)


def test_only_a_photo_of_the_walls_own_shape_carries_words() -> None:
    """Then they stand in the lowest quarter over a scrim strong enough for 4.5:1, and the photo fills the canvas."""
    wall = Size(1920, 1080)
    filling = laid_out(PhotoSlide(photo=photo(aspect=16 / 9, caption="Zagreb"), phrase=EN), wall)
    scrim = filling.ink[0]
    assert isinstance(scrim, Scrim)
    assert scrim.contrast == 4.5
    assert filling.moves[0].last.place == Rect(0, 0, 1920, 1080)
    for ink in filling.ink[1:]:
        assert box_of(ink, REAL).y >= max(0.75 * 1080, scrim.full_from)
        assert isinstance(ink, Words)
        assert ink.colour == scrim.ink
    other = laid_out(PhotoSlide(photo=photo(aspect=1.6, caption="Zagreb"), phrase=EN), wall)
    assert not any(isinstance(ink, Scrim) for ink in other.ink)


@given(x=st.floats(-1, 1), y=st.floats(-1, 1), aspect=st.floats(1.73, 1.83))
def test_a_pan_never_loses_the_focal_point(x: float, y: float, aspect: float) -> None:
    """The focal point is in view all the way, the view keeps the canvas's shape, and it loses a few per cent at most."""
    slide = PhotoSlide(photo=photo(aspect=aspect, focal=(x, y)), phrase=EN)
    move = laid_out(slide, Size(1920, 1080), measure=FixedMeasure()).moves[0]
    at = ((x + 1) / 2, (1 - y) / 2)
    for view in (move.first.view, move.last.view):
        assert view.x - 1e-9 <= at[0] <= view.right + 1e-9
        assert view.y - 1e-9 <= at[1] <= view.bottom + 1e-9
        shape = view.width * slide.photo.size.width / (view.height * slide.photo.size.height)
        assert shape == pytest.approx(16 / 9, rel=1e-6)
        assert min(view.width, view.height) > 0.92


def test_a_contained_photo_grows_about_its_middle() -> None:
    """From 94 % of its place to all of it over the whole cue, shown whole; not at all when the pace is still."""
    slide = PhotoSlide(photo=photo(), phrase=EN)
    move = laid_out(slide, Size(1920, 1080)).moves[0]
    first, last = move.first.place, move.last.place
    assert first.width == pytest.approx(0.94 * last.width)
    assert first.x + first.right == pytest.approx(last.x + last.right)
    assert first.y + first.bottom == pytest.approx(last.y + last.bottom)
    assert move.last.view == Rect(0, 0, 1, 1)
    assert (move.begin, move.length) == (0, PACE.length)
    still = lay_out(slide, stage=Stage(Size(1920, 1080)), pace=Pace(PACE.length, PACE.fade, still=True), measure=REAL, seed=1)
    assert still.moves[0].first == still.moves[0].last


def test_tiles_appear_in_one_calm_wave() -> None:
    """All within four seconds after the fade in, each over 1.2 s, in an order that the seed decides."""
    slide = MosaicSlide(photos=tuple(photo(i) for i in range(32)), columns=8, rows=4, phrase=EN)
    moves = laid_out(slide, Size(1920, 1080)).moves
    assert all((move.first.opacity, move.last.opacity) == (0.0, 1.0) for move in moves)
    assert min(move.begin for move in moves) >= PACE.fade
    assert max(move.begin + move.length for move in moves) <= PACE.fade + 4 * SECOND
    assert moves[0].begin < moves[-1].begin
    assert laid_out(slide, Size(1920, 1080)).moves == moves
    assert laid_out(slide, Size(1920, 1080), seed=2).moves != moves


def test_a_mosaic_turns_with_the_wall() -> None:
    """Eight by four on a wide wall is four by eight on a tall one, and one long row or two on a strip."""
    slide = MosaicSlide(photos=tuple(photo(i, 4 / 3) for i in range(32)), columns=8, rows=4, phrase=EN)

    def rows(wall: Size) -> int:
        return len({move.last.place.y for move in laid_out(slide, wall).moves})

    assert rows(Size(1920, 1080)) == 4
    assert rows(Size(1080, 1920)) == 8
    assert rows(Size(3840, 540)) <= 2


def test_a_layout_is_the_same_everywhere() -> None:
    """Pure: the same arguments give an equal composition."""
    for slide in slides():
        assert laid_out(slide, Size(1366, 768)) == laid_out(slide, Size(1366, 768))


def test_a_long_caption_is_cut_with_an_ellipsis_and_never_too_small() -> None:
    """Two lines at most, none below the smallest legible size, the last one marked as cut."""
    slide = PhotoSlide(photo=photo(aspect=0.75, caption=CAPTIONS[2] * 3), phrase=EN)
    lines = [ink for ink in laid_out(slide, Size(1920, 1080)).ink if isinstance(ink, Words) and ink.face == "sans"]
    caption = [line for line in lines if not line.text.startswith("#")]
    assert len(caption) == 2
    assert caption[-1].text.endswith("…")
    assert min(line.size_px for line in caption) >= 0.024 * 1080 * 0.97


def test_a_tally_counts_in_plain_words() -> None:
    """Thousands have their comma, one is singular, and no countries are not counted."""

    def tally(photos: int, countries: int) -> str:
        slide = MosaicSlide(photos=(photo(),), columns=1, rows=1, phrase=EN, tally=Tally(photos, countries))
        words = [ink.text for ink in laid_out(slide, Size(1920, 1080)).ink if isinstance(ink, Words)]
        return " · ".join(text for text in words if text[0].isdigit())

    assert tally(12_480, 47) == "12,480 people · 47 countries"
    assert tally(1, 1) == "1 person · 1 country"
    assert tally(3, 0) == "3 people"
