"""Searches: a few at once, fewer of one person, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Final

import pytest

from player.console.looks.under_way import UnderWay
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from tests.fakes.console import Console

PATIENCE_S: Final = 20.0
FLOOD: Final = 20


def test_so_many_of_one_person_and_so_many_together() -> None:
    """Whoever wants more is told at once; what has ended counts no more, however it ended."""
    under_way = UnderWay(most=3, of_one=2)
    with under_way.one("Vera"), under_way.one("Vera"):
        with pytest.raises(RefusedError) as refused, under_way.one("Vera"):
            pass
        assert refused.value.status == 429
        with under_way.one("Olek"), pytest.raises(RefusedError) as refused, under_way.one("Rita"):
            pass
        assert refused.value.status == 503
    with pytest.raises(ValueError, match="odd"), under_way.one("Vera"):
        raise ValueError("odd")

    with under_way.one("Vera"), under_way.one("Vera"), under_way.one("Rita"):
        pass


def test_whoever_floods_with_searches_keeps_nobody_waiting(tmp_path: Path) -> None:
    """Of one viewer two are under way, the others are told to come back, and all other pages are answered meanwhile."""
    with Console(tmp_path) as console:
        vera, olek = console.browser(Role.VIEWER), console.browser(Role.OPERATOR)
        done = threading.Event()
        console.desk.lanes.searching.submit(done.wait, PATIENCE_S)

        async def flood() -> tuple[list[int], list[int], list[int]]:
            searching = [asyncio.create_task(vera.client.get("/api/photos?text=nobody")) for _ in range(FLOOD)]
            others = [(await olek.client.get(path)).status_code for path in ("/agenda", "/journal", "/wall")]
            refused = [each.result().status_code for each in searching if each.done()]
            mine = asyncio.create_task(olek.client.get("/api/photos?text=somebody"))
            done.set()
            answers = [(await each).status_code for each in (*searching, mine)]
            return others, refused, answers

        others, refused, answers = console.run(flood())

    assert others == [200, 200, 200]
    assert refused == [429] * (FLOOD - 2)
    assert (answers.count(200), answers[-1]) == (3, 200)
