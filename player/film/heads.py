"""What the first bytes of a film or of a stream say that it is. Nothing is opened here, and no library needed for it."""

from __future__ import annotations

from typing import Final

from player.units import SECOND, Nanos

HEAD_BYTES: Final = 192  # enough to know a container by
TS_PACKET: Final = 188  # bytes of a packet of an MPEG transport stream, each begins with
_TS_SYNC: Final = b"\x47"
_MATROSKA: Final = b"\x1a\x45\xdf\xa3"  # EBML; WebM too
_ATOMS: Final = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")  # what MP4 and MOV begin with, at byte 4
_FRAGMENTS: Final = (*_ATOMS, b"styp", b"moof", b"sidx", b"emsg", b"prft")  # and what pieces of them begin with
_STAMP: Final = b"com.apple.streaming.transportStreamTimestamp\0"  # in that tag: when it begins, in 90,000ths of a second
_STAMP_BYTES: Final = 8
_STAMP_BITS: Final = 33
_TAGGED: Final = b"ID3"  # what sound in pieces begins with (RFC 8216, 3.4), and
_ADTS: Final = 0xFFF0  # twelve bits set, then two of the layer, which is 0
_ADTS_MASK: Final = 0xFFF6


def container_of(head: bytes) -> str | None:
    """Return FFmpeg's name for the container that a file beginning with *head* is; None when it is none of ours."""
    if head.startswith(_MATROSKA):
        return "matroska"
    return "mov" if head[4:8] in _ATOMS else None


def stream_of(head: bytes) -> str | None:
    """Return FFmpeg's name for the container of a live stream's run that begins with *head*; None when it is none of ours."""
    if head[:1] == _TS_SYNC and head[TS_PACKET : TS_PACKET + 1] in {b"", _TS_SYNC}:
        return "mpegts"
    return "mov" if head[4:8] in _FRAGMENTS else None


def sound_of(head: bytes) -> str | None:
    """Return the same for a run of sound alone, which may be packed AAC as well."""
    if head.startswith(_TAGGED) or int.from_bytes(head[:2], "big") & _ADTS_MASK == _ADTS:
        return "aac"
    return stream_of(head)


def packed_at(head: bytes) -> Nanos:
    """Return what packed sound says of when it begins, as transport streams count; 0 for all else, which says it itself."""
    at = head.find(_STAMP) + len(_STAMP)
    if not head.startswith(_TAGGED) or at < len(_STAMP):
        return 0
    return int.from_bytes(head[at : at + _STAMP_BYTES], "big") % (1 << _STAMP_BITS) * SECOND // 90_000
