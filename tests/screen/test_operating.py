"""Orders at a wall that plays: every one of them in every situation, by key and by row."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final

import pytest

from player.screen.telling import told
from player.show.on_air import Manual
from player.show.playlist import PhotoStep, WordsStep
from player.units import SECOND
from tests.fakes.operated import NAMES, SITUATIONS, WORDS, in_a_hold, in_the_dark, operated, plays
from tests.fakes.showing import FRAME, Showing, show_of

ORDERS: Final = (
    "go facade",
    "go words for 10s",
    "next",
    "previous",
    "hold",
    "resume",
    "dark",
    "light",
    "extend 30m",
    "end",
    "auto",
    "dim 40",
    "identify",
    "withdraw wall/zzz",
)


@pytest.fixture
def show(tmp_path: Path) -> Generator[Showing]:
    """Return a wall that an operator is about to touch."""
    with operated(tmp_path) as showing:
        yield showing


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda found: found.__name__)
def test_every_order_is_answered_in_every_situation(show: Showing, situation: Callable[[Showing], None]) -> None:
    """Each is carried out and answered in a sentence, at once or when a fade has room; nothing is seen that should not be."""
    for row, words in enumerate(ORDERS):
        show.publish(*(f"{name}{row}" for name in NAMES))  # whoever was withdrawn does not come back
        show.play(5 * SECOND)
        situation(show)
        show.loads = True
        number = show.order(*words.split())
        show.play_until(lambda number=number: show.ingest.orders.result(number) is not None, within=5 * SECOND, stride=FRAME)
        assert show.obeyed("auto") == "back to the schedule"
        show.play(10 * SECOND)
        assert not show.is_dark
        assert plays(show) == "wall"
        assert len(show.renderer.prepared) <= 6


def test_the_display_says_its_name_for_five_seconds(show: Showing) -> None:
    """Then the picture is there again as if nothing had been; and in the dark it stays dark."""
    show.press("i")
    show.frame()
    scene = show.window.scene
    assert scene
    assert [layer.composition for layer in scene.layers] == [show.label]
    show.play(5 * SECOND, stride=FRAME)
    show.frame()
    assert show.window.scene
    assert show.window.scene.layers[-1].composition is not show.label


def test_keys_that_are_off_do_nothing(tmp_path: Path) -> None:
    """Without any configuration B and L alone do something; where they are off, nothing does."""
    with Showing(tmp_path, others=(WORDS,)) as show:
        show.publish(*NAMES)
        for setting, goes_dark in ((False, False), (None, True)):
            show.operator_keys = setting
            show.restart()
            show.play(5 * SECOND)
            show.press("2", "p", "i", "-", "?", "a")
            show.play(SECOND)
            assert show.loop._billing.manual == Manual()
            assert not show.told
            show.press("b")
            show.play(SECOND)
            assert show.is_dark is goes_dark


def test_keys_are_orders_like_any_other(show: Showing) -> None:
    """What was pressed stands in the library with who, when and what became of it."""
    show.press("b", "l", "2", "-")
    show.frame()
    show.play(SECOND, stride=FRAME)
    rows = show.ingest.orders.connection.execute(
        "SELECT verb, arguments, by, result FROM commands WHERE done_at IS NOT NULL ORDER BY id"
    ).fetchall()
    assert rows == [
        ("dark", "{}", "keyboard", "dark"),
        ("light", "{}", "keyboard", "light"),
        ("go", '{"show": "facade"}', "keyboard", "facade is on until `auto`"),
        ("dim", '{"level": "90"}', "keyboard", "dim 90"),
    ]


def test_the_keys_are_listed_for_the_operator_alone(show: Showing) -> None:
    """The list is told and not shown; shows have the numbers of their order."""
    scene = show.window.scene
    show.press("?")
    show.frame(0)
    assert "1          show wall" in show.told[0]
    assert "3          show words" in show.told[0]
    assert show.window.scene == scene


def test_a_withdrawal_by_row_is_off_the_wall_in_two_frames(show: Showing) -> None:
    """It is recorded as by the operator, answered, and the photo is gone with the next look."""
    name = min(show.top)
    assert show.obeyed("withdraw", f"wall/{name}") == "withdrawn"
    show.frame()
    assert name not in show.up
    assert show.ingest.orders.withdrawn_items("wall", [name]) == {name: "by the operator"}


def test_what_the_screen_says_of_itself_is_plain(show: Showing) -> None:
    """Show, slide, photos, light and frames, as JSON."""
    loop = show.loop
    said = told(loop._billing, loop.reel, loop._frames, ramp=loop._ramp, t=show.clock.wall(), at=show.clock.wall())
    said = json.loads(json.dumps(said))
    assert said["show"] == said["next"] == "wall"
    assert said["slide"] == "photo"
    assert said["photos"] == [f"wall/{name}" for name in show.top]
    assert (said["light"], said["dark"], said["held"], said["by_hand"]) == (1.0, False, False, False)


@pytest.mark.parametrize("words", ["next", "previous", "go words", "auto"])
def test_orders_reach_a_slide_that_is_being_made(tmp_path: Path, words: str) -> None:
    """Whatever the loader is at, what was ordered comes, and nothing is kept of what is not wanted any more."""
    with Showing(tmp_path, show=show_of((PhotoStep(), WordsStep())), others=(WORDS,)) as show:
        show.publish(*NAMES)
        show.play(20 * SECOND)
        show.loads = False
        show.play_until(lambda: show.loop.reel.ready is None and not show.is_fading, stride=FRAME)
        number = show.order(*words.split())
        show.play(SECOND, stride=FRAME)
        show.loads = True
        show.play_until(lambda: show.ingest.orders.result(number) is not None, stride=FRAME)
        show.play(60 * SECOND)
        assert len(show.renderer.prepared) <= 5


def test_a_reload_keeps_what_holds(show: Showing) -> None:
    """Reading the configuration again is no reason to become light, bright, or to go on."""
    show.obeyed("dim", "50")
    in_a_hold(show)
    up = show.top
    show.reload()
    show.play(30 * SECOND)
    assert show.top == up
    assert show.loop._billing.manual.level == 50
    in_the_dark(show)
    show.reload()
    for _ in range(60):
        show.frame()
        assert show.is_dark
