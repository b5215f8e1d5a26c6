"""Orders at a wall that plays: every one of them in every situation, by key and by row."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final

import pytest

from player.command import REFUSED
from player.command.replies import read
from player.schedule.rules import Moment, Rules, Slot
from player.screen.hand import AT_ONCE, OVERRULED
from player.screen.telling import told
from player.show.director import title_page
from player.show.obeying import PAGE_UP
from player.show.on_air import Manual
from player.show.playlist import PhotoStep, WordsStep
from player.show.slide import TitleSlide
from player.units import SECOND
from tests.fakes.operated import MINUTE, NAMES, SITUATIONS, WORDS, in_a_hold, in_the_dark, on_a_title_page, operated, plays
from tests.fakes.showing import FRAME, Showing, show_of

MANY: Final = 300
"""Rows, left at once."""
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
        stays = "; dim 40 stays" if row >= ORDERS.index("dim 40") else ""
        assert show.obeyed("auto") == f"back to the schedule{stays}"
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


def test_every_answer_is_a_value_as_well(show: Showing) -> None:
    """By row and by key: whoever speaks another language tells it in that."""
    show.order("hold")
    show.order("go", "nowhere")
    show.press("b")
    show.frame()
    show.play(SECOND, stride=FRAME)

    found = show.ingest.orders.connection.execute("SELECT result, reply FROM commands WHERE done_at IS NOT NULL").fetchall()

    assert len(found) == 3
    assert [str(read(reply)) for _, reply in found] == [result for result, _ in found]


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


def row(show: Showing, verb: str, arguments: str) -> int:
    """Write a row for the screen as anybody could who may write the file; return its number."""
    added = show.ingest.orders.connection.execute(
        "INSERT INTO commands(addressee, verb, arguments, by, at) VALUES('screen', ?, ?, 'somebody', 1)", (verb, arguments)
    )
    return added.lastrowid or 0


def answered(show: Showing, number: int) -> str:
    """Return what becomes of a row."""
    show.play_until(lambda: show.ingest.orders.result(number) is not None, within=5 * SECOND, stride=FRAME)
    return show.ingest.orders.result(number) or ""


JUNK: Final = (
    ("dance", "{}", "unknown command dance"),
    ("", "{}", "unknown command "),
    ("x" * 9999, "{}", f"unknown command {'x' * 40}…"),
    ("a\nb", "{}", "unknown command a?b"),
    ("go", "no JSON", "its show is missing or no text"),
    ("go", "[" * 100_000, "its show is missing or no text"),
    ("go", "[1, 2]", "its show is missing or no text"),
    ("go", '{"show": 7}', "its show is missing or no text"),
    ("go", '{"show": "\\ud800"}', "its show is missing or no text"),
    ("go", '{"show": "fasade"}', 'there is no show "fasade": wall, facade, words'),
    ("go", '{"show": "words", "length_ns": "-1"}', "its length_ns is missing or no number of nanoseconds"),
    ("go", '{"show": "words", "length_ns": "0"}', "a length of time is more than nothing and at most 31 days"),
    ("extend", "{}", "its length_ns is missing or no number of nanoseconds"),
    ("extend", '{"length_ns": "3240000000000000"}', "a length of time is more than nothing and at most 31 days"),
    ("extend", '{"length_ns": null}', "its length_ns is missing or no number of nanoseconds"),
    ("extend", f'{{"length_ns": "{"9" * 5000}"}}', "its length_ns is missing or no number of nanoseconds"),
    ("extend", '{"length_ns": "60000000000"}', "no slot is on that could be extended: `go SHOW --for 30m` puts a show on"),
    ("dim", '{"level": "300"}', "say how bright, 0 to 100: dim 60"),
    ("dim", '{"level": 30}', "say how bright, 0 to 100: dim 60"),
    ("end", "{}", "no slot is on that could be ended: wall is what is on between them"),
    ("withdraw", "{}", "its item is missing or no text"),
)
"""Verb, arguments, and the answer."""


def test_a_row_with_junk_in_it_is_answered_in_a_line(show: Showing) -> None:
    """Whatever somebody wrote there, nothing of it breaks the wall, which goes on as it was."""
    for verb, arguments, said in JUNK:
        assert answered(show, row(show, verb, arguments)) == REFUSED + said
        assert show.loop._billing.manual == Manual()
    show.show_slides(1)


@pytest.mark.parametrize(
    ("first", "then", "is_dark"), [("dark", "light", False), ("light", "dark", True), ("dark", "auto", False)]
)
def test_of_two_opposite_orders_in_one_frame_the_later_counts(show: Showing, first: str, then: str, *, is_dark: bool) -> None:
    """Both are answered, in their order."""
    rows = [show.order(first), show.order(then)]
    assert all(answered(show, number) for number in rows)
    show.play(2 * SECOND, stride=FRAME)
    assert show.is_dark is is_dark


def test_a_hold_and_its_end_in_one_frame(show: Showing) -> None:
    """What is held and let go at once goes on as if nothing had been."""
    rows = [show.order("hold"), show.order("resume"), show.order("resume")]
    assert [answered(show, number) for number in rows] == ["held, until `resume`", "it goes on", "nothing was held"]
    assert not show.loop._billing.manual.is_held


def test_hundreds_of_rows_do_not_stop_the_picture(show: Showing) -> None:
    """Each frame obeys some of them, in order, and every one is answered."""
    many = ("next", "dim 50", "go facade", "auto", "hold", "resume")
    rows = [show.order(*many[number % len(many)].split()) for number in range(MANY)]
    at_once: list[int] = []
    while show.ingest.orders.waiting("screen"):
        before = len(show.ingest.orders.waiting("screen"))
        show.frame()
        at_once.append(before - len(show.ingest.orders.waiting("screen")))
    assert max(at_once) <= AT_ONCE
    assert all(show.ingest.orders.result(number) for number in rows)
    assert show.ingest.orders.result(rows[MANY - 2]) == "held, until `resume`"


def test_dark_does_not_wait_for_hundreds_of_rows(show: Showing) -> None:
    """It comes first, in 0.3 s and a frame; and no light that was ordered before it comes after it."""
    many = ("next", "light", "go facade", "auto")
    rows = [show.order(*many[number % len(many)].split()) for number in range(MANY)]
    number = show.order("dark")
    began = show.clock.monotonic()
    show.play_until(lambda: show.is_dark, within=SECOND, stride=FRAME)
    assert show.clock.monotonic() - began <= 300_000_000 + FRAME
    while show.ingest.orders.waiting("screen"):
        show.frame()
        assert show.is_dark
    assert show.ingest.orders.result(number) == "dark"
    assert show.ingest.orders.result(rows[-1]) == str(OVERRULED)


def test_on_a_title_page_nothing_is_held_or_stepped(show: Showing) -> None:
    """It goes by the clock: neither may its minutes stand still, nor the ceremony be late because of a key."""
    on_a_title_page(show)
    for words in ("hold", "next", "previous"):
        assert show.obeyed(words) == str(PAGE_UP)
    show.press("p", "space", "backspace")
    show.play_until(lambda: show.loop._billing.on.page is None)
    show.frame()
    assert plays(show) == "words"
    assert not isinstance(show.loop.reel.cue.slide, TitleSlide)


@pytest.mark.parametrize("length", [20, 70, 130])
def test_the_minutes_of_a_title_page_are_true_when_light_comes_back(show: Showing, length: int) -> None:
    """In the dark they go on; whoever makes it light sees how long it is, and not how long it was."""
    on_a_title_page(show)
    in_the_dark(show)
    show.play(length * SECOND)
    assert show.obeyed("light") == "light"
    page, slide = show.loop._billing.on.page, show.loop.reel.cue.slide
    assert page
    assert slide == title_page(page, show.clock.wall())[0]


def test_the_minutes_of_a_title_page_are_true_after_a_hold(show: Showing) -> None:
    """A slide that was held until long after the page was due is followed by a page that is right."""
    in_a_hold(show)
    begins = show.clock.wall() + 3 * MINUTE
    slot = Slot(id="ceremony", show="words", when=Moment(begins, MINUTE), title="A ceremony", preroll=3 * MINUTE - 5 * SECOND)
    show.rules = Rules(zone="UTC", fallback="wall", slots=(slot,))
    show.reload()
    show.play(100 * SECOND)
    assert show.obeyed("resume") == "it goes on"
    show.play_until(lambda: isinstance(show.loop.reel.cue.slide, TitleSlide), within=2 * SECOND, stride=FRAME)
    page = show.loop._billing.on.page
    assert page
    assert show.loop.reel.cue.slide == title_page(page, show.clock.wall())[0]
    assert show.loop.reel.cue.end == begins - MINUTE


def test_thirty_presses_in_a_frame_are_one_step(show: Showing) -> None:
    """A key that rattles, or a hand that rests on it, does not rush through the show."""
    slides = len(show.slides)
    show.press(*("space",) * 30)
    show.play(3 * SECOND, stride=FRAME)
    assert len(show.slides) == slides + 1


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
