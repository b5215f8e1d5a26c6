"""Which font file speaks which language, at which weight, and which languages nothing here can speak."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from player.text.cmap import CharacterMap
from player.text.installed import Installed, installed_fonts
from player.text.scripts import SCRIPTS, WESTERN, Cut, Face, Packaged, Script, script_of

MAX_REMEMBERED: Final = 8192  # choices by character; all the scripts of a year's captions, about 2 MB
_ANY_NOTO: Final = re.compile(r"Noto (Sans|Serif)( (?!Mono|Symbols|Math|Sign)\w+)*")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class FontChoice:
    """A face of a font file, as it is to be set."""

    path: Path
    index: int
    weight: int | None
    """On the weight axis; None for a font that has no axes."""
    scale: float
    """To multiply the size with, so that this script looks as large as Latin beside it."""


class LeftOut(NamedTuple):
    """A language that cannot be shown, and what would let it."""

    language: str
    text: str
    advice: str


class Fonts:
    """The fonts of this machine: those of the packages, and the system's where they are better or the only ones."""

    def __init__(self, *, system: Callable[[], Sequence[Installed]] = installed_fonts) -> None:
        """Take the system's fonts from *system*, asked at the first need, which English never has."""
        self._system = system
        self._by_character = lru_cache(MAX_REMEMBERED)(self._find)

    def speakable(self, language: str, text: str, *, face: Face = "serif") -> FontChoice | None:
        """Return the font that has every character of *text*; None when none has, and the language must be left out."""
        wanted = {ord(character) for character in text if not _is_silent(character)}
        script = next((found for character in text if (found := script_of(character, language))), WESTERN)
        for cut in script.cuts(face):
            choice = self._locate(cut)
            if choice is not None and _has_all(choice, wanted):
                return choice
        return None

    def lettering(self, text: str, *, language: str, face: Face) -> dict[Script, FontChoice]:
        """Return the font of each script's letters in *text*: one for all of them; without those scripts that have none.

        Only letters count. A font without the signs that all scripts share is no worse for that: they can come from another.
        """
        letters: dict[Script, set[int]] = {}
        for character in text:
            script = script_of(character, language)
            if script is not None:
                letters.setdefault(script, set()).add(ord(character))
        found: dict[Script, FontChoice] = {}
        for script, codes in letters.items():
            located = (self._locate(cut) for cut in script.cuts(face))
            choice = next((each for each in located if each is not None and _has_all(each, codes)), None)
            if choice is not None:
                found[script] = choice
        return found

    def choose(self, character: str, *, language: str, face: Face) -> FontChoice | None:
        """Return the best font that has *character*; None when none has it and it must be left out."""
        return self._by_character(character, language, face)

    def has(self, choice: FontChoice, character: str) -> bool:
        """Return whether *choice* has a glyph for *character*, or it needs none."""
        return _is_silent(character) or _has_all(choice, {ord(character)})

    def sets(self, language: str, text: str, *, face: Face = "serif") -> bool:
        """Return whether every character of *text* has a font here, be it several of them: nothing of it would be missing."""
        return all(_is_silent(each) or self.choose(each, language=language, face=face) is not None for each in text)

    def left_out(self, phrases: Iterable[tuple[str, str]]) -> tuple[LeftOut, ...]:
        """Return those of the (language, text) *phrases* that nothing here can set, each with what would mend it."""
        missing: list[LeftOut] = []
        for language, text in phrases:
            if self.speakable(language, text) is None:
                script = next((found for character in text if (found := script_of(character, language))), WESTERN)
                extra = " or the extra weremember[cjk]" if script.debian == "fonts-noto-cjk" else ""
                missing.append(LeftOut(language, text, f"install {script.debian}{extra}"))
        return tuple(missing)

    def _find(self, character: str, language: str, face: Face) -> FontChoice | None:
        code = ord(character)
        for choice in self._candidates(script_of(character, language), face):
            if _has_all(choice, {code}):
                return choice
        return None

    def _candidates(self, script: Script | None, face: Face) -> Iterator[FontChoice]:
        """Yield what may have a character of *script*, best first: its own cuts, the packaged ones, then any Noto."""
        own = script.cuts(face) if script else WESTERN.cuts(face)
        packaged = [cut for other in SCRIPTS for cut in other.cuts(face) if isinstance(cut, Packaged)]
        for cut in (*own, *packaged):
            choice = self._locate(cut)
            if choice is not None:
                yield choice
        families = sorted(self._system(), key=lambda font: (not font.family.lower().startswith(f"noto {face}"), font.family))
        for font in families:
            if _ANY_NOTO.fullmatch(font.family):
                yield _installed_choice(font)

    def _locate(self, cut: Cut) -> FontChoice | None:
        if isinstance(cut, Packaged):
            path = _packaged_path(cut.package, cut.file)
            return FontChoice(path, 0, cut.weight, cut.scale) if path else None
        found = next((font for font in self._system() if font.family == cut.family), None)
        return _installed_choice(found, cut.weight, cut.scale) if found else None


def _installed_choice(font: Installed, weight: int = 400, scale: float = 1.0) -> FontChoice:
    return FontChoice(font.path, font.index, weight if font.variable else None, scale)


def _is_silent(character: str) -> bool:
    """Whether *character* draws nothing of its own: space, joiners, marks of direction."""
    return character.isspace() or unicodedata.category(character) in _INVISIBLE


@cache
def _packaged_path(package: str, file: str) -> Path | None:
    """Return where *file* of *package* lies, without importing the package: its registry would cost 0.1 s."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, "fonts", "ofl", file)
        if path.is_file():
            return path
    return None


@cache
def _characters(path: Path, index: int) -> CharacterMap | None:
    """Return what the face has; None when the file cannot be read as a font, which is a font less and no more."""
    try:
        return CharacterMap(path, index)
    except (OSError, ValueError):
        return None


def _has_all(choice: FontChoice, codes: set[int]) -> bool:
    characters = _characters(choice.path, choice.index)
    return characters is not None and all(code in characters for code in codes)
