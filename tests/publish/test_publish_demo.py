"""The demonstration of a signed feed: its scenes against a stage of paper, and once against all that is real but the window."""

from __future__ import annotations

import ssl
import tempfile
import threading
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pytest

from player.clock import SystemClock
from player.errors import OperatorError
from player.ingest.once import run_once
from player.ingest.withdrawal import complete
from player.library.library import open_library
from player.library.trusted_time import TrustedClock
from player.publish.demo import run, wall
from player.publish.demo.scenes import CORE, HERO, LATE, LEASE_S, NEVER, OPENING, REVIEWERS, SCENES, EndedError, Kind, View, play
from player.publish.demo.site import perform
from player.publish.demo.wall import FEED, Processes, view_of
from player.settings import Configuration
from player.units import MILLISECOND, SECOND, Nanos, Size
from player.ward import Child
from tests.fakes.clock import FakeClock
from tests.fakes.home import Home

POLL: Nanos = 2 * SECOND


@dataclass
class PaperStage:
    """A publisher, a server and a player, each in a few lines; time passes by the clock of the test."""

    clock: FakeClock
    signatures: dict[str, set[str]] = field(default_factory=lambda: {photo: {"a", "b"} for photo in OPENING})
    withdrawn: set[str] = field(default_factory=set[str])
    is_up: bool = True
    is_copy: bool = False
    has_screen: bool = True
    heard: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    problem: str = ""
    confirmed: Nanos = 0
    polled: Nanos = -POLL
    ends_at: Nanos | None = None

    def approve(self, photo: str, reviewer: str) -> None:
        """Take in a signature."""
        self.signatures.setdefault(photo, set()).add(reviewer)

    def withdraw(self, photo: str, reviewer: str) -> None:
        """Take in a withdrawal."""
        assert reviewer in REVIEWERS
        self.withdrawn.add(photo)

    def keep_copy(self) -> None:
        """Nothing to copy: a replay is refused whatever is in it."""

    def serve(self, *, copy: bool = False) -> None:
        """Answer again."""
        self.is_up, self.is_copy = True, copy

    def cut(self) -> None:
        """Answer no more."""
        self.is_up = False

    def reload(self) -> None:
        """Poll at once."""
        self.polled = self.clock.monotonic() - POLL

    def look(self) -> View:
        """Poll when it is time, as a player does."""
        now = self.clock.monotonic()
        if self.ends_at is not None and now >= self.ends_at:
            raise EndedError
        if now - self.polled >= POLL:
            self.polled = now
            self._poll(now)
        is_live = now - self.confirmed < LEASE_S * SECOND
        shown = self.heard - self.gone if is_live else frozenset[str]()
        states = dict.fromkeys(self.heard, "approved" if is_live else "expired: lease expired")
        return View(
            states={**states, **dict.fromkeys(self.gone, "withdrawn: author")},
            on_screen=(shown or frozenset({CORE})) if self.has_screen else None,
            rung="live" if shown else "core",
            problem=self.problem,
            receipt="withdrawn waiting" if self.gone else "",
        )

    def _poll(self, now: Nanos) -> None:
        if not self.is_up or self.is_copy:
            self.problem = "rolled back" if self.is_up else "no answer"
            return
        self.problem, self.confirmed = "", now
        self.heard = frozenset(photo for photo, people in self.signatures.items() if len(people) > 1)
        self.gone = frozenset(self.withdrawn)


@dataclass
class Script:
    """What was said."""

    lines: list[tuple[Kind, str]] = field(default_factory=list[tuple[Kind, str]])

    def __call__(self, line: str, kind: Kind, /) -> None:
        """Take a line."""
        self.lines.append((kind, line))

    def of(self, kind: Kind) -> list[str]:
        """The lines of one kind."""
        return [line for each, line in self.lines if each is kind]


def played(stage: PaperStage, stopped: threading.Event | None = None) -> tuple[bool, Script]:
    """Play it all."""
    script = Script()
    return play(stage, clock=stage.clock, stopped=stopped or threading.Event(), say=script), script


@pytest.mark.parametrize("has_screen", [True, False], ids=["screen", "no screen"])
def test_every_scene_comes_to_pass_within_two_minutes(*, has_screen: bool) -> None:
    """With a player that does its duty, each scene is announced and seen, and all of it takes less than two minutes."""
    clock = FakeClock()

    is_well, script = played(PaperStage(clock, has_screen=has_screen))

    assert is_well
    assert [line[0] for line in script.of(Kind.HEADING)] == [str(number) for number in range(1, len(SCENES) + 1)]
    assert len(script.of(Kind.RESULT)) >= len(SCENES)
    assert script.of(Kind.TROUBLE) == []
    assert clock.monotonic() < 100 * SECOND  # the rest is for keys, and for a window to open


class Careless(PaperStage):
    """A player that one signature is enough for."""

    def approve(self, photo: str, reviewer: str) -> None:
        """Take one for two."""
        super().approve(photo, reviewer)
        super().approve(photo, "anybody")


class Forgetful(PaperStage):
    """A player that believes an old publication."""

    def _poll(self, now: Nanos) -> None:
        super()._poll(now)
        if self.is_copy:
            self.gone = frozenset()


class Deaf(PaperStage):
    """A player that hears of no withdrawal."""

    def withdraw(self, photo: str, reviewer: str) -> None:
        """Do nothing."""


@pytest.mark.parametrize(
    ("stage", "scene", "why"),
    [(Careless, 2, NEVER), (Deaf, 4, LATE), (Forgetful, 5, NEVER)],
    ids=["one is enough", "no withdrawal", "replay"],
)
def test_a_player_that_fails_is_not_talked_over(stage: type[PaperStage], scene: int, why: str) -> None:
    """What must not be seen, or does not come, ends the demonstration in that scene with a plain word."""
    is_well, script = played(stage(FakeClock()))

    assert not is_well
    assert script.of(Kind.TROUBLE) == [why]
    assert len(script.of(Kind.HEADING)) == scene


def test_a_person_may_end_it_at_any_moment() -> None:
    """Ctrl-C, or Esc twice in the player's window, ends it without a complaint."""
    stopped = threading.Event()
    stopped.set()
    by_signal, first = played(PaperStage(FakeClock()), stopped)
    by_window, second = played(PaperStage(FakeClock(), ends_at=20 * SECOND))

    assert by_signal
    assert by_window
    assert first.of(Kind.TROUBLE) == second.of(Kind.TROUBLE) == []
    assert len(second.of(Kind.HEADING)) > len(first.of(Kind.HEADING)) == 1


def test_a_view_knows_what_may_be_shown() -> None:
    """A photo that is in the slide counts as shown whatever the list says; without a screen the list counts."""
    listed = View(states={HERO: "approved"}, on_screen=None)
    drawn = View(states={HERO: "withdrawn: author"}, on_screen=frozenset({HERO}))

    assert listed.shows(HERO)
    assert drawn.may_show(HERO)
    assert not replace(drawn, on_screen=frozenset()).may_show(HERO)
    assert not replace(listed, on_screen=frozenset()).shows(HERO)


class HandWound:
    """The real player without processes: it asks, prepares and forgets whenever the clock of the test says so."""

    def __init__(self, configuration: Configuration, clock: FakeClock) -> None:
        self._configuration = configuration
        self._clock = TrustedClock(clock, boot="")
        self._library = open_library(configuration.data, writer="test")
        self._due: Nanos = 0

    def start(self) -> None:
        """Nothing to start."""

    def look(self) -> View:
        """Do one round when it is due, and say what it came to."""
        if self._clock.monotonic() >= self._due:
            run_once(self._configuration, self._clock, lambda _: None)
            complete(self._library, self._clock)
            self._due = self._clock.monotonic() + 3 * POLL  # of real time each round costs the most
        return view_of(self._library, self._clock.wall(), has_screen=False)

    def reload(self) -> None:
        """Ask at once."""
        self._due = 0

    def stop(self) -> None:
        """Close what is open."""
        self._library.close()


def test_it_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real publisher, web server and player, without a window: every scene comes to pass, and the journal has the receipt."""
    # Each round makes its fetchers anew, as `ingest --once` does; the authorities of the web take a tenth of a second to read.
    monkeypatch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
    clock, script = FakeClock(), Script()

    is_well = perform(
        tmp_path,
        lambda configuration: HandWound(configuration, clock),
        clock=clock,
        stopped=threading.Event(),
        say=script,
    )

    assert is_well, script.lines
    assert any(line.startswith("withdrawn p-") and "bytes gone" in line for line in script.of(Kind.RESULT))
    assert any("version" in line for line in script.of(Kind.RESULT))  # why the copy was refused
    with closing(open_library(tmp_path / "data", writer="test")) as library:
        assert {stone.source for stone in library.orders.tombstones()} >= {FEED}
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("publication")]


def configured(folder: Path) -> Configuration:
    """A configuration whose data folder is in *folder*."""
    home = Home(folder)
    return home.clean(f"feeds: {{}}\nshow: one\nstorage: {{data: {folder / 'data'}}}\n")


def player_of(folder: Path, monkeypatch: pytest.MonkeyPatch, *scripts: str) -> Processes:
    """A player whose processes are a few words of shell: first the screen's, then ingest's."""
    names = ("screen", "ingest")[: len(scripts)]
    table = tuple(
        Child(name, ("/bin/sh", "-c", script), presents=name == "screen") for name, script in zip(names, scripts, strict=True)
    )

    def children(**_: object) -> tuple[Child, ...]:
        return table

    monkeypatch.setattr(wall, "children", children)
    return Processes(configured(folder), clock=SystemClock(), windowed=Size(320, 180), has_screen=True)


def first_trouble(player: Processes) -> Exception:
    """Look until there is trouble."""
    player.start()
    try:
        for _ in range(500):
            player.look()
            SystemClock().wait(threading.Event(), 20 * MILLISECOND)
    except (EndedError, OperatorError) as trouble:
        return trouble
    finally:
        player.stop()
    return AssertionError("no trouble in ten seconds")


def test_closing_the_window_ends_it_and_a_crash_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Esc twice in the player's window is a wish; a process that dies is a fault, told with its last words. None is left."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    wish = first_trouble(player_of(tmp_path / "a", monkeypatch, "exit 3", "sleep 60"))
    fault = first_trouble(player_of(tmp_path / "b", monkeypatch, "sleep 60", "echo the disk is full >&2; exit 1"))

    assert isinstance(wish, EndedError)
    assert isinstance(fault, OperatorError)
    assert "ingest" in str(fault)
    assert "the disk is full" in str(fault)


def test_ctrl_c_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ended at once, it has told where it stood, its processes are gone, and so is its folder, unless one was named."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stopped = threading.Event()
    stopped.set()

    is_well = run(folder=None, windowed=None, has_screen=False, stopped=stopped)

    assert is_well
    assert list(tmp_path.iterdir()) == []
    told = capsys.readouterr().out
    assert "1  A feed" in told
    assert "Ended." in told
    assert "2  One" not in told


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """A folder with something in it is refused before anything is written."""
    (tmp_path / "mine").write_text("mine")

    with pytest.raises(OperatorError, match="not empty"):
        run(folder=tmp_path, windowed=None, has_screen=False, stopped=threading.Event())

    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
