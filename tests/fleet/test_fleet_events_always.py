"""Whatever the broker and the machine do: every event is told, in order, and at some time no more is."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from player.library.library import open_library
from tests.fakes.overheard import Centre


class Weather:
    """What may happen to a player that tells its events."""

    def __init__(self, centre: Centre, chance: Random) -> None:
        self.centre = centre
        self.chance = chance
        self.missed: list[str] = []
        self.withdrawn: list[int] = []
        self.shows: list[str] = []
        self.receipts: list[int] = []

    def miss(self) -> None:
        """A show is missed."""
        self.missed.append(f"show-{len(self.missed)}")
        self.centre.missed(self.missed[-1])

    def withdraw(self) -> None:
        """The centre withdraws what was never here."""
        self.withdrawn.append(len(self.withdrawn) + 1)
        self.centre.withdraw(f"p-{self.withdrawn[-1]}", "*", is_here=False)
        self.centre.events.obeyed(self.withdrawn[-1], "*", f"p-{self.withdrawn[-1]}", self.centre.clock.wall())
        self.hear()

    def hear(self) -> None:
        """What is due is sent."""
        for each in self.centre.hear():
            if each["kind"] == "receipt":
                self.receipts.append(each["w"])
            else:
                self.shows.append(each["show"])

    def acknowledge_some(self) -> None:
        """Three of those that are under way arrive, whichever."""
        self.chance.shuffle(self.centre.under_way)
        arrived, self.centre.under_way = self.centre.under_way[:3], self.centre.under_way[3:]
        for each in arrived:
            assert each.token is not None
            self.centre.events.acknowledged(each.token)

    def break_off(self) -> None:
        """The connection is another one."""
        self.centre.events.again()
        self.centre.under_way.clear()

    def restart(self) -> None:
        """The process begins anew; what it had heard of withdrawals, a retained hint says again."""
        self.centre.begin()
        for number in self.withdrawn[-20:]:
            self.centre.events.obeyed(number, "*", f"p-{number}", self.centre.clock.wall())

    def calm(self) -> None:
        """Everything arrives until nothing more comes."""
        count = -1
        while count != len(self.shows) + len(self.receipts):
            count = len(self.shows) + len(self.receipts)
            self.hear()
            self.centre.acknowledge()
        self.hear()  # how far it was told is kept


DEEDS = st.lists(
    st.sampled_from(
        (
            Weather.miss,
            Weather.withdraw,
            Weather.hear,
            Weather.acknowledge_some,
            Weather.break_off,
            Weather.restart,
            Weather.calm,
        )
    ),
    max_size=40,
)


@given(deeds=DEEDS, seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_every_event_is_told_in_order_whatever_happens(deeds: list[object], seed: int) -> None:
    """Acknowledged in any order or not at all, over connections and restarts: nothing is lost, and nothing is told for ever."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_library(Path(folder), writer="fleet")) as library,
        closing(open_library(Path(folder), writer="screen")) as player,
    ):
        weather = Weather(Centre(library, player), Random(seed))
        for deed in deeds:
            assert callable(deed)
            deed(weather)
        weather.calm()

        assert list(dict.fromkeys(weather.shows)) == weather.missed
        assert sorted(set(weather.receipts)) == weather.withdrawn
        told = len(weather.shows), len(weather.receipts)
        weather.restart()
        weather.calm()
        assert (len(weather.shows), len(weather.receipts)) == told
