"""Scripts and the typefaces that speak them on the wall, in the order of preference.

Weights and scales are matched by eye and by measure to Noto Serif 400 (words) and Noto Sans 400 (captions) set light
on dark: ink per square of advance times letter height, and the width of the stems. At its own 400, Noto Sans Hebrew
covers 31 % of its band where Noto Serif covers 35 %; at 480 they are equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Face: TypeAlias = Literal["serif", "sans"]

REGULAR: Final = 400


@dataclass(frozen=True, slots=True)
class Packaged:
    """A font file that comes with a Python package, so that nothing of the system is needed."""

    package: str
    file: str
    """Below the package's ``fonts/ofl``."""
    weight: int = REGULAR
    scale: float = 1.0
    """Size relative to the western typeface beside which it must look equally large."""


@dataclass(frozen=True, slots=True)
class System:
    """A family of the system's, used when fontconfig has it."""

    family: str
    weight: int = REGULAR
    scale: float = 1.0


Cut: TypeAlias = Packaged | System


@dataclass(frozen=True, slots=True)
class Script:
    """A writing system: its blocks of characters, and what can set them."""

    name: str
    blocks: tuple[tuple[int, int], ...]
    serif: tuple[Cut, ...]
    sans: tuple[Cut, ...]
    debian: str = "fonts-noto-core"
    """The Debian package that brings a font for it."""
    languages: frozenset[str] = field(default_factory=frozenset[str])
    """The language subtags that claim characters shared with another script; empty means all others."""

    def cuts(self, face: Face) -> tuple[Cut, ...]:
        """Return what can set it in *face*, best first."""
        return self.serif if face == "serif" else self.sans


def _packaged(package: str, folder: str, name: str, weight: int = REGULAR, scale: float = 1.0) -> Packaged:
    return Packaged(f"justmytype_{package}", f"{folder}/{name}[wdth,wght].ttf", weight, scale)


def _chinese_japanese_korean(region: str, blocks: tuple[tuple[int, int], ...], *languages: str) -> Script:
    """One of the regional designs of the characters that they share; the square letters are set a little smaller."""
    packaged = Packaged("justmytype_intl_cjk", f"notosans{region.lower()}/NotoSans{region}[wght].ttf", REGULAR, 0.92)
    return Script(
        region,
        blocks,
        serif=(System(f"Noto Serif CJK {region}", scale=0.92), System(f"Noto Sans CJK {region}", scale=0.92), packaged),
        sans=(System(f"Noto Sans CJK {region}", scale=0.92), packaged),
        debian="fonts-noto-cjk",
        languages=frozenset(languages),
    )


_HAN: Final = ((0x2E80, 0x2FDF), (0x3000, 0x303F), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
_KANA: Final = ((0x3040, 0x30FF), (0x31F0, 0x31FF))
_HANGUL: Final = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF))
_FULL_WIDTH: Final = ((0xFF00, 0xFFEF),)

WESTERN: Final = Script(
    "Latin, Greek, Cyrillic",
    (
        (0x0041, 0x005A),
        (0x0061, 0x007A),
        (0x00AA, 0x00AA),
        (0x00BA, 0x00BA),
        (0x00C0, 0x02AF),
        (0x0370, 0x052F),
        (0x1E00, 0x1FFF),
    ),
    serif=(_packaged("western_core", "notoserif", "NotoSerif"),),
    sans=(_packaged("western_core", "notosans", "NotoSans"),),
)

SCRIPTS: Final[tuple[Script, ...]] = (
    WESTERN,
    Script(
        "Hebrew",
        ((0x0590, 0x05FF), (0xFB1D, 0xFB4F)),
        serif=(System("Noto Serif Hebrew", 420, 1.06), _packaged("intl_rtl", "notosanshebrew", "NotoSansHebrew", 480, 1.06)),
        sans=(_packaged("intl_rtl", "notosanshebrew", "NotoSansHebrew", 450, 1.04),),
    ),
    Script(
        "Arabic",
        ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC)),
        serif=(System("Noto Naskh Arabic", 420, 1.18), _packaged("intl_rtl", "notosansarabic", "NotoSansArabic", 450, 1.08)),
        sans=(_packaged("intl_rtl", "notosansarabic", "NotoSansArabic", 420, 1.08),),
    ),
    Script(
        "Devanagari",
        ((0x0900, 0x097F), (0xA8E0, 0xA8FF)),
        serif=(
            System("Noto Serif Devanagari"),
            _packaged("intl_south_asia", "notosansdevanagari", "NotoSansDevanagari", 430),
        ),
        sans=(_packaged("intl_south_asia", "notosansdevanagari", "NotoSansDevanagari"),),
    ),
    Script(
        "Ethiopic",
        ((0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F)),
        serif=(
            System("Noto Serif Ethiopic", scale=0.94),
            _packaged("intl_africa", "notosansethiopic", "NotoSansEthiopic", 480, 0.94),
        ),
        sans=(_packaged("intl_africa", "notosansethiopic", "NotoSansEthiopic", 430, 0.94),),
    ),
    Script(
        "Georgian",
        ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
        serif=(System("Noto Serif Georgian"), System("DejaVu Serif", scale=0.94)),
        sans=(System("Noto Sans Georgian"), System("DejaVu Sans", scale=0.94)),
    ),
    Script(
        "Armenian",
        ((0x0530, 0x058F), (0xFB13, 0xFB17)),
        serif=(System("Noto Serif Armenian"), System("DejaVu Serif", scale=0.94)),
        sans=(System("Noto Sans Armenian"), System("DejaVu Sans", scale=0.94)),
    ),
    _chinese_japanese_korean("JP", _HAN + _KANA + _FULL_WIDTH, "ja"),
    _chinese_japanese_korean("KR", _HAN + _HANGUL + _FULL_WIDTH, "ko"),
    _chinese_japanese_korean("TC", _HAN + _FULL_WIDTH, "zh-tw", "zh-hk", "zh-mo", "zh-hant", "yue"),
    _chinese_japanese_korean("SC", _HAN + _FULL_WIDTH, "zh"),
    _chinese_japanese_korean("JP", _KANA),
    _chinese_japanese_korean("KR", _HANGUL),
    _chinese_japanese_korean("SC", _HAN + _FULL_WIDTH),
)


def script_of(character: str, language: str) -> Script | None:
    """Return the script that *character* belongs to in *language*; None for what all scripts share, and for unknown ones."""
    code = ord(character)
    for script in SCRIPTS:
        if any(first <= code <= last for first, last in script.blocks) and _claims(script, language):
            return script
    return None


def _claims(script: Script, language: str) -> bool:
    tag = language.lower()
    return not script.languages or any(tag == own or tag.startswith(f"{own}-") for own in script.languages)
