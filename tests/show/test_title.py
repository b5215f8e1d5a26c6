"""The page before a ceremony: its name in calm lines, and a number beneath it that alone changes."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.show.director import MINUTE, countdown, label, title_page
from player.show.layout import lay_out
from player.show.layout.title import evenly
from player.show.look import CAPTION, INK
from player.show.on_air import TitlePage
from player.show.scene import Composition, Rule, Words
from player.show.slide import Pace, Phrase, Stage, TitleSlide
from player.text.fonts import Fonts
from player.text.typeset import Typesetter
from player.units import SECOND, Nanos, Rect, Size
from tests.fakes.measure import FixedMeasure

BEGINS: Final[Nanos] = 1_800_000_000 * SECOND
REAL: Final = Typesetter(Fonts(system=lambda: ()))
FULL_HD: Final = Size(1920, 1080)
WALLS: Final = (FULL_HD, Size(1024, 768), Size(1080, 1920), Size(3840, 540), Size(540, 3840), Size(640, 360), Size(3840, 2160))
TITLES: Final = (
    "Kaddish",
    "Ceremony of Remembrance",
    "Obchody 82. rocznicy wyzwolenia Auschwitz-Birkenau",
    "טקס הזיכרון הבינלאומי לשואה",
    "Yom HaShoah · יום השואה",
    "Holocaustgedenkveranstaltungsreihe",
    ("Wspomnienie ofiar Zagłady w rocznicę wyzwolenia obozu " * 3)[:120],
    "W" * 120,
    "🕯️",
)


def page(title: str, left: Nanos, wall: Size = FULL_HD) -> Composition:
    """Return the page of *title* when so much time is left."""
    slide, _ = title_page(TitlePage(title, BEGINS), BEGINS - left)
    return lay_out(slide, stage=Stage(wall), pace=Pace(MINUTE, SECOND), measure=REAL, seed=0)


def lines(composition: Composition) -> list[str]:
    """Return the lines of the name."""
    return [ink.text for ink in composition.ink if isinstance(ink, Words) and ink.face == "serif"]


def box(words: Words) -> Rect:
    """Return where the ink of *words* is."""
    ink = REAL.extent(words.text, language=words.language, face=words.face, size_px=words.size_px)
    return Rect(words.x + ink.left, words.baseline + ink.top, ink.right - ink.left, ink.bottom - ink.top)


@pytest.mark.parametrize("wall", WALLS, ids=lambda wall: f"{wall.width}x{wall.height}")
@pytest.mark.parametrize("title", TITLES, ids=lambda title: title[:8])
def test_all_of_a_title_page_is_within_the_margins(title: str, wall: Size) -> None:
    """Name, hairline and minutes, on walls of every shape, one beneath the other and none on another."""
    margin = 0.06 * 0.75 * (wall.width * wall.height) ** 0.5
    margin = min(margin, 0.25 * min(wall))
    last = margin - 1
    for ink in page(title, 5 * MINUTE, wall).ink:
        place = box(ink) if isinstance(ink, Words) else ink.place if isinstance(ink, Rule) else Rect(0, 0, 0, 0)
        assert margin - 1 <= place.x
        assert place.right <= wall.width - margin + 1
        assert last <= place.y + 1
        assert place.bottom <= wall.height - margin + 1
        last = place.bottom


@pytest.mark.parametrize("title", TITLES, ids=lambda title: title[:8])
def test_from_minute_to_minute_the_number_alone_changes(title: str) -> None:
    """The name stands still over all minutes; the number while it has as many digits."""
    *name, twelve = page(title, 12 * MINUTE).ink
    *_, eleven = page(title, 11 * MINUTE).ink
    assert isinstance(twelve, Words)
    assert isinstance(eleven, Words)
    assert (eleven.x, eleven.baseline, eleven.size_px) == (twelve.x, twelve.baseline, twelve.size_px)
    assert eleven.text == twelve.text.replace("12", "11")
    for minutes in range(1, 12):
        assert list(page(title, minutes * MINUTE).ink[:-1]) == name


def test_all_minutes_are_as_wide() -> None:
    """Digits are as wide as each other in the packaged fonts: what stands beside them does not move."""
    for title in ("Kaddish", "קדיש"):
        said = [countdown(title, minutes) for minutes in range(10, 100)]
        widths = [REAL.extent(each.text, language=each.language, face="sans", size_px=40).advance for each in said]
        assert max(widths) - min(widths) < 0.01


@pytest.mark.parametrize(
    ("left", "said", "stands"),
    [
        (5 * MINUTE, "5 min", MINUTE),
        (5 * MINUTE - 1, "5 min", MINUTE - 1),
        (4 * MINUTE + SECOND, "5 min", SECOND),
        (MINUTE, "1 min", MINUTE),
        (30 * SECOND, "1 min", 30 * SECOND),
        (1, "1 min", SECOND),
        (0, "1 min", SECOND),
    ],
)
def test_a_minute_that_has_begun_counts(left: Nanos, said: str, stands: Nanos) -> None:
    """Each page stands to the full minute; none stands for less than a second."""
    slide, length = title_page(TitlePage("Ceremony", BEGINS), BEGINS - left)
    assert slide.note.text == said
    assert length == stands


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Ceremony", "5 min"),
        ("Obchody", "5 min"),
        ("Церемония памяти", "5 min"),
        ("Yom HaShoah · יום השואה", "5 min"),
        ("יום השואה · Yom HaShoah", "5 דק׳"),
        ("يوم الذكرى", "5 د"),
        ("27.1.2027", "5 min"),
    ],
)
def test_the_minutes_are_said_in_the_letters_that_the_title_begins_in(title: str, said: str) -> None:
    """A sign that needs no grammar, and no guess which language a name in Latin letters is in."""
    assert countdown(title, 5).text == said


def test_no_word_is_left_alone_and_nothing_is_parted_that_belongs_together() -> None:
    """Lines are even, a number keeps what it counts, and words of one letter stand with what follows them."""
    assert evenly("Obchody 82. rocznicy wyzwolenia obozu", 2, len)[1] == ("Obchody 82. rocznicy", "wyzwolenia obozu")
    two, three = evenly("Pamięci ofiar Zagłady w rocznicę wyzwolenia", 3, len)[1:]
    assert two == ("Pamięci ofiar Zagłady", "w rocznicę wyzwolenia")
    assert all(not line.endswith(" w") for line in (*two, *three))
    assert lines(page("Ceremony of Remembrance", MINUTE, Size(1080, 1920))) == ["Ceremony of", "Remembrance"]


def test_two_languages_of_one_name_stand_beneath_each_other() -> None:
    """What parts them in writing is not seen."""
    assert lines(page("Yom HaShoah · יום השואה", MINUTE)) == ["Yom HaShoah", "יום השואה"]
    assert lines(page("Kaddish / קדיש", MINUTE)) == ["Kaddish", "קדיש"]
    assert lines(page("Obóz Auschwitz-Birkenau", MINUTE)) == ["Obóz Auschwitz-Birkenau"]


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Yom HaShoah – יום הזיכרון לשואה ולגבורה", ["Yom HaShoah", "יום הזיכרון לשואה ולגבורה"]),
        ("יום הזיכרון לשואה ולגבורה - Yom HaShoah", ["יום הזיכרון לשואה ולגבורה", "Yom HaShoah"]),
        ("Yom HaShoah יום הזיכרון", ["Yom HaShoah", "יום הזיכרון"]),
        ("Yom HaShoah 2027 – יום הזיכרון", ["Yom HaShoah 2027", "יום הזיכרון"]),
    ],
)
def test_a_phrase_is_not_broken_off_to_fill_the_line_of_another_language(title: str, parts: list[str]) -> None:
    """Where a title passes into other letters, a line begins; a dash there is not seen."""
    assert lines(page(title, MINUTE)) == parts


def test_a_name_alone_stands_near_the_middle() -> None:
    """While a stream is awaited, nothing is beneath the name: it has not moved, and was near the middle before."""
    for title in TITLES[:5]:
        slide = TitleSlide(title=Phrase(title, "en"), note=Phrase("", "en"))
        ink = lay_out(slide, stage=Stage(FULL_HD), pace=Pace(MINUTE, SECOND), measure=REAL, seed=0).ink
        assert ink == page(title, MINUTE).ink[:-2]
        boxes = [box(each) for each in ink if isinstance(each, Words)]
        middle = (boxes[0].y + boxes[-1].bottom) / 2
        assert 0.41 * FULL_HD.height < middle < 0.5 * FULL_HD.height


def test_the_minutes_can_be_read() -> None:
    """They are larger than a caption, in the colour of words."""
    note = page("Kaddish", MINUTE).ink[-1]
    assert isinstance(note, Words)
    assert note.colour == INK
    assert note.size_px > 1.5 * CAPTION * FULL_HD.height


@given(st.text(max_size=120))
def test_no_title_is_too_odd_for_its_page(title: str) -> None:
    """Whatever somebody names a ceremony, there is a page, and all of the name that can be written is on it."""
    slide = TitleSlide(title=Phrase(title, "en"), note=Phrase("5 min", "en"))
    composition = lay_out(slide, stage=Stage(FULL_HD), pace=Pace(MINUTE, SECOND), measure=FixedMeasure(), seed=0)
    assert any(isinstance(ink, Rule) for ink in composition.ink)
    for found in evenly(title, 6, len):
        assert " ".join(found).split() == [word for part in found for word in part.split()]


def test_a_display_says_what_the_configuration_calls_it() -> None:
    """The site's name, if it has one, and the number that `display.output` takes."""
    assert label("Yad Vashem", 1, FULL_HD) == TitleSlide(
        title=Phrase("Yad Vashem", "en"), note=Phrase("Display 1 · 1920 × 1080", "en")
    )
    assert label("", 0, FULL_HD) == TitleSlide(title=Phrase("Display 0", "en"), note=Phrase("1920 × 1080", "en"))
