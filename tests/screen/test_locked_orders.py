"""Orders while another process holds the orders' file: obeyed once, and the last word counts over reloads and crashes."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from player.errors import LibraryError
from player.library import by_hand, dark, database
from player.library.by_hand import last_light
from player.library.library import open_library
from player.library.orders import ORDERS
from player.schedule.rules import Moment, Rules, Slot
from player.screen import handnotes
from player.screen.attended import Missed
from player.screen.crew import Handover
from player.screen.hand import AT_ONCE, BEFORE, CUT_OFF, NOT_YET
from player.screen.watch import Watch
from player.show.light import Ramp
from player.units import SECOND
from tests.fakes.operated import MINUTE, operated, plays
from tests.fakes.showing import FRAME, Showing


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Showing]:
    """Return a wall that an operator is about to touch; nobody waits long for a file."""
    monkeypatch.setattr(database, "BUSY_S", 0.0)
    with operated(tmp_path) as showing:
        yield showing


@contextmanager
def locked(show: Showing) -> Generator[sqlite3.Connection]:
    """Let another process hold the orders, so that nobody can write there."""
    show.writer._close()
    with closing(sqlite3.connect(show.folder / ORDERS.name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def frames(show: Showing, count: int = 40) -> None:
    """Let so many frames pass."""
    for _ in range(count):
        show.frame()


def reloaded(show: Showing) -> None:
    """The configuration is read again."""
    show.reload()


def killed(show: Showing) -> None:
    """The process is killed, and another one takes its place."""
    show.restart(in_order=False)


def ended(show: Showing) -> None:
    """The process ends in order, and another one takes its place."""
    show.restart()


def blinked(show: Showing) -> None:
    """One read fails."""
    show.watch._lose(LibraryError("the disk does not answer"))


HITCHES = (reloaded, killed, ended, blinked)


def _deaf(*_: object, **__: object) -> NoReturn:
    raise LibraryError("the disk does not answer")


@pytest.mark.parametrize("hitch", HITCHES, ids=lambda found: found.__name__)
def test_dark_by_key_outlives_a_light_that_was_obeyed_before(show: Showing, hitch: Callable[[Showing], None]) -> None:
    """A row that was obeyed and could not be answered is not obeyed again: whoever pressed B last finds it dark."""
    assert show.obeyed("dark") == "dark"
    frames(show)
    number = show.order("light")
    with locked(show):
        frames(show)
        assert not show.is_dark
        show.press("b")
        frames(show)
        assert show.is_dark
        hitch(show)
        frames(show, 70)
        assert show.is_dark
    frames(show, 70)
    assert show.is_dark
    assert show.ingest.orders.result(number) == (str(BEFORE) if hitch in {killed, ended} else "light")
    assert not (show.folder / by_hand.NOTE).exists()
    assert by_hand.kept(show.ingest.orders.connection)["is_dark"] is True


@pytest.mark.parametrize(("key", "hitch"), [("l", reloaded), ("l", killed), ("a", killed), ("l", blinked)])
def test_light_by_key_outlives_a_dark_that_was_obeyed_before(show: Showing, key: str, hitch: Callable[[Showing], None]) -> None:
    """By row, with its file: a light or auto that was ordered after it counts, whatever comes between."""
    number = show.order("dark")
    with locked(show):
        dark.demand(show.folder)
        frames(show)
        assert show.is_dark
        show.press(key)
        frames(show)
        assert not show.is_dark
        hitch(show)
        frames(show, 70)
        assert not show.is_dark
    frames(show)
    assert not show.is_dark
    assert show.ingest.orders.result(number)


@pytest.mark.parametrize("hitch", [reloaded, killed])
def test_an_extension_is_given_once(show: Showing, hitch: Callable[[Showing], None]) -> None:
    """Half an hour more is half an hour more, and not an hour after the next start."""
    assert show.obeyed("go", "facade", "for", "1h")
    until = show.loop._billing.manual.until
    assert until
    show.order("extend", "30m")
    with locked(show):
        frames(show)
        hitch(show)
        frames(show, 90)
    frames(show, 90)
    assert show.loop._billing.manual.until == until + 30 * MINUTE


def by_key(show: Showing) -> None:
    """Press B."""
    show.press("b")


def by_file(show: Showing) -> None:
    """Leave the file."""
    dark.demand(show.folder)


@pytest.mark.parametrize("order", [by_key, by_file])
@pytest.mark.parametrize("hitch", [killed])
def test_dark_outlives_the_process_though_the_orders_never_took_it(
    show: Showing, order: Callable[[Showing], None], hitch: Callable[[Showing], None]
) -> None:
    """By key or by file: from the first frame of the next process on it is dark, and the demand is taken away."""
    with locked(show):
        order(show)
        frames(show, 30)
        assert show.is_dark
        hitch(show)
        assert last_light(show.folder) == 0
        for _ in range(20):
            show.frame()
            assert show.is_dark
    frames(show, 10)
    assert show.is_dark
    assert dark.demanded(show.folder) is None


def test_a_demand_stays_until_its_darkness_is_on_record(show: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not even the note can be written, the file is what makes the next process dark; light takes it away at once."""

    def full(*_: object) -> NoReturn:
        raise OSError("the disk is full")

    monkeypatch.setattr(handnotes, "note_down", full)
    with locked(show):
        dark.demand(show.folder)
        frames(show)
        assert dark.demanded(show.folder) is not None
        killed(show)
        frames(show)
        assert show.is_dark
        show.press("l")
        frames(show, 2)
        assert dark.demanded(show.folder) is None
        dark.demand(show.folder)
        frames(show)
    frames(show)
    assert show.is_dark
    assert dark.demanded(show.folder) is None


def test_a_reload_that_cannot_be_answered_is_one(show: Showing) -> None:
    """It is answered as soon as somebody can write, and not carried out again until then."""
    number = show.order("reload")
    count = 0
    with locked(show):
        for _ in range(5):
            frames(show, 5)
            if show.loop._hand.wants_reload:
                count += 1
                show.reload()
    frames(show, 5)
    assert count == 1
    assert show.ingest.orders.result(number)


def test_what_no_disk_took_outlives_a_session(show: Showing) -> None:
    """Lines for the journal, a withdrawal and photos' turns wait on over a reload."""
    writer = show.writer
    with locked(show):
        show.writer.missed([Missed(slot="c", show="x", start=1, why="w")], at=show.clock.wall())
        show.writer.withdraw("wall", "zzz", by="k", at=show.clock.wall())
        show.frame()
        show.reload()
        frames(show, 5)
    frames(show, 5)
    assert show.writer is writer
    kinds = {kind for (kind,) in show.ingest.orders.connection.execute("SELECT kind FROM journal")}
    assert {"missed", "withdrawn"} <= kinds
    assert not writer.waiting


def test_turns_do_not_wait_for_the_orders(show: Showing) -> None:
    """Photos that are shown while the orders are held are counted in the library at once."""
    with locked(show):
        show.press("+")
        frames(show, 2)
        before = show.shown()
        show.show_slides(2)
        assert sum(show.shown().values()) > sum(before.values())


def test_a_withdrawal_by_row_leaves_though_nobody_can_write_it(show: Showing) -> None:
    """The photo is gone within two frames, nobody chooses it again, the show goes on, and the receipt knows that it was up."""
    show.play_until(lambda: bool(show.top), stride=FRAME)
    name = min(show.top)
    show.order("withdraw", f"wall/{name}")
    with locked(show):
        frames(show, 3)
        assert name not in show.up
        assert name not in show.held
        count = len(show.slides)
        for _ in range(120):
            show.frame(SECOND // 2)
            assert name not in show.up
        show.reload()
        frames(show)
        assert name not in show.up
        assert len(show.slides) > count + 3
        show.press("backspace")
        frames(show)
        assert name not in show.up
    frames(show, 5)
    assert not show.writer.withdrawing.items
    assert show.ingest.orders.withdrawn_items("wall", [name])
    assert show.ingest.orders.connection.execute("SELECT was_up FROM receipts WHERE item=?", (name,)).fetchone() == (1,)


def test_a_withdrawal_by_row_outlives_the_process(show: Showing) -> None:
    """It was obeyed and not written: the next process obeys it again."""
    show.play_until(lambda: bool(show.top), stride=FRAME)
    name = min(show.top)
    number = show.order("withdraw", f"wall/{name}")
    with locked(show):
        frames(show, 3)
        killed(show)
        frames(show, 90)
        assert name not in show.up
    frames(show, 5)
    assert show.ingest.orders.result(number) == "withdrawn"


def test_while_nobody_knows_what_holds_only_light_and_dark_count(show: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other key says so to the operator, lights nothing and overwrites nothing."""
    assert show.obeyed("dark") == "dark"
    frames(show)
    kept = by_hand.kept(show.ingest.orders.connection)
    with monkeypatch.context() as patch:
        patch.setattr("player.screen.watch.open_library", _deaf)
        show.restart()
        show.press("+", "2", "n", "h")
        frames(show, 90)
        assert show.is_dark
        assert NOT_YET in show.told
    frames(show, 120)
    assert show.is_dark
    assert by_hand.kept(show.ingest.orders.connection) == kept


def test_what_is_being_looked_for_at_a_reload_is_answered(show: Showing) -> None:
    """The slide before, asked for a moment ago: the operator hears that nothing comes of it."""
    show.loads = False
    number = show.order("previous")
    frames(show, 5)
    show.reload()
    show.loads = True
    frames(show, 5)
    assert show.ingest.orders.result(number) == str(CUT_OFF)


def test_a_show_that_was_passed_over_is_remembered(show: Showing) -> None:
    """What the schedule took part in is kept though the orders are held: after a restart it is taken part in again."""
    slot = Slot(id="c", show="facade", when=Moment(show.clock.wall() + 20 * SECOND, 30 * MINUTE), join="skip")
    show.rules = Rules(zone="UTC", fallback="wall", slots=(slot,))
    show.reload()
    show.play(5 * SECOND)
    with locked(show):
        show.press("+")
        for _ in range(120):
            show.frame(SECOND // 2)
        assert plays(show) == "facade"
        show.restart()
    show.play(20 * SECOND)
    assert plays(show) == "facade"


DAMAGED = (
    '{"show":null,"until":Infinity,"ended":[],"extended":[],"is_dark":true,"lit_through":null,"level":100}',
    '{"show":null,"until":null,"ended":[],"extended":[],"is_dark":true,"lit_through":null,"level":1e999}',
    "[" * 100_000,
    '{"is_dark":true,"next":"version"}',
    '{"is_dark": tru',
    '{"next":"version"}',
    "7",
    '{"show":null,"until":null,"ended":[],"extended":[[["a",1],2]],"is_dark":true,"lit_through":null,"level":100}',
    f'{{"show":null,"until":{10**30},"ended":[],"extended":[],"is_dark":true,"lit_through":null,"level":100}}',
    '{"show":["x"],"until":null,"ended":[],"extended":[],"is_dark":true,"lit_through":["q"],"level":100}',
    '{"show":null,"until":null,"ended":[["a",{}]],"extended":5,"is_dark":true,"lit_through":null,"level":null}',
)


def test_a_damaged_record_lights_no_dark_wall(show: Showing) -> None:
    """Whatever a bad disk gave back, in the orders or beside them: a wall that was dark is dark, and the screen lives."""
    assert show.obeyed("dark") == "dark"
    frames(show)
    for record in DAMAGED:
        for by_note in (False, True):
            show._end(in_order=True)
            show.ingest.orders.connection.execute("UPDATE by_hand SET state=?, light=0", (record,))
            if by_note:
                (show.folder / by_hand.NOTE).write_text(f'{{"state":{record},"light":0.0,"orders":"","upto":0}}')
            light = last_light(show.folder)
            show._open_screen()
            show._begin(Handover(ramp=Ramp(light, light)))
            frames(show, 20)
            assert show.is_dark


def test_thousands_of_rows_are_read_a_few_at_a_time(show: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame reads no more than it obeys, however many wait, and dark among the last of them is obeyed at once."""
    asked: list[int] = []
    real = Watch.commands

    def commands(watch: Watch, *, after: int = 0, limit: int = -1) -> object:
        found = real(watch, after=after, limit=limit)
        asked.append(len(found or ()))
        return found

    monkeypatch.setattr(Watch, "commands", commands)
    connection = show.ingest.orders.connection
    rows = [("dim", '{"level":"100"}')] * 2000 + [("dark", "{}")]
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO commands(addressee, verb, arguments, by, at) VALUES('screen', ?, ?, 'x', 0)", rows)
    connection.execute("COMMIT")
    frames(show, 21)
    assert show.is_dark
    assert 0 < max(asked) <= AT_ONCE + 1
    with locked(show):
        frames(show, 30)
    assert max(asked) <= AT_ONCE + 1


def test_orders_that_begin_anew_are_counted_anew(show: Showing) -> None:
    """After a loss that a person accepted, numbers begin at one again, and every row is obeyed."""
    assert show.obeyed("dark") == "dark"
    assert show.obeyed("light") == "light"
    show.blind()
    show.ingest.close()
    show.writer._close()
    for path in show.folder.glob("*.sqlite*"):
        path.unlink()
    show.ingest = open_library(show.folder, writer="ingest")
    show.play(3 * SECOND)
    assert show.obeyed("dark") == "dark"
