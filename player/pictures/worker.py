"""What runs in the one child process per picture: a request and bytes in by a pipe, raw pixels out by another, nothing else."""

from __future__ import annotations

import io
import os
from typing import Final

from player.pictures.decode import Decoded, RefusedError, decode, load_opener
from player.pictures.phash import perceptual_hash
from player.pictures.sandbox import confine
from player.pictures.wire import REQUEST, THREADED, Answer, Filters, Request, Verdict
from player.units import Size

STDIN: Final = 0
STDOUT: Final = 1


def main() -> None:
    """Answer one request on the standard pipes, and end the process."""
    _answer()
    # Tidying up an interpreter takes milliseconds, and there is nothing to keep: what was sent is in the pipe.
    os._exit(0)


def _answer() -> None:
    source = io.BufferedReader(io.FileIO(STDIN, closefd=False))
    request = Request.unpack(source.read(REQUEST.size))
    filters = Filters(*map(source.read, request.filter_lengths))
    opener = load_opener(request.format)
    confinement = confine(filters, may_thread=request.format in THREADED)
    _send(confinement.pack())
    data = source.read(request.length)
    if len(data) < request.length:
        return  # the parent has gone
    try:
        decoded = decode(data, opener, request)
    except RefusedError as refused:
        _send(Answer(refused.verdict, number=refused.number, detail=refused.detail).pack())
    else:
        _send_pixels(decoded)


def _send_pixels(decoded: Decoded) -> None:
    picture, tile = decoded.picture, decoded.tile
    answer = Answer(Verdict.FINE, decoded.original, Size(*picture.size), Size(*tile.size), perceptual_hash(picture))
    _send(answer.pack())
    _send(picture.tobytes())
    _send(tile.tobytes())


def _send(data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(STDOUT, rest) :]
