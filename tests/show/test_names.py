"""How a page of names is laid out."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.show.layout import covered, lay_out, names_on
from player.show.layout.way import boxes_of
from player.show.naming import reading_of
from player.show.scene import Words
from player.show.slide import NamesSlide, Pace, Stage
from player.staging import stage_for
from player.text.fonts import Fonts
from player.text.typeset import Typesetter
from player.units import SECOND, Rect, Size
from tests.fakes.measure import FixedMeasure
from tests.fakes.rooms import FULL_HD, OUTPUTS, box, masks, output, stage_of

WALLS = [Size(1920, 1080), Size(1080, 1920), Size(3840, 540), Size(800, 600), Size(1024, 768), Size(320, 180)]
MEASURE = FixedMeasure()
PACE = Pace(30 * SECOND, SECOND)


def laid_out(names: tuple[str, ...], stage: Stage) -> tuple[list[Words], list[Rect]]:
    """Lay a page out; return its lines and where they are seen."""
    slide = NamesSlide(names=names, language="en")
    ink = lay_out(slide, stage=stage, pace=PACE, measure=MEASURE, seed=0).ink
    return [each for each in ink if isinstance(each, Words)], list(boxes_of(ink, MEASURE))


def touch(a: Rect, b: Rect) -> bool:
    """Whether two boxes share more than a pixel's edge."""
    return a.x + 1 < b.right and b.x + 1 < a.right and a.y + 1 < b.bottom and b.y + 1 < a.bottom


names = st.lists(st.text("abcdefgh אבגד", min_size=1, max_size=120).filter(str.strip), min_size=1, max_size=36)


@given(names.map(lambda found: tuple(" ".join(name.split()) for name in found)), st.sampled_from(WALLS))
def test_every_name_is_whole_on_every_wall(found: tuple[str, ...], wall: Size) -> None:
    """Nothing of a name is left out or cut at an edge, and no two touch, however long they are."""
    stage = Stage(wall)
    shown = found[: names_on(stage)]
    lines, boxes = laid_out(shown, stage)
    assert sorted("".join(line.text for line in lines).replace(" ", "")) == sorted("".join(shown).replace(" ", ""))
    margin = 0.045 * (wall.width * wall.height) ** 0.5
    for seen in boxes:
        assert seen.x >= margin - 1
        assert seen.y >= margin - 1
        assert seen.right <= wall.width - margin + 1
        assert seen.bottom <= wall.height - margin + 1
    assert not any(touch(a, b) for a, b in combinations(boxes, 2))


def test_the_shape_decides_how_many() -> None:
    """Two columns on a wall, one on a totem and a projector, four short ones on a strip."""
    assert [names_on(Stage(wall)) for wall in WALLS[:4]] == [12, 9, 8, 7]


def test_a_long_name_is_smaller_before_it_is_broken() -> None:
    """A little too long: one smaller line; far too long: several, broken between words."""
    usual, little, far = "Name 1", "A Name of Some Words 2", "A Name of So Very Many Words That No Line Could Hold It 3"
    (one, two, *more), _ = laid_out((usual, little, far), Stage(Size(1080, 1920)))
    assert (one.text, two.text) == (usual, little)
    assert 0.7 * one.size_px < two.size_px <= one.size_px
    assert len(more) > 1
    assert " ".join(line.text for line in more) == far
    assert {line.size_px for line in more} == {more[0].size_px}


def test_a_page_of_hebrew_is_read_from_the_right() -> None:
    """Its first column is the right one, and its names begin at their right edges."""
    lines, boxes = laid_out(tuple(f"שם {i}" for i in range(1, 13)), Stage(Size(1920, 1080)))
    at = {line.text: seen for line, seen in zip(lines, boxes, strict=True)}
    assert at["שם 1"].x > at["שם 7"].x
    assert at["שם 1"].right == pytest.approx(at["שם 6"].right)
    assert at["שם 7"].right == pytest.approx(at["שם 12"].right)


def pages(listed: tuple[str, ...], stage: Stage) -> list[list[Rect]]:
    """Lay out every page of a list; return where each line of ink is."""
    reading = reading_of(listed, names_on(stage), least=9, fade=1, over=None)
    found: list[list[Rect]] = []
    at = 0
    while not found or at:
        leaf = reading.leaf(at)
        slide = NamesSlide(names=leaf.names, language="und", models=reading.models, fullest=reading.fullest)
        ink = lay_out(slide, stage=stage, pace=PACE, measure=MEASURE, seed=0).ink
        found.append(list(boxes_of(ink, MEASURE)))
        at = leaf.following
    return found


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: f"{wall.width}x{wall.height}")
@pytest.mark.parametrize("letters", ["Name", "שמות"])
def test_all_pages_of_a_list_have_one_grid(wall: Size, letters: str) -> None:
    """Short names on one page and long ones on the next, one name more or less: columns and rows stand where they stood."""
    listed = tuple(f"{letters * (1 + i // 9)} {i}" for i in range(40))
    found = pages(listed, Stage(wall))
    assert len(found) > 1
    side = "right" if letters != "Name" else "x"
    columns = [sorted({round(getattr(box, side) / 4) for box in page}) for page in found]
    if names_on(Stage(wall)) == 12:
        assert len(columns[0]) == 2
        assert all(each == columns[0] for each in columns)
    assert max(page[0].y for page in found) - min(page[0].y for page in found) <= 0.02 * wall.height


def test_one_long_name_moves_nobody() -> None:
    """A list of short names and one very long one: the columns are made for the short ones, and nothing leaves the margin."""
    listed = (*(f"Name {i}" for i in range(30)), "A Name of So Very Many Words That No Line Could Hold It")
    found = pages(listed, Stage(FULL_HD))
    assert min(box.x for page in found for box in page) > 0.2 * FULL_HD.width
    assert max(box.right for page in found for box in page) < 0.93 * FULL_HD.width


def test_the_lines_of_a_name_stand_at_even_distances() -> None:
    """A dot on a capital in the second of three pushes nothing about."""
    name = "Maksymilian Aleksander\u00a0Konstanty Żółkiewski-Świątkowski de domo Jagiełło-Ćwiklińska z Przemyśla na Rusi Ż"
    typed = Typesetter(Fonts(system=lambda: ()))
    slide = NamesSlide(names=(name,), language="pl")
    ink = lay_out(slide, stage=Stage(Size(320, 400)), pace=PACE, measure=typed, seed=0).ink
    at = [each.baseline for each in ink if isinstance(each, Words)]
    assert len(at) >= 3
    gaps = [below - above for above, below in pairwise(at)]
    assert max(gaps) - min(gaps) <= 1


@pytest.mark.parametrize("wall", sorted(OUTPUTS))
def test_names_stand_where_the_wall_is_free(wall: str) -> None:
    """Between windows and beside a door: none lies behind anything, whole, and as many as are asked for."""
    stage = stage_of(wall)
    assert stage.room is not None
    slide = NamesSlide(names=tuple(f"Name {i}" for i in range(names_on(stage))), language="en")
    ink = lay_out(slide, stage=stage, pace=PACE, measure=MEASURE, seed=0).ink
    assert len(ink) == len(slide.names)
    assert covered(ink, stage.room, MEASURE) == 0


def test_where_no_place_is_free_one_name_gives_way() -> None:
    """On a wall that is all windows, names come one at a time, where most of each is seen."""
    windows = masks("drop", *(box(20 + 140 * x, 10 + 120 * y, 120, 104) for x in range(14) for y in range(9)))
    stage = stage_for(FULL_HD, (output(*windows),))
    assert names_on(stage) == 1
    (line,), _ = laid_out(("Name 1",), stage)
    assert line.text == "Name 1"
