"""Which format some bytes are, by their first few: never by a name or a Content-Type. Decodes nothing."""

from __future__ import annotations

from typing import Final

from player.pictures.wire import Format

HEAD_BYTES: Final = 512  # enough for every signature, and for the brands of an ISO file

_SIGNATURES: Final = (
    (b"\xff\xd8\xff", Format.JPEG),
    (b"\x89PNG\r\n\x1a\n", Format.PNG),
    (b"GIF87a", Format.GIF),
    (b"GIF89a", Format.GIF),
)
_AVIF_BRANDS: Final = frozenset({b"avif", b"avis"})
_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_OTHERS: Final = (
    (b"%PDF", "a PDF document"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"BM", "a BMP picture"),
    (b"8BPS", "a Photoshop document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1a\x45\xdf\xa3", "a film"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
)
_TEXT_BYTES: Final = frozenset(range(0x20, 0x100)) | {0x09, 0x0A, 0x0D}


def sniff(data: bytes) -> Format | None:
    """Return the format of *data*, or None when it is none that is shown."""
    for signature, form in _SIGNATURES:
        if data.startswith(signature):
            return form
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Format.WEBP
    brands = _brands(data)
    if brands & _AVIF_BRANDS:
        return Format.AVIF
    return Format.HEIC if brands & _HEIC_BRANDS else None


def describe(data: bytes) -> str:
    """Say in a few words what *data*, which is no picture that can be shown, seems to be."""
    head = data[:HEAD_BYTES]
    if not head:
        return "an empty file"
    for signature, words in _OTHERS:
        if head.startswith(signature):
            return words
    if _brands(head):
        return "a film"
    if all(byte in _TEXT_BYTES for byte in head):
        lowered = head.lower()
        if b"<svg" in lowered:
            return "an SVG drawing"
        return "a web page" if b"<html" in lowered or b"<!doctype html" in lowered else "text"
    return "of an unknown kind"


def _brands(data: bytes) -> frozenset[bytes]:
    """The brands of an ISO base media file (ISO/IEC 14496-12, 4.3): the major one, and those it says it fits."""
    if data[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(data[:4], "big"), HEAD_BYTES, len(data))
    return frozenset({data[8:12]} | {data[at : at + 4] for at in range(16, end - 3, 4)})
