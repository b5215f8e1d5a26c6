"""The screen process: a wall with the plate on it is there; starts everything else, and ends it in reverse."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from player import log
from player.clock import boot
from player.errors import DrawError, LibraryError
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library.cues import last
from player.library.library import open_library
from player.library.trusted_time import TrustedClock
from player.schedule.zones import database
from player.screen.airing import Airing
from player.screen.attended import read as read_attended
from player.screen.attending import Attendance
from player.screen.billing import Billing
from player.screen.chooser import place_after, resumed
from player.screen.clips import Clips
from player.screen.crew import Crew, Ending, Handover
from player.screen.fitting import Fitting
from player.screen.hand import LABEL_LENGTH
from player.screen.keys import EndKeys, keys_in_force
from player.screen.ledger import Ledger
from player.screen.loader import Loader
from player.screen.loop import Loop
from player.screen.planner import Planner
from player.screen.plate_alone import PlateAlone
from player.screen.programme import Programme, programme_of
from player.screen.promising import Promises
from player.screen.scores import Scores, share_of
from player.screen.showtime import ShowTime, of_this_machine
from player.screen.trace import Trace
from player.screen.wall import Wall, changed, fitted, restaged
from player.screen.watch import Watch
from player.screen.window import Wanted
from player.screen.writer import Writer
from player.sections import Display
from player.settings import Configuration
from player.show.director import Place, label
from player.show.layout import lay_out, size_of_streams
from player.show.light import Ramp
from player.show.on_air import Manual
from player.show.plan import Plan
from player.show.promise import most_tiles
from player.show.scene import Composition
from player.show.slide import Pace, Room
from player.staging import stage_of
from player.timekeeping import Belief
from player.units import SECOND, Nanos, Size

SWITCH_S: Final = 0.0001  # how long another thread may keep the frame loop waiting, each time it comes back from OpenCV

MMAP_FROM: Final = 1_048_576  # bytes
_M_MMAP_THRESHOLD: Final = -3  # mallopt(3)

_log = log.get("screen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line asks of the screen."""

    windowed: Size | None = None
    ends_by_key: bool = False
    """Escape twice or closing the window ends the run: from a terminal alone."""
    trace: Path | None = None


def run(
    in_force: InForce,
    *,
    wall: Wall,
    options: Options,
    clock: TrustedClock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> Ending:
    """Show on *wall* until *stopped* or until a person asks for the end; *reload* reads the configuration again."""
    sys.setswitchinterval(SWITCH_S)
    _return_freed_memory()
    _end_with_any_thread()
    _say_whose_time_zones(clock)
    before, films, was_up = Handover(ramp=Ramp(wall.light, wall.light)), wall.films, Plan(wall.easel.canvas, ())
    films.start()
    try:
        while True:
            reload.clear()
            configuration = in_force.read()
            if configuration is None:
                _close_left(wall, before.plan, None)
                alone = _alone(in_force, wall, before, options)
                ending = alone.stay(clock, heartbeat, stopped, reload)
                before = replace(before, plan=None, ramp=Ramp(alone.light, alone.light))
            else:
                wanted = _wanted(configuration, options)
                if wanted != wall.wanted:
                    wall, before = changed(wall, wanted, light=before.ramp.last), replace(before, plan=None)
                wall, up = restaged(wall, _room(configuration, wall), before.plan)
                before = replace(before, plan=up)
                _close_left(wall, was_up, up)
                ending, before = _play(configuration, in_force, wall, before, options, clock, heartbeat, stopped, reload)
                was_up = before.plan
            if ending is Ending.RESIZED:
                wall, before = changed(wall, wall.wanted, light=before.ramp.last), replace(before, plan=None)
            elif ending is not Ending.RELOAD:
                return ending
    finally:
        if before.writer:
            before.writer.stop()
        films.stop()
        wall.easel.close()


def _play(  # noqa: PLR0917 - the composition root of a session: everything meets here once
    configuration: Configuration,
    in_force: InForce,
    wall: Wall,
    before: Handover,
    options: Options,
    clock: TrustedClock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> tuple[Ending, Handover]:
    """Play one configuration; return why it ended and what the next one goes on from."""
    settings = configuration.settings
    display = settings.display
    stage = replace(wall.stage, margin=display.margin)
    programme = programme_of(
        configuration, stage, lambda language, text: _speaks(wall, language, text), wall.typesetter.fonts.sets
    )
    before = _with_time(before, configuration, clock)
    wall.films.look_in(programme.data)
    with contextlib.ExitStack() as stack:
        writer = _writer(before, programme.data, clock)
        failing = stack.enter_context(contextlib.ExitStack())
        failing.callback(writer.stop)
        faulty = in_force.has_changed if in_force.is_faulty else None
        watch = Watch(programme.data, clock, faulty=faulty, learn=clock.learn, withdrawing=writer.withdrawing)
        stack.callback(watch.close)
        clips = Clips(wall.films, programme.films, clock, fps=wall.easel.fps, streams=programme.streams)
        airing = before.airing or Airing(wall.films)
        airing.go_by(programme.streams, size_of_streams(stage, wall.typesetter), wall.easel.fps)
        loader = Loader(
            programme,
            renderer=wall.renderer,
            measure=wall.typesetter,
            ledger=writer.ledger,
            clock=clock,
            remake=writer.remake,
            withdrawing=writer.withdrawing,
            promises=Promises(schedule=settings.schedule, rules=configuration.rules, stage=programme.stage),
            clips=clips,
            scores=Scores(programme.bills, share_of(settings)),
        )
        loader.start()
        stack.callback(loader.stop, wall.easel.rest)
        planner = Planner(configuration.rules, clock)
        if before.time:
            get_ready(planner, before.time.now(clock.monotonic()), before.attendance)
        planner.start()
        stack.callback(planner.stop)
        trace = Trace(options.trace)
        stack.callback(trace.close)
        writer.wall(wall.easel.canvas, most_tiles(programme.stage))
        crew = Crew(
            easel=wall.easel,
            renderer=wall.renderer,
            loader=loader,
            writer=writer,
            watch=watch,
            planner=planner,
            keys=EndKeys(enabled=options.ends_by_key),
            heartbeat=heartbeat,
            clock=clock,
            trace=trace,
            operator_keys=keys_in_force(setting=display.operator_keys, at_terminal=options.ends_by_key),
            label=_label(configuration, wall, stack) if display.operator_keys else None,
            fitting=_fitting(wall, writer, clock, configuration.settings.display, stack),
            draws=wall.draws,
            tell=_tell,
            films=wall.films,
            clips=clips,
            has_photos=programme.has_photos,
            airing=airing,
        )
        billing = Billing(
            planner.wanted,
            programme.shows,
            fallback=configuration.rules.fallback,
            places=standings(programme, is_start=before.plan is None),
            manual=before.manual or Manual(),
            attendance=before.attendance,
            airing=airing,
            paced=programme.paced,
        )
        loop = Loop(crew, billing, plate=wall.plate, before=before)
        # What start-up made lives as long as the process: the collector need never look at it again.
        gc.collect()
        gc.freeze()
        ending = loop.run(stopped, reload)
        loop.close()
        failing.pop_all()  # the writer lives on: the disk may not have taken all of it
        return ending, loop.handover


def _close_left(wall: Wall, before: Plan | None, now: Plan | None) -> None:
    """Close the films of a plan that are not on the one that is up *now*: a window that was opened anew shows nothing of them."""
    kept = {clip.source for cue in (now.cues if now else ()) for clip in cue.composition.clips}
    for cue in before.cues if before else ():
        for clip in cue.composition.clips:
            if clip.source not in kept:
                wall.films.close(clip.source)


def _room(configuration: Configuration, wall: Wall) -> Room | None:
    """Return what the outputs leave of the canvas, as they are calibrated now; None: all, as in a window of a desktop."""
    return stage_of(configuration, wall.easel.canvas, wall.facade.sizes).room if wall.facade else None


def _writer(before: Handover, folder: Path, clock: TrustedClock) -> Writer:
    """Return the writer for the data *folder*: the one of the session before, where that is the same."""
    writer = before.writer
    if writer and writer.folder == folder:
        writer.begin_session()
        return writer
    if writer:
        writer.stop()
    writer = Writer(folder, ledger=Ledger(), clock=clock)
    writer.start()
    return writer


def get_ready(planner: Planner, now: Nanos, attendance: Attendance | None) -> None:
    """Let *planner* work out the days around *now*: at the start before anything else, for the plate is up and nothing moves.

    Where something plays, nobody waits for it: 500 slots that overlap take two seconds, in which the picture would stand still.
    Until then what was wanted by the session before stays wanted.
    """
    if attendance is None or attendance.wanted is None:
        planner.prepare(now)
    else:
        planner.attend(now)


def _with_time(before: Handover, configuration: Configuration, clock: TrustedClock) -> Handover:
    """Return *before* with what says what time it is, and what the schedule remembers: both live as long as the process."""
    is_own = configuration.settings.site.clock == "own"
    if before.time:
        before.time.is_own = is_own
        return before
    attended, now = read_attended(configuration.data), boot()
    belief = Belief(vouched=attended.vouched) if now and attended.boot == now else Belief()
    time = ShowTime(clock, lambda: of_this_machine(clock), belief=belief, saved=attended.until or 0, is_own=is_own, boot=now)
    return replace(before, time=time, attendance=Attendance(attended))


def _say_whose_time_zones(clock: TrustedClock) -> None:
    """Say which rules for summer time the schedule goes by, and when they are old: governments change them."""
    zones = database()
    fields = {"version": zones.version or "unknown", "source": zones.source}
    _log.info("time zones", **fields)
    if zones.is_old(datetime.fromtimestamp(clock.wall() // SECOND, UTC).date()):
        _log.warning("the rules of time zones are over 90 days old: shows may begin an hour off", **fields, todo="update tzdata")


def _alone(in_force: InForce, wall: Wall, before: Handover, options: Options) -> PlateAlone:
    """Put the plate up in place of what was up *before*, of which nothing is kept."""
    alone = PlateAlone(in_force, wall, at_terminal=options.ends_by_key, light=before.ramp.last)
    for cue in before.plan.cues if before.plan else ():
        if cue.composition is not wall.plate:
            wall.renderer.release(cue.composition)
    return alone


def _wanted(configuration: Configuration, options: Options) -> Wanted:
    settings = configuration.settings
    display, outputs = settings.display, settings.outputs
    wanted = Wanted(
        output=display.output,
        fullscreen=display.fullscreen,
        size=display.size,
        fps=display.fps,
        rotate=display.rotate,
        renderer=display.renderer,
        outputs=outputs,
        canvas=settings.canvas if outputs else None,
        cap=settings.light.picture_level if outputs else None,
        data=configuration.data if outputs else None,
        notes=configuration.data,
    )
    return fitted(wanted, options.windowed)


def standings(programme: Programme, *, is_start: bool) -> dict[str, Place]:
    """Return where each show stood when it was last on; at the start, a film goes on where the player ended."""
    try:
        with contextlib.closing(open_library(programme.data, writer="screen")) as library:
            found = {show: last(library.connection, show) for show in programme.shows}
    except LibraryError:
        return {}
    # Nobody is on screen: whoever was may as well be first again.
    stood = {
        show: resumed(cue, programme.bill(show).show) if is_start else place_after(cue) for show, cue in found.items() if cue
    }
    return {show: replace(place, on_screen=frozenset()) for show, place in stood.items()}


def _label(configuration: Configuration, wall: Wall, stack: contextlib.ExitStack) -> Composition | None:
    """Return the display's name as a picture, prepared for as long as *stack* is open; None where that cannot be done."""
    canvas, settings = wall.easel.canvas, configuration.settings
    slide = label(settings.site.name, settings.display.output or 0, canvas)
    pace = Pace(LABEL_LENGTH, 0, still=True)
    composition = lay_out(slide, stage=wall.stage, pace=pace, measure=wall.typesetter, seed=0)
    try:
        wall.renderer.prepare(composition, {})
    except DrawError as error:
        _log.error("the display cannot say its name", why=str(error))
        return None
    stack.callback(wall.renderer.release, composition)
    return composition


def _fitting(wall: Wall, writer: Writer, clock: TrustedClock, display: Display, stack: contextlib.ExitStack) -> Fitting | None:
    """Return what sets the outputs up, for as long as *stack* is open; None where there are none."""
    if wall.facade is None:
        return None
    fitting = Fitting(
        wall.facade, writer.shelving, wall.typesetter, clock, seen_from=(display.viewing_distance, display.wall_width)
    )
    stack.callback(fitting.close)
    return fitting


def _tell(text: str) -> None:
    """Say something to whoever started us, if that was a person at a terminal: never on the wall."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def _speaks(wall: Wall, language: str, text: str) -> bool:
    return wall.typesetter.fonts.speakable(language, text) is not None


def _return_freed_memory() -> None:
    """Let large pieces of memory go back to the system when they are freed: 30 MB less, measured with four slides."""
    with contextlib.suppress(OSError, AttributeError):  # a libc without mallopt keeps them
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, MMAP_FROM)


def _end_with_any_thread() -> None:
    """A thread that dies of a fault of ours takes the process along: the supervisor starts a sound one."""

    def crashed(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value:
            name = arguments.thread.name if arguments.thread else "a thread"
            _log.crash("a thread of the screen died: starting again", arguments.exc_value, thread=name)
        os._exit(70)  # EX_SOFTWARE of sysexits.h; exit() would only end this thread

    threading.excepthook = crashed
