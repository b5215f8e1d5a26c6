"""Looks at a film as far as is needed to say that it can be shown, and how. Runs in the confined child."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from typing import Final

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from player.errors import FilmError
from player.film.colour import Transfer
from player.film.frames import look_of
from player.film.limits import (
    MAX_DURATION,
    MAX_FILM_ASPECT,
    MAX_FILM_BYTES,
    MAX_FRAME_PIXELS,
    MAX_PIXEL_RATE,
    MIN_DURATION,
    MIN_FILM_SIDE,
)
from player.film.reading import SAVE_AS, FilmFile, OpenFilm, is_cover, open_film
from player.film.timeline import in_nanos
from player.film.wire import MAX_RATE, Film
from player.units import MILLISECOND, SECOND, Nanos, Size, as_clock

LOOKED_AT: Final = 240  # packets by which is judged whether frames come evenly: eight seconds at 30 a second
DECODED: Final = 40  # packets until the first picture must have come: more than any codec holds back
UNEVEN: Final[Nanos] = 3 * MILLISECOND  # between two distances; containers that count whole milliseconds are off by one
TAIL: Final[Nanos] = 3 * SECOND  # before the end: from there on the last packet is looked for
CUT: Final[Nanos] = 2 * SECOND  # less than promised: then the file was cut short
REORDERED: Final = 17  # pictures that a codec may hold back, and one
HALVINGS: Final = 12  # of four hours: to 4 s
_LOCKED_TAG: Final = "encv"  # ISO/IEC 23001-7
MAX_READ: Final = 2_000_000  # packets read to learn how long a film is that does not say: 4 h of picture and sound


@dataclass(frozen=True, slots=True)
class _Start:
    """How a film begins: its first picture, and when its first ones come, as the file says it."""

    frame: VideoFrame
    instants: tuple[Nanos, ...]

    @property
    def distances(self) -> list[Nanos]:
        """Between neighbours."""
        return [after - before for before, after in pairwise(self.instants)]


def examine(file: FilmFile) -> Film:
    """Return what is known of the film in *file*.

    Raises:
        FilmError: It cannot be shown; the sentence says why and what to do.
    """
    if file.length > MAX_FILM_BYTES:
        raise FilmError(f"the file has {file.length / 1e9:.0f} GB, at most {MAX_FILM_BYTES / 1e9:.0f}: {SAVE_AS}, 8 Mbit/s")
    film = open_film(file, threads=1)
    context = film.video.codec_context
    _check_pixels(Size(context.width, context.height))
    start = _start(film)
    _check_pixels(Size(start.frame.width, start.frame.height))
    width, height = _upright(start.frame, film)
    size = Size(_even(width), _even(height))
    _check_shape(size)
    rate = _rate(film, start)
    if rate * start.frame.width * start.frame.height > MAX_PIXEL_RATE:
        raise FilmError(f"{size.width}x{size.height} pixels {rate:.0f} times a second are too many: {SAVE_AS}, 30 a second")
    duration, promised = _duration(film)
    if duration > MAX_DURATION:
        raise FilmError(
            f"it is {duration / SECOND / 3600:.1f} hours long, at most {MAX_DURATION // SECOND // 3600}: cut it in parts"
        )
    if duration < MIN_DURATION:
        raise FilmError("it holds a single picture: give it as a photo")
    return Film(
        size=size,
        aspect=float(width / height),
        duration=duration,
        rate=rate,
        is_vfr=_is_uneven(start),
        codec=film.codec,
        has_sound=film.audio is not None,
        warnings=tuple(_warnings(film, start, duration, promised)),
    )


def _check_pixels(size: Size) -> None:
    if size.width * size.height > MAX_FRAME_PIXELS:
        raise FilmError(f"its picture has {size.width}x{size.height} pixels, at most 4096x2304: {SAVE_AS}, 1920x1080")


def _check_shape(size: Size) -> None:
    if min(size) < MIN_FILM_SIDE:
        raise FilmError(f"its picture has {size.width}x{size.height} pixels: the shorter side needs {MIN_FILM_SIDE}")
    if max(size) > MAX_FILM_ASPECT * min(size):
        raise FilmError(f"its picture is {size.width}x{size.height}, too long and thin: at most {MAX_FILM_ASPECT} to 1")


def _start(film: OpenFilm) -> _Start:
    """Decode the first picture, and look at the packets behind it."""
    frame: VideoFrame | None = None
    instants: list[Nanos] = []
    is_all = True
    for number, packet in enumerate(_packets(film)):
        _check_locks(film, packet)
        if packet.pts is not None and packet.time_base:
            instants.append(in_nanos(packet.pts, packet.time_base))
        if frame is None and number < DECODED:
            frame = _whole(film, packet)
        if number >= LOOKED_AT:
            is_all = False
            break
    if frame is None and is_all:
        frame = _whole(film, None)
    if frame is None:
        raise FilmError(f"its pictures cannot be decoded: copy it again, or {SAVE_AS}")
    instants.sort()
    # Of the last ones some are not yet read, for files hold pictures in the order in which they are decoded.
    return _Start(frame, tuple(instants if is_all else instants[:-REORDERED]))


def _packets(film: OpenFilm) -> Iterator[Packet[VideoStream]]:
    return (picture for picture, _ in film.packets(has_sound=False) if picture is not None)


def _whole(film: OpenFilm, packet: Packet[VideoStream] | None) -> VideoFrame | None:
    """The first whole picture that *packet* brings; a damaged beginning may be followed by one."""
    return next((frame for frame in film.decode(packet) or () if not frame.is_corrupt), None)


def _check_locks(film: OpenFilm, packet: Packet[VideoStream]) -> None:
    tag = film.video.codec_context.codec_tag
    if tag == _LOCKED_TAG or any(packet.has_sidedata(kind) for kind in ("encryption_info", "encryption_init_info")):
        raise FilmError("it is locked by copy protection (DRM): ask its makers for a copy without")


def _upright(frame: VideoFrame, film: OpenFilm) -> tuple[Fraction, Fraction]:
    """Width and height of the picture as it is to be seen: pixels made square by stretching, turned as the file asks."""
    ratio = film.video.sample_aspect_ratio or film.video.codec_context.sample_aspect_ratio or Fraction(1)
    if ratio <= 0:
        ratio = Fraction(1)
    width, height = frame.width * max(ratio, Fraction(1)), frame.height / min(ratio, Fraction(1))
    return (height, width) if look_of(frame).is_sideways else (width, height)


def _even(side: Fraction) -> int:
    return max(2, round(side / 2) * 2)


def _rate(film: OpenFilm, start: _Start) -> float:
    said = film.video.average_rate
    instants = start.instants
    if (_is_uneven(start) or not said) and instants and instants[-1] > instants[0]:
        return min((len(instants) - 1) * SECOND / (instants[-1] - instants[0]), MAX_RATE)
    return min(float(said), MAX_RATE) if said else SECOND / film.usual


def _is_uneven(start: _Start) -> bool:
    distances = start.distances
    return bool(distances) and max(distances) - min(distances) > UNEVEN


def _duration(film: OpenFilm) -> tuple[Nanos, Nanos | None]:
    """How long the film is, by what can be read of it; and how long it says it is."""
    promised = film.length
    try:
        if promised is None:
            return _end_of(film, 0), None
        end = _end_of(film, max(0, promised - TAIL))
        return (end or _last_readable(film, promised)), promised
    except FilmError:  # it cannot be sought in
        return promised or 0, promised


def _end_of(film: OpenFilm, since: Nanos) -> Nanos:
    """When the last packet from *since* on has been shown; 0 when there is none."""
    end = 0
    film.seek(since)
    for packet in islice(_packets(film), MAX_READ):
        if packet.pts is not None and packet.time_base:
            lasts = in_nanos(packet.duration, packet.time_base) if packet.duration else film.usual
            end = max(end, in_nanos(packet.pts, packet.time_base) - film.origin + lasts)
    return end


def _last_readable(film: OpenFilm, promised: Nanos) -> Nanos:
    """Up to where a film that was cut short can be read, nearly: by halving."""
    low, high = 0, promised
    for _ in range(HALVINGS):
        middle = (low + high) // 2
        film.seek(middle)
        is_there = next(_packets(film), None) is not None
        low, high = (middle, high) if is_there else (low, middle)
    return low


def _warnings(film: OpenFilm, start: _Start, duration: Nanos, promised: Nanos | None) -> Iterator[str]:
    if promised is not None and duration < promised - CUT:
        yield f"the file was cut short: {as_clock(duration)} of {as_clock(promised)} can be shown; copy it again"
    if look_of(start.frame).transfer is not Transfer.SDR:
        yield "it is in HDR: it is shown with the colours of ordinary screens, nearly"
    if film.audio is None and film.container.streams.audio:
        yield f"its sound is in a code that is not played: {SAVE_AS}"
    if sum(not is_cover(stream) for stream in film.container.streams.video) > 1:
        yield "it holds several films: the first is shown"
