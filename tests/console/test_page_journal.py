"""Journal: lines as people read them, whatever stands in them, and whether the chain is sound."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from player.command import BY_FILE
from player.console.looks.journal import Line
from player.console.pages import deeds, journal
from player.console.pages.saying import speech_in
from player.console.people.roles import Role
from player.library.library import Library, open_library
from tests.fakes.clock import OPENING
from tests.fakes.console import Console


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """A console over a journal of three lines and a command."""
    with Console(tmp_path_factory.mktemp("console")) as console:
        with closing(open_library(console.data, writer="screen")) as library:
            fill(library)
        yield console


def fill(library: Library) -> None:
    """Write some lines."""
    orders = library.orders
    orders.note("rung", {"rung": "live"}, at=OPENING - 10)
    orders.note("plays", {"show": "<i>wall</i>", "from": OPENING - 9, "plays": [[1, "ab"], [2, "cd"]]}, at=OPENING - 9)
    orders.note("something new", {"so": {"deep": 1}}, at=OPENING - 8)
    orders.answer(
        orders.post("screen", "go", {"show": "one", "length_ns": "3600000000000"}, by="Olek", at=OPENING), "one is on", at=OPENING
    )


def test_lines_are_read_as_people_read_them(console: Console) -> None:
    """The newest first, a sentence for each, with what stands in it below; whatever is in them is text."""
    text = console.browser(Role.VIEWER).get("/journal?every=true").text

    sentence = "The show one was put on for 60 min by Olek."
    for words in ("Order", sentence, "<bdi>go</bdi>", "Shown", "&lt;i&gt;wall&lt;/i&gt;: 2 photos were shown", "something new"):
        assert words in text
    text = text.partition('class="lines"')[2]
    assert text.index(sentence) < text.index("something new") < text.index("Where photos come from")


def test_at_first_people_are_shown(console: Console) -> None:
    """What they did; the player's own record is a link away, and each of the two leads to the other."""
    browser = console.browser(Role.VIEWER)

    first, every = browser.get("/journal").text, browser.get("/journal?every=true").text

    assert ["Approved photos are shown." in text for text in (first, every)] == [False, True]
    assert all("The show one was put on" in text for text in (first, every))
    assert ('href="/journal?every=true"' in first, 'href="/journal"' in every.partition("<main")[2]) == (True, True)
    assert 'href="/api/journal/export.csv"' in first


def test_what_was_written_down_twice_is_shown_once_and_saved_twice(tmp_path: Path) -> None:
    """Dark by somebody, and by the file that they left."""
    with Console(tmp_path) as console:
        with closing(open_library(console.data, writer="screen")) as library:
            for by in ("Olek", BY_FILE):
                library.orders.post("screen", "dark", {}, by=by, at=OPENING)
        browser = console.browser(Role.VIEWER)

        text = browser.get("/journal?kinds=command").text

        assert text.count('class="kind"') == 1
        assert "The wall was made dark by Olek." in text
        assert browser.get("/api/journal/export.csv?kinds=command").text.count("dark") == 3


def test_all_lines_go_on_as_all_lines(console: Console) -> None:
    """The way to the older ones keeps what was looked for."""
    text = console.browser(Role.VIEWER).get("/journal?every=true&limit=1").text

    assert "/journal?every=true&amp;before=" in text


def test_kinds_are_filtered_and_exported(console: Console) -> None:
    """What is chosen is shown alone, and goes into the file alone."""
    browser = console.browser(Role.VIEWER)

    text = browser.get("/journal?kinds=rung&kinds=plays").text

    assert "one is on" not in text
    assert "Where photos come from" in text
    assert "/api/journal/export.csv?kinds=rung&amp;kinds=plays" in text
    assert "A long file may be cut." in text
    assert browser.get("/api/journal/export.csv?kinds=rung&kinds=plays").text.count("\n") == 3


def test_a_mark_that_is_none_is_said(console: Console) -> None:
    """And nothing fails."""
    answer = console.browser(Role.VIEWER).get("/journal?before=nowhere")

    assert answer.status_code == 409
    assert "no place in the journal" in answer.text


def test_the_journal_is_read_through_when_somebody_asks(console: Console) -> None:
    """It says what it came to; whoever only looks cannot ask."""
    browser = console.browser(Role.OPERATOR)
    assert "not checked" in browser.get("/journal").text

    pressed = browser.post("/journal/verification")
    console.run(console.desk.looks.verifier.done())

    assert (pressed.status_code, pressed.headers["location"]) == (303, "/journal#verified")
    with closing(open_library(console.data, writer="a test")) as library:
        (count,) = library.orders.connection.execute("SELECT count(*) FROM journal").fetchone()
    assert f"{count} lines. Nothing was changed or taken away." in browser.get("/journal").text
    assert json.loads(console.run(journal.line(console.desk, "en")))["word"] == "sound"
    assert console.browser(Role.VIEWER).post("/journal/verification").status_code == 403


@pytest.mark.parametrize(
    "what",
    ["", "[1]", '{"by": ["x"], "at": 1e999}', "{" * 5000, '{"at": true, "known": 99999999999999999999999, "\\ud800": "\\u202e"}'],
)
@pytest.mark.parametrize("kind", ["command", "receipt", "\u202e"])
def test_whatever_stands_in_a_line_is_shown(console: Console, kind: str, what: str) -> None:
    """A line that somebody else wrote into the file fails no page."""
    line = Line(at=OPENING, writer="x", number=1, kind=kind, what=what, is_cut=False)

    found = journal.shown(deeds.read(line), speech_in(console.desk, "he"))

    assert "\u202e" not in "".join(part.value for part in found.parts)


def test_what_people_ask_after_comes_first_and_in_their_words(console: Console) -> None:
    """The photo, then why and when; a name that has no word stays as its writer called it."""
    what = {"bytes": 7, "gone": OPENING, "item": "p-1", "reason": "asked", "source": "wall", "was_up": False}
    line = Line(at=OPENING, writer="x", number=1, kind="receipt", what=json.dumps(what), is_cut=False)

    found = journal.shown(deeds.read(line), speech_in(console.desk, "pl"))

    names = [(part.name, part.is_word) for part in found.parts]
    words = ["zdjęcie", "źródło", "powód", "usunięte", "było widoczne"]
    assert names == [*((word, True) for word in words), ("bytes", False)]
    assert [part.value for part in found.parts][-2:] == ["nie", "7"]


def test_without_a_library_it_says_so(tmp_path: Path) -> None:
    """A calm page, with dark at its top."""
    with Console(tmp_path, has_library=False) as console:
        answer = console.browser(Role.VIEWER).get("/journal")

    assert answer.status_code == 503
    assert 'action="/dark"' in answer.text
