"""What the screen and the process `film` say to each other: orders one way, states the other, a message each, all bounded.

They meet at a socket in the data folder that keeps messages apart (SOCK_SEQPACKET); the memory in which frames lie goes along
with the message that says that a source was taken in. Encoded bytes never do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Final, TypeAlias, TypeVar, cast

from player.errors import WorkerError
from player.film.limits import MAX_RING_SIZE
from player.units import SECOND, Nanos, Size

T = TypeVar("T")

NAME: Final = "film.sock"
MOST: Final = 32_768  # bytes of a message; the longest has a path, which the kernel lets have 4096, six characters for each
MAX_NAME: Final = 400  # characters of a source's name, which the screen makes up, and a stream's
MAX_PATH: Final = 4096  # bytes, as for the kernel
MAX_SOURCES: Final = 6  # at once: what is up, what comes, what goes, of a film and of a stream; each has 40 MB of frames
MAX_RATE: Final = 240.0  # frames in a second that an output shows
MAX_GAIN: Final = 30.0  # dB, either way
MAX_WORDS: Final = 600  # characters of a sentence
LONGEST_FADE: Final[Nanos] = 60 * SECOND
_MOST: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFilm:
    """A film as the screen wants it."""

    film: str
    """Its file, as the configuration names it, made whole."""
    size: Size
    """Of its frames: exactly that of the clip's place; even sides, at most 3840 x 2160."""
    begin: Nanos = 0
    """From the film's first frame on."""
    end: Nanos | None = None
    """None: its own."""
    rate: float = 60.0
    """Frames in a second that the output shows."""
    has_sound: bool = False
    """Whether it is to be heard."""
    gain_db: float = 0.0
    """By how much it is made louder, from its loudness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStream:
    """A live stream as the screen wants it."""

    stream: str
    """Its name in the configuration."""
    size: Size
    """Of its frames, as for films."""
    rate: float = 60.0
    has_sound: bool = False


Wanted: TypeAlias = OpenFilm | OpenStream


@dataclass(frozen=True, slots=True)
class Open:
    """Begin with a source, which is called so from now on."""

    source: str
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Close:
    """Nothing more of this source is wanted."""

    source: str


@dataclass(frozen=True, slots=True)
class Loud:
    """How loud a source is to be, 0 to 1, from an instant (monotonic) on, reached within *length*."""

    source: str
    to: float
    begin: Nanos
    length: Nanos


@dataclass(frozen=True, slots=True)
class Mute:
    """Whether nothing at all is to be heard."""

    is_muted: bool


Order: TypeAlias = Open | Close | Loud | Mute


@dataclass(frozen=True, slots=True)
class Opening:
    """Nothing of it can be shown yet; of a stream, what is being done: `connecting`, `buffering`."""

    doing: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """It can be shown; of a stream: it plays."""

    has_sound: bool
    latency: Nanos = 0
    """Of a stream: how long ago what is shown was sent; 0: nobody knows."""
    rendition: str = ""
    """Of a stream: which of its sizes is decoded."""


@dataclass(frozen=True, slots=True)
class Stalled:
    """A stream that played stands still: nothing new has come since that instant (monotonic). It may come back, as Ready."""

    since: Nanos


@dataclass(frozen=True, slots=True)
class Ended:
    """No frame follows."""

    at: Nanos
    """When the last one has been long enough on screen, from the film's first frame on."""
    is_cut_short: bool = False
    """Whether the file promised more."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing more comes."""

    why: str
    """A sentence for the operator."""


State: TypeAlias = Opening | Ready | Stalled | Ended | Failed


@dataclass(frozen=True, slots=True)
class Given:
    """A source was taken in: the memory of its frames goes along with this."""

    source: str


@dataclass(frozen=True, slots=True)
class Is:
    """How a source is from now on."""

    source: str
    state: State


@dataclass(frozen=True, slots=True)
class Sounds:
    """How sound is doing, for `status`."""

    device: str = ""
    """What it is heard on; empty where there is none."""
    dropouts: int = 0
    """How often the card ran dry."""
    off: Nanos = 0
    """How far sound is ahead of its picture; behind it, below 0."""
    why: str = ""
    """Why there is no device where one was needed."""


News: TypeAlias = Given | Is | Sounds

_Said: TypeAlias = dict[str, object]
_WANTED: Final[dict[str, type[Wanted]]] = {kind.__name__: kind for kind in (OpenFilm, OpenStream)}


def packed(said: Order | News) -> bytes:
    """Return *said* as one message; words that are too long for one are cut: whoever hears them believes in no longer ones."""
    fields = asdict(said)
    if isinstance(said, Open):
        fields["wanted"] |= {"kind": type(said.wanted).__name__}
    elif isinstance(said, Is):
        state = fields["state"] | {"kind": type(said.state).__name__}
        fields["state"] = {name: _cut(value, MAX_WORDS if name == "why" else MAX_NAME) for name, value in state.items()}
    elif isinstance(said, Sounds):
        fields["device"] = _cut(said.device, MAX_NAME)
    return json.dumps({"say": type(said).__name__, **fields}).encode()


def _cut(value: object, most: int) -> object:
    """Leave out the middle: a sentence begins with what it is about, an address at times, and ends with what is wrong."""
    if not isinstance(value, str) or len(value) <= most:
        return value
    return f"{value[: most // 2 - 1]}…{value[-(most // 2) :]}"


def order_of(message: bytes) -> Order:
    """Read what a screen said, and believe nothing of it that cannot be.

    Raises:
        WorkerError: It is no order.
    """
    return _read(message, _ORDERS)


def news_of(message: bytes) -> News:
    """Read what the process `film` said.

    Raises:
        WorkerError: It is none of it.
    """
    return _read(message, _NEWS)


def _read(message: bytes, kinds: Mapping[str, Callable[[_Said], T]]) -> T:
    try:
        said = cast("_Said", json.loads(message))
        return kinds[str(said["say"])](said)
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise WorkerError("what was said about a film makes no sense") from error


def _open(said: _Said) -> Open:
    wanted = cast("_Said", said["wanted"])
    width, height = cast("list[object]", wanted["size"])
    size = Size(_number(width, 2, MAX_RING_SIZE.width), _number(height, 2, MAX_RING_SIZE.height))
    rate, has_sound = _real(wanted["rate"], 1, MAX_RATE), _truth(wanted["has_sound"])
    if _WANTED[str(wanted["kind"])] is OpenStream:
        stream = _text(wanted["stream"], MAX_NAME)
        return Open(_name(said), OpenStream(stream=stream, size=size, rate=rate, has_sound=has_sound))
    begin = _number(wanted["begin"])
    film = OpenFilm(
        film=_text(wanted["film"], MAX_PATH),
        size=size,
        begin=begin,
        end=None if wanted["end"] is None else _number(wanted["end"], begin),
        rate=rate,
        has_sound=has_sound,
        gain_db=_real(wanted["gain_db"], -MAX_GAIN, MAX_GAIN),
    )
    return Open(_name(said), film)


def _loud(said: _Said) -> Loud:
    return Loud(_name(said), _real(said["to"], 0, 1), _number(said["begin"]), _number(said["length"], 0, LONGEST_FADE))


def _is(said: _Said) -> Is:
    state = cast("_Said", said["state"])
    return Is(_name(said), _STATES[str(state["kind"])](state))


def _ready(said: _Said) -> Ready:
    return Ready(_truth(said["has_sound"]), _number(said["latency"]), _text(said["rendition"], MAX_NAME))


def _sounds(said: _Said) -> Sounds:
    return Sounds(
        _text(said["device"], MAX_NAME), _number(said["dropouts"]), _number(said["off"], -_MOST), _text(said["why"], MAX_WORDS)
    )


def _name(said: _Said) -> str:
    return _text(said["source"], MAX_NAME)


def _text(value: object, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise TypeError("not a text")
    return value


def _number(value: object, least: int = 0, most: int = _MOST) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("not a number")
    return value


def _real(value: object, least: float, most: float) -> float:
    if type(value) not in {int, float} or not least <= cast("float", value) <= most:
        raise ValueError("not a number")
    return float(cast("float", value))


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not a truth")
    return value


_ORDERS: Final[Mapping[str, Callable[[_Said], Order]]] = {
    "Open": _open,
    "Close": lambda said: Close(_name(said)),
    "Loud": _loud,
    "Mute": lambda said: Mute(_truth(said["is_muted"])),
}
_STATES: Final[Mapping[str, Callable[[_Said], State]]] = {
    "Opening": lambda said: Opening(_text(said["doing"], MAX_NAME)),
    "Ready": _ready,
    "Stalled": lambda said: Stalled(_number(said["since"])),
    "Ended": lambda said: Ended(_number(said["at"]), _truth(said["is_cut_short"])),
    "Failed": lambda said: Failed(_text(said["why"], MAX_WORDS)),
}
_NEWS: Final[Mapping[str, Callable[[_Said], News]]] = {
    "Given": lambda said: Given(_name(said)),
    "Is": _is,
    "Sounds": _sounds,
}
