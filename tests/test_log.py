"""Tests of what the player says of itself."""

from __future__ import annotations

import io
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from player import log


class Terminal(io.StringIO):
    """A stream in memory that says it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    """Leave logging as it was."""
    root, ours = logging.getLogger(), logging.getLogger("weremember")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    logging.captureWarnings(capture=False)


def lines_of(stream: io.StringIO) -> list[str]:
    """Return what was written, without the time of day that stands before lines for people."""
    return stream.getvalue().splitlines()


def test_a_line_for_machines_is_logfmt() -> None:
    """Off a terminal, an event is one line of keys and values, quoted where they need it."""
    stream = io.StringIO()
    log.set_up(verbose=False, stream=stream, environ={})

    log.get("ingest").info("feed is stale", source="demo", since=3.5, path=Path("/var/lib/a b"))

    assert lines_of(stream) == ['level=info room=ingest event="feed is stale" source=demo since=3.5 path="/var/lib/a b"']


def test_a_line_for_people_reads_as_a_sentence() -> None:
    """On a terminal, an event is the time, how bad it is, and the words."""
    stream = Terminal()
    log.set_up(verbose=False, stream=stream, environ={})

    log.get("ingest").warning("feed is stale", source="demo")

    assert [line.split(" ", 1)[1] for line in lines_of(stream)] == ["warning ingest: feed is stale (source=demo)"]


def test_verbose_is_for_people_and_tells_more() -> None:
    """`--verbose` shows debug events, in words, also off a terminal; without it they are not shown."""
    quiet, talkative = io.StringIO(), io.StringIO()
    log.set_up(verbose=False, stream=quiet, environ={})
    log.get("screen").debug("a slide is ready")
    log.set_up(verbose=True, stream=talkative, environ={})
    log.get("screen").debug("a slide is ready")

    assert not quiet.getvalue()
    assert talkative.getvalue().endswith("debug screen: a slide is ready\n")


def test_the_journal_is_told_the_priority(tmp_path: Path) -> None:
    """A line that goes to the journal begins with the priority that it reads; one that goes elsewhere does not."""
    with (tmp_path / "journal").open("w+") as stream:
        status = os.fstat(stream.fileno())
        for journal in (f"{status.st_dev}:{status.st_ino}", "1:1"):
            log.set_up(verbose=False, stream=stream, environ={"JOURNAL_STREAM": journal})
            log.get("screen").error("no display")
        stream.seek(0)

        assert stream.read().splitlines() == [
            '<3>level=error room=screen event="no display"',
            'level=error room=screen event="no display"',
        ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", '""'),
        ("a\nlevel=error", '"a\\nlevel=error"'),
        ('say "no"', '"say \\"no\\""'),
        ("\x1b[2J", '"\\x1b[2J"'),
        ("\u202egnp.exe", '"\\u202egnp.exe"'),
        ("\ud800", '"\\ud800"'),
        ("C:\\new", '"C:\\\\new"'),
        ("נזכור", '"נזכור"'),
        (None, "None"),
    ],
)
def test_a_value_cannot_break_its_line(value: object, shown: str) -> None:
    """What comes from outside stays one quoted value: no line breaks, terminal codes, turned text or lone surrogates."""
    stream = io.StringIO()
    log.set_up(verbose=False, stream=stream, environ={})

    log.get("ingest").info("refused", id=value)

    assert lines_of(stream) == [f"level=info room=ingest event=refused id={shown}"]


def test_a_value_is_cut() -> None:
    """A value of a million characters costs the log a thousand."""
    stream = io.StringIO()
    log.set_up(verbose=False, stream=stream, environ={})

    log.get("ingest").info("refused", id="5" * 1_000_000)

    assert len(stream.getvalue()) < log.MAX_VALUE_CHARS + 100


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/feed.json", "https://example.org/feed.json"),
        ("https://anna:secret@example.org:8443/feed", "https://***@example.org:8443/feed"),
        ("https://example.org/feed?token=secret&page=2", "https://example.org/feed?token=***&page=***"),
        ("https://example.org/feed?secret#secret", "https://example.org/feed?***#***"),
        ("https://[half", "(an address that cannot be read)"),
    ],
)
def test_an_address_is_shown_without_its_secrets(address: str, shown: str) -> None:
    """User, password and the values of a query never reach a log."""
    assert log.redact(address) == shown


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_secrets_are_hidden_wherever_they_stand(stream: io.StringIO) -> None:
    """An address within an event, a value or an error's text is shown without its secrets too, also when it is cut."""
    log.set_up(verbose=False, stream=stream, environ={})
    voice = log.get("ingest")

    voice.info("asking https://anna:hush@example.org", url="https://example.org/?key=hush")
    voice.error("no answer", error=OSError("Max retries exceeded with url: /feed?token=hush (Caused by ...)"))
    voice.info("long", url="x" * (log.MAX_VALUE_CHARS - 15) + " https://anna:hush@example.org")

    assert "hush" not in stream.getvalue()
    assert "OSError" in stream.getvalue()


def test_a_crash_says_where() -> None:
    """An error that nobody expected is told with its trace, for machines on the same one line."""
    stream, terminal = io.StringIO(), Terminal()
    for out in (stream, terminal):
        log.set_up(verbose=False, stream=out, environ={})
        try:
            int("three")
        except ValueError as error:
            log.get("ingest").crash("one item was passed over", error, id="a")

    assert len(lines_of(stream)) == 1
    assert "test_a_crash_says_where" in stream.getvalue()
    assert len(lines_of(terminal)) > 3


def test_an_edge_is_told_once() -> None:
    """A condition is told when it begins and when it ends, for each key by itself, and not in between."""
    stream = io.StringIO()
    log.set_up(verbose=False, stream=stream, environ={})
    stale = log.Edge(log.get("ingest"), begins="feed is stale", ends="feed is fresh again")

    news = [
        stale.note(source, holds=holds, source=source)
        for source, holds in [("a", False), ("a", True), ("b", True), ("a", True), ("a", False)]
    ]

    assert news == [False, True, True, False, True]
    assert lines_of(stream) == [
        'level=warning room=ingest event="feed is stale" source=a',
        'level=warning room=ingest event="feed is stale" source=b',
        'level=info room=ingest event="feed is fresh again" source=a',
    ]


def test_libraries_speak_the_same_way() -> None:
    """A library's warning, by logging or by warnings, becomes a line like ours; its daily work is not repeated."""
    stream = io.StringIO()
    log.set_up(verbose=False, stream=stream, environ={})

    logging.getLogger("urllib3").info("starting a connection")
    logging.getLogger("urllib3").warning("retrying %s", "https://example.org/?a=hush")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old\nways", stacklevel=1)

    first, second = lines_of(stream)
    assert first == 'level=warning room=urllib3 event="retrying https://example.org/?a=***"'
    assert second.startswith("level=warning room=py.warnings")


def test_a_log_that_cannot_be_written_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """A terminal that has gone is no error of ours: the line is lost, and nothing else is said."""
    stream = io.StringIO()
    log.set_up(verbose=False, stream=stream, environ={})
    stream.close()

    log.get("screen").info("still here")

    assert not capsys.readouterr().err
