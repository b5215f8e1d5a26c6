"""Walls in step and the right to be shown: the programme names bytes, and what is withdrawn or halted counts as everywhere."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from player.library import named
from player.library.database import translated
from player.library.named import Bytes
from player.library.tombstones import Record
from player.screen import scored
from player.screen.instep import Part
from player.show.playlist import CandleStep, PhotoStep, WordsStep
from player.units import SECOND
from tests.fakes.in_step import InStep, synced
from tests.screen.test_in_step import NAMES, until_in_step


def test_who_was_withdrawn_under_one_name_is_not_shown_under_another(tmp_path: Path) -> None:
    """The programme says that both are the same bytes, though this wall never had the one that was withdrawn."""
    with InStep(tmp_path, show=synced((PhotoStep(),))) as show:
        show.publish(*NAMES[:6])
        everybody = show.everybody()
        twin = replace(everybody[0], item="never here")
        show.release(items=[*everybody, twin])
        record = Record(source="wall", item=twin.item, reason="asked to")
        show.ingest.orders.withdraw_all([record], known_at=show.clock.wall())
        until_in_step(show)
        for _ in range(120):
            show.play(SECOND)
            assert show.slot
            assert twin.sha256 not in {each.sha256 for each in everybody if each.item in show.up}


def test_a_photo_that_is_replaced_while_it_is_chosen_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its source has other bytes for it by now, and the programme does not name those."""
    with InStep(tmp_path, show=synced((PhotoStep(),))) as show:
        show.publish(*NAMES[:6])
        everybody = show.everybody()
        show.release(items=everybody)
        until_in_step(show)
        replaced: set[str] = set()

        def found(connection: sqlite3.Connection, wanted: Iterable[Bytes]) -> dict[int, tuple[str, str]]:
            """Look, and let the source replace one of the photos right after."""
            keys = named.keys_by_name(connection, wanted)
            for key, (_, item) in keys.items():
                if item not in {NAMES[0], *replaced} and len(replaced) < 4:
                    replaced.add(item)
                    with translated("library.sqlite"):
                        show.ingest.connection.execute("UPDATE photos SET original=? WHERE key=?", ("e" * 64, key))
            return keys

        monkeypatch.setattr(scored, "keys_by_name", found)
        up = show.up
        for _ in range(120):
            show.play(SECOND)
            assert show.slot
            assert not replaced & (show.up - up)
            up &= show.up
        assert len(replaced) == 4


@pytest.mark.parametrize("kind", [CandleStep(), WordsStep()])
def test_a_feed_that_halts_leaves_the_plate_alone(tmp_path: Path, kind: CandleStep | WordsStep) -> None:
    """Whoever says halt wants nothing to be shown, neither a flame nor words; and once it is over, no slot has to end first."""
    with InStep(tmp_path, show=synced((PhotoStep(), kind), hold=60.0)) as show:
        show.publish(*NAMES)
        show.release()
        until_in_step(show)
        show.is_online = False
        with translated("library.sqlite"):
            show.ingest.connection.execute("UPDATE sources SET halt=1")
        show.play(62 * SECOND)
        for _ in range(60):
            show.play(SECOND)
            assert show.is_plate
        with translated("library.sqlite"):
            show.ingest.connection.execute("UPDATE sources SET halt=0")
        show.play(5 * SECOND)
        assert not show.is_plate
        show.play(70 * SECOND)
        assert show.slot


def test_versions_that_are_over_are_forgotten(tmp_path: Path) -> None:
    """What was worked out of a programme is kept for as long as it counts: each takes as much as it has photos."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        show.release()
        for version in range(2, 8):
            at = show.clock.wall() + 20 * SECOND
            show.release(f"kept {version}", at=at)
            show.play(40 * SECOND)
        gc.collect()
        held = {each.version for each in gc.get_objects() if isinstance(each, Part)}
        assert {version for version in held if version.startswith("kept")} == {"kept 7"}
