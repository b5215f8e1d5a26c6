"""WebVTT and SRT to subtitles: one forgiving reader for both, because real files are something between.

The libraries that were tried (webvtt-py 0.6, pysubs2 1.8, srt 3.5) have no limits and take 8 s for 100,000 subtitles, leave
`&amp;` and some tags in the text, forget where a subtitle stands in picture and file, and fail on a byte-order mark or an old
code page; `srt` needs quadratic time for a line of digits. The format itself is a page.

A subtitle that cannot be understood is left out and named; the rest of the file is shown. Only a file that is too large, or no
subtitles at all, is refused. X-TIMESTAMP-MAP ties segments of a stream together; in a whole file times count from the film's
start, so it is skipped with the rest of the header.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from player.errors import OperatorError
from player.subtitles.encoding import decoded
from player.subtitles.plain import is_marked_high, plain_lines
from player.subtitles.timeline import Subtitle, Subtitles, timeline
from player.units import MILLISECOND, Nanos

MAX_BYTES: Final = 5_000_000  # a film of nine hours has 1 MB; whoever opens the file reads one byte more and no further
MAX_CUES: Final = 20_000  # twelve hours, one every two seconds
MAX_LINES: Final = 4  # two speakers with two lines each
MAX_CHARACTERS: Final = 400  # of one subtitle; nobody reads more while it is up
MAX_FAULTS: Final = 20  # named ones; a file with more is another kind of file
_MAX_RAW: Final = 10_000  # characters of one subtitle with its tags: with a time before every word it has twenty times its text
_MAX_TIMING: Final = 400  # characters of a line of times, with its settings
_TOP_LINES: Final = 7  # WebVTT counts about 15 lines from the top: these are its upper half
_MIDDLE: Final = 50.0  # per cent of the height

_TIME: Final = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,:](\d{1,3}))?"
_TIMING: Final = re.compile(rf"\s{{0,20}}{_TIME}\s{{0,20}}-->\s{{0,20}}{_TIME}(?:\s(.*))?", re.DOTALL)
_LINE: Final = re.compile(r"(?:^|\s)line:(-?\d{1,5}(?:\.\d{1,9})?)(%?)")
_BLOCK: Final = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")


def read(content: bytes, *, name: str, language: str = "") -> Subtitles:
    """Return the subtitles in *content*.

    Args:
        content: Of a WebVTT or SRT file, at most MAX_BYTES.
        name: Of the file, as messages call it.
        language: BCP 47 tag, as its name says; it also tells which code page an old file is in.

    Raises:
        OperatorError: it is too large, no text, or has no subtitles; one sentence, with file and line.
    """
    if len(content) > MAX_BYTES:
        raise OperatorError(f"{name}:1: is larger than {MAX_BYTES // 1_000_000} MB: it is no file of subtitles.")
    text, page = decoded(content, name=name, language=language)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    is_webvtt = lines[0].startswith("WEBVTT")
    faults = _Faults(name)
    if page:
        faults.note(1, f"is not UTF-8, so it is read as {page}. Save it as UTF-8.")
    cues = list(_cues(_blocks(lines, is_webvtt=is_webvtt), faults))
    if not cues and not is_webvtt:
        raise OperatorError(faults.found[-1] if faults.found else f"{name}:1: has no subtitles: neither WebVTT nor SRT.")
    return timeline(cues, language, faults.found)


@dataclass(slots=True)
class _Faults:
    """What was left out, and where."""

    name: str
    found: list[str] = field(default_factory=list[str])

    def note(self, line: int, message: str) -> None:
        """Remember that something in *line* cannot be shown."""
        if len(self.found) < MAX_FAULTS:
            self.found.append(f"{self.name}:{line}: {message}")


@dataclass(slots=True)
class _Block:
    """A line of times, where it stands, and what follows it."""

    number: int
    timing: str
    said: list[str] = field(default_factory=list[str])
    length: int = 0


def _blocks(lines: Iterable[str], *, is_webvtt: bool) -> Iterator[_Block]:
    """Yield every line with an arrow in it, and the text below it up to an empty line or the next one."""
    block: _Block | None = None
    is_aside, is_fresh = False, True  # in a note or a style; after an empty line
    for number, line in enumerate(lines, 1):
        if not line or line.isspace():
            if block is not None and block.said:
                yield block
                block = None
            is_aside, is_fresh = False, True
            continue
        if is_webvtt and is_fresh and _BLOCK.match(line):
            is_aside = True  # a note may have a subtitle in it that somebody took out
        is_fresh = False
        if is_aside:
            continue
        if "-->" in line:
            if block is not None:
                _drop_number(block)
                yield block
            block = _Block(number, line[:_MAX_TIMING])
        elif block is not None:
            block.length += len(line)
            block.said.append(line[:_MAX_RAW])
    if block is not None:
        yield block


def _drop_number(block: _Block) -> None:
    """Take away the next subtitle's number, where no empty line stands before it."""
    if block.said and block.said[-1].strip().isdecimal():
        block.said.pop()


def _cues(blocks: Iterable[_Block], faults: _Faults) -> Iterator[Subtitle]:
    count = 0
    for block in blocks:
        count += 1
        if count > MAX_CUES:
            raise OperatorError(f"{faults.name}:{block.number}: has more than {MAX_CUES:,} subtitles: no film has.")
        times = _TIMING.fullmatch(block.timing)
        if times is None:
            faults.note(block.number, "a subtitle's times are written as 00:01:02.000 --> 00:01:05.000: it is left out.")
            continue
        begin, end = _instant(*times.group(1, 2, 3, 4)), _instant(*times.group(5, 6, 7, 8))
        if end <= begin:
            faults.note(block.number, "a subtitle ends before it begins: it is left out.")
            continue
        lines = _lines(block, faults)
        if lines:
            is_high = _is_high(times[9] or "") or any(map(is_marked_high, block.said))
            yield Subtitle(begin, end, lines, is_high)


def _lines(block: _Block, faults: _Faults) -> tuple[str, ...]:
    """Return the text of *block*; none where it is too much for anybody to read."""
    lines = plain_lines("\n".join(block.said)) if block.length <= _MAX_RAW else ()
    length = sum(map(len, lines)) if block.length <= _MAX_RAW else block.length
    if length > MAX_CHARACTERS:
        faults.note(block.number, f"a subtitle has {length:,} characters, {MAX_CHARACTERS} at most: it is left out.")
        return ()
    if len(lines) > MAX_LINES:
        faults.note(block.number, f"a subtitle has {len(lines)} lines, {MAX_LINES} at most: it is left out.")
        return ()
    return lines


def _instant(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> Nanos:
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return (whole * 1000 + int((fraction or "0").ljust(3, "0"))) * MILLISECOND


def _is_high(settings: str) -> bool:
    """Return whether WebVTT's `line` puts it into the upper half: counted from the top, or in per cent of the height."""
    found = _LINE.search(settings)
    if found is None:
        return False
    at = float(found[1])
    return at < _MIDDLE if found[2] else 0 <= at <= _TOP_LINES
