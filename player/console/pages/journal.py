"""Journal: what was ordered, withdrawn and shown, a page at a time; and whether it is as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final, cast
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from player.console.api.shapes import LinesAsked
from player.console.desk import Asked, Desk
from player.console.live import Topic
from player.console.looks import asking
from player.console.looks.journal import Found, Verification
from player.console.looks.wording import plain
from player.console.pages import deeds
from player.console.pages.deeds import PEOPLE, Deed
from player.console.pages.saying import Speech, speech, speech_in
from player.console.people.roles import Role
from player.console.routes import Route

PATH: Final = "/journal"
MAX_PARTS: Final = 12  # of a line: the rest is in the export
DIGITS: Final = 16  # of a hash, as people compare them
MAX_VALUE: Final = 160  # characters of one part
KNOWN: Final = frozenset(
    {
        "alarm",
        "approvals",
        "command",
        "joined late",
        "loss accepted",
        "missed",
        "off screen",
        "people",
        "plays",
        "projector",
        "receipt",
        "reinstated",
        "review",
        "rung",
        "show begun",
        "show ended",
        "withdrawn",
    }
)
"""Kinds of lines that the catalogue has a word for; others are called what they are."""
INSTANTS: Final = frozenset({"known", "off", "gone", "done_at", "from", "at", "began", "end", "start"})
"""Parts of lines that are UTC nanoseconds."""
NAMED: Final = ("item", "source", "show", "slot", "start", "reason", "why", "known", "off", "gone", "was_up", "here", "at")
"""Parts that the catalogue has a word for, in the order in which people ask after them; others are called what they are."""

LEVELS: Final = {
    Found.NOT_YET: "none",
    Found.RUNNING: "none",
    Found.SOUND: "ok",
    Found.FAULTY: "bad",
    Found.LEFT_OFF: "warn",
}


class PageAsked(LinesAsked):
    """Which lines of the journal, on a page."""

    every: bool = False
    """All kinds, where none is named; else those that tell what people did."""

    @property
    def shown(self) -> tuple[str, ...]:
        """The kinds that are looked for; none: all."""
        return self.kinds or (() if self.every else PEOPLE)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line."""

    name: str
    value: str
    is_word: bool = False
    """Whether its name is the catalogue's, not its writer's."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line."""

    at: str
    kind: str
    sentence: str
    """Empty: there is none for lines of this kind."""
    said: str
    """What came of it."""
    parts: tuple[Part, ...]
    """What stands in it, as it was written."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the journal is known to be sound, in words."""

    level: str
    word: str
    sentence: str
    is_running: bool


async def page(asked: Asked) -> Response:
    """Return the page."""
    given, desk, words = asked.take(PageAsked), asked.desk, speech(asked)
    chapter = await asking.chapter(desk, kinds=given.shown, before=given.before, after=given.after, limit=given.limit)
    kinds = await asking.journal_kinds(desk)
    query = urlencode([("kinds", kind) for kind in given.kinds])
    return asked.sheet.page(
        "journal.html",
        lines=[shown(deed, words) for deed in deeds.folded(map(deeds.read, chapter.lines))],
        kinds=[(kind, kind_in_words(kind, words), not given.shown or kind in given.shown) for kind in kinds],
        has_every=not given.shown,
        has_deeds=given.shown == PEOPLE,
        older=_address(given, "before", chapter.older),
        newer=_address(given, "after", chapter.newer),
        query=f"?{query}" if query else "",
        verified=verified(desk.looks.verifier.found, words),
    )


async def verify(asked: Asked) -> Response:
    """Begin to read through the journal."""
    asking.verify_journal(asked.desk)
    return RedirectResponse(f"{PATH}#verified", 303)


async def line(desk: Desk, language: str) -> str:
    """Return how far the reading is, as one line for everybody who looks."""
    return json.dumps(asdict(verified(desk.looks.verifier.found, speech_in(desk, language))), ensure_ascii=False)


def verified(found: Verification, words: Speech) -> Verified:
    """Return what reading through the journal came to, in words."""
    level = LEVELS[found.found]
    at = words.moment(found.at) if found.at is not None else ""
    fields: dict[str, object] = {"count": found.lines, "at": at, "writer": found.writer, "number": found.number}
    sentence = words.text(f"journal.{found.found.value}", **fields, what=plain(found.what))
    return Verified(level, words.text(f"journal.word_{found.found.value}"), sentence, found.found is Found.RUNNING)


def shown(deed: Deed, words: Speech) -> Shown:
    """Return a line as people read it."""
    line, what = deed.line, deed.what
    parts = (Part("", plain(line.what)),) if what is None else tuple(_parts(_raw(what), words))
    sentence, said = deeds.sentence(deed, words), deeds.outcome(deed, words)
    return Shown(words.exactly(line.at), kind_in_words(line.kind, words), sentence, said, parts)


def kind_in_words(kind: str, words: Speech) -> str:
    """Return what a kind of line is called."""
    return words.text(f"kind.{kind.replace(' ', '_')}") if kind in KNOWN else plain(kind, MAX_VALUE)


def _raw(what: Mapping[str, object]) -> Mapping[str, object]:
    """Return the parts of a line; of a command also what it was given, and not its reply, which is the result in English."""
    given = what.get("arguments")
    if "verb" not in what or not isinstance(given, dict):
        return what
    rest = {name: value for name, value in what.items() if name not in {"arguments", "reply"}}
    return rest | cast("dict[str, object]", given)


def _parts(what: Mapping[str, object], words: Speech) -> Iterator[Part]:
    known = [(name, what[name]) for name in NAMED if name in what]
    for name, value in [*known, *((name, value) for name, value in what.items() if name not in NAMED)][:MAX_PARTS]:
        if value is None or value in ("", [], {}):
            continue
        is_word = name in NAMED
        yield Part(words.text(f"journal.part_{name}") if is_word else plain(name, MAX_VALUE), _value(name, value, words), is_word)


def _value(name: str, value: object, words: Speech) -> str:
    if name in INSTANTS and (instant := words.instant(value)):
        return instant
    if name == "sha256" and isinstance(value, str):
        return plain(value, DIGITS)
    if isinstance(value, bool):
        return words.text("journal.yes" if value else "journal.no")
    if isinstance(value, list):
        return str(len(cast("list[object]", value)))
    if name == "length_ns" and isinstance(value, str) and value.isdecimal():
        return words.length(int(value[:19]) // 10**9)
    return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False), MAX_VALUE)


def _address(given: PageAsked, way: str, mark: str | None) -> str:
    if mark is None:
        return ""
    every = [("every", "true")] if given.every else []
    return f"{PATH}?{urlencode([*every, *(('kinds', kind) for kind in given.kinds), (way, mark)])}"


ROUTES: Final = (
    Route("GET", PATH, Role.VIEWER, page, kind="page", says="What was ordered, withdrawn and shown.", takes=PageAsked),
    Route("POST", f"{PATH}/verification", Role.OPERATOR, verify, kind="form", says="Read through the journal."),
)
TOPIC: Final = Topic("verification", line)
