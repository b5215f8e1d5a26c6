"""How the machine is, as far as it can be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.fleet.health import HOTTEST, MAX_ZONES, health, hottest
from player.timekeeping import ClockOffset, ClockState, Kept

SYNCED = Kept(0x2001, 12_500, 340, -60)


def zone(folder: Path, number: int, text: str) -> None:
    """Let there be a thermometer."""
    place = folder / f"thermal_zone{number}"
    place.mkdir()
    (place / "temp").write_text(text)


def test_disk_heat_and_clock_are_read(tmp_path: Path) -> None:
    """In MB, degrees and microseconds."""
    zone(tmp_path, 0, "47123\n")

    found = health(tmp_path, thermal=tmp_path, kernel=lambda: SYNCED)

    assert found.hottest_c == 47
    assert found.free_mb is not None
    assert (found.clock, found.offset) == (ClockState.SYNCED, ClockOffset(-60, 340))


def test_the_hottest_thermometer_counts(tmp_path: Path) -> None:
    """Not one that is broken, or shows what no machine survives."""
    for number, text in enumerate(("41000", "63900", "-273000", f"{HOTTEST + 1}000", "warm", "")):
        zone(tmp_path, number, text)
    (tmp_path / "thermal_zone9").mkdir()

    assert hottest(tmp_path) == 63


def test_a_machine_without_thermometers_has_no_heat(tmp_path: Path) -> None:
    """As most virtual ones."""
    assert hottest(tmp_path) is None
    assert hottest(tmp_path / "nowhere") is None


def test_no_more_thermometers_are_read_than_a_machine_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many somebody mounts there."""
    for number in range(MAX_ZONES + 5):
        zone(tmp_path, number, "40000")
    opened: list[Path] = []
    original = Path.open

    def counting(self: Path, mode: str = "r") -> object:
        opened.append(self)
        return original(self, mode)

    monkeypatch.setattr(Path, "open", counting)

    assert hottest(tmp_path) == 40
    assert len(opened) == MAX_ZONES


def test_a_folder_that_is_gone_says_nothing_of_its_disk(tmp_path: Path) -> None:
    """Whoever asks is told that nobody knows."""
    assert health(tmp_path / "gone", thermal=tmp_path, kernel=lambda: None).free_mb is None
