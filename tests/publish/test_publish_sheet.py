"""The contact sheet: everything that waits, with its words, on as many sheets as it takes."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from player.errors import OperatorError
from player.publish import sheet
from tests.publish.atelier import Atelier, facts


def _add(atelier: Atelier, number: int) -> str:
    out = io.BytesIO()
    Image.frombytes("RGB", (160, 120), random.Random(number).randbytes(57600)).save(out, "JPEG")
    picture = out.getvalue()
    photo = replace(facts(f"p-{number}", picture), sha256=hashlib.sha256(picture).hexdigest(), credit="Somebody\n" * 40)
    atelier.studio.keep(photo, picture)
    return photo.id


def test_one_sheet_holds_them_with_their_words(atelier: Atelier, tmp_path: Path) -> None:
    """Under each picture there is something to read: what is approved is the picture with these words."""
    file = tmp_path / "all.jpg"

    assert sheet.draw(atelier.studio, [_add(atelier, 1)], file, atelier.clock) == (file,)

    with Image.open(file) as drawn:
        first = sheet.MARGIN + sheet.PHOTO.height
        for row in range(3):
            line = drawn.convert("L").crop((0, first + row * sheet.LINE, sheet.CELL.width, first + (row + 1) * sheet.LINE))
            assert line.getextrema()[1] != line.getextrema()[0]


def test_more_than_fit_go_onto_several_sheets(atelier: Atelier, tmp_path: Path) -> None:
    """The files are numbered, and nothing is left out; nothing at all is an error."""
    ids = [_add(atelier, number) for number in range(3)]

    files = sheet.draw(atelier.studio, ids, tmp_path / "all.jpg", atelier.clock, most=2)

    assert [file.name for file in files] == ["all-1.jpg", "all-2.jpg"]
    assert all(file.stat().st_size > 0 for file in files)
    with pytest.raises(OperatorError, match="nothing is pending"):
        sheet.draw(atelier.studio, [], tmp_path / "all.jpg", atelier.clock)
