"""Orders for dark that come together: one order, one row, one answer; and none that was meant is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from pathlib import Path
from typing import NoReturn

import pytest

from player.command import Command, Plain
from player.console.darkening import MOMENT, NAMELESS_ROWS
from player.console.ordering import NOT_SIGNED_IN, Answer, How
from player.errors import LibraryError
from player.library import dark
from tests.fakes.console import Console

NOBODY = NOT_SIGNED_IN


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console whose screen obeys."""
    with Console(tmp_path) as console:
        console.answers = {"dark": "dark", "light": "light", "auto": "auto", "next": "next"}
        yield console


def together(console: Console, *orders: tuple[Command, str]) -> list[Answer]:
    """Order all of it at once."""

    async def ordered() -> list[Answer]:
        return list(await asyncio.gather(*(console.desk.orders.post(command, by) for command, by in orders)))

    return console.run(ordered())


def rows(console: Console) -> list[tuple[str, str]]:
    """Return what stands on record: what was ordered, and by whom."""
    return [(verb, by) for verb, by, _ in console.orders()]


def test_what_comes_together_is_one_order(console: Console) -> None:
    """Everybody hears what the screen says to it."""
    assert together(console, *[(Plain.DARK, NOBODY)] * 500) == [Answer(How.OK, "dark")] * 500
    assert rows(console) == [("dark", NOBODY)]


def test_each_name_stands_on_record(console: Console) -> None:
    """Whoever orders by name is not taken for somebody else who did so at the same moment; nobody's is whoever's."""
    together(console, *[(Plain.DARK, by) for by in (NOBODY, "Ada", "Olek", NOBODY, "Ada", NOBODY)])

    assert rows(console) == [("dark", NOBODY), ("dark", "Ada"), ("dark", "Olek")]


def test_without_a_name_it_is_the_order_that_somebody_gave(console: Console) -> None:
    """It needs no row of its own."""
    together(console, (Plain.DARK, "Ada"), (Plain.DARK, NOBODY))

    assert rows(console) == [("dark", "Ada")]


@pytest.mark.parametrize("by", [NOBODY, "Ada"])
def test_after_a_moment_it_is_another_order(console: Console, by: str) -> None:
    """Somebody at the wall may have made it light meanwhile, and the screen alone knows."""
    together(console, (Plain.DARK, by))
    console.clock.advance(MOMENT)
    together(console, (Plain.DARK, by))

    assert rows(console) == [("dark", by)] * 2


@pytest.mark.parametrize("other", [Plain.LIGHT, Plain.AUTO, Plain.NEXT])
@pytest.mark.parametrize("by", [NOBODY, "Ada"])
def test_dark_after_anything_else_is_another_order(console: Console, other: Command, by: str) -> None:
    """However fast: an answer from before somebody made it light says nothing of now."""
    together(console, (Plain.DARK, by), (other, "Olek"), (Plain.DARK, by))

    assert rows(console) == [("dark", by), (str(other), "Olek"), ("dark", by)]
    assert dark.demanded(console.data) is not None


def test_a_flood_without_a_name_buries_no_name(console: Console) -> None:
    """For an hour: some rows on record, the file each time, and whoever orders by name stands there as ever."""
    for _ in range(200):
        dark.take_away(console.data)
        assert together(console, (Plain.DARK, NOBODY))[0].how is How.OK
        assert dark.demanded(console.data) is not None
        console.clock.advance(MOMENT)
    together(console, (Plain.DARK, "Ada"))

    assert rows(console)[-1] == ("dark", "Ada")
    assert len(rows(console)) <= NAMELESS_ROWS.burst + 5


def test_a_flood_does_not_undo_itself(console: Console) -> None:
    """The first dark after light is on record, however little room there is: the journal says that it overruled the light."""
    for _ in range(100):
        together(console, (Plain.DARK, NOBODY))
        console.clock.advance(MOMENT)
    together(console, (Plain.LIGHT, "Olek"), (Plain.DARK, NOBODY))

    assert rows(console)[-2:] == [("light", "Olek"), ("dark", NOBODY)]


def test_in_a_flood_a_file_that_cannot_be_left_is_a_row(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of both is always tried."""
    for _ in range(50):
        together(console, (Plain.DARK, NOBODY))
        console.clock.advance(MOMENT)
    before = len(rows(console))
    monkeypatch.setattr(dark, "demand", no_file)

    assert together(console, (Plain.DARK, NOBODY)) == [Answer(How.OK, "dark")]
    assert len(rows(console)) == before + 1


def no_file(folder: Path) -> NoReturn:
    """Leave none."""
    raise LibraryError(f"{folder} cannot be written")


def test_whoever_gives_up_takes_nothing_from_the_others(console: Console) -> None:
    """The order goes on though the one who gave it first has hung up."""

    async def ordered() -> Answer:
        first = asyncio.create_task(console.desk.orders.post(Plain.DARK, NOBODY))
        await asyncio.sleep(0)
        second = asyncio.create_task(console.desk.orders.post(Plain.DARK, NOBODY))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert console.run(ordered()) == Answer(How.OK, "dark")
    assert rows(console) == [("dark", NOBODY)]
