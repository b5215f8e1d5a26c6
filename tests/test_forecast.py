"""What the agenda comes to, by what is known of photos and wall."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.forecast import NOTHING, Asked, Plan, forecast, known
from player.library.canvas import note_wall
from player.settings import Configuration, with_data
from player.units import Size
from tests.fakes.home import Home
from tests.fakes.schedules import instant
from tests.library.shelf import Shelf

NOW = instant("2027-01-20 08:00")
TEXT = """feeds: {}
show: many
site: {zone: Europe/Warsaw}
schedule:
  days: {campaign: 2027-01-20..2027-01-20}
  slots:
    - {id: wall, show: many, day: campaign, at: 09:00 to 17:00}
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """One day of mosaics, which are as small as they must be."""
    home = Home(tmp_path)
    home.playlist("many", "everyone_by: end-of-campaign\nslides: [{mosaic: {columns: 4..12, rows: 3..6}}]\n")
    return with_data(home.clean(TEXT), str(tmp_path / "data"))


def tiles(plan: Plan) -> int:
    """How many tiles its mosaics have."""
    columns, rows = next(use.mosaic for use in plan.found.shows if use.mosaic)
    return columns * rows


def test_tiles_are_as_small_as_the_wall_lets_them(configuration: Configuration) -> None:
    """As whoever asks knows of it, else as the screen has found, else as on a wall without outputs."""
    shelf, asked = Shelf(configuration.data), Asked(photos=300_000)
    assert tiles(forecast(configuration, asked, NOTHING, now=NOW)) == 72

    note_wall(shelf.library, Size(1920, 1080), 30)
    found = known(shelf.library)
    shelf.close()

    assert found.canvas == Size(1920, 1080)
    assert tiles(forecast(configuration, asked, found, now=NOW)) <= 30
    assert tiles(forecast(configuration, asked, found, now=NOW, most=20)) <= 20
