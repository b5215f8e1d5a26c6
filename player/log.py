"""What the player says of itself: events with fields, one line each, on edges only.

Under systemd or in a pipe a line is `level=info room=ingest event="feed is stale" source=demo`, with the priority that the
journal reads in front; on a terminal, or with `--verbose`, it is written for people. Whatever comes from outside (names,
addresses, errors) is escaped so that a line stays one line, cut so that it stays short, and stripped of secrets.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, TextIO
from urllib.parse import SplitResult, quote, quote_plus, urlsplit, urlunsplit

MAX_VALUE_CHARS: Final = 1000  # a sentence or an address with room to spare; a hostile feed must not fill the journal
MAX_TRACE_CHARS: Final = 8000  # about sixty frames, of which the last are kept: they say where it broke

HIDDEN: Final = "***"

_hidden: dict[str, None] = {}  # as a set in order; secrets are few, and once known they stay hidden for good

_PLAIN = re.compile(r"[\w./:@%+,*-]+", re.ASCII)
_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE)
_PARAMETER = re.compile(r"([?&;][\w.~%\[\]-]+=)[^\s&;#\"'<>)]+")  # errors of requests name the path without its host
_PRIORITY: Final = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_ROOT: Final = "weremember"


class Log:
    """One room's voice."""

    __slots__ = ("_logger",)

    def __init__(self, room: str) -> None:
        self._logger = logging.getLogger(f"{_ROOT}.{room}")

    def debug(self, event: str, /, **fields: object) -> None:
        """Say what only someone looking for a fault wants to know; shown with `--verbose`."""
        self._say(logging.DEBUG, event, fields)

    def info(self, event: str, /, **fields: object) -> None:
        """Say that something changed, as it should."""
        self._say(logging.INFO, event, fields)

    def warning(self, event: str, /, **fields: object) -> None:
        """Say that something is amiss and the show goes on."""
        self._say(logging.WARNING, event, fields)

    def error(self, event: str, /, **fields: object) -> None:
        """Say that a person must act."""
        self._say(logging.ERROR, event, fields)

    def crash(self, event: str, error: BaseException, /, **fields: object) -> None:
        """Say that we are at fault: an error with where it came from, for the seams that catch everything."""
        trace = without_secrets("".join(traceback.format_exception(error)))[-MAX_TRACE_CHARS:]
        self._say(logging.ERROR, event, {**fields, "error": error, "trace": trace})

    def _say(self, level: int, event: str, fields: Mapping[str, object]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", event, extra={"fields": dict(fields)})


class Edge:
    """Says a thing once when it begins and once when it ends, for each key; nothing in between.

    Keys are few and known (sources, children, displays): they are remembered for good.
    """

    def __init__(self, log: Log, *, begins: str, ends: str) -> None:
        self._log = log
        self._begins = begins
        self._ends = ends
        self._holding: set[str] = set()

    def note(self, key: str, /, *, holds: bool, **fields: object) -> bool:
        """Take note of whether it holds for *key* now; return whether that is news."""
        if holds == (key in self._holding):
            return False
        if holds:
            self._holding.add(key)
            self._log.warning(self._begins, **fields)
        else:
            self._holding.discard(key)
            self._log.info(self._ends, **fields)
        return True


def get(room: str) -> Log:
    """Return the voice of *room*, such as `ingest`."""
    return Log(room)


def hide(secret: str) -> bool:
    """Show *secret* in no line and no trace from here on, however it came there; return whether that is news.

    A library's error may name an address with a key in it. Forms that addresses and JSON write it in are hidden too.
    """
    if secret in _hidden:
        return False
    forms = (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1], repr(secret)[1:-1])
    _hidden.update(dict.fromkeys(forms))
    return True


def without_secrets(text: str) -> str:
    """Return *text* with every secret that `hide` was told of, and what addresses carry beside their path, left out."""
    for secret in sorted(_hidden, key=len, reverse=True):  # one may be the beginning of another
        text = text.replace(secret, HIDDEN)
    return _PARAMETER.sub(rf"\g<1>{HIDDEN}", _ADDRESS.sub(lambda found: redact(found.group()), text))


def redact(address: str) -> str:
    """Return *address* fit for a log: without user, password, and the values of its query."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "(an address that cannot be read)"
    _, at, host = parts.netloc.rpartition("@")
    return urlunsplit(
        SplitResult(
            parts.scheme,
            f"{HIDDEN}@{host}" if at else host,
            parts.path,
            "&".join(_without_value(pair) for pair in parts.query.split("&")) if parts.query else "",
            HIDDEN if parts.fragment else "",
        )
    )


def set_up(*, verbose: bool, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """Send everything that is logged in this process to *stream* (standard error), in the form that suits it.

    Libraries' warnings come the same way. May be called again; the last call counts.
    """
    out = sys.stderr if stream is None else stream
    handler = _Unfailing(out)
    if verbose or out.isatty():
        handler.setFormatter(_ForPeople())
    else:
        handler.setFormatter(_ForMachines(prefixed=_is_journal(out, environ.get("JOURNAL_STREAM", ""))))
    root = logging.getLogger()
    for old in [known for known in root.handlers if isinstance(known, _Unfailing)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)  # what libraries say of their daily work is not ours to repeat
    logging.getLogger(_ROOT).setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.captureWarnings(capture=True)


class _Unfailing(logging.StreamHandler[TextIO]):
    """Writes lines; a full disk or a terminal that has gone must not stop the show or answer with tracebacks."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        """Let a line go that cannot be written."""


class _ForMachines(logging.Formatter):
    """One logfmt line, with the `<N>` that sd-daemon(3) defines when it goes to the journal."""

    def __init__(self, *, prefixed: bool) -> None:
        super().__init__()
        self._prefixed = prefixed

    def format(self, record: logging.LogRecord) -> str:
        """Return `level=… room=… event=… key=value`."""
        pairs = {"level": record.levelname.lower(), "room": _room(record), "event": record.getMessage(), **_fields(record)}
        line = " ".join(f"{key}={_quoted(value)}" for key, value in pairs.items())
        return f"<{_PRIORITY.get(record.levelno, 6)}>{line}" if self._prefixed else line


class _ForPeople(logging.Formatter):
    """The time of day, how bad it is, and the words."""

    def format(self, record: logging.LogRecord) -> str:
        """Return `12:00:05 warning ingest: feed is stale (source=demo)`."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        fields = _fields(record)
        trace = str(fields.pop("trace", "")).rstrip()
        told = ", ".join(f"{key}={_quoted(value)}" for key, value in fields.items())
        line = f"{at:%H:%M:%S} {record.levelname.lower()} {_room(record)}: {_cleaned(record.getMessage())}"
        line += f" ({told})" if told else ""
        return "\n    ".join([line, *(_cleaned(part) for part in trace.splitlines())])


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """Return what our own loggers attach; a library's record has at most a traceback."""
    fields = getattr(record, "fields", None)
    if fields is not None:
        return dict(fields)
    return {"error": record.exc_info[1]} if record.exc_info else {}


def _room(record: logging.LogRecord) -> str:
    return record.name.removeprefix(f"{_ROOT}.")


def _quoted(value: object) -> str:
    """Return *value* as one logfmt value."""
    text = _cleaned(f"{type(value).__name__}: {value}" if isinstance(value, BaseException) else str(value))
    if _PLAIN.fullmatch(text):
        return text
    return '"' + text.replace('"', '\\"') + '"'


def _cleaned(text: str) -> str:
    """Return *text* without secrets, on one line, within bounds; what cannot be printed is escaped."""
    limit = MAX_TRACE_CHARS if text.startswith("Traceback") else MAX_VALUE_CHARS
    told = without_secrets(text[: 4 * limit])  # cut only after hiding: half an address may show what the whole would hide
    cut = f"{told[:limit]}…" if len(told) > limit else told
    return "".join(_printable(character) for character in cut)


def _printable(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _without_value(pair: str) -> str:
    key, equals, _ = pair.partition("=")
    return f"{key}={HIDDEN}" if equals else HIDDEN


def _is_journal(stream: TextIO, journal: str) -> bool:
    """Tell whether *stream* is the very one that systemd connected to the journal, as JOURNAL_STREAM names it."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):  # closed, or in memory
        return False
    return journal == f"{status.st_dev}:{status.st_ino}"
