"""Opens a film from a descriptor, and nothing else: no path, no address, no container that names other files, four codecs.

All that FFmpeg raises is made a FilmError here, or by `told`, whose sentences say what to do. Runs in the confined child.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Never, Protocol, TypeVar, cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from player.errors import FilmError
from player.film.fields import Fields
from player.film.heads import HEAD_BYTES, container_of, sound_of, stream_of
from player.film.limits import MAX_FRAME_PIXELS, MAX_STREAMS
from player.film.timeline import USUAL, in_nanos
from player.film.wire import UNGIVEN
from player.units import SECOND, Nanos

SAVE_AS: Final = "save it as MP4 with H.264 pictures and AAC sound"
_PICTURES: Final = {"h264": "H.264", "hevc": "H.265", "vp9": "VP9", "av1": "AV1"}
_SOUNDS: Final = frozenset({"aac", "opus", "vorbis", "mp3", "mp2", "flac", "ac3", "eac3", "alac"})
_DECODERS: Final = ",".join(
    (
        *("h264", "hevc", "vp9", "libdav1d", "av1"),
        *("aac", "opus", "libopus", "vorbis", "libvorbis", "mp3", "mp3float", "mp2", "mp2float", "flac", "ac3", "eac3", "alac"),
        *("pcm_mulaw", "pcm_alaw"),  # cameras; telephones
        *("pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be", "pcm_s32le", "pcm_f32le"),
    )
)
_OPTIONS: Final = {
    # The first three are for the decoders that look into the streams before we do.
    "max_pixels": str(MAX_FRAME_PIXELS),
    "threads": "1",
    "codec_whitelist": _DECODERS,
    "max_streams": str(MAX_STREAMS),
    "enable_drefs": "0",
}
_Some = TypeVar("_Some", bound=Stream)
ONE_THREAD: Final = 1920 * 1080 * 31  # pixels in a second: up to there one thread is fast enough, and costs least
MOST_THREADS: Final = 4  # each holds a picture back; the rest of the machine draws
MILLI: Final = Fraction(1, 1000)  # of a second: what instants count, where a file does not say
_LIVE_OPTIONS: Final = _OPTIONS | {
    "probesize": "1000000",  # bytes, and
    "analyzeduration": "1000000",  # microseconds, that are looked at before the first picture: it is waited for
}
_TALK_OPTIONS: Final = _LIVE_OPTIONS | {
    "protocol_whitelist": "rtmp,rtsp,tcp",  # nothing that a server names is opened besides: no file, no other protocol
    "rtmp_live": "live",
    "rtsp_transport": "tcp",
    "allowed_media_types": "video+audio",
}
LIVE_READ_BYTES: Final = 32 * 1024  # read at once: less is decoded sooner
READ_BYTES: Final = 256 * 1024  # read at once: four times a second for 1080p
_NO_PICTURE: Final = Disposition.attached_pic | Disposition.timed_thumbnails


class Source(Protocol):
    """Where bytes come from: a file; for live streams, whoever fetches them."""

    def read(self, size: int) -> bytes:
        """Return at most *size* bytes from where it stands; none at the end."""
        ...

    def seek(self, offset: int, whence: int) -> int:
        """Stand elsewhere, as for files; return where."""
        ...

    def tell(self) -> int:
        """Return where it stands."""
        ...


class _Decoder(Protocol):
    """What PyAV's decoder of pictures does; its own stub does not say of which packets."""

    def decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]: ...


class FilmFile:
    """A file by its descriptor, read by `pread` alone: nobody else's place in it is moved, and no filter need allow a seek."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.length = os.fstat(descriptor).st_size
        self._at = 0

    def read(self, size: int) -> bytes:
        """Return at most *size* bytes; OSError when the disk fails."""
        data = os.pread(self._descriptor, size, self._at)
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Stand elsewhere; return where."""
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.length}[whence])
        return self._at

    def tell(self) -> int:
        """Return where it stands."""
        return self._at


@dataclass(frozen=True, slots=True)
class OpenFilm:
    """A film that can be read: its container, its pictures and, if there is one that we know, its sound."""

    container: InputContainer
    video: VideoStream
    audio: AudioStream | None
    usual: Nanos
    """Between two frames, by what the file says."""
    origin: Nanos
    """What the file calls the instant of its first frame."""
    length: Nanos | None
    """Of the film; None when the file does not say."""
    fields: Fields
    """Makes whole pictures of interlaced ones."""

    @property
    def codec(self) -> str:
        """What its pictures are coded in, as people say it."""
        return _PICTURES[self.video.codec_context.codec.canonical_name]

    def seek(self, at: Nanos) -> None:
        """Go to the last key frame that is not after instant *at*, by what the file knows; FilmError when it cannot."""
        base = self.video.time_base or MILLI
        self.fields.reset()
        with told():
            self.container.seek(int((at + self.origin) / (base * SECOND)), stream=self.video)

    def packets(self, *, has_sound: bool) -> Iterator[tuple[Packet[VideoStream] | None, Packet[AudioStream] | None]]:
        """Yield what follows, a packet of pictures or one of sound at a time. Where the file is damaged for good, it ends."""
        audio = self.audio if has_sound else None
        for packet in _coming(self.container.demux(*(stream for stream in (self.video, audio) if stream is not None))):
            if packet.stream is self.video:
                yield cast("Packet[VideoStream]", packet), None
            else:
                yield None, cast("Packet[AudioStream]", packet)

    def spread(self, cores: int) -> None:
        """Decode on as many of *cores* as its pictures need, before the first packet."""
        context = self.video.codec_context
        is_easy = context.width * context.height * SECOND <= ONE_THREAD * self.usual
        _set_threads(self.video, 1 if is_easy else max(1, min(MOST_THREADS, cores)))

    def decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame] | None:
        """Return the pictures that *packet* brings, or that are still held back when it is None; None: it is damaged."""
        try:
            frames = cast("_Decoder", self.video.codec_context).decode(packet)
        except (FFmpegError, ValueError):
            return None
        return self.fields.woven(frames, is_last=packet is None)


@contextmanager
def told() -> Generator[None]:
    """Turn what FFmpeg and PyAV raise into a FilmError with a sentence for the operator."""
    try:
        yield
    except FFmpegError as error:
        raise FilmError(f"cannot be read ({_clean(error.strerror)}): the file is damaged or cut short; copy it again") from error
    except (ValueError, MemoryError, OverflowError, OSError) as error:
        raise FilmError(f"cannot be read ({_clean(str(error))}): copy it again, or {SAVE_AS}") from error


def _clean(words: str | None) -> str:
    return "".join(letter for letter in words or "no reason given" if letter.isprintable())[:80]


def open_film(source: Source, *, threads: int) -> OpenFilm:
    """Open a film; its pictures will be decoded on *threads* threads, 0: leave that to `OpenFilm.spread`.

    Raises:
        FilmError: It cannot be shown; the sentence says why and what to do.
    """
    head = source.read(HEAD_BYTES)
    source.seek(0, os.SEEK_SET)
    form = container_of(head)
    if form is None:
        raise FilmError(f"{_seen_as(head)}: give an MP4, MOV, MKV or WebM file")
    with told():
        container = av.open(
            source,
            "r",
            format=form,
            options=_OPTIONS,
            buffer_size=READ_BYTES,
            io_open=_nothing_else,
        )
    return _with_streams(container, threads)


class Forwards(Protocol):
    """Where the bytes of a live stream come from: forwards only."""

    def read(self, size: int) -> bytes:
        """Return at most *size* bytes, waiting for the first; none at the end."""
        ...


def open_stream(source: Forwards, head: bytes) -> OpenFilm:
    """Open a run of a live stream that begins with *head*, which *source* gives again.

    Raises:
        FilmError: It cannot be shown; the sentence says why.
    """
    return _with_streams(_forwards(source, head, stream_of(head)), 0)


@dataclass(frozen=True, slots=True)
class OpenSound:
    """Sound without pictures that can be read."""

    container: InputContainer
    audio: AudioStream

    def packets(self, *, has_sound: bool = True) -> Iterator[tuple[None, Packet[AudioStream]]]:
        """Yield what follows, as a film does; *has_sound*: whether any is wanted. Where it is damaged for good, it ends."""
        for packet in _coming(self.container.demux(self.audio)) if has_sound else ():
            yield None, packet


def _coming(packets: Iterator[Packet[_Some]]) -> Iterator[Packet[_Some]]:
    """Yield those of *packets* that hold something. Where the file is damaged for good, they end."""
    while True:
        try:
            packet = next(packets, None)
        except (FFmpegError, ValueError):
            return
        if packet is None:
            return
        if packet.size:  # those without are PyAV's own, to flush by: see `OpenFilm.decode`
            yield packet


def open_sound(source: Forwards, head: bytes) -> OpenSound:
    """Open a run of sound alone that begins with *head*, which *source* gives again.

    Raises:
        FilmError: It cannot be heard; the sentence says why.
    """
    container = _forwards(source, head, sound_of(head))
    audio = next((stream for stream in container.streams.audio if _is_heard(stream)), None)
    if audio is None:
        raise FilmError("its sound is in a code that is not played here, or there is none")
    for stream in container.streams:
        if stream is not audio:
            stream.discard = Discard.all
    return OpenSound(container, audio)


def _forwards(source: Forwards, head: bytes, form: str | None) -> InputContainer:
    if form is None:
        raise FilmError(f"{_seen_as(head)}: what came is no part of a live stream")
    with told():
        return av.open(source, "r", format=form, options=_LIVE_OPTIONS, buffer_size=LIVE_READ_BYTES, io_open=_nothing_else)


def open_address(url: str, *, called: str) -> OpenFilm:
    """Open a stream by its RTMP or RTSP address, where the kernel lets libraries reach one socket alone.

    *called*: the address of an RTMP application as its server knows it.

    Raises:
        FilmError: It cannot be shown; the sentence says why.
    """
    is_rtmp = url.startswith("rtmp:")
    try:
        container = av.open(url, "r", format="flv" if is_rtmp else "rtsp", options=_TALK_OPTIONS | {"rtmp_tcurl": called})
    except (FFmpegError, ValueError, MemoryError, OverflowError, OSError) as error:
        words = error.strerror if isinstance(error, FFmpegError) else str(error)
        raise FilmError(f"{UNGIVEN} ({_clean(words)})") from error
    return _with_streams(container, 0)


def _nothing_else(*_: object) -> Never:
    """Refuse what a container asks to open besides itself."""
    raise PermissionError("a film may not open other files")


def _seen_as(head: bytes) -> str:
    start = head.lstrip().lower()
    if not head:
        return "the file is empty"
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        return "this is a web page, not a film"
    if start.startswith(b"#extm3u") or b"[playlist]" in start:
        return "this is a playlist, not a film"
    return "this is no film that can be read here"


def _with_streams(container: InputContainer, threads: int) -> OpenFilm:
    pictures = [stream for stream in container.streams.video if not is_cover(stream)]
    if not pictures:
        raise FilmError("it has sound but no moving pictures" if container.streams.audio else "it has no moving pictures")
    video = pictures[0]
    context = video.codec_context
    # Without a decoder in the libraries there is no context, whatever the stub says.
    name = context.codec.canonical_name if context is not None else "an unknown code"  # pyright: ignore[reportUnnecessaryComparison]
    if name not in _PICTURES:
        raise FilmError(f"its pictures are in {_clean(name)}: {SAVE_AS}")
    if threads:
        _set_threads(video, threads)
    context.options = {"max_pixels": str(MAX_FRAME_PIXELS)}
    audio = next((stream for stream in container.streams.audio if _is_heard(stream)), None)
    for stream in container.streams:
        if stream is not video and stream is not audio:
            stream.discard = Discard.all
    rate = video.average_rate or video.guessed_rate
    base = video.time_base or MILLI
    origin = in_nanos(video.start_time, base) if video.start_time is not None else 0
    return OpenFilm(
        container,
        video,
        audio,
        round(SECOND / rate) if rate else USUAL,
        origin,
        _length(container, video, base, origin),
        Fields(),
    )


def is_cover(stream: VideoStream) -> bool:
    """Whether it is a picture that is glued to a file of sound, no film."""
    return bool(stream.disposition & _NO_PICTURE)


def _set_threads(video: VideoStream, threads: int) -> None:
    """Decode on so many threads, before the first packet."""
    video.codec_context.thread_count = threads
    video.codec_context.thread_type = "FRAME" if threads > 1 else "NONE"


def _is_heard(stream: AudioStream) -> bool:
    context = stream.codec_context
    name = context.codec.canonical_name if context is not None else ""  # pyright: ignore[reportUnnecessaryComparison]
    return name in _SOUNDS or name.startswith("pcm_")


def _length(container: InputContainer, video: VideoStream, base: Fraction, origin: Nanos) -> Nanos | None:
    if video.duration:
        return in_nanos(video.duration, base)
    if container.duration:
        return in_nanos(container.duration, Fraction(1, av.time_base)) + (container.start_time or 0) * 1000 - origin
    return None
