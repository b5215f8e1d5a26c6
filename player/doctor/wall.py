"""The wall: what draws, which outputs have their displays, what they are shaped by, and how the projectors are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from player.calibration.shelf import Shelf
from player.clock import Clock, SystemClock
from player.doctor.finding import Finding
from player.errors import LibraryError, OperatorError
from player.library.heard import heard, is_of_now
from player.projector import told
from player.screen.binding import Binding, bound
from player.screen.panes import SdlPanes
from player.screen.window import describe_display, has_display
from player.settings import Configuration

MIXED: Final = "cross-fades mix encoded values, not light, at full frame rate"
IN_LIGHT: Final = "cross-fades mix light"


def examine_wall(configuration: Configuration) -> Iterator[Finding]:
    """Yield what is found of displays, renderer, outputs, calibration and projectors."""
    yield Finding("display", describe_display())
    wanted = configuration.settings.display.output
    if wanted is not None:
        yield Finding("display wanted", f"number {wanted}")
    clock = SystemClock()
    yield renderer(configuration, clock)
    if configuration.settings.outputs:
        yield from outputs(configuration)
        yield from calibration(configuration)
    yield from projectors(configuration, clock)


def renderer(configuration: Configuration, clock: Clock) -> Finding:
    """Return what draws, and why: by the screen that runs, else by what this machine has."""
    running = _said(configuration, clock).get("renderer")
    if isinstance(running, str) and running:
        return Finding("renderer", f"{running}; {IN_LIGHT if running.startswith('GPU') else MIXED}")
    wanted = configuration.settings.display.renderer
    if wanted == "cpu":
        return Finding("renderer", f"CPU, as `renderer: cpu` says; {MIXED}")
    try:
        name, is_real = _gpu()
    except OperatorError as error:
        text = f"CPU; {MIXED}. {error}"
        return Finding("renderer", text, is_problem=wanted == "gl")
    if wanted == "gl":
        slow = "" if is_real else ". That is a processor which plays a graphics card: `renderer: cpu` is several times faster"
        return Finding("renderer", f"GPU ({name}), as `renderer: gl` says; {IN_LIGHT}{slow}", is_worth_a_look=not is_real)
    if is_real:
        return Finding("renderer", f"GPU ({name}); {IN_LIGHT}")
    return Finding("renderer", f"CPU, for {name} is no graphics card but a processor that plays one; {MIXED}")


def outputs(configuration: Configuration) -> Iterator[Finding]:
    """Yield which display each output has, or why it has none."""
    if not has_display():
        yield Finding(
            "outputs", "no display can be asked from here: weremember outputs, where the player runs", is_worth_a_look=True
        )
        return
    panes = SdlPanes(lambda _: iter(()))
    binding = bound(configuration.settings.outputs, panes.look(), before=Binding())
    panes.close()
    for output in configuration.settings.outputs:
        why = binding.missing.get(output.id)
        yield Finding(f"output {output.id}", why or str(binding.displays[output.id]), is_problem=why is not None)


def calibration(configuration: Configuration) -> Iterator[Finding]:
    """Yield which calibration counts, and whether one is damaged."""
    try:
        newest = Shelf(configuration.data).newest()
    except LibraryError as error:
        yield Finding("calibration", str(error), is_problem=True)
        return
    found = newest.calibration
    if newest.warning:
        remedy = "weremember calibrate --history shows them all, --restore N brings one back"
        yield Finding("calibration", f"{newest.warning}. {remedy}", is_problem=True)
    if found is None:
        if not newest.warning:
            yield Finding("calibration", "none yet: outputs are as the configuration has them")
        return
    there = {output.id for output in configuration.settings.outputs}
    text = f"number {found.number} counts: {found.what}, by {found.by} (outputs: {', '.join(sorted(found.outputs))})"
    missing = sorted(there - set(found.outputs))
    text += f"; as the configuration has them: {', '.join(missing)}" if missing else ""
    yield Finding("calibration", text)
    strangers = sorted(set(found.outputs) - there)
    if strangers:
        why = "shaped on the wall, and not in the configuration: was an output renamed?"
        yield Finding("calibration", f"{', '.join(strangers)}: {why}", is_worth_a_look=True)


def projectors(configuration: Configuration, clock: Clock) -> Iterator[Finding]:
    """Yield how each projector is, and what somebody should look at."""
    names = configuration.settings.projectors
    report = told.read(configuration.data) if names else None
    bad = told.alarming(configuration.data, names, clock.wall())
    for name in names:
        says = report.projectors[name].says if report and name in report.projectors else "nothing is known of it yet"
        why = bad.get(name, "")
        yield Finding(f"projector {name}", f"{says}. Look at it: {why}" if why else says, is_problem=bool(why))


def _gpu() -> tuple[str, bool]:
    """Return what OpenGL calls itself here, and whether a real graphics card is behind it.

    Raises:
        OperatorError: there is none that the player can use.
    """
    try:
        from player.render.gl.context import headless, name_of, real_gpu  # noqa: PLC0415 - moderngl is not everywhere
    except ImportError as error:
        raise OperatorError("OpenGL cannot be used: moderngl is not installed") from error
    with headless() as context:
        return name_of(context), real_gpu(context)


def _said(configuration: Configuration, clock: Clock) -> Mapping[str, object]:
    """Return what the screen that runs says of itself; nothing when none does."""
    said = heard(configuration.data)
    return said if is_of_now(said, clock) else {}
