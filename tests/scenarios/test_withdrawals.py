"""A photo is withdrawn, wherever it happens to be: at the next frame nothing of it is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import pytest

from player.show.playlist import Kind, MosaicStep, PhotoStep, WordsStep
from player.show.scene import Composition
from player.units import SECOND
from tests.fakes.showing import EVERYTHING, FRAME, PHOTOS_ALONE, Showing, show_of

PAIRS: Final = (PhotoStep(pairs=True),)
MOSAICS: Final = (MosaicStep(columns=3, rows=2),)
PORTRAITS: Final = tuple(f"p{number}" for number in range(1, 10))


def current(show: Showing) -> str:
    """It stands in full."""
    show.play_until(lambda: len(show.up) == 1 and not show.is_fading)
    return next(iter(show.up))


def fading_in(show: Showing) -> str:
    """It is half there, over another one."""
    show.play_until(lambda: show.is_fading and len(show.leaving) == 1 and len(show.top) == 1)
    return next(iter(show.top))


def leaving(show: Showing) -> str:
    """It is half gone."""
    show.play_until(lambda: show.is_fading and len(show.leaving) == 1)
    return next(iter(show.leaving))


def half_of_a_pair(show: Showing) -> str:
    """It stands beside another."""
    show.play_until(lambda: len(show.top) == 2 and not show.is_fading)
    return min(show.top)


def half_of_a_pair_that_is_coming(show: Showing) -> str:
    """It comes in beside another."""
    show.play_until(lambda: len(show.top) == 2 and show.is_fading)
    return min(show.top)


def tile(show: Showing) -> str:
    """It is one of many."""
    show.play_until(lambda: len(show.top) == 6 and not show.is_fading)
    return min(show.top)


def tile_of_the_wave(show: Showing) -> str:
    """It is one of many, and not all are there yet."""
    show.play_until(lambda: len(show.top) == 6 and show.is_fading)
    return max(show.top)


def ready_next(show: Showing) -> str:
    """It is prepared, and not up."""
    show.play_until(lambda: bool(show.ready) and not show.is_fading and not show.ready <= show.up)
    return min(show.ready)


WHEREVER: Final[list[tuple[Callable[[Showing], str], Sequence[Kind]]]] = [
    (current, PHOTOS_ALONE),
    (fading_in, PHOTOS_ALONE),
    (leaving, PHOTOS_ALONE),
    (ready_next, PHOTOS_ALONE),
    (half_of_a_pair, PAIRS),
    (half_of_a_pair_that_is_coming, PAIRS),
    (ready_next, PAIRS),
    (tile, MOSAICS),
    (tile_of_the_wave, MOSAICS),
    (ready_next, MOSAICS),
]


@pytest.mark.parametrize(("where", "kinds"), WHEREVER)
def test_a_withdrawn_photo_is_gone_at_the_next_frame(
    tmp_path: Path, where: Callable[[Showing], str], kinds: Sequence[Kind]
) -> None:
    """Withdrawn, it is neither on the wall nor prepared one frame later; it never returns, and the show goes on, fair."""
    with Showing(tmp_path, kinds=kinds) as show:
        show.publish(*PORTRAITS)
        show.play(20 * SECOND)
        name = where(show)
        show.withdraw(name)
        show.frame(FRAME)
        assert name not in show.up | show.held | show.ready
        show.seen.clear()
        show.play(150 * SECOND)
        assert name not in show.seen
        assert set(show.seen) == set(PORTRAITS) - {name}
        assert show.spread() <= 1


def test_a_photo_withdrawn_while_it_is_made_ready_is_thrown_away(tmp_path: Path) -> None:
    """Chosen before and finished after its withdrawal, a slide is given back at the frame that hears of it."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(20 * SECOND)
        caught: list[str] = []

        def withdraw_it(composition: Composition) -> None:
            names = [show.known[digest].item for digest in composition.photos]
            if names and not caught:
                caught.extend(names)
                show.withdraw(names[0])

        show.renderer.on_prepare = withdraw_it
        show.play_until(lambda: bool(caught), stride=FRAME)
        assert caught[0] not in show.held
        show.play(60 * SECOND)


def test_a_withdrawal_shows_the_next_slide_at_once(tmp_path: Path) -> None:
    """In place of the withdrawn photo, at the same frame, stands the slide that was ready, in full."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(20 * SECOND)
        name = current(show)
        show.play_until(lambda: bool(show.ready))
        following = show.ready
        show.withdraw(name)
        show.frame(FRAME)
        assert show.up == following
        assert not show.is_fading


def test_a_withdrawal_with_nothing_ready_shows_the_plate(tmp_path: Path) -> None:
    """While the loader is slow, the plate takes the place of what was withdrawn, and then the show goes on."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(20 * SECOND)
        show.loads = False
        show.play_until(lambda: not show.ready)
        name = current(show)
        show.withdraw(name)
        show.frame(FRAME)
        assert show.is_plate
        show.loads = True
        show.play_until(lambda: bool(show.up), within=SECOND)


def test_a_withdrawal_whose_next_slide_cannot_be_drawn_shows_the_plate(tmp_path: Path) -> None:
    """Whatever else is wrong, what was withdrawn does not stay: if the next slide fails, the plate takes its place."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(20 * SECOND)
        name = current(show)
        show.play_until(lambda: bool(show.ready))
        show.renderer.undrawable = {digest for digest, photo in show.known.items() if photo.item in show.ready}
        show.withdraw(name)
        show.frame(FRAME)
        assert show.is_plate
        show.renderer.undrawable.clear()
        show.play_until(lambda: bool(show.up), within=20 * SECOND)


def test_one_feed_may_withdraw_everything_at_once(tmp_path: Path) -> None:
    """When all are withdrawn in one go, words alone are shown, and nothing of anybody is left."""
    with Showing(tmp_path, kinds=EVERYTHING) as show:
        show.publish(*PORTRAITS)
        show.play(60 * SECOND)
        for name in PORTRAITS:
            show.publisher.withdraw(name)
        show.poll()
        show.frame(FRAME)
        assert not show.up | show.held
        show.play(120 * SECOND)
        assert not any((show.folder / "pictures").glob("??/*.jpg"))
        show.publish("somebody else")
        show.play_until(lambda: "somebody else" in show.up, within=60 * SECOND)


def due(show: Showing) -> frozenset[str]:
    """Those who were shown least; nobody before all four have joined."""
    turns = show.turns()
    return frozenset(name for name, turn in turns.items() if turn == min(turns.values())) if len(turns) == 4 else frozenset()


def end_of_the_round(show: Showing) -> frozenset[str]:
    """The pair that comes in is the last of four whose turn it is; whatever follows begins the next round."""
    show.play_until(lambda: show.is_fading and len(show.top) == 2 and due(show) == show.top, stride=FRAME * 6)
    return show.top


def is_fair_for_a_while(show: Showing) -> None:
    """For twenty seconds no two members of the pool are ever more than one turn apart."""
    for _ in range(200):
        show.frame(SECOND // 10)
        assert show.spread() <= 1


def test_nobody_gets_ahead_of_who_stood_beside_a_withdrawn_photo(tmp_path: Path) -> None:
    """A pair cut short before it stood in full costs the other half no turn: what was ready counted on it, and is given back."""
    with Showing(tmp_path, kinds=PAIRS) as show:
        show.publish("p1", "p2", "p3", "p4")
        show.play(40 * SECOND)
        pair = end_of_the_round(show)
        show.loader.ask(show.loop.place)  # earlier than the loop would: as if a mosaic's wave took longer than its fade
        show.frame(FRAME)
        assert show.ready
        show.withdraw(min(pair))
        show.frame(FRAME)
        assert show.is_plate
        is_fair_for_a_while(show)


def test_nor_does_a_slide_that_was_being_made_at_that_moment(tmp_path: Path) -> None:
    """The same, with the next slide still in the making when the pair is cut short."""
    with Showing(tmp_path, kinds=PAIRS) as show:
        show.publish("p1", "p2", "p3", "p4")
        show.play(40 * SECOND)
        show.play_until(lambda: bool(show.ready) and due(show) == show.ready)
        show.loads = False
        pair = end_of_the_round(show)
        assert not show.ready

        def meanwhile(_: Composition) -> None:
            show.renderer.on_prepare = None
            show.withdraw(min(pair))
            show.loop.frame(show.clock.monotonic())

        show.renderer.on_prepare = meanwhile
        show.loader.step()
        show.loads = True
        is_fair_for_a_while(show)


def test_a_withdrawal_while_words_are_up_disturbs_nothing(tmp_path: Path) -> None:
    """What is not on the wall is withdrawn without a cut."""
    with Showing(tmp_path, show=show_of((WordsStep(), PhotoStep()), hold=10)) as show:
        show.publish("a", "b", "c")
        show.play_until(lambda: not show.up and not show.is_fading and bool(show.ready))
        before = show.window.scene
        show.withdraw(min({"a", "b", "c"} - show.ready))
        show.frame(FRAME)
        assert show.window.scene == before


def test_an_edited_photo_leaves_until_it_is_approved_again(tmp_path: Path) -> None:
    """A photo that was modified after its approval is gone at the next frame, and back when the new version is approved."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(20 * SECOND)
        name = current(show)
        show.publisher.edit(name, at="2027-01-20T08:59:00Z", content_text="Another caption")
        show.poll()
        show.frame(FRAME)
        assert name not in show.up | show.held
        show.play(60 * SECOND)
        show.publisher.approve(name, at="2027-01-20T09:00:30Z")
        show.poll()
        show.play_until(lambda: name in show.up, within=120 * SECOND)
        show.play(120 * SECOND)
        assert show.spread() <= 1
