"""Which font speaks which language."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from player.text.cmap import CharacterMap
from player.text.fonts import Fonts
from player.text.installed import Installed, read_listing
from player.text.phrases import load_wordings

WORDS = load_wordings(Path(__file__).parents[2] / "assets" / "words.yaml")
PACKAGED_ONLY = Fonts(system=lambda: ())
LEFT_OUT = {"ka", "hy", "zh", "ja", "ko"}


@pytest.mark.parametrize("wording", WORDS, ids=lambda wording: wording.language)
def test_a_language_is_spoken_only_by_a_font_that_has_every_letter(wording: object) -> None:
    """What is called speakable has a glyph for each of its characters."""
    assert wording in WORDS
    language, text = next((w.language, w.text) for w in WORDS if w is wording)
    choice = PACKAGED_ONLY.speakable(language, text)
    if choice is None:
        assert language in LEFT_OUT
        return
    characters = CharacterMap(choice.path, choice.index)
    assert all(ord(character) in characters for character in text)


def test_the_packaged_fonts_have_a_weight_for_every_script() -> None:
    """A variable font is never left at the weight it happens to begin with."""
    choices = [PACKAGED_ONLY.speakable(w.language, w.text) for w in WORDS if w.language not in LEFT_OUT]
    assert all(choice is not None and choice.weight is not None for choice in choices)


def test_languages_without_a_font_are_named_with_the_package_that_brings_one() -> None:
    """The doctor can tell the operator what to install."""
    missing = {found.language: found.advice for found in PACKAGED_ONLY.left_out((w.language, w.text) for w in WORDS)}
    assert missing.keys() - {"zh", "ja", "ko"} == {"ka", "hy"}
    assert missing["ka"] == "install fonts-noto-core"


def test_a_serif_of_the_system_is_preferred(tmp_path: Path) -> None:
    """Hebrew is set in Noto Serif Hebrew where the machine has it."""
    sans = PACKAGED_ONLY.speakable("he", "אנחנו")
    assert sans is not None
    serif = tmp_path / "NotoSerifHebrew.ttf"
    serif.write_bytes(sans.path.read_bytes())
    fonts = Fonts(system=lambda: (Installed("Noto Serif Hebrew", serif, 0, variable=False),))
    choice = fonts.speakable("he", "אנחנו")
    assert choice is not None
    assert (choice.path, choice.weight) == (serif, None)


def test_a_broken_font_of_the_system_is_passed_over(tmp_path: Path) -> None:
    """A file that is no font costs nothing but itself."""
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"\0\1\0\0" + struct.pack(">H", 40) + b"junk")
    fonts = Fonts(system=lambda: (Installed("Noto Serif Hebrew", broken, 0, variable=False),))
    choice = fonts.speakable("he", "אנחנו")
    assert choice is not None
    assert choice.path != broken


def test_nothing_has_an_emoji() -> None:
    """Emoji are left out, not drawn as boxes."""
    assert PACKAGED_ONLY.choose("🕯", language="en", face="sans") is None


def test_the_listing_keeps_one_upright_regular_face_per_family() -> None:
    """Bold, oblique and narrow faces are not what the words are set in; a variable face is better than a fixed one."""
    listing = [
        "/f/B.ttf\t0\tNoto Serif Hebrew\t200\t0\t100\tFalse",
        "/f/C.ttf\t0\tNoto Serif Hebrew\t80\t0\t75\tFalse",
        "/f/R.ttf\t0\tNoto Serif Hebrew\t80\t0\t100\tFalse",
        "/f/V.ttf\t65536\tNoto Sans Hebrew\t[0 210]\t0\t[62.5 100]\tTrue",
        "/f/I.ttf\t0\tNoto Serif\t80\t100\t100\tFalse",
        "/f/J.ttc\t2\tNoto Serif CJK SC,Noto Serif CJK SC Regular\t80\t0\t100\tFalse",
        "nonsense",
    ]
    found = {font.family: font for font in read_listing(listing)}
    assert found["Noto Serif Hebrew"].path == Path("/f/R.ttf")
    assert found["Noto Sans Hebrew"] == Installed("Noto Sans Hebrew", Path("/f/V.ttf"), 0, variable=True)
    assert found["Noto Serif CJK SC"].index == 2
    assert "Noto Serif" not in found


def test_english_asks_nothing_of_the_system() -> None:
    """The plate's words need no fontconfig, no font registry and no font library."""
    code = (
        "import sys\n"
        "from player.text.fonts import Fonts\n"
        "def refuse(): raise AssertionError\n"
        "assert Fonts(system=refuse).speakable('en', 'We Remember')\n"
        "assert not {'justmytype', 'fontTools'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
