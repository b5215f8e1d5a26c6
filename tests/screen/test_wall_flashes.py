"""Whatever is put up on a wall, no part of it flashes more than three times in a second: what is seen at last counts."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
import pytest

from player.output.curve import decoded
from player.output.section import Output
from player.output.testcard import Card
from player.render.protocol import Image
from player.screen.facade import Facade
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.displays import FakePanes, display
from tests.fakes.facade import Wall, wall

ONE: Final = {"id": "a", "display": "HDMI-1"}
WHITE, BLACK = (np.full((180, 320, 4), value, np.uint8) for value in ((255,) * 4, (0, 0, 0, 255)))
Told = list[tuple[Nanos, float]]


class Show(Protocol):
    """Puts something up, or takes it away."""

    def __call__(self, *, on: bool) -> None:
        """Have it up, or not."""
        ...


def light_of(image: Image) -> float:
    """Return the mean luminance of what is seen."""
    return float((decoded(image[..., :3] / 255.0) @ np.array([0.0722, 0.7152, 0.2126])).mean())


def most_flashes(seen: Told) -> float:
    """Return the pairs of opposing changes of 0.1 or more, the darker below 0.8, in the worst second."""
    times: list[Nanos] = []
    extreme, is_bright = 0.0, False
    for t, light in seen:
        if not is_bright and light >= extreme + 0.1:
            times.append(t)
            is_bright, extreme = True, light
        elif is_bright and light <= extreme - 0.1 and light < 0.8:
            times.append(t)
            is_bright, extreme = False, light
        else:
            extreme = max(extreme, light) if is_bright else min(extreme, light)
    return max((sum(0 <= t - start < SECOND for t in times) / 2 for start in times), default=0.0)


def attack(there: Wall, seconds: float, show: Show) -> Told:
    """Change what is shown ten times a second on each side, and look."""
    seen: Told = []
    for i in range(round(60 * seconds)):
        there.clock.advance(SECOND // 60)
        show(on=i // 3 % 2 == 1)
        list(there.facade.pressed())
        there.present()
        image = there.panes.seen("HDMI-1")
        assert image is not None
        seen.append((there.clock.monotonic(), light_of(image)))
    return seen


@pytest.mark.parametrize("is_raw", [True, False])
@pytest.mark.parametrize(("image", "card"), [((0, 0, 0, 255), WHITE), ((255,) * 4, BLACK)])
def test_cards_that_come_and_go(image: tuple[int, ...], card: Image, *, is_raw: bool) -> None:
    """A white card over a dark picture, a black one over a white picture; and at rest the card is as it was drawn."""
    with wall(FakePanes([display(0)]), ONE) as there:
        there.image[:] = image
        there.present()
        there.finish()
        put = Card(card, is_raw=is_raw, until=None)

        def show(*, on: bool) -> None:
            there.facade.card = (lambda _: put) if on else None

        seen = attack(there, 3, show)
        assert most_flashes(seen) <= 3
        assert max(light for _, light in seen) > 0.2
        show(on=True)
        there.settle()
        there.settle()
        there.settle()
        last = there.panes.seen("HDMI-1")
        assert last is not None
        assert (last[..., :3] == card[..., :3]).all()
        assert there.facade.again_at is None


def test_what_is_drawn_over_a_picture_by_hand() -> None:
    """The name of an output as large as a wall; with a card below it, and on an output that is black."""
    with wall(FakePanes([display(0)]), ONE) as there:
        there.image[:] = (0, 0, 0, 255)
        there.present()
        there.finish()

        def over(_: str, out: Image) -> None:
            out[:] = (138, 146, 150, 255)

        def show(*, on: bool) -> None:
            there.facade.overlay = over if on else None

        assert most_flashes(attack(there, 3, show)) <= 3
        black = Card(BLACK, is_raw=True, until=None)
        there.facade.card = lambda _: black
        assert most_flashes(attack(there, 3, show)) <= 3


def test_a_wall_that_is_opened_anew_in_the_middle_of_it() -> None:
    """What was seen before counts: the governor of the next wall is told."""

    def show_on(there: Wall) -> Show:
        def show(*, on: bool) -> None:
            there.image[:] = 255 if on else 0

        return show

    with wall(FakePanes([display(0)]), ONE) as first:
        first.present()
        first.finish()
        seen = attack(first, 0.5, show_on(first))
        known, clock = first.facade.governing.seen, first.clock
    with wall(FakePanes([display(0)]), ONE) as second:
        second.facade.close()
        second.clock = clock
        second.panes.is_open = True
        second.facade = Facade((Output.model_validate(ONE),), second.panes, clock, seen=known)
        second.image[:] = 0
        second.present()
        seen += attack(second, 0.7, show_on(second))
    assert isinstance(clock, FakeClock)
    assert most_flashes(seen) <= 3
