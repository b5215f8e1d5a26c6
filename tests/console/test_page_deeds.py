"""Lines of the journal as sentences, and each deed once."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from typing import Any, Final

import pytest

from player.alarms.rules import Alarm
from player.command import BY_FILE, Calibrate, Dim, Extend, Go, Plain, ShowCard, Withdraw, row_of
from player.command.orders import Command
from player.command.replies import Reply, done, refusal, remark, written
from player.console.looks.journal import Line
from player.console.ordering import NOT_SIGNED_IN
from player.console.pages import deeds
from player.console.pages.deeds import ALARMS, PEOPLE, SWITCHED, UNKNOWN, Deed
from player.console.pages.saying import Speech, speech_in
from player.console.strings import LANGUAGES
from player.projector.steps import Do
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.console import Console

HOUR: Final[Nanos] = 3600 * SECOND
PHOTO: Final = {"source": "wall", "item": "p-1"}

COMMANDS: Final[list[tuple[Command, str]]] = [
    (Go("facade", HOUR), "The show facade was put on for 60 min by olek."),
    (Go("facade"), "The show facade was put on by olek."),
    (Plain.DARK, "The wall was made dark by olek."),
    (Plain.RELOAD, "Reading the configuration again was ordered by olek."),
    (Extend(HOUR), "The show was made 60 min longer by olek."),
    (Dim(40), "The brightness was set to 40 % by olek."),
    (Withdraw("p-1"), "The photo p-1 was withdrawn by olek."),
    (ShowCard("grid", None, HOUR), "The test card “grid” was put up for 60 min by olek."),
    (ShowCard(None), "Test cards were taken away by olek."),
    (Calibrate(), "Editing by keys was begun by olek."),
    (Calibrate(is_over=True), "Editing by keys was ended by olek."),
]
LINES: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("withdrawn", {**PHOTO, "by": "olek", "reason": "asked"}, "The photo p-1 was withdrawn by olek."),
    ("withdrawn", {**PHOTO, "reason": ""}, "The photo p-1 was withdrawn by its source, wall."),
    ("withdrawn", {"source": "*", "item": "p-1"}, "The photo p-1 was withdrawn by somebody."),
    ("reinstated", {**PHOTO, "by": "ada"}, "The withdrawal of the photo p-1 was taken back by ada."),
    (
        "receipt",
        {**PHOTO, "off": OPENING, "gone": OPENING, "was_up": True},
        "The photo p-1: off the wall 09:00:00, last byte gone 09:00:00.",
    ),
    ("receipt", {**PHOTO, "gone": OPENING, "was_up": False}, "The photo p-1: not on the wall, last byte gone 09:00:00."),
    ("review", {**PHOTO, "verdict": "approve", "by": "rita"}, "The photo p-1 was approved by rita."),
    ("review", {**PHOTO, "verdict": "lift", "by": "ada"}, "The rejection of the photo p-1 was taken back by ada."),
    ("people", {"done": "set up", "name": "ada", "by": "x"}, "The console was set up by ada."),
    ("people", {"done": "own password", "name": "olek", "by": "olek"}, "A password of their own was taken by olek."),
    (
        "people",
        {"done": "added", "name": "olek", "role": "operator", "by": "ada"},
        "olek was added by ada, and may run the show.",
    ),
    (
        "missed",
        {"show": "facade", "slot": "s", "start": OPENING, "why": "x"},
        "The show facade, planned for 09:00:00, was missed.",
    ),
    ("show begun", {"show": "facade", "slot": None, "start": None, "why": "x"}, "The show facade began."),
    (
        "joined late",
        {"show": "facade", "slot": "s", "start": OPENING, "why": "x"},
        "The show facade, planned for 09:00:00, was joined late.",
    ),
    ("show ended", {"show": "facade", "slot": "s", "start": OPENING, "why": "x"}, "The show facade ended."),
    ("alarm", {"alarm": "lease", "of": "wall", "begins": True}, "Alarm: photos of a source are not shown (wall)"),
    ("alarm", {"alarm": "missed", "of": f"{OPENING} facade", "begins": False}, "The alarm is over: a show was missed"),
    (
        "plays",
        {"show": "facade", "from": OPENING, "plays": [[0, "ab"], [1, "cd"]]},
        "facade: 2 photos were shown, from 09:00:00.",
    ),
    ("rung", {"rung": "live"}, "From then on: Approved photos are shown."),
    ("off screen", {"photo": "wall/p-1", "why": "withdrawn"}, "The photo wall/p-1 had to leave the wall."),
    ("approvals", {"source": "wall", "items": [["p-1", "ab", "approved"]]}, "wall: the approval of one photo was written down."),
    ("projector", {"projector": "left", "did": "switched on", "answer": "ok"}, "The projector left was switched on."),
    ("loss accepted", {"by": "ada"}, "That the record of withdrawals was lost was accepted by ada."),
]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """A console over an empty library."""
    with Console(tmp_path_factory.mktemp("console")) as console:
        yield console


@pytest.fixture(scope="module")
def english(console: Console) -> Speech:
    """English, now."""
    return speech_in(console.desk, "en")


def deed(kind: str, what: object, *, at: Nanos = OPENING, number: int = 1) -> Deed:
    """Return a line with something in it."""
    return deeds.read(Line(at=at, writer="x", number=number, kind=kind, what=json.dumps(what), is_cut=False))


def ordered(
    command: Command, by: str = "olek", *, reply: Reply | None = None, to: str = "screen", at: Nanos = OPENING, result: str = ""
) -> Deed:
    """Return a command as the list has it."""
    verb, arguments = row_of(command)
    what: dict[str, Any] = {"to": to, "verb": verb, "arguments": arguments, "by": by, "done_at": at, "result": result or None}
    if reply:
        what |= {"result": str(reply), "reply": json.loads(written(reply))}
    return deed("command", what, at=at)


@pytest.mark.parametrize(("command", "sentence"), COMMANDS)
def test_an_order_is_a_sentence(english: Speech, command: Command, sentence: str) -> None:
    """Who did what, for how long."""
    assert deeds.sentence(ordered(command), english) == sentence


@pytest.mark.parametrize(("kind", "what", "sentence"), LINES)
def test_every_kind_of_line_is_a_sentence(english: Speech, kind: str, what: dict[str, Any], sentence: str) -> None:
    """What happened, to whom."""
    assert deeds.sentence(deed(kind, what), english) == sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_sentence_for_everything_in_every_language(console: Console, language: str) -> None:
    """Each alarm, verb, verdict and deed, with nothing left to be filled in."""
    words = speech_in(console.desk, language)
    several = [
        *(ordered(plain) for plain in Plain),
        *(ordered(command) for command, _ in COMMANDS),
        *(deed(kind, what) for kind, what, _ in LINES),
        *(deed("alarm", {"alarm": alarm, "begins": True}) for alarm in ALARMS),
        *(deed("projector", {"projector": "left", "did": did}) for did in SWITCHED),
    ]

    told = [deeds.sentence(each, words) for each in several]

    assert all(told)
    assert not [each for each in told if re.search(r"[{}?]", each)]


def test_the_words_are_those_of_whoever_writes_the_lines() -> None:
    """An alarm, or something a projector is told, that comes anew, needs a sentence."""
    assert set(Alarm) == ALARMS
    assert {each.value for each in Do} == SWITCHED


def test_whoever_has_no_name_is_described(english: Speech) -> None:
    """Nobody reads who a file is, or what the console calls a guest."""
    assert deeds.sentence(ordered(Plain.DARK, NOT_SIGNED_IN), english).endswith("at this console, without a log-in.")
    assert deeds.sentence(ordered(Plain.DARK, BY_FILE), english).endswith("by the file “dark”.")


@pytest.mark.parametrize("kind", [*PEOPLE, "plays", "receipt", "rung", "projector", "off screen", "approvals"])
@pytest.mark.parametrize(
    "what", [{}, [1], {"verb": [], "alarm": {}, "did": 7, "role": [], "arguments": 1, "result": [1], "reply": {}, "start": 1e99}]
)
def test_whatever_stands_in_a_line_fails_no_page(english: Speech, kind: str, what: object) -> None:
    """What its sentence needs and is not there is a question mark."""
    found = deed(kind, what)

    assert isinstance(deeds.sentence(found, english) + deeds.outcome(found, english), str)
    assert UNKNOWN in deeds.sentence(deed("plays", {}), english)


def test_why_something_was_not_done_is_said_in_the_language_of_whoever_reads(console: Console, english: Speech) -> None:
    """By the value of the reply; of an old line in the English that it has; what was done says nothing more."""
    why = ordered(Plain.HOLD, reply=refusal("no_slide"))

    assert deeds.outcome(why, english) == "That was not done. There is no slide yet that could be held."
    assert deeds.outcome(why, speech_in(console.desk, "pl")).startswith("Tego nie zrobiono. Nie ma jeszcze slajdu")
    assert deeds.outcome(ordered(Plain.HOLD, result="refused: no"), english) == "refused: no"
    assert deeds.outcome(ordered(Plain.HOLD, reply=done("held").also(remark("in_the_dark"))), english) == ""
    assert deeds.outcome(ordered(Plain.HOLD), english) == "not answered"
    assert deeds.outcome(ordered(Plain.HOLD, reply=done("nobody")), english) == "Nobody has answered."


def test_the_reason_of_a_withdrawal_is_said(english: Speech) -> None:
    """As it was written down; the one that stands where nobody gave any is left out."""
    assert deeds.outcome(deed("withdrawn", {**PHOTO, "reason": "the author asks"}), english) == "the author asks"
    assert deeds.outcome(deed("withdrawn", {**PHOTO, "reason": "by the operator"}), english) == ""


def test_dark_by_somebody_and_by_the_file_that_they_left_is_one_deed() -> None:
    """Whichever came first: the line that says who it was stays."""
    row, file = ordered(Plain.DARK, "olek"), ordered(Plain.DARK, BY_FILE, at=OPENING + SECOND)

    assert deeds.folded([file, row]) == (row,)
    assert deeds.folded([row, file]) == (row,)
    assert deeds.folded([ordered(Plain.DARK, BY_FILE, at=OPENING + 3 * SECOND), row])[1:] == (row,)


def test_an_order_to_two_processes_is_one_deed() -> None:
    """The configuration is read again by both."""
    both = [ordered(Plain.RELOAD), ordered(Plain.RELOAD, to="ingest")]

    assert deeds.folded(both) == (both[0],)


def test_two_people_are_two_deeds() -> None:
    """And so is one who presses twice."""
    several = [ordered(Plain.DARK, "olek"), ordered(Plain.DARK, "ada"), ordered(Plain.NEXT), ordered(Plain.NEXT)]

    assert deeds.folded(several) == tuple(several)
