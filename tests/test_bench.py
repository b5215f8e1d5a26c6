"""Tests of `bench`: that each measurement is made and named; its numbers are for people, not for tests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from player import bench
from player.clock import Clock
from player.units import Size
from tests.fakes.site import Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return a place where measuring takes a moment: small frames, few rows."""

    def prepared(_: Clock) -> list[tuple[str, float]]:
        return [("a", 0.3), ("b", 0.1), ("c", 0.2)]

    monkeypatch.setattr(bench, "SIZES", (Size(320, 180), Size(640, 360)))
    monkeypatch.setattr(bench, "FRAMES", 3)
    monkeypatch.setattr(bench, "FEED_ITEMS", 20)
    monkeypatch.setattr(bench, "MANY", 500)
    monkeypatch.setattr(bench, "COMMITTED", 100)
    monkeypatch.setattr(bench, "CHOICES", 5)
    monkeypatch.setattr(bench, "measure_preparation", prepared)
    return Site(tmp_path)


def test_bench_measures_everything_that_the_numbers_are_asked_of(site: Site) -> None:
    """Frames at both sizes, preparation, a feed's way in, choosing and watching each have a line with a unit."""
    done = site.command("bench", "--json")

    assert done.exit_code == 0
    rows = json.loads(done.stdout)
    assert all(row.keys() == {"what", "median", "p99", "unit"} for row in rows)
    assert all(row["median"] > 0 for row in rows)
    names = " · ".join(row["what"] for row in rows)
    for wanted in (
        "320x180",
        "640x360",
        "fade",
        "prepare a 12 MP JPEG",
        "feed of 20 items parsed and committed",
        "feed items committed",
        "next slide among 500 photos",
        "whether the library changed",
    ):
        assert wanted in names
    assert next(row for row in rows if "12 MP" in row["what"])["median"] == 0.2
    assert not site.data.exists()


def test_bench_for_people_is_a_table(site: Site) -> None:
    """Without `--json` the same rows stand in a table with their units."""
    done = site.command("bench")

    assert done.exit_code == 0
    assert "median" in done.stdout.splitlines()[0]
    assert any(line.endswith("items/s") for line in (line.rstrip() for line in done.stdout.splitlines()))
