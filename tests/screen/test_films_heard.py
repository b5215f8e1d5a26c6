"""The frame loop and what moves: each frame begins with a tick, and ends with what is heard of what is seen."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from player.library.heard import heard
from player.schedule.desired import Quiet
from player.schedule.rules import Do
from player.screen.films import Films
from player.show.scene import Scene
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.operated import operated
from tests.fakes.showing import FRAME, Showing


class Spied(Films):
    """Notes what the loop asks of it."""

    def __init__(self) -> None:
        super().__init__(FakeClock())
        self.ticks: list[Nanos] = []
        self.audible: list[tuple[Scene | None, float]] = []
        self.mutes: set[bool] = set()

    def tick(self, monotonic: Nanos) -> None:
        """Note it."""
        self.ticks.append(monotonic)

    def hear(self, scene: Scene | None, light: float) -> None:
        """Note it."""
        self.audible.append((scene, light))

    def mute(self, *, is_muted: bool) -> None:
        """Note it."""
        self.mutes.add(is_muted)


def spied(show: Showing) -> Spied:
    """Let the loop have films that note what is asked of them."""
    films = Spied()
    show.loop._crew = replace(show.loop._crew, films=films)
    return films


def test_each_frame_ticks_once_and_hears_what_is_up(tmp_path: Path) -> None:
    """The instant is the one at which the frame will be seen, and what is heard is the scene that is up then."""
    with operated(tmp_path) as show:
        films = spied(show)
        show.play(SECOND, stride=FRAME)

        assert films.ticks == sorted(set(films.ticks))
        assert len(films.audible) == len(films.ticks)
        assert films.audible[-1] == (show.loop.presenter.scene, 1.0)
        assert films.mutes == {False}


def test_a_quiet_time_may_be_mute(tmp_path: Path) -> None:
    """The schedule says so, and the wall may be lit all the same."""
    with operated(tmp_path) as show:
        films, billing = spied(show), show.loop._billing
        billing.wanted = replace(billing.wanted, quiet=Quiet("night", Do.KEEP, mute=True, dim=100, dark_until=None))
        show.loop._hear(show.clock.wall())

        assert films.mutes == {True}
        assert films.audible[-1][1] == 1.0


def test_status_says_how_films_are(tmp_path: Path) -> None:
    """What they tell is among what the screen says of itself."""
    with operated(tmp_path) as show:
        films = spied(show)
        show.play(2 * SECOND)

        assert heard(show.folder)["films"] == films.told()
