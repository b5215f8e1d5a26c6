"""Every sentence of the console in every language that it speaks, from assets/console/*.yaml.

A key is where a sentence is used: `entry.log_in`. A sentence that counts has a form for each kind of number (`one`, `two`,
`few`, `many`, `other`), and its number is called `count`. What is filled in stands in braces; it is text, never markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias, cast

import yaml

from player.errors import OperatorError
from player.places import INSTALLATION

FOLDER: Final = INSTALLATION / "assets" / "console"
LANGUAGES: Final = ("en", "pl", "he")
"""The first is spoken to whoever asks for none of them."""
NAMES: Final[Mapping[str, str]] = {"en": "English", "pl": "Polski", "he": "עברית"}
COUNT: Final = "count"
LONG: Final = 10_000  # a number that one no longer reads at a glance; years are shorter
MAX_ACCEPTED: Final = 20  # languages of a browser that are looked at

# Ten times faster in C; for files of ours alone, since there nothing stops what is nested too deeply.
_LOADER: Final = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_RIGHT_TO_LEFT: Final = frozenset({"he"})
_FIELD: Final = re.compile(r"\{([a-z_]+)\}")
_ISOLATED: Final = "\u2068{}\u2069"  # between FSI and PDI (UAX #9) what is filled in leaves the words around it in order

Sentence: TypeAlias = str | dict[str, str]


def _english(count: int) -> str:
    return "one" if count == 1 else "other"


def _polish(count: int) -> str:
    """Unicode CLDR, plural rules of pl, whole numbers."""
    if count == 1:
        return "one"
    return "few" if count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14} else "many"


def _hebrew(count: int) -> str:
    """Unicode CLDR, plural rules of he, whole numbers."""
    return {1: "one", 2: "two"}.get(count, "other")


FORMS: Final[Mapping[str, tuple[Callable[[int], str], tuple[str, ...]]]] = {
    "en": (_english, ("one", "other")),
    "pl": (_polish, ("one", "few", "many")),
    "he": (_hebrew, ("one", "two", "other")),
}
"""By language: which form a number takes, and all there are."""


class Catalogue:
    """The sentences. Frozen once read."""

    def __init__(self, sentences: Mapping[str, Mapping[str, Sentence]]) -> None:
        """Hold *sentences* by language and key."""
        self._sentences = sentences

    @property
    def keys(self) -> Mapping[str, frozenset[str]]:
        """Return which keys each language has."""
        return {language: frozenset(found) for language, found in self._sentences.items()}

    def sentence(self, key: str, language: str) -> Sentence:
        """Return a sentence as it is written, with all its forms."""
        found = self._sentences.get(language, {}).get(key)
        return self._sentences[LANGUAGES[0]][key] if found is None else found  # a slip in a translation is no error on a page

    def text(self, key: str, language: str, **fields: object) -> str:
        """Return the sentence called *key* with *fields* filled in.

        Raises:
            KeyError: there is no such sentence, or it wants a field that is not there: our mistake, and a test finds it.
        """
        sentence = self.sentence(key, language)
        if not isinstance(sentence, str):
            form, _ = FORMS[language]
            sentence = sentence.get(form(cast("int", fields[COUNT])), next(reversed(sentence.values())))
        is_rtl = language in _RIGHT_TO_LEFT
        return _FIELD.sub(lambda found: _isolated(_written(fields[found[1]]), is_rtl=is_rtl), sentence)


def direction(language: str) -> str:
    """Return which way a page in *language* runs."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def preferred(accepted: str) -> str:
    """Return which of our languages a browser's Accept-Language would rather have (RFC 9110, 12.5.4)."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")[:MAX_ACCEPTED]):
        tag, _, weight = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        language = {"iw": "he"}.get(language, language)  # as old systems call Hebrew
        if language in LANGUAGES:
            found.append((-_weight(weight), place, language))
    return min(found)[2] if found else LANGUAGES[0]


def catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read the sentences.

    Raises:
        OperatorError: a file of the installation is missing or no catalogue.
    """
    return Catalogue({language: _read(folder / f"{language}.yaml") for language in LANGUAGES})


def _read(file: Path) -> dict[str, Sentence]:
    try:
        tree: object = yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - it makes nothing but text
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise OperatorError(f"{file} cannot be read: install the program anew") from error
    return dict(_flat(tree, ""))


def _flat(tree: object, above: str) -> list[tuple[str, Sentence]]:
    if not isinstance(tree, dict):
        return [(above, str(tree))]
    named = cast("dict[str, object]", tree)
    if named.keys() <= {"one", "two", "few", "many", "other"}:
        return [(above, {form: str(text) for form, text in named.items()})]
    return [each for name, below in named.items() for each in _flat(below, f"{above}.{name}" if above else name)]


def _written(value: object) -> str:
    """Return what is filled in as text: long numbers in groups of three, with a narrow space that no line breaks at."""
    is_long = isinstance(value, int) and not isinstance(value, bool) and abs(value) >= LONG
    return f"{value:,}".replace(",", "\u202f") if is_long else str(value)


def _isolated(value: str, *, is_rtl: bool) -> str:
    """Return what is filled in so that it cannot turn the sentence about: apart, where it has letters of the other direction."""
    other = {"L"} if is_rtl else {"R", "AL"}
    return _ISOLATED.format(value) if any(unicodedata.bidirectional(letter) in other for letter in value) else value


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return min(1.0, max(0.0, float(value))) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
