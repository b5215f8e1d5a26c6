"""A contact sheet: all pending photos, with their ids and words, so that whoever approves them has seen them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from player.clock import Clock
from player.errors import OperatorError
from player.feed.text import clean
from player.pictures.pool import Done, Job, Pool
from player.publish import disk
from player.publish.studio import Studio
from player.units import Size

CELL: Final = Size(320, 300)  # pixels for one photo and its three lines: id, caption, credit
LINE: Final = 19  # pixels from one line to the next
WORDS: Final = 44  # characters of a caption or credit that fit below a photo; all of it is in the list of what is pending
PHOTO: Final = Size(304, 228)
MARGIN: Final = 8
COLUMNS: Final = 6
MOST: Final = 600  # photos on one sheet: 1920 x 30,000 pixels, as much as viewers open
_GROUND: Final = (24, 24, 26)
_INK: Final = (230, 230, 230)


def draw(studio: Studio, ids: Sequence[str], out: Path, clock: Clock, *, most: int = MOST) -> tuple[Path, ...]:
    """Draw the pending photos *ids*, each with its words, into the JPEG file *out*, and return what was written.

    Each is decoded by the confined worker, as everything is: the studio may be a folder that others write to.
    More than *most* are drawn into several files: for ``all.jpg``, these are ``all-1.jpg``, ``all-2.jpg`` and so on.

    Raises:
        OperatorError: There are none.
    """
    if not ids:
        raise OperatorError("nothing is pending: there is nothing to draw")
    parts = [ids[start : start + most] for start in range(0, len(ids), most)]
    if len(parts) == 1:
        files = (out,)
    else:
        files = tuple(out.with_name(f"{out.stem}-{number}{out.suffix}") for number in range(1, len(parts) + 1))
    for part, file in zip(parts, files, strict=True):
        _draw(studio, part, file, clock)
    return files


def _draw(studio: Studio, ids: Sequence[str], out: Path, clock: Clock) -> None:
    photos = studio.new_photos(studio.published())
    rows = -(-len(ids) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * CELL.width, rows * CELL.height), _GROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    jobs = [Job(place, partial(disk.read, studio.photo(photos[name].sha256))) for place, name in enumerate(ids)]
    with Pool(bounds=PHOTO, tile_bounds=Size(64, 64), clock=clock) as pool:
        for outcome in pool.run(jobs):
            x, y = outcome.key % COLUMNS * CELL.width + MARGIN, outcome.key // COLUMNS * CELL.height + MARGIN
            name = ids[outcome.key]
            if isinstance(outcome, Done) and outcome.data_sha256 == photos[name].sha256:
                sheet.paste(Image.open(io.BytesIO(outcome.prepared.picture_jpeg), formats=["JPEG"]), (x, y))
                lines = (name, photos[name].caption, photos[name].credit)
            else:
                lines = (f"{name}: missing, or another picture",)
            for row, line in enumerate(lines):
                pen.text((x, y + PHOTO.height + row * LINE), clean(line, WORDS), _INK, font)
    body = io.BytesIO()
    sheet.save(body, "JPEG", quality=85)
    studio.disk.write(out, body.getvalue())
