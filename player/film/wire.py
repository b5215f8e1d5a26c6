"""What the two ends of a film child's pipes say: one request, then states, a line of JSON each, all bounded.

The child is believed as little as any decoder: its numbers are checked against the limits, its words cleaned.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final, TypeAlias, cast

from player.errors import FilmError
from player.film.limits import (
    MAX_DURATION,
    MAX_FILM_ASPECT,
    MAX_FRAME_PIXELS,
    MAX_PIXEL_RATE,
    MIN_DURATION,
    MIN_FILM_SIDE,
)
from player.units import Nanos, Size

MAX_LINE: Final = 4096  # bytes of a line; the longest honest one has a few hundred
MAX_WORDS: Final = 300  # characters of a sentence, enough for two lines of a journal
MAX_WARNINGS: Final = 8
MAX_RATE: Final = 1000.0  # frames in a second, of what is said of a film; more is a slip in its header
FIRST: Final = 3  # the descriptor of the film in the child; what it needs besides lies on the following ones
UNGIVEN: Final = "its server does not give it"  # begins what a child says that got no stream out of its connection
NONSENSE: Final = "the decoder answered nonsense: the file may be crafted to attack it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a child is to do, and what it was given for it."""

    film: int = -1
    """Descriptor of the file; -1: a live stream, which comes by the pipe."""
    ring: int = -1
    """Of the frames; -1: nothing is played, the film is only looked at."""
    samples: int = -1
    """Of the sound; -1: none is wanted."""
    begin: Nanos = 0
    """The first instant of the film that is wanted."""
    end: Nanos | None = None
    """The instant from which on nothing is; None: its own end."""
    rate: float = 60.0
    """Frames in a second that an output shows."""
    cores: int = 1
    """That it may decode on."""
    epoch: Nanos = 0
    """Of a live stream: where on CLOCK_MONOTONIC the instants in its ring begin."""
    relay: int = -1
    """Of a stream that is one connection: descriptor of the socket that leads there."""
    url: str = ""
    """Of that stream: what libraries are told to open, its host a number of nothing."""
    called: str = ""
    """Of an RTMP stream: the address of its application, as its server knows it."""
    behind: Nanos = 0
    """Of a stream that is one connection: how much may wait to be shown before it leaps to the newest."""
    filters: tuple[int, int] = (0, 0)
    """Bytes of the filters for the kernel that follow."""

    def pack(self) -> bytes:
        """Return a line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def unpack(cls, line: bytes) -> Request:
        """Read a line; ValueError or TypeError when it is none."""
        said = json.loads(line)
        said["filters"] = tuple(said["filters"])
        return cls(**said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What is known of a film that can be shown."""

    size: Size
    """In pixels, upright, pixels made square, sides even."""
    aspect: float
    """Width to height, as it is to be seen."""
    duration: Nanos
    rate: float
    """Frames in a second, on average."""
    is_vfr: bool
    """Whether its frames come at uneven distances."""
    codec: str
    """H.264, H.265, VP9 or AV1."""
    has_sound: bool
    warnings: tuple[str, ...] = ()
    """What will be seen or heard otherwise than its makers meant: sentences for the operator."""


@dataclass(frozen=True, slots=True)
class Confined:
    """The child stands behind its walls and begins."""

    level: int
    """Which stand: the bits of `pictures.wire.Level`."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The first frame is in the ring."""

    has_sound: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The last frame is in the ring."""

    at: Nanos
    """When it has been long enough on screen, from the film's first frame on."""
    is_cut_short: bool
    """Whether the file promised more."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing more comes."""

    why: str
    """A sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The first frame of a live stream's run is in the ring. Said again of a later one, when where that is does not follow."""

    run: int
    """Counted from 1."""
    at: Nanos
    """Its instant in the ring."""
    size: Size
    """Of its pictures as they are to be seen, in square pixels."""
    listed: Nanos = 0
    """How much of the run comes before it, by what was told with the segments."""


@dataclass(frozen=True, slots=True)
class Paced:
    """How decoding a live stream keeps up."""

    frames: int
    """That were decoded since this was said last."""
    late: int
    """So many of them after they should have been on screen."""
    waiting: Nanos = 0
    """How long all that has arrived lasts from what is on screen on."""


State: TypeAlias = Confined | Ready | Ended | Failed
Answer: TypeAlias = State | Film | Begun | Paced
_KINDS: Final[dict[str, type[Answer]]] = {kind.__name__: kind for kind in (Confined, Ready, Ended, Failed, Film, Begun, Paced)}


def line_of(answer: Answer) -> bytes:
    """Return *answer* as a line, which ends it."""
    return json.dumps({"say": type(answer).__name__, **asdict(answer)}).encode() + b"\n"


def answer_of(line: bytes) -> Answer:
    """Read what a child said.

    Raises:
        FilmError: No honest child could have said it.
    """
    try:
        said = cast("dict[str, object]", json.loads(line))
        kind = _KINDS[str(said.pop("say"))]
        answer = _built(kind, said)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise FilmError(NONSENSE) from error
    if not _is_possible(answer):
        raise FilmError(NONSENSE)
    return answer


def _built(kind: type[Answer], said: dict[str, object]) -> Answer:
    number, text, truth = _number, _text, _truth
    if kind is Ready:
        return Ready(truth(said["has_sound"]))
    if kind is Confined:
        return Confined(number(said["level"]))
    if kind is Paced:
        return Paced(number(said["frames"]), number(said["late"]), number(said.get("waiting", 0)))
    if kind in {Ended, Failed}:
        is_end = kind is Ended
        return Ended(number(said["at"]), truth(said["is_cut_short"])) if is_end else Failed(text(said["why"]))
    width, height = cast("list[object]", said["size"])
    size = Size(number(width), number(height))
    if kind is Begun:
        return Begun(number(said["run"]), number(said["at"]), size, number(said["listed"]))
    warnings = cast("list[object]", said["warnings"])[:MAX_WARNINGS]
    return Film(
        size=size,
        aspect=float(cast("float", said["aspect"])),
        duration=number(said["duration"]),
        rate=float(cast("float", said["rate"])),
        is_vfr=truth(said["is_vfr"]),
        codec=text(said["codec"]),
        has_sound=truth(said["has_sound"]),
        warnings=tuple(map(text, warnings)),
    )


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**62:
        raise ValueError("not a number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return "".join(letter for letter in value if letter.isprintable())[:MAX_WORDS]


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not a truth")
    return value


def _is_possible(answer: Answer) -> bool:
    """Whether a film that was said to be fine is within the limits."""
    if not isinstance(answer, Film):
        return True
    width, height = answer.size
    return (
        min(width, height) >= MIN_FILM_SIDE
        and width % 2 == height % 2 == 0
        and width * height <= 2 * MAX_FRAME_PIXELS  # pixels that were no squares have been made so
        and 1 / MAX_FILM_ASPECT <= answer.aspect <= MAX_FILM_ASPECT
        and MIN_DURATION <= answer.duration <= MAX_DURATION
        and 0 < answer.rate <= MAX_RATE
        and answer.rate * width * height <= 2 * MAX_PIXEL_RATE
    )
