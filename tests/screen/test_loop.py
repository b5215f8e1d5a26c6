"""The frame loop: what ends it, what it answers, and what its heartbeat says."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from player.screen.crew import Ending
from player.screen.keyboard import Key
from player.screen.window import Pressed
from player.units import SECOND
from tests.fakes.showing import FRAME, Showing


@pytest.fixture
def show(tmp_path: Path) -> Generator[Showing]:
    """A show with three photos."""
    with Showing(tmp_path) as showing:
        showing.publish("a", "b", "c")
        yield showing


def run(show: Showing, *, reload: bool = False) -> Ending:
    """Run the loop for five seconds at most."""
    stopped, again = threading.Event(), threading.Event()
    if reload:
        again.set()
    end = show.clock.monotonic() + 5 * SECOND
    frame = show.loop.frame

    def counted(monotonic: int, happened: Sequence[Pressed | Key] = ()) -> None:
        frame(monotonic, happened)
        if monotonic >= end:
            stopped.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(show.loop, "frame", counted)
        return show.loop.run(stopped, again)


def test_it_runs_at_the_windows_rate_until_it_is_stopped(show: Showing) -> None:
    """Sixty frames a second are asked for; the clock is waited for, not the processor."""
    assert run(show) is Ending.STOPPED


@pytest.mark.parametrize(
    ("presses", "ending"),
    [
        ([Pressed.CLOSE], Ending.ASKED),
        ([Pressed.ESCAPE, Pressed.ESCAPE], Ending.ASKED),
        ([Pressed.ESCAPE], Ending.STOPPED),
        ([Pressed.RESIZED], Ending.RESIZED),
    ],
)
def test_what_happens_at_the_window_ends_it(show: Showing, presses: list[Pressed], ending: Ending) -> None:
    """A person ends the run; a display of another size asks for another wall."""
    show.window.presses = [*presses]
    assert run(show) is ending


def test_a_reload_ends_it_too(show: Showing) -> None:
    """By signal or by command: the caller reads the configuration again."""
    assert run(show, reload=True) is Ending.RELOAD
    show.ingest.orders.post("screen", "reload", {}, by="operator", at=show.clock.wall())
    assert run(show) is Ending.RELOAD


def test_commands_are_answered_once_and_in_words(show: Showing) -> None:
    """What the screen knows it does, what it does not know it says; both with the time, and each once."""
    numbers = [show.ingest.orders.post("screen", verb, {}, by="operator", at=1) for verb in ("reload", "dance")]
    for _ in range(3):
        show.frame(FRAME)
    assert [show.ingest.orders.result(number) for number in numbers] == ["read again", "refused: unknown command dance"]


def test_a_still_picture_is_drawn_once(show: Showing) -> None:
    """Between two slides of words nothing is drawn: equal scenes are not presented again."""
    for name in ("a", "b", "c"):
        show.withdraw(name)
    show.play(20 * SECOND)
    show.play_until(lambda: not show.is_fading)
    show.loads = False
    show.play(10 * SECOND)
    frames = show.window.frames
    show.play(60 * SECOND, stride=FRAME * 20)
    assert show.window.frames == frames


def test_the_journal_says_who_had_to_leave_and_why(show: Showing) -> None:
    """A photo that leaves the wall before its time is a line in the journal, with the reason."""
    show.play(20 * SECOND)
    show.play_until(lambda: len(show.up) == 1)
    name = next(iter(show.up))
    show.withdraw(name)
    show.frame(FRAME)
    show.writer.step()
    rows = show.ingest.orders.connection.execute("SELECT what FROM journal WHERE kind='off screen'").fetchall()
    assert any(f"wall/{name}" in what and "withdrawn" in what for (what,) in rows)


def test_the_heartbeat_says_whether_pictures_are_presented(show: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive means that the wanted picture is up and commands are heard; a fault of drawing or a deaf watch says so."""
    said: list[bool] = []
    monkeypatch.setattr(show.loop._crew.heartbeat, "beat", lambda _, presented, **__: said.append(presented))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType] - as Heartbeat.beat
    show.play(3 * SECOND)
    assert all(said)
    said.clear()
    show.renderer.is_failing = True
    show.loop._until = 0
    show.loop.presenter.presented = None
    show.frame(FRAME)
    show.renderer.is_failing = False
    show.frame(FRAME)
    show.watch.answers = False
    show.frame(FRAME)
    assert said == [False, True, False]


def test_a_slide_that_was_cut_short_was_not_shown(show: Showing) -> None:
    """Counted is who stood there in full: a photo that was withdrawn while it came in has had no turn."""
    show.play(20 * SECOND)
    show.play_until(lambda: show.is_fading and len(show.top) == 1)
    name = next(iter(show.top))
    before = show.shown()[name]
    show.withdraw(name)
    show.frame(FRAME)
    show.writer.step()
    assert show.shown()[name] == before
