"""The screen process: opens the window with the plate in it, then everything else, and ends it in reverse."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from player import log
from player.clock import Clock
from player.errors import LibraryError, OperatorError
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library.cues import last
from player.library.library import open_library
from player.render.cpu import CpuRenderer
from player.screen.keys import EndKeys
from player.screen.ledger import Ledger
from player.screen.loader import Loader
from player.screen.loop import Crew, Ending, Loop
from player.screen.programme import Programme, programme_of
from player.screen.trace import Trace
from player.screen.watch import Watch
from player.screen.window import Wanted, Window, open_window
from player.screen.writer import Writer
from player.settings import DEFAULT_DATA, LAST_CLEAN, Configuration, Display
from player.show.director import Place
from player.show.layout import plate
from player.show.plan import Cue, Plan, scene_at
from player.show.record import keys_in
from player.show.scene import Composition
from player.show.slide import Stage
from player.text.typeset import Typesetter
from player.units import SECOND, Size

SWITCH_S: Final = 0.001  # how long another thread may keep the frame loop waiting; Python's own 5 ms are a third of a frame
ONE_THREAD: Final = 1920 * 1200  # pixels that one core draws in time; beyond, two share a frame

_log = log.get("screen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line asks of the screen."""

    windowed: Size | None = None
    ends_by_key: bool = False
    """Escape twice or closing the window ends the run: from a terminal alone."""
    trace: Path | None = None


@dataclass(frozen=True, slots=True)
class Wall:
    """A window, what draws for it, and the plate that is always ready."""

    wanted: Wanted
    window: Window
    renderer: CpuRenderer
    typesetter: Typesetter
    plate: Composition


def run(
    in_force: InForce,
    *,
    options: Options,
    clock: Clock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> Ending:
    """Show until *stopped* or until a person asks for the end; *reload* reads the configuration again."""
    sys.setswitchinterval(SWITCH_S)
    _end_with_any_thread()
    wall = _open(_remembered(in_force, options))
    try:
        plan: Plan | None = None
        while True:
            reload.clear()
            configuration = in_force.read()
            if configuration is None:
                ending = _stand_by(in_force, wall, options, clock, heartbeat, stopped, reload)
            else:
                wanted = _wanted(configuration.settings.display, options)
                if wanted != wall.wanted:
                    wall, plan = _changed(wall, wanted), None
                ending, plan = _play(configuration, in_force, wall, plan, options, clock, heartbeat, stopped, reload)
            if ending is not Ending.RELOAD:
                return ending
    finally:
        wall.window.close()


def _play(  # noqa: PLR0917 - the composition root of a session: everything meets here once
    configuration: Configuration,
    in_force: InForce,
    wall: Wall,
    plan: Plan | None,
    options: Options,
    clock: Clock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> tuple[Ending, Plan]:
    """Play one configuration; return why it ended and the plan as it stands, to go on from."""
    programme = programme_of(configuration, wall.window.canvas, lambda language, text: _speaks(wall, language, text))
    with contextlib.ExitStack() as stack:
        ledger = Ledger()
        writer = Writer(programme.data, ledger=ledger, clock=clock)
        writer.start()
        stack.callback(writer.stop)
        watch = Watch(programme.data, clock, faulty=in_force.has_changed if in_force.is_faulty else None)
        stack.callback(watch.close)
        loader = Loader(programme, renderer=wall.renderer, measure=wall.typesetter, ledger=ledger, clock=clock)
        loader.start()
        stack.callback(loader.stop)
        trace = Trace(options.trace)
        stack.callback(trace.close)
        writer.canvas(wall.window.canvas)
        crew = Crew(
            window=wall.window,
            renderer=wall.renderer,
            loader=loader,
            writer=writer,
            watch=watch,
            keys=EndKeys(enabled=options.ends_by_key),
            heartbeat=heartbeat,
            clock=clock,
            trace=trace,
        )
        loop = Loop(crew, plate=wall.plate, plan=plan, place=_place(programme))
        # What start-up made lives as long as the process: the collector need never look at it again.
        gc.collect()
        gc.freeze()
        ending = loop.run(stopped, reload)
        loop.close()
        return ending, loop.plan


def _open(wanted: Wanted) -> Wall:
    """Open a window and put the plate in it, before anything that could fail or take time."""
    window, why = open_window(wanted)
    if why:
        _log.warning("no display: running without one, the picture is in preview.jpg", why=why)
    canvas = window.canvas
    typesetter = Typesetter()
    composition = plate(Stage(canvas), typesetter)
    threads = 1 if canvas.width * canvas.height <= ONE_THREAD else min(2, len(os.sched_getaffinity(0)))
    renderer = CpuRenderer(canvas, typesetter, threads)
    renderer.prepare(composition, {})
    cue = Cue(start=0, length=0, fade=0, slide=None, composition=composition)
    window.present(renderer.draw(scene_at(Plan(canvas, (cue,)), 0)))
    return Wall(wanted, window, renderer, typesetter, composition)


def _changed(wall: Wall, wanted: Wanted) -> Wall:
    """Open the new window before the old one goes: nobody sees what lies beneath."""
    try:
        new = _open(wanted)
    except OperatorError as error:
        _log.error("the display settings cannot be used; the window stays as it is", why=str(error))
        return Wall(wanted, wall.window, wall.renderer, wall.typesetter, wall.plate)
    wall.window.close()
    return new


def _stand_by(  # noqa: PLR0917 - as _play
    in_force: InForce,
    wall: Wall,
    options: Options,
    clock: Clock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> Ending:
    """Keep the plate up until there is a configuration."""
    keys = EndKeys(enabled=options.ends_by_key)
    ticks = 0
    while not stopped.is_set():
        now = clock.monotonic()
        heartbeat.beat(now, presented=True)
        if keys.end_asked(wall.window.pressed(), now):
            return Ending.ASKED
        ticks += 1
        if reload.is_set() or (ticks % 10 == 0 and in_force.has_changed()):
            return Ending.RELOAD
        clock.wait(stopped, SECOND // 10)
    return Ending.STOPPED


def _wanted(display: Display, options: Options) -> Wanted:
    windowed = options.windowed
    return Wanted(
        output=display.output,
        fullscreen=display.fullscreen and windowed is None,
        size=windowed or display.size,
        fps=display.fps,
        rotate=display.rotate,
    )


def _remembered(in_force: InForce, options: Options) -> Wanted:
    """Return how the window was last wanted: reading the whole configuration first would keep the wall dark for longer."""
    path = Path(in_force.data or DEFAULT_DATA).expanduser() / LAST_CLEAN
    try:
        stored = cast("dict[str, dict[str, dict[str, object]]]", json.loads(path.read_text("utf-8")))["settings"]["display"]
        size = cast("list[int] | None", stored["size"])
        display = Display.model_construct(
            output=cast("int | None", stored["output"]),
            fullscreen=bool(stored["fullscreen"]),
            size=Size(*size) if size else None,
            fps=cast("float | None", stored["fps"]),
            rotate=cast("Literal[0, 90, 180, 270]", stored["rotate"]),
        )
        return _wanted(display, options)
    except (OSError, ValueError, KeyError, TypeError):
        return _wanted(Display(), options)


def _place(programme: Programme) -> Place:
    """Return where the show stood when it was last on."""
    try:
        with contextlib.closing(open_library(programme.data, writer="screen")) as library:
            cue = last(library.connection, programme.show.id)
    except LibraryError:
        return Place()
    if cue is None:
        return Place()
    on_screen = frozenset(keys_in(cue.slide))
    return Place(ordinal=cue.ordinal + 1, step=cue.step, on_screen=on_screen)


def _speaks(wall: Wall, language: str, text: str) -> bool:
    return wall.typesetter.fonts.speakable(language, text) is not None


def _end_with_any_thread() -> None:
    """A thread that dies of a fault of ours takes the process along: the supervisor starts a sound one."""

    def crashed(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value:
            name = arguments.thread.name if arguments.thread else "a thread"
            _log.crash("a thread of the screen died: starting again", arguments.exc_value, thread=name)
        os._exit(70)  # EX_SOFTWARE of sysexits.h; exit() would only end this thread

    threading.excepthook = crashed
