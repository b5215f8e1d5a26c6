"""A contact sheet: all pending photos on one picture, with their ids, so that whoever approves them has seen them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from player.clock import Clock
from player.errors import OperatorError
from player.pictures.pool import Done, Job, Pool
from player.publish import disk
from player.publish.studio import Studio
from player.units import Size

CELL: Final = Size(320, 260)  # pixels for one photo and its line
PHOTO: Final = Size(304, 228)
MARGIN: Final = 8
COLUMNS: Final = 6
MOST: Final = 600  # photos on one sheet: 1920 x 26,000 pixels, as much as viewers open
_GROUND: Final = (24, 24, 26)
_INK: Final = (230, 230, 230)


def draw(studio: Studio, ids: Sequence[str], out: Path, clock: Clock) -> None:
    """Draw the pending photos *ids* into the JPEG file *out*.

    Each is decoded by the confined worker, as everything is: the studio may be a folder that others write to.

    Raises:
        OperatorError: There are none, or more than fit.
    """
    if not 0 < len(ids) <= MOST:
        raise OperatorError(f"a sheet holds 1 to {MOST} photos, and {len(ids)} are pending")
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
                pen.text((x, y + PHOTO.height), name, _INK, font)
            else:
                pen.text((x, y + PHOTO.height), f"{name}: missing, or another picture", _INK, font)
    body = io.BytesIO()
    sheet.save(body, "JPEG", quality=85)
    studio.disk.write(out, body.getvalue())
