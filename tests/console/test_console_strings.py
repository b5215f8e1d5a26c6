"""The catalogue: three languages that say the same."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from player.command import replies
from player.console import strings
from player.console.people.answers import Why
from player.console.people.roles import Role
from player.console.strings import FORMS, LANGUAGES, Catalogue, preferred
from player.schedule import why

CATALOGUE: Final = strings.catalogue()
CONSOLE: Final = Path(strings.__file__).parent
FIELD: Final = re.compile(r"\{([^}]*)\}")
USED: Final = re.compile(r"""\bt\("([a-z_]+(?:\.[a-z0-9_]+)+)["],?""")
KEY: Final = re.compile(r"[a-z]+(?:\.[a-z0-9_]+)+")
REFUSED: Final = re.compile(r"RefusedError\((\d{3})")
FILE: Final = re.compile(r"\.(html|css|csv|js|sqlite|yaml|json|pem|txt)$")  # what looks like a key, and is none
ROOMS: Final = {key.partition(".")[0] for key in CATALOGUE.keys["en"]}


def forms(key: str, language: str) -> list[str]:
    """Return every form of a sentence."""
    sentence = CATALOGUE.sentence(key, language)
    return [sentence] if isinstance(sentence, str) else list(sentence.values())


def test_every_language_has_every_sentence() -> None:
    """A key in one language is in all."""
    keys = CATALOGUE.keys

    for language in LANGUAGES:
        assert keys[language] ^ keys["en"] == frozenset(), language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_the_same_fields_in_every_language(language: str) -> None:
    """What is filled in is filled in everywhere, and is written as a plain name; a form may leave the number out."""
    for key in CATALOGUE.keys["en"]:
        wanted = {field for text in forms(key, "en") for field in FIELD.findall(text)}
        found = {field for text in forms(key, language) for field in FIELD.findall(text)}
        assert found == wanted, key
        assert all(re.fullmatch(r"[a-z_]+", field) for field in found), key
        assert all(text.strip() == text and text for text in forms(key, language)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_that_counts_has_every_form_of_its_language(language: str) -> None:
    """Polish has three, Hebrew too, English two; a sentence counts in all of them or in none."""
    _, names = FORMS[language]
    for key in CATALOGUE.keys["en"]:
        sentence = CATALOGUE.sentence(key, language)
        assert isinstance(sentence, str) == isinstance(CATALOGUE.sentence(key, "en"), str), key
        if not isinstance(sentence, str):
            assert tuple(sentence) == names, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_written_twice(language: str) -> None:
    """The later one would hide the other, and whoever mends a sentence would mend the wrong one."""
    nodes = [yaml.compose((strings.FOLDER / f"{language}.yaml").read_text("utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(set(keys)) == len(keys), sorted(keys)
            nodes += [value for _, value in node.value]


def test_every_key_that_is_used_is_there() -> None:
    """Templates and code name no sentence that there is not."""
    used = {key for file in CONSOLE.rglob("*.html") for key in USED.findall(file.read_text("utf-8"))}
    for file in CONSOLE.rglob("*.py"):
        constants = (node.value for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Constant))
        used |= {text for text in constants if isinstance(text, str) and KEY.fullmatch(text) and text.split(".")[0] in ROOMS}
        used |= {f"refused.s{status}" for status in REFUSED.findall(file.read_text("utf-8"))}
    used |= {f"people.{why.value}" for why in Why} | {f"people.role_{role.value}" for role in Role}
    keys = CATALOGUE.keys["en"]

    missing = {key for key in used - keys if not FILE.search(key) and not any(is_beginning(key, known) for known in keys)}
    assert missing == set()


def is_beginning(key: str, known: str) -> bool:
    """Whether *key* is what a *known* one begins with, to which a number or a word is put: `weekday.d`, `people.role_`."""
    return known.startswith(key) and (key.endswith("_") or known.removeprefix(key).isdecimal())


@pytest.mark.parametrize("key", sorted(why.SENTENCES))
def test_every_reason_of_the_schedule_can_be_told_in_every_language(key: str) -> None:
    """With all that it fills in."""
    for language in LANGUAGES:
        assert set(FIELD.findall(forms(f"why.{key}", language)[0])) == why.FIELDS[key]


@pytest.mark.parametrize("key", sorted(replies.SENTENCES))
def test_every_reply_to_an_order_can_be_told_in_every_language(key: str) -> None:
    """With all that it fills in, and without the words that are typed elsewhere."""
    for language in LANGUAGES:
        (told,) = forms(f"replied.{key}", language)
        assert set(FIELD.findall(told)) == replies.FIELDS[key]
        assert "`" not in told


@pytest.mark.parametrize(
    ("count", "form"), [(0, "many"), (1, "one"), (2, "few"), (4, "few"), (5, "many"), (12, "many"), (22, "few"), (112, "many")]
)
def test_polish_counts_as_poles_do(count: int, form: str) -> None:
    """2 minuty, 5 minut, 12 minut, 22 minuty."""
    pick, _ = FORMS["pl"]

    assert pick(count) == form


def test_a_count_picks_its_form() -> None:
    """The number decides, and is filled in where the form has a place for it."""
    assert CATALOGUE.text("people.wait", "pl", count=1).endswith("za minutę.")
    assert CATALOGUE.text("people.wait", "pl", count=3).endswith("za 3 minuty.")
    assert CATALOGUE.text("people.wait", "he", count=2).endswith("שתי דקות.")


def test_what_is_filled_in_cannot_turn_a_sentence_about() -> None:
    """A Hebrew name in an English sentence stands apart, and so does a Latin one in a Hebrew sentence; others are left alone."""
    catalogue = Catalogue({language: {"a.b": "x {name} y"} for language in LANGUAGES})

    assert catalogue.text("a.b", "en", name="דנה") == "x \u2068דנה\u2069 y"
    assert catalogue.text("a.b", "he", name="Ada") == "x \u2068Ada\u2069 y"
    assert catalogue.text("a.b", "en", name="Ada 7") == "x Ada 7 y"


def test_a_field_is_a_name_and_nothing_more() -> None:
    """Attributes and items of what is filled in cannot be reached, and what was filled in is not filled in again."""
    catalogue = Catalogue({"en": {"a.b": "{name} {name.__class__} {name[0]}"}})

    assert catalogue.text("a.b", "en", name="{other}") == "{other} {name.__class__} {name[0]}"


def test_a_missing_field_is_a_mistake() -> None:
    """A sentence whose field nobody gives is never shown with a hole in it."""
    with pytest.raises(KeyError):
        CATALOGUE.text("people.last_in", "en")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("pl", "pl"),
        ("pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        ("de,he;q=0.5,en;q=0.4", "he"),
        ("iw", "he"),
        ("en;q=0.1,pl;q=0.2", "pl"),
        ("fr, de", "en"),
        ("pl;q=x,en", "en"),
        (";;;,,,", "en"),
        ("*", "en"),
    ],
)
def test_a_browser_gets_the_language_that_it_asks_for(accepted: str, language: str) -> None:
    """The one of ours that it would rather have; English when it wants none."""
    assert preferred(accepted) == language
