"""Whatever happens to one wall, by hand or by fault: left alone for a while, it looks as the one to which nothing happened."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from player.show.playlist import CandleStep, Kind, MosaicStep, PhotoStep, WordsStep
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.in_step import KINDS, InStep, synced
from tests.fakes.showing import FRAME, show_of
from tests.screen.test_in_step import NAMES, as_one, is_near_a_border, slot_of, until_in_step

EVENTS: Final = 7
ALONE: Final[Nanos] = 40 * SECOND  # more than any slide here and the one after it
MOST_GONE: Final = 8
STRIDES: Final = (FRAME, 100 * MILLISECOND, 400 * MILLISECOND)
SHOWS: Final[tuple[tuple[Kind, ...], ...]] = (
    KINDS,
    (PhotoStep(),),
    (PhotoStep(pairs=True), MosaicStep(columns=3, rows=2), CandleStep()),
    (WordsStep(), PhotoStep()),
)


class History:
    """Two walls; to the second one things happen."""

    def __init__(self, first: InStep, second: InStep, chance: random.Random) -> None:
        self.first, self.second, self.chance = first, second, chance
        self.gone: list[str] = []
        self.versions = 1
        self.deeds: Mapping[str, Callable[[], None]] = {
            "hold": self.hold,
            "next": self.skip,
            "previous": lambda: self.order("previous"),
            "dark": lambda: self.between("dark", "light"),
            "another show": lambda: self.between("go alone", "auto"),
            "power cut": lambda: self.second.restart(in_order=False),
            "restart": self.second.restart,
            "reload": self.second.reload,
            "a loader that gets nowhere": self.stall,
            "a withdrawal": lambda: self.withdraw(frozenset(NAMES)),
            "a withdrawal of what is up": lambda: self.withdraw(self.first.top),
            "a withdrawal of what is next": lambda: self.withdraw(self.first.ready),
            "another version": self.release,
            "a clock that is set a little": self.step,
        }

    def pause(self, most: Nanos = 20 * SECOND) -> None:
        """Let some time pass for the second wall."""
        self.second.play(self.chance.randrange(0, most), stride=self.chance.choice(STRIDES))

    def catch_up(self) -> None:
        """Let the first wall be where the second one is."""
        self.first.play(self.second.clock.wall() - self.first.clock.wall(), stride=300 * MILLISECOND)

    def order(self, *words: str) -> None:
        """Order something of the second wall."""
        self.second.obeyed(*(word for each in words for word in each.split()))

    def between(self, begins: str, ends: str) -> None:
        """Order something, and the contrary later."""
        self.order(begins)
        self.pause()
        self.order(ends)

    def hold(self) -> None:
        """Hold what is up."""
        self.between("hold", "resume")

    def skip(self) -> None:
        """Want the next slide, perhaps several times."""
        for _ in range(self.chance.randrange(1, 4)):
            self.order("next")
            self.pause(3 * SECOND)

    def stall(self) -> None:
        """Let nothing be made for a while."""
        self.second.loads = False
        self.pause()
        self.second.loads = True

    def withdraw(self, of: frozenset[str]) -> None:
        """Withdraw one of those everywhere."""
        left = sorted(of - {*self.gone})
        if left and len(self.gone) < MOST_GONE:
            self.gone.append(self.chance.choice(left))
            for show in (self.first, self.second):
                show.withdraw(self.gone[-1])
                show.frame()

    def release(self) -> None:
        """Let another version with other people count from soon on."""
        self.versions += 1
        at = self.second.clock.wall() + self.chance.randrange(1, 30_000) * MILLISECOND
        everybody = self.first.everybody()
        items = sorted(self.chance.sample(everybody, max(4, len(everybody) - 2)), key=lambda item: item.name)
        for show in (self.first, self.second):
            show.release(str(self.versions), at=at, items=items)

    def step(self) -> None:
        """Set the second wall's clock off by some milliseconds, and right again."""
        by = self.chance.choice((-1, 1)) * self.chance.randrange(3, 240) * MILLISECOND
        self.second.clock.step(by)
        self.pause()
        self.second.clock.step(-by)
        self.second.play(2 * SECOND)

    def settle(self) -> None:
        """Leave both alone until the second one is in step again, away from a border."""
        self.second.play(ALONE, stride=300 * MILLISECOND)
        self.catch_up()
        if is_near_a_border(slot_of(self.first), self.first.clock.wall()):
            for show in (self.second, self.first):
                show.play(700 * MILLISECOND, stride=FRAME)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_a_wall_falls_into_step_again(tmp_path: Path, seed: int) -> None:
    """Orders by hand, power cuts, faults, withdrawals, versions and clocks; the oracle looks at every frame of both."""
    chance = random.Random(seed)
    show = synced(chance.choice(SHOWS), hold=chance.choice((4, 6, 9)), fade=chance.choice((1, 1.5)))
    other = show_of((PhotoStep(),), name="alone", hold=chance.choice((5, 9, 20)))
    with (
        InStep(tmp_path / "a", show=show, others=(other,)) as first,
        InStep(tmp_path / "b", show=show, others=(other,)) as second,
    ):
        for wall in (first, second):
            wall.publish(*chance.sample(NAMES, len(NAMES)))
            wall.release(items=first.everybody())
        until_in_step(first, second)
        history = History(first, second, chance)
        for name in chance.sample(sorted(history.deeds), EVENTS):
            history.pause(9 * SECOND)
            history.catch_up()
            history.deeds[name]()
            history.settle()
            assert as_one(first, second, 9 * SECOND, stride=300 * MILLISECOND) > 10, name
