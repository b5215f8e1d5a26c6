"""Confinement costs no photo: whatever Pillow writes comes out of a confined worker as it does without walls."""

from __future__ import annotations

import struct
import subprocess
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from player.clock import SystemClock
from player.pictures import child
from player.pictures.child import Children, worker_command
from player.pictures.decode import RefusedError, decode, load_opener
from player.pictures.filters import filters_for
from player.pictures.phash import perceptual_hash
from player.pictures.prepare import reached_confinement
from player.pictures.wire import ANSWER, HELLO, THREADED, Answer, Confinement, Format, Level, Request, Verdict
from player.units import Size
from tests.pictures.gallery import gallery

BOUNDS: Final = Size(100, 100)
TILE: Final = Size(40, 40)
GALLERY: Final = tuple(gallery())
LENGTH: Final = struct.Struct("!I")

# Run as a worker is, up to the point where it would be confined; then it decodes file after file and says what came late.
WATCH: Final = """
import os, struct, sys
sys.path += sys.argv[2:]
from player.pictures import worker
from player.pictures.decode import RefusedError, decode, load_opener
from player.pictures.wire import Format, Request
from player.units import Size
opener = load_opener(Format(int(sys.argv[1])))
threads = len(os.listdir("/proc/self/task"))
files = sys.stdin.buffer.read()
before = set(sys.modules)
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event in ("open", "import") else None)
while files:
    length = int.from_bytes(files[:4], "big")
    data, files = files[4:4 + length], files[4 + length:]
    try:
        decode(data, opener, Request(Format(int(sys.argv[1])), Size(100, 100), Size(40, 40), length))
    except RefusedError:
        pass
print(threads, sorted(set(sys.modules) - before), opened)
"""


@cache
def made(name: str) -> bytes:
    """Return a file of the gallery; some encoders are slow."""
    return next(make for kind, _, make in GALLERY if kind == name)()


def confined(data: bytes, request: Request, form: Format) -> tuple[Answer, bytes]:
    """Return what a worker answers, and the pixels of picture and tile."""
    filters = filters_for(may_thread=form in THREADED)
    most = HELLO.size + ANSWER.size + 3 * (BOUNDS.width * BOUNDS.height + TILE.width * TILE.height)
    outcome = Children().ask((request.pack(), *filters, data), most=most, clock=SystemClock())
    assert (outcome.exit_code, outcome.complaint) == (0, "")
    assert Confinement.unpack(outcome.output).level == reached_level()
    at = HELLO.size + ANSWER.size
    return Answer.unpack(bytes(outcome.output[HELLO.size : at])), bytes(outcome.output[at:])


@cache
def reached_level() -> Level:
    """Return what this machine lets every worker reach."""
    return reached_confinement(SystemClock()).level


def unconfined(data: bytes, request: Request) -> tuple[Answer, bytes]:
    """Return the same, decoded here, without walls."""
    with warnings.catch_warnings():
        try:
            decoded = decode(data, load_opener(request.format), request)
        except RefusedError as refused:
            return Answer(refused.verdict, number=refused.number, detail=refused.detail), b""
    picture, tile = decoded.picture, decoded.tile
    sizes = Size(*picture.size), Size(*tile.size)
    return Answer(Verdict.FINE, decoded.original, *sizes, perceptual_hash(picture)), picture.tobytes() + tile.tobytes()


@pytest.mark.parametrize(("name", "form"), [kind[:2] for kind in GALLERY], ids=[kind[0] for kind in GALLERY])
def test_a_confined_worker_decodes_as_an_unconfined_one(name: str, form: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pixel of every kind of file is the same behind the walls; only what was cut off is refused, and alike."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)  # decoding here changes it
    monkeypatch.setattr(child, "WALL_S", 60)  # the largest would be late on a busy machine
    data = made(name)
    filters = filters_for(may_thread=form in THREADED)
    request = Request(form, BOUNDS, TILE, len(data), filters.lengths)

    answer, pixels = confined(data, request, form)
    expected, wanted = unconfined(data, request)

    assert answer == expected._replace(detail=Answer.unpack(expected.pack()).detail)
    assert pixels == wanted
    assert (answer.verdict is Verdict.FINE) == (not name.endswith(" cut"))


@pytest.mark.parametrize("form", sorted({form for _, form, _ in GALLERY}), ids=lambda form: form.name)
def test_nothing_is_left_to_be_imported_behind_the_walls(form: Format) -> None:
    """All that decoding needs is there before the walls are: no module is imported late, no file opened, no thread running."""
    files = [made(name) for name, kind, _ in GALLERY if kind is form and "megapixels" not in name]
    given = b"".join(LENGTH.pack(len(data)) + data for data in files)
    command = (sys.executable, "-I", "-S", "-c", WATCH, str(int(form)), *worker_command()[5:])
    said = subprocess.run(command, input=given, capture_output=True, check=False, cwd=Path("/"))

    assert (said.stdout, said.stderr) == (b"1 [] []\n", b"")
