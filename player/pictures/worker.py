"""What runs in the one child process per picture: a request and bytes in by a pipe, raw pixels out by another, nothing else."""

from __future__ import annotations

import io
import os
from typing import Final

from player.pictures.decode import PLUGINS, Decoded, RefusedError, decode, load_opener
from player.pictures.phash import perceptual_hash
from player.pictures.sandbox import confine
from player.pictures.wire import HELLO, MAGIC, REQUEST, Answer, Request, Verdict
from player.units import Size

STDIN: Final = 0
STDOUT: Final = 1


def main() -> None:
    """Answer one request on the standard pipes."""
    pipe = io.FileIO(STDIN, closefd=False)
    request = Request.unpack(pipe.read(REQUEST.size) or b"")
    opener = load_opener(request.format)
    level = confine(may_thread=PLUGINS[request.format].has_thread)
    _send(HELLO.pack(MAGIC, level))
    data = io.BufferedReader(pipe).read(request.length)
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
