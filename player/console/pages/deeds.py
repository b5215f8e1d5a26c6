"""Lines of the journal as people read them: one sentence for each, and one line for what was written down twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from player.command import BY_FILE, REFUSED, Plain
from player.command.replies import from_record
from player.console.looks.journal import Line
from player.console.looks.withdrawing import REASON
from player.console.looks.wording import MAX_NAME, plain
from player.console.pages.saying import Speech
from player.console.people.roles import Role
from player.library.right import Rung
from player.library.tombstones import WILDCARD
from player.library.verdicts import Verdict
from player.units import SECOND, Nanos

PEOPLE: Final = ("alarm", "command", "loss accepted", "missed", "people", "reinstated", "review", "withdrawn")
"""Kinds of lines that tell what people did, and what they should know; the rest is the player's own record."""
TOGETHER: Final[Nanos] = 2 * SECOND  # between two lines of one deed: nobody orders the same twice as fast and means two
UNKNOWN: Final = "?"
"""Where a line does not say what its sentence needs."""
MAX_DIGITS: Final = 19  # of nanoseconds

What: TypeAlias = "Mapping[str, object]"

ALARMS: Final = frozenset(
    {"screen", "plate", "lease", "missed", "dark", "disk", "clock", "signature", "journal", "withdrawal", "ingest"}
    | {"projector", "output", "stream"}
)
SWITCHED: Final = frozenset({"switched on", "switched off", "darkened", "opened", "set to its input", "unfrozen"})
"""What projectors are told."""
_DONE: Final = frozenset({"set up", "added", "removed", "another role", "given a password", "own password"})
_RUNGS: Final = frozenset(each.value for each in Rung)
_VERBS: Final = frozenset(each.value for each in Plain) | {"extend", "dim", "withdraw"}
_VERDICTS: Final = frozenset(each.value for each in Verdict)


@dataclass(frozen=True, slots=True)
class Deed:
    """A line that has been read."""

    line: Line
    what: What | None
    """What stands in it; None: nothing that can be read, or not all of it."""


def read(line: Line) -> Deed:
    """Return a line with what stands in it, whatever somebody wrote there."""
    try:
        found: object = json.loads(line.what)
    except (ValueError, RecursionError):
        return Deed(line, None)
    return Deed(line, cast("What", found) if isinstance(found, dict) else None)


def folded(deeds: Iterable[Deed]) -> tuple[Deed, ...]:
    """Return each deed once: dark by a person and by the file they left, an order that went to two processes.

    The one that says who it was stays.
    """
    kept: list[Deed] = []
    for deed in deeds:
        near = (n for n, each in enumerate(kept) if abs(each.line.at - deed.line.at) <= TOGETHER and _are_one(each, deed))
        twin = next(near, None)
        if twin is None:
            kept.append(deed)
        elif _by_file(kept[twin]):
            kept[twin] = deed
    return tuple(kept)


def sentence(deed: Deed, words: Speech) -> str:
    """Return a line as one sentence; empty: nobody has one for it."""
    what = deed.what
    key = _KEYS[deed.line.kind](what) if what is not None and deed.line.kind in _KEYS else ""
    return words.text(f"deed.{key}", **_fields(what, words)) if what is not None and key else ""


def outcome(deed: Deed, words: Speech) -> str:
    """Return what is to be said besides: why an order was not carried out, or why a photo went; empty: nothing."""
    what = deed.what or {}
    if deed.line.kind != "command":
        reason = _text(what, "reason") if deed.line.kind in {"withdrawn", "review"} else ""
        return "" if reason == REASON else plain(reason)
    if what.get("result") is None:
        return words.text("journal.unanswered")
    reply, said = from_record(what.get("reply")), _text(what, "result")
    if reply is None:
        return plain(said) if said.startswith(REFUSED) else ""
    if reply.is_refused:
        return " ".join((words.text("order.refused"), *words.replied(reply)))
    return " ".join(words.replied(reply)) if reply.remarks[:1] and reply.remarks[0].key == "nobody" else ""


def _are_one(one: Deed, other: Deed) -> bool:
    a, b = one.what, other.what
    if a is None or b is None or {one.line.kind, other.line.kind} != {"command"}:
        return False
    if (a.get("verb"), a.get("arguments")) != (b.get("verb"), b.get("arguments")):
        return False
    is_left = a.get("verb") == Plain.DARK and _by_file(one) != _by_file(other)
    return is_left or (a.get("by") == b.get("by") and a.get("to") != b.get("to"))


def _by_file(deed: Deed) -> bool:
    return (deed.what or {}).get("by") == BY_FILE


def _command(what: What) -> str:
    given = _arguments(what)
    match what.get("verb"):
        case "go":
            return "go_for" if "length_ns" in given else "go"
        case "testcard":
            return "testcard" if "card" in given else "testcard_off"
        case "calibrate":
            return "calibrate_off" if "over" in given else "calibrate"
        case _:
            return _word(what, "verb", _VERBS) or "order"


def _withdrawn(what: What) -> str:
    return "withdraw" if _text(what, "by") or _text(what, "source") in {"", WILDCARD} else "withdraw_there"


def _alarm(what: What) -> str:
    begins = "alarm_begins" if what.get("begins") is True else "alarm_ends"
    return begins if _word(what, "alarm", ALARMS) else ""


def _projector(what: What) -> str:
    did = _word(what, "did", SWITCHED)
    return f"projector_{did.replace(' ', '_')}" if did else ""


_KEYS: Final[Mapping[str, Callable[[What], str]]] = {
    "alarm": _alarm,
    "approvals": lambda _: "approvals",
    "command": _command,
    "joined late": lambda _: "joined_late",
    "loss accepted": lambda _: "loss_accepted",
    "missed": lambda _: "missed",
    "off screen": lambda _: "off_screen",
    "people": lambda what: _word(what, "done", _DONE).replace(" ", "_"),
    "plays": lambda _: "plays",
    "projector": _projector,
    "receipt": lambda what: "receipt" if what.get("was_up") is True else "receipt_not_up",
    "reinstated": lambda _: "reinstated",
    "review": lambda what: _word(what, "verdict", _VERDICTS),
    "rung": lambda what: "rung" if _word(what, "rung", _RUNGS) else "",
    "show begun": lambda _: "show_begun",
    "show ended": lambda _: "show_ended",
    "withdrawn": _withdrawn,
}
"""What names the sentence of each kind of line; nothing, where a word in it is one that nobody knows."""


def _word(what: What, name: str, known: frozenset[str]) -> str:
    """Return a word of those that are *known*; empty: it is none of them."""
    value = what.get(name)
    return value if isinstance(value, str) and value in known else ""


def _fields(what: What, words: Speech) -> dict[str, object]:
    """Return whatever a sentence may fill in."""
    given = _arguments(what) if "verb" in what else what
    named = {name: _text(given, name) or UNKNOWN for name in ("card", "item", "level", "name", "projector", "show", "source")}
    several = what.get("plays", what.get("items"))
    return {
        **named,
        "item": _text(given, "item") or _text(what, "photo") or UNKNOWN,
        "verb": _text(what, "verb") or UNKNOWN,
        "by": words.by(_text(what, "by")),
        "role": _role(what, words),
        "length": _length(given.get("length_ns"), words),
        "start": _instant(what, words, "start", "from"),
        "off": _instant(what, words, "off"),
        "gone": _instant(what, words, "gone"),
        "count": len(cast("list[object]", several)) if isinstance(several, list) else 0,
        "what": _what(what, words),
    }


def _arguments(what: What) -> What:
    found = what.get("arguments")
    return cast("What", found) if isinstance(found, dict) else {}


def _text(what: What, name: str) -> str:
    value = what.get(name)
    return plain(value, MAX_NAME) if isinstance(value, str) else ""


def _role(what: What, words: Speech) -> str:
    role = _text(what, "role")
    return words.text(f"people.role_{role}") if role in frozenset(Role) else role or UNKNOWN


def _length(value: object, words: Speech) -> str:
    is_number = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS
    return words.length(int(value) // SECOND) if isinstance(value, str) and is_number else UNKNOWN


def _instant(what: What, words: Speech, *names: str) -> str:
    found = next((what[name] for name in names if name in what), None)
    return words.instant(found) or UNKNOWN


def _what(what: What, words: Speech) -> str:
    """Return what an alarm is about, or where photos come from."""
    alarm, rung, of = _word(what, "alarm", ALARMS), _word(what, "rung", _RUNGS), _text(what, "of")
    if alarm:
        about = words.text(f"alarm.{alarm}")
        return f"{about} ({of})" if of and alarm != "missed" else about  # that one's name is a number of nanoseconds
    return words.text(f"health.library.{rung}") if rung else UNKNOWN
