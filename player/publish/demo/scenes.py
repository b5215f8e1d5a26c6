"""What happens in the demonstration: approval, withdrawal, a replay and a lease running out, in under two minutes.

In which order, and what must be seen of it, is a table, driven by a clock. Publisher, web server and player are a `Stage`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final, Protocol

from player.clock import Clock
from player.units import MILLISECOND, SECOND, Nanos

HERO: Final = "waiting"
"""The photo that is approved, withdrawn and replayed: a sheet that waits for its second reviewer."""
OPENING: Final = ("windowsill", "beach")
"""Approved by two people before the curtain rises, so that there is a show to join."""
CORE: Final = "candle"
"""Approved for offline use."""
REVIEWERS: Final = ("reviewer-1", "reviewer-2", "reviewer-3")
LEASE_S: Final = 30  # the shortest that a configuration may ask for

LOOK: Final[Nanos] = 100 * MILLISECOND  # how often the stage is looked at
NEVER: Final = "This must not be: a photo may be shown that may not. Please report it."
LATE: Final = "This did not come to pass in half a minute. The player's log is in the folder, with --folder DIR."
PATIENCE: Final[Nanos] = 30 * SECOND  # for what takes two to twenty; a small computer that starts up takes longest


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the player says at one moment."""

    states: Mapping[str, str] = field(default_factory=dict[str, str])
    """The state of each photo, as `weremember photos` has it; with the reason after a colon."""
    on_screen: frozenset[str] | None = frozenset()
    """Which photos are in the slide that is up; None when there is no screen."""
    rung: str = "plate"
    """live, stale, core or plate."""
    problem: str = ""
    """Why the last poll confirmed nothing."""
    receipt: str = ""
    """What the journal says of the photo that was withdrawn."""

    def may_show(self, photo: str) -> bool:
        """Whether *photo* may be drawn, or is."""
        return self.states.get(photo, "").startswith("approved") or photo in (self.on_screen or ())

    def renamed(self, names: Mapping[str, str]) -> View:
        """Return the same with each photo called by its name in *names*, where it has one."""
        states = {names.get(photo, photo): state for photo, state in self.states.items()}
        up = None if self.on_screen is None else frozenset(names.get(photo, photo) for photo in self.on_screen)
        return replace(self, states=states, on_screen=up)

    def in_words(self) -> str:
        """Return the state of each photo in a line."""
        states = ", ".join(f"{photo} {state.partition(':')[0]}" for photo, state in sorted(self.states.items()))
        return f"the player: {self.rung}; {states or 'no photos'}"

    def shows(self, photo: str) -> bool:
        """Whether *photo* is up; without a screen, whether it could be."""
        return self.may_show(photo) if self.on_screen is None else photo in self.on_screen


class Stage(Protocol):
    """What the demonstration happens to."""

    def approve(self, photo: str, reviewer: str) -> None:
        """Have *reviewer* sign for *photo*; what has enough signatures is published."""
        ...

    def withdraw(self, photo: str, reviewer: str) -> None:
        """Have *reviewer* take *photo* back, and publish that."""
        ...

    def keep_copy(self) -> None:
        """Copy the publication as it is, as anybody can who reads the web server."""
        ...

    def serve(self, *, copy: bool = False) -> None:
        """Let the web server answer: with the publication, or with the copy."""
        ...

    def cut(self) -> None:
        """Take the web server away."""
        ...

    def reload(self) -> None:
        """Have the player read its configuration, and so its feeds, now."""
        ...

    def look(self) -> View:
        """Do what is due, such as signing the time anew, and return what the player says now.

        Raises:
            EndedError: The player was ended at its own window.
            OperatorError: The player does not run.
        """
        ...


class Kind(Enum):
    """What a line of the guide is."""

    HEADING = auto()
    LINE = auto()
    RESULT = auto()
    STATES = auto()
    TROUBLE = auto()


class EndedError(Exception):
    """A person ended the demonstration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One thing that happens, what must come of it, and what must not."""

    title: str
    says: str
    """What is about to happen, and where to look."""
    does: Callable[[Stage], None]
    until: Callable[[View], bool]
    tells: Callable[[View], str]
    """When it has come to pass."""
    never: Callable[[View], bool] = lambda _: False
    """Must not be seen from the moment that it happened, as long as the scene lasts."""
    lead: Nanos = 2 * SECOND
    """How long a person has to read before it happens."""
    stays: Nanos = 0
    """How long it is left to be looked at."""


def _nothing(_: Stage) -> None:
    pass


def _one_signature(stage: Stage) -> None:
    stage.approve(HERO, REVIEWERS[0])


def _two_signatures(stage: Stage) -> None:
    stage.approve(HERO, REVIEWERS[1])
    stage.keep_copy()


def _withdrawal(stage: Stage) -> None:
    stage.withdraw(HERO, REVIEWERS[2])


def _back(stage: Stage) -> None:
    stage.serve()
    stage.reload()


SCENES: Final = (
    Scene(
        title="A feed, and a player that believes it.",
        says=f"Two people, {REVIEWERS[0]} and {REVIEWERS[1]}, approved three drawn cards. The player was given one thing "
        "beforehand, the root: who may sign. Look at the screen: the first card comes.",
        does=_nothing,
        until=lambda view: any(view.shows(photo) for photo in OPENING),
        tells=lambda _: "There it is.",
        never=lambda view: view.may_show(HERO),
        stays=4 * SECOND,
    ),
    Scene(
        title="One signature is not enough.",
        says=f'{REVIEWERS[0]} approves one more card, "waiting". The player asks every two seconds. It does not appear.',
        does=_one_signature,
        until=lambda _: True,
        tells=lambda _: "One of two. Nothing was published: the player has not even heard of it.",
        never=lambda view: view.may_show(HERO),
        stays=8 * SECOND,
    ),
    Scene(
        title="Two are.",
        says=f'{REVIEWERS[1]} approves it, too, with another key. Look for the sheet "waiting".',
        does=_two_signatures,
        until=lambda view: view.shows(HERO),
        tells=lambda _: "Published, fetched, checked, decoded in a process without files or network, and on the wall.",
        stays=2 * SECOND,
    ),
    Scene(
        title="One person takes it back.",
        says=f"{REVIEWERS[2]} withdraws it while it is up. Keep your eyes on it.",
        does=_withdrawal,
        until=lambda view: view.states.get(HERO, "").startswith("withdrawn") and not view.shows(HERO) and bool(view.receipt),
        tells=lambda view: f"Gone, and every byte of it. The player's receipt:\n{view.receipt}",
        stays=6 * SECOND,
    ),
    Scene(
        title="The web server is taken over.",
        says='It answers with a copy from before the withdrawal: "waiting" is approved there, and every signature is genuine.',
        does=lambda stage: stage.serve(copy=True),
        until=lambda view: bool(view.problem),
        tells=lambda view: f"Refused:\n{view.problem}",
        never=lambda view: view.may_show(HERO),
        stays=5 * SECOND,
    ),
    Scene(
        title="The network is cut.",
        says=f"Nobody confirms the photos any more. Their lease runs out: {LEASE_S} seconds here, an hour at a memorial. Then "
        "only what was approved for offline use is shown, the candle; without such a set it would be the words alone.",
        does=lambda stage: stage.cut(),
        until=lambda view: view.rung in {"core", "plate"} and not any(view.may_show(photo) for photo in OPENING),
        tells=lambda view: (
            "The lease is over." + (" The candle stands alone." if view.rung == "core" else " The words stand alone.")
        ),
        never=lambda view: view.may_show(HERO),
        stays=7 * SECOND,
    ),
    Scene(
        title="The network is back.",
        says="A player asks less often the longer nobody answers; here its operator types `weremember reload`. Confirmed again, "
        "the photos return. The withdrawn one does not, now or ever.",
        does=_back,
        until=lambda view: view.rung == "live" and any(view.shows(photo) for photo in OPENING),
        tells=lambda _: "That was all.",
        never=lambda view: view.may_show(HERO),
        stays=4 * SECOND,
    ),
)
"""In the order of the evening."""


class Say(Protocol):
    """Takes the lines of the guide."""

    def __call__(self, line: str, kind: Kind, /) -> None:
        """Tell one line."""
        ...


def play(stage: Stage, *, clock: Clock, stopped: threading.Event, say: Say) -> bool:
    """Play every scene; return whether all came to pass, as far as a person let them.

    Args:
        stage: What they happen to.
        clock: Paces them.
        stopped: Ends them early; that is no failure.
        say: Takes what is told.

    Raises:
        OperatorError: the player does not run, or the publisher's folder cannot be written.
    """
    try:
        for number, scene in enumerate(SCENES, 1):
            say(f"{number}  {scene.title}", Kind.HEADING)
            say(scene.says, Kind.LINE)
            trouble = _play(scene, stage, clock, stopped, say)
            if trouble:
                say(trouble, Kind.TROUBLE)
                return False
    except EndedError:
        say("Ended.", Kind.LINE)
    return True


def _play(scene: Scene, stage: Stage, clock: Clock, stopped: threading.Event, say: Say) -> str:
    """Play one scene; return what was wrong with it, or nothing."""
    _watch(stage, clock, stopped, scene.lead)
    scene.does(stage)
    seen = _watch(stage, clock, stopped, PATIENCE, until=scene.until, never=scene.never)
    if scene.never(seen):
        return NEVER
    if not scene.until(seen):
        return LATE
    for line in scene.tells(seen).splitlines():
        say(line, Kind.RESULT)
    say(seen.in_words(), Kind.STATES)
    return NEVER if scene.never(_watch(stage, clock, stopped, scene.stays, never=scene.never)) else ""


def _watch(
    stage: Stage,
    clock: Clock,
    stopped: threading.Event,
    length: Nanos,
    *,
    until: Callable[[View], bool] = lambda _: False,
    never: Callable[[View], bool] = lambda _: False,
) -> View:
    """Look at the stage for *length*, or until what is wanted or forbidden is seen; return what was seen last."""
    ends = clock.monotonic() + length
    while True:
        seen = stage.look()
        if until(seen) or never(seen) or clock.monotonic() >= ends:
            return seen
        if clock.wait(stopped, LOOK):
            raise EndedError
