"""The power goes between any two writes: nothing that was withdrawn comes back, and the show goes on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from player.errors import LibraryError
from player.feed.item import Item, Reinstatement, Withdrawal
from player.ingest import housekeeping
from player.ingest.withdrawal import complete, finish, reinstate, withdraw
from player.library import journal, photos, receipts, right
from player.library.photo import Photo
from player.library.tombstones import NOTHING, WILDCARD
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.power import Cut, PowerCuts
from tests.library.shelf import HOUR, Shelf, edited, item

NAMES: Final = ("a", "b", "c", "d", "e")
DATE: Final[Nanos] = 1_800_000_000 * SECOND
BUDGET: Final = 1_000_000


def bytes_of(name: str) -> bytes:
    """What the picture of *name* holds; "c" and "d" are the same picture."""
    return b"bytes of " + name.replace("d", "c").encode()


def approved(*names: str) -> list[Item]:
    """The items called *names*, approved; of "b" the feed states no bytes."""
    return [item(name, None if name == "b" else bytes_of(name)) for name in names]


def history(shelf: Shelf, cuts: PowerCuts) -> None:
    """What happens on one evening."""
    shelf.publish(*((name, bytes_of(name)) for name in NAMES))
    take_in(shelf, cuts, *approved(*NAMES))
    shelf.prepare()
    library, now = shelf.library, shelf.clock.wall()

    withdraw(library, "wall", [Withdrawal("a", "author", DATE)], now, clock=shelf.clock)
    cuts.known.add("a")
    complete(library, shelf.clock)

    shelf.pool.meanwhile = lambda _: withdraw_while_preparing(shelf, cuts)
    take_in(shelf, cuts, *(edited(one, version="2") if one.id == "b" else one for one in approved("b", "c", "d", "e")))
    shelf.prepare()
    shelf.pool.meanwhile = lambda _: None
    complete(library, shelf.clock)

    cuts.known.discard("a")
    reinstate(library, "wall", Reinstatement("a", DATE), by="two people", now=now)
    take_in(shelf, cuts, *approved("a", "c", "d", "e"))
    shelf.prepare()

    withdraw(library, "wall", [Withdrawal("c", "author", DATE)], now, clock=shelf.clock)
    cuts.known |= {"c", "d"}  # d is the same picture
    shelf.clock.advance(HOUR)
    tidy(shelf)
    for key in shelf.prepared():
        shelf.shown(key)
    housekeeping.make_room(library, 1, shelf.clock.wall())
    withdraw(library, WILDCARD, [Withdrawal("e", "by hand")], shelf.clock.wall(), clock=shelf.clock, by="ann")
    cuts.known.add("e")
    tidy(shelf)


def withdraw_while_preparing(shelf: Shelf, cuts: PowerCuts) -> None:
    """Withdraw "b", which is being prepared anew at this moment."""
    if "b" not in cuts.known:
        withdraw(shelf.library, "wall", [Withdrawal("b", "author", DATE)], shelf.clock.wall(), clock=shelf.clock)
        cuts.known.add("b")


def take_in(shelf: Shelf, cuts: PowerCuts, *items: Item) -> None:
    """Take in a complete snapshot, and note how far that is."""
    shelf.take_in("wall", *items)
    cuts.mark = shelf.sequence


def tidy(shelf: Shelf) -> None:
    """What ingest does at its start, and then once in a while."""
    now = shelf.clock.wall()
    complete(shelf.library, shelf.clock)
    housekeeping.expire(shelf.library, now)
    housekeeping.make_room(shelf.library, BUDGET, now)
    housekeeping.find_missing(shelf.library)
    housekeeping.sweep(shelf.library, now)
    housekeeping.prune(shelf.library, now)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one power cut."""

    cut: Cut
    withdrawn: frozenset[str]
    """Known to be by then: by what the history had seen done, or by the record as it was found."""
    trouble: str
    """What could not be read, or is missing from the record."""
    said_gone: frozenset[str]
    """Of what is withdrawn, what has a receipt that says that its last byte is gone."""
    drawable_at_once: frozenset[str]
    left_at_once: frozenset[str]
    """Of what is withdrawn, what has bytes or words in the folder as it was found."""
    left_later: frozenset[str]
    """The same, a minute after ingest began."""
    drawable_later: frozenset[str]
    """After the feed said once more that all are approved."""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    """What becomes of every state that a power cut in that evening leaves."""
    folder = tmp_path_factory.mktemp("evening") / "data"
    clock = FakeClock()
    with pytest.MonkeyPatch.context() as patch:
        cuts = PowerCuts(folder, patch, clock)
        with cuts.watching():
            history(Shelf(folder, "wall", clock=clock), cuts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)  # one power cut a night is enough
        return [become_of(cut, folder.with_name("again")) for cut in cuts.cuts]


def become_of(cut: Cut, folder: Path) -> Outcome:
    """Start anew, in *folder*, from what *cut* left."""
    cut.lay_out(folder)
    shelf = Shelf(folder, "wall", clock=FakeClock(cut.at))
    shelf.library.connection.execute("PRAGMA synchronous=OFF")
    with closing(shelf.library):
        withdrawn = cut.known | {stone.item for stone in shelf.library.orders.tombstones()}
        receipts_now = receipts.newest(shelf.library.orders.connection).values()
        said_gone = frozenset(each.item for each in receipts_now if each.gone_at and each.item in withdrawn)
        trouble, at_once, left = trouble_of(shelf, cut), drawable(shelf), remains(folder, withdrawn)
        finish(shelf.library)
        housekeeping.sweep(shelf.library, None)
        tidy(shelf)
        shelf.clock.advance(60 * SECOND)
        complete(shelf.library, shelf.clock)
        left_later = remains(folder, withdrawn)
        say_again(shelf, cut)
        return Outcome(cut, withdrawn, trouble, said_gone, at_once, left, left_later, drawable(shelf))


def trouble_of(shelf: Shelf, cut: Cut) -> str:
    """What a person would have to be told, or what was forgotten."""
    orders = shelf.library.orders
    fault = journal.verify(orders.connection).fault
    mark = orders.sequence("wall https://wall.example/feed.json") or 0
    found = [shelf.library.lost, shelf.library.was_set_aside, str(fault or ""), "" if mark >= cut.mark else f"mark {mark}"]
    return " ".join(filter(None, found))


def say_again(shelf: Shelf, cut: Cut) -> None:
    """The feed tells all of it anew, the reinstatement too if it was made, and says that all are approved."""
    if shelf.library.orders.bound("wall", ["a"]).get("a", NOTHING).is_taken_back(DATE):
        reinstate(shelf.library, "wall", Reinstatement("a", DATE), by="two people", now=shelf.clock.wall())
    shelf.sequence = cut.mark + 10
    shelf.publish(*((name, bytes_of(name)) for name in NAMES))
    shelf.take_in("wall", *approved(*NAMES))
    shelf.clock.advance(25 * HOUR)  # by then there is room again for what was evicted
    shelf.take_in("wall", *approved(*NAMES))
    shelf.prepare()
    shelf.assert_whole()


def drawable(shelf: Shelf) -> frozenset[str]:
    """The items that a screen would draw now, each with its bytes read."""
    found = photos.photos(shelf.library.connection, sorted(shelf.prepared()))
    refused = right.refusals(shelf.library, list(found.values()), shelf.clock.wall())
    return frozenset(photo.item for key, photo in found.items() if key not in refused and is_there(shelf, photo))


def is_there(shelf: Shelf, photo: Photo) -> bool:
    """Whether the files of *photo* can be read."""
    try:
        return bool(shelf.library.files.read(photo.picture) and shelf.library.files.read(photo.tile))
    except LibraryError:
        return False


def remains(folder: Path, names: Iterable[str]) -> frozenset[str]:
    """Those of *names* of which bytes or words lie anywhere in *folder*."""
    disk = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm"))
    traces = {name: (b"picture " + bytes_of(name), b"tile " + bytes_of(name), f"Caption of {name}".encode()) for name in names}
    return frozenset(name for name, found in traces.items() if any(trace in disk for trace in found))


def test_nothing_withdrawn_may_be_drawn_after_a_power_cut(outcomes: list[Outcome]) -> None:
    """From the first moment after any power cut, before anybody has tidied up, nothing that was withdrawn may be drawn."""
    assert not [outcome for outcome in outcomes if outcome.drawable_at_once & outcome.withdrawn]


def test_a_receipt_outlives_a_power_cut(outcomes: list[Outcome]) -> None:
    """What a receipt says to be gone is gone, at once: no power cut brings a byte of it back."""
    assert not [outcome for outcome in outcomes if outcome.left_at_once & outcome.said_gone]
    assert sum(bool(outcome.said_gone) for outcome in outcomes) > 50


def test_a_minute_later_nothing_is_left_of_it(outcomes: list[Outcome]) -> None:
    """Neither its bytes nor its words lie anywhere in the data folder, whatever the power cut had brought back."""
    assert not [outcome for outcome in outcomes if outcome.left_later]


def test_the_record_is_whole(outcomes: list[Outcome]) -> None:
    """Withdrawals, marks and the journal are as they were; nothing had to be set aside, and nobody had to be asked."""
    assert not [(outcome.cut, outcome.trouble) for outcome in outcomes if outcome.trouble]


def test_the_show_goes_on(outcomes: list[Outcome]) -> None:
    """Once the feed has answered again, all may be drawn that is not withdrawn, and what is withdrawn is not."""
    for outcome in outcomes:
        twin = frozenset("d" if "c" in outcome.withdrawn else "")
        assert outcome.drawable_later == set(NAMES) - outcome.withdrawn - twin, outcome.cut


def test_the_power_cuts_are_cruel(outcomes: list[Outcome]) -> None:
    """The states tried are hundreds, with transactions and names of files lost; many bring back what had been deleted."""
    steps = [outcome.cut.step for outcome in outcomes]

    assert len(steps) > 200
    assert sum("transactions lost" in step for step in steps) > 50
    assert sum("torn" in step for step in steps) > 20
    assert sum("names of files lost" in step for step in steps) > 20
    assert sum(bool(outcome.left_at_once) for outcome in outcomes) > 50
    assert {frozenset[str](), frozenset({"a"}), frozenset("ab"), frozenset("bcd"), frozenset("bcde")} <= {
        outcome.cut.known for outcome in outcomes
    }
