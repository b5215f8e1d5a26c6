"""How wide a line is, and the line as coverage."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from player.text import fonts as room_of_fonts
from player.text.cmap import CharacterMap
from player.text.fonts import Fonts
from player.text.installed import Installed
from player.text.typeset import Coverage, Extent, Typesetter

TYPESETTER = Typesetter(Fonts(system=lambda: ()))
LINES = [
    ("We Remember", "en"),
    ("Pamiętamy", "pl"),
    ("אנחנו זוכרים", "he"),
    ("نحن نتذكر", "ar"),
    ("हम याद रखते हैं", "hi"),
    ("እናስታውሳለን", "am"),
    ("Kraków (שלום) 2026", "pl"),
]


def extent(text: str, language: str = "en", size_px: float = 100.0) -> Extent:
    """Measure in the serif."""
    return TYPESETTER.extent(text, language=language, face="serif", size_px=size_px)


def coverage(text: str, language: str = "en", size_px: float = 100.0, x_fraction: float = 0.0) -> Coverage:
    """Draw in the serif."""
    return TYPESETTER.coverage(text, language=language, face="serif", size_px=size_px, x_fraction=x_fraction)


@pytest.mark.parametrize(("text", "language"), LINES)
@pytest.mark.parametrize("size_px", [24.0, 61.7, 254.0])
def test_the_ink_lies_where_the_extent_says(text: str, language: str, size_px: float) -> None:
    """What is drawn ends within a pixel and 0.4 % of the em of what was measured."""
    near = 1.0 + 0.004 * size_px
    box = extent(text, language, size_px)
    drawn = coverage(text, language, size_px)
    height, width = drawn.mask.shape
    assert drawn.left == pytest.approx(box.left, abs=near)
    assert drawn.top == pytest.approx(box.top, abs=near)
    assert drawn.left + width == pytest.approx(box.right, abs=near)
    assert drawn.top + height == pytest.approx(box.bottom, abs=near)


@pytest.mark.parametrize(("text", "language"), LINES)
def test_extents_grow_with_the_size(text: str, language: str) -> None:
    """Twice the size is exactly twice the extent, so a layout is the same on every wall."""
    small, large = extent(text, language, 40.0), extent(text, language, 80.0)
    assert large == pytest.approx([2 * value for value in small])


def test_a_fraction_of_a_pixel_moves_the_ink_by_that_much() -> None:
    """The centre of mass of a line follows its origin to a twentieth of a pixel."""

    def middle(x_fraction: float) -> float:
        drawn = coverage("We Remember", size_px=40.0, x_fraction=x_fraction)
        columns = drawn.mask.sum(axis=0, dtype=np.float64)
        return float((columns * np.arange(len(columns))).sum() / columns.sum()) + drawn.left

    assert middle(0.5) - middle(0.0) == pytest.approx(0.5, abs=0.05)


def test_characters_that_no_font_has_leave_no_gap() -> None:
    """An emoji between two words is gone, and so is the second space."""
    assert extent("with 🕯️ love") == extent("with love")
    assert extent("🕯️") == Extent(0.0, 0.0, 0.0, 0.0, 0.0)
    assert coverage("🕯️").mask.size == 0


def test_overrides_of_direction_are_ignored() -> None:
    """A caption cannot turn itself about: an override draws as if it were not there."""
    assert np.array_equal(coverage("\u202eabc").mask, coverage("abc").mask)


def test_right_to_left_letters_are_drawn_from_the_right() -> None:
    """In Hebrew the first letter is the rightmost."""
    both = coverage("וא", "he").mask.astype(int)
    stroke = coverage("ו", "he").mask.astype(int)  # vav is a stroke, alef is not
    width = stroke.shape[1]
    assert np.abs(both[:, -width:] - stroke).sum() < np.abs(both[:, :width] - stroke).sum() / 2


def test_brackets_are_mirrored_in_right_to_left_text() -> None:
    """An opening bracket opens to the left when the line runs that way."""
    drawn = coverage("(א", "he").mask.astype(int)
    gap = np.flatnonzero(drawn.max(axis=0) == 0)  # between the letter and the bracket at its right
    bracket = drawn[:, gap[-1] + 1 :]
    half = bracket.shape[1] // 2
    assert bracket[:, half:].sum() > 2 * bracket[:, :half].sum()


def test_any_text_can_be_set() -> None:
    """Control characters, marks without letters and odd languages are no error."""
    for text in ("", " ", "\u0301", "a" + "\u0301" * 200, "\x00\x1b[31m", "ab\u200dcd", "\ud800x", "x" * 3000):
        TYPESETTER.extent(text, language="not a tag\x00", face="sans", size_px=30.0)
        TYPESETTER.coverage(text, language="", face="sans", size_px=30.0)


def test_threads_get_the_same_as_one() -> None:
    """Lines set from four threads at once are those set from one."""
    alone = {text: coverage(text, language, 50.0).mask for text, language in LINES}
    shared = Typesetter(Fonts(system=lambda: ()))
    wrong: list[str] = []

    def work() -> None:
        for text, language in LINES:
            drawn = shared.coverage(text, language=language, face="serif", size_px=50.0)
            if not np.array_equal(drawn.mask, alone[text]):
                wrong.append(text)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_hebrew_is_as_dark_as_latin() -> None:
    """The ink of Hebrew per square of advance times letter height is within a tenth of Noto Serif's."""

    def darkness(text: str, letter: str, language: str) -> float:
        height = -extent(letter, language).top
        return float(coverage(text, language).mask.sum(dtype=np.float64)) / 255 / (extent(text, language).advance * height)

    latin, hebrew = darkness("mnouervnws xz", "x", "en"), darkness("אנחנו זוכרים", "ה", "he")
    assert hebrew == pytest.approx(latin, rel=0.1)


@pytest.mark.parametrize("sign", ["'", '"', "7", ",", "("])
def test_a_sign_from_elsewhere_changes_no_letter(sign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a serif that has letters alone, as Noto Serif Hebrew: names with apostrophes are set in the letters of all others."""
    sans = Fonts(system=lambda: ()).speakable("he", "שם")
    assert sans is not None
    serif = tmp_path / "NotoSerifHebrew.ttf"
    serif.write_bytes(sans.path.read_bytes())

    def letters_alone(path: Path, index: int) -> CharacterMap | range:
        return range(0x590, 0x600) if path == serif else CharacterMap(path, index)

    monkeypatch.setattr(room_of_fonts, "_characters", letters_alone)
    typesetter = Typesetter(Fonts(system=lambda: (Installed("Noto Serif Hebrew", serif, 0, variable=False),)))

    def ink(text: str) -> float:
        drawn = typesetter.coverage(text, language="he", face="serif", size_px=400.0).mask
        return float(drawn.sum(dtype=np.float64)) / 255

    in_serif = ink("קורצאק רחל")
    assert abs(in_serif - float(coverage("קורצאק רחל", "he", 400.0).mask.sum(dtype=np.float64)) / 255) > 0.05 * in_serif
    alone = float(coverage(sign, "en", 400.0).mask.sum(dtype=np.float64)) / 255
    assert ink(f"קורצ{sign}אק רחל") == pytest.approx(in_serif + alone, rel=0.01)
