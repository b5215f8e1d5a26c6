"""Roles, names and passwords: who may what, what people are called, and what they may not choose."""

from __future__ import annotations

import itertools
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.console.people import names
from player.console.people.answers import SENTENCES, Why
from player.console.people.passwords import (
    COMMON,
    MAX_CHARS,
    MIN_CHARS,
    Weakness,
    common_words,
    read_words,
    settled,
    weakness,
)
from player.console.people.roles import Role, allows
from player.console.people.sessions import LIMITS
from tests.fakes.people import OTHER, PASSWORD


def test_each_role_may_what_the_one_before_may() -> None:
    """Viewer, operator, reviewer, admin: in this order, and nothing without a role but what is open to everybody."""
    order = [Role.VIEWER, Role.OPERATOR, Role.REVIEWER, Role.ADMIN]
    assert order == list(Role) == list(LIMITS)
    for (i, has), (j, needs) in itertools.product(enumerate(order), repeat=2):
        assert allows(has, needs) == (i >= j)
    assert not any(allows(None, needs) for needs in order)
    assert allows(None, None)


@pytest.mark.parametrize(
    "name", ["Ada", "ada.lovelace", "Ewa-2", "צבי לוי", "Dorota Wiśniewska", "Sinéad O'Brien", "a", "x" * 40, " Ada "]
)
def test_people_are_called_as_they_are(name: str) -> None:
    """In any script, with first and last name, without spaces around."""
    assert names.checked(name) == name.strip()


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "two/words",
        "-x",
        "x-",
        "_x",
        "a/b",
        "a\nb",
        "x" * 41,
        "<b>",
        "a\u202eb",
        "\ud800",
        "x" * 40 + " y",
        "a" * 100_000,
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    """Nothing that would break a line, a page or a log."""
    with pytest.raises(ValueError, match="a name is 1 to 40 letters"):
        names.checked(name)


@given(st.text(max_size=60))
def test_a_name_is_found_however_it_is_typed(text: str) -> None:
    """Capitals and spaces make no other person, nor a telephone's apostrophe; whatever is typed is looked up without harm."""
    assert names.key_of("ada  o’brien") == names.key_of("Ada O'Brien")
    key = names.key_of(text)
    assert names.key_of(key) == key
    if text.isascii():
        assert names.key_of(f" {text.upper()} ".strip()) == names.key_of(text.lower())


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("tiny", Weakness.SHORT),
        ("eleven char", Weakness.SHORT),
        ("x" * 257, Weakness.LONG),
        ("password1234", Weakness.COMMON),
        ("P@ssw0rd!2027", Weakness.COMMON),
        ("WeRemember27", Weakness.COMMON),
        ("we-remember-2027", Weakness.COMMON),
        ("NeverAgain!!!!", Weakness.COMMON),
        ("1l0vey0u2027", Weakness.COMMON),
        ("Pa55word Pa55word", Weakness.COMMON),
        ("correct horse battery", Weakness.COMMON),
        ("qwertyuiop[]", Weakness.COMMON),
        ("ｐａｓｓｗｏｒｄ１２３４", Weakness.COMMON),
        ("hasło-haslo-7", Weakness.COMMON),
        ("סיסמה סיסמה", Weakness.SHORT),
        ("סיסמה שלום זכור", Weakness.COMMON),
        ("krakow-kiosk-7", Weakness.COMMON),
        ("ada.lovelace1", Weakness.COMMON),
        ("aaaaaaaaaaaa", Weakness.PLAIN),
        ("abcdefghijkl", Weakness.PLAIN),
        ("hello!hello!", Weakness.PLAIN),
        ("123 456 789 012", Weakness.PLAIN),
        ("2027-01-27 2027", Weakness.PLAIN),
        (PASSWORD, None),
        (OTHER, None),
        ("נר דולק בחלון הזה", None),
        ("x7" + "long sentence with spaces, " * 9, None),
    ],
)
def test_what_would_be_tried_first_is_not_taken(password: str, found: Weakness | None) -> None:
    """The obvious in every disguise, the campaign's words, and names that belong to the person or the place."""
    assert weakness(password, common=common_words(), own=("ada.lovelace", "Kraków kiosk 7")) == found


@given(st.text(max_size=300))
def test_every_text_is_judged(password: str) -> None:
    """Whatever is sent as a password is too short, too long, refused with a reason, or taken; and has bytes in any case."""
    found = weakness(password, common=common_words())
    if len(password) > MAX_CHARS:
        assert found is Weakness.LONG
    assert settled(password)[:1] == settled(password[:1])[:1] or not password
    assert len(settled(password)) <= 20 * (MAX_CHARS + 1) * 4


def test_chance_is_good_enough() -> None:
    """What a password manager makes is always taken."""
    assert not [found for _ in range(300) if (found := weakness(secrets.token_urlsafe(MIN_CHARS), common=common_words()))]


def test_the_same_password_from_another_keyboard_is_the_same() -> None:
    """An ł or an é made of one character or two, and wide letters."""
    assert settled("cafe\u0301") == settled("café")
    assert settled("ｗｉｄｅ") == settled("wide")
    assert settled("\ud800") != settled("")


def test_the_list_is_of_words() -> None:
    """It is read, is a few hundred long, and holds no word twice in different disguise."""
    assert 300 < len(common_words()) < 1500
    assert {"password", "weremember", "neveragain", "haslo", "סיסמה"} <= common_words()
    assert read_words("# none\nA b # c\n\nB") == {"a", "b"}
    assert len(COMMON.read_bytes()) < 20_000


def test_everything_that_is_refused_has_a_sentence() -> None:
    """And every weakness of a password is something that can be answered."""
    assert set(SENTENCES) == set(Why)
    assert {weak.value for weak in Weakness} <= {why.value for why in Why}
