"""Orders from afar: left for the screen as a person's are, done once, answered once it has answered."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from player.command.replies import done, refusal, written
from player.errors import LibraryError
from player.fleet.envelope import Opened
from player.fleet.messages import FROM_AFAR, LOOK
from player.fleet.orders import GIVEN_UP_AFTER, MAX_UNSAID, MAX_WAITING, Orders
from player.fleet.outgoing import Outgoing, Sealing
from player.fleet.wire import WireError
from player.library import dark
from player.library.library import Library, open_library
from player.units import MILLISECOND, SECOND
from tests.fakes.clock import FakeClock

MINUTE_MS: Final = 60_000


class Hall:
    """A player that is ordered about, and its screen."""

    def __init__(self, library: Library, screen: Library) -> None:
        self.library, self.screen = library, screen
        self.clock = FakeClock()
        self.is_open = True
        self.looks: list[None] = []
        self.begin()

    def begin(self) -> None:
        """Begin anew, as after a restart of the process."""
        sealing = Sealing("oswiecim-1", "0123abcd", self.clock)
        self.orders = Orders(
            self.opened, sealing, folder=self.library.folder, clock=self.clock, look=lambda: self.looks.append(None)
        )

    def opened(self) -> Library:
        """Return the library, unless it cannot be opened."""
        if not self.is_open:
            raise LibraryError("the disk does not answer")
        return self.library

    def order(self, seq: int, verb: str, *, ts: int = 0, lasts: int = MINUTE_MS, **arguments: str) -> None:
        """Order something, by a clock that is *ts* ms off."""
        now = self.clock.wall() // MILLISECOND
        body: dict[str, object] = {"verb": verb, "arguments": arguments, "expires_at": now + lasts}
        self.orders.hear(Opened(body, seq, now + ts), verb)

    def obeyed(self, who: str = "screen", *, refuses: bool = False) -> list[str]:
        """Let the screen answer all that waits; return what it was told."""
        found = self.screen.orders.waiting(who)
        for each in found:
            reply = refusal("no_show", show="x", shows="none") if refuses else done("dark")
            self.screen.orders.answer(each.id, str(reply), at=self.clock.wall(), reply=written(reply))
        return [each.verb for each in found]

    def sent(self) -> list[Outgoing]:
        """Return what is sent now."""
        return list(self.orders.step(self.clock.monotonic()))

    def answers(self) -> list[tuple[int, bool, str]]:
        """Return what is answered now."""
        return [_answer(each) for each in self.sent()]


def _answer(message: Outgoing) -> tuple[int, bool, str]:
    found: dict[str, Any] = json.loads(message.payload)
    assert (message.topic, message.qos, message.retain, found["kind"]) == ("wr/1/p/oswiecim-1/event", 1, False, "answer")
    return found["to"], found["ok"], found["text"]


@pytest.fixture
def hall(tmp_path: Path) -> Generator[Hall]:
    """A player with an empty library."""
    library, screen = (open_library(tmp_path / "data", writer=writer) for writer in ("fleet", "screen"))
    yield Hall(library, screen)
    library.close()
    screen.close()


def test_an_order_is_obeyed_and_answered(hall: Hall) -> None:
    """The screen finds it as any other, by whom it was; what it says to it is the answer."""
    hall.order(10, "dim", level="60")
    (row,) = hall.screen.orders.waiting("screen")
    assert (row.verb, row.arguments, row.by) == ("dim", {"level": "60"}, "the centre")
    assert hall.answers() == []

    hall.obeyed()

    ((to, is_done, text),) = hall.answers()
    assert (to, is_done) == (10, True)
    assert text
    assert hall.answers() == []


def test_a_refusal_is_told_as_such(hall: Hall) -> None:
    """What the screen refuses is not done, and why not is said."""
    hall.order(10, "go", show="x")
    hall.obeyed(refuses=True)

    ((_, is_done, text),) = hall.answers()
    assert not is_done
    assert text.startswith('there is no show "x"')


def test_an_order_that_comes_twice_is_done_once(hall: Hall) -> None:
    """Delivered again before and after its answer: one row, and the same answer again."""
    hall.order(10, "next")
    hall.order(10, "next")
    assert hall.obeyed() == ["next"]
    (first,) = hall.answers()

    hall.order(10, "next")

    assert hall.obeyed() == []
    assert hall.answers() == [first]


def test_an_order_played_back_after_a_restart_does_nothing(hall: Hall) -> None:
    """The highest number is on record before anything is done."""
    hall.order(10, "dark")
    hall.obeyed()
    hall.begin()

    hall.order(10, "dark")
    hall.order(9, "light")

    assert hall.obeyed() == []
    assert [(to, is_done) for to, is_done, _ in hall.answers()] == [(10, False), (9, False)]


@pytest.mark.parametrize(("ts", "says"), [(3_600_000, "60 min behind"), (-3_600_000, "60 min ahead of"), (10**12, "d")])
def test_a_clock_that_is_off_is_told_to_whoever_orders(hall: Hall, ts: int, says: str) -> None:
    """An hour off: refused, with by how much; nothing is done, and the right clock is obeyed later."""
    hall.order(10, "dark", ts=ts)
    ((_, is_done, text),) = hall.answers()
    assert not is_done
    assert says.replace("60 min", "1 h") in text
    assert hall.obeyed() == []

    hall.order(11, "dark")
    assert hall.obeyed() == ["dark"]


def test_what_expired_is_not_done(hall: Hall) -> None:
    """Delivered too late by a broker that keeps it too long."""
    hall.order(10, "dark", lasts=-MINUTE_MS * 2)

    assert hall.obeyed() == []
    assert "expired" in hall.answers()[0][2]


@pytest.mark.parametrize("verb", ["withdraw", "testcard", "calibrate", "shell", "format"])
def test_what_may_not_be_ordered_from_afar(hall: Hall, verb: str) -> None:
    """Withdrawing goes by hints; walls are set up by people who stand before them; there is no other door."""
    hall.order(10, verb, item="x", card="grid")

    assert hall.obeyed() == []
    assert hall.answers() == [(10, False, f"{verb} cannot be ordered from afar")]


@pytest.mark.parametrize("verb", sorted(FROM_AFAR - {LOOK, "go", "extend", "dim", "reload"}))
def test_whatever_may_be_ordered_is_left_for_the_screen(hall: Hall, verb: str) -> None:
    """Each verb of one word."""
    hall.order(10, verb)

    assert hall.obeyed() == [verb]


def test_a_picture_is_asked_for(hall: Hall) -> None:
    """`look` is no order to the screen: a picture follows."""
    hall.order(10, LOOK)

    assert hall.looks == [None]
    assert hall.answers() == [(10, True, "a picture follows")]


def test_reading_again_is_for_all_who_read(hall: Hall) -> None:
    """Screen and ingest; answered when both have."""
    hall.order(10, "reload")
    hall.obeyed()
    assert hall.answers() == []

    hall.obeyed("ingest")

    assert [to for to, *_ in hall.answers()] == [10]


def test_arguments_of_another_kind_are_refused(hall: Hall) -> None:
    """In the words that a person would get."""
    hall.order(10, "dim", level="bright")
    assert hall.answers() == [(10, False, "say how bright, 0 to 100: dim 60")]
    with pytest.raises(WireError):
        hall.orders.hear(Opened({"verb": "dark", "arguments": []}, 11, 0), "dark")


def test_dark_is_left_as_a_file_too(hall: Hall) -> None:
    """Whatever hangs, the screen sees it with its next frame; light takes it away."""
    hall.order(10, "dark")
    assert dark.demanded(hall.library.folder) is not None
    hall.order(11, "light")
    assert dark.demanded(hall.library.folder) is None


def test_dark_needs_no_record(hall: Hall) -> None:
    """While the library cannot be written, dark is left as a file, and anything else is refused."""
    hall.is_open = False
    hall.order(10, "dark")
    hall.order(11, "next")

    assert dark.demanded(hall.library.folder) is not None
    (first, second) = hall.answers()
    assert first[:2] == (10, True)
    assert second[:2] == (11, False)
    assert "the disk does not answer" in second[2]


def test_what_nobody_obeys_is_taken_back(hall: Hall) -> None:
    """A player that is started tomorrow shall not obey today's `next`; how the wall is to be, it shall."""
    hall.order(10, "next")
    hall.order(11, "dark")
    hall.clock.advance(GIVEN_UP_AFTER)

    assert [(to, is_done) for to, is_done, _ in hall.answers()] == [(10, False), (11, False)]
    assert hall.obeyed() == ["dark"]


def test_what_waits_as_the_process_ends_is_taken_back(hall: Hall) -> None:
    """The same, at its end."""
    hall.order(10, "next")
    hall.orders.close()

    assert hall.obeyed() == []


def test_answers_are_kept_until_the_broker_has_them(hall: Hall) -> None:
    """Said again to the next connection; once acknowledged, no more. Their tokens are nobody else's."""
    hall.order(10, LOOK)
    (message,) = hall.sent()
    assert message.token is not None
    assert message.token < 0
    hall.orders.again()
    (again,) = hall.sent()
    assert again.token == message.token

    assert hall.orders.acknowledged(message.token)

    hall.orders.again()
    assert hall.sent() == []
    assert not hall.orders.acknowledged(5)


def test_however_many_come_memory_is_bounded(hall: Hall) -> None:
    """A thousand orders that nobody answers and no broker takes answers to."""
    for seq in range(1000):
        hall.order(seq, "next")

    assert len(hall.obeyed()) == MAX_WAITING
    hall.clock.advance(SECOND)
    assert len(hall.sent()) <= MAX_UNSAID
