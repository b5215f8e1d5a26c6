"""`weremember projectors`: how each is, by what the process has written; and `--ask`: each asked once, from here."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from player.clock import Clock
from player.errors import OperatorError, WeRememberError
from player.projector import pjlink, told
from player.projector.call import Call
from player.projector.keeper import call_of
from player.projector.pjlink import Verb
from player.projector.section import Projector
from player.projector.told import Report, Told
from player.settings import Configuration
from player.units import SECOND, Nanos

NONE: Final = "there are no projectors: write `projectors: {left: {host: 192.168.1.20}}` in config.yaml"
_QUESTIONS: Final = (Verb.MAKER, Verb.MODEL, Verb.CLASS, Verb.INPUT, Verb.INPUTS, Verb.MUTE, Verb.ERRORS, Verb.LAMPS)


def print_projectors(
    configuration: Configuration, *, clock: Clock, json_only: bool = False, console: Console | None = None
) -> bool:
    """Print how the projectors are; return whether all is well.

    Raises:
        OperatorError: there are none.
    """
    projectors = configuration.settings.projectors
    if not projectors:
        raise OperatorError(NONE)
    console = console or Console()
    report = told.read(configuration.data)
    look = told.alarming(configuration.data, projectors, clock.wall())
    bad = {name: why for name, why in look.items() if why}
    if json_only:
        known = report.projectors if report else dict[str, Told]()
        found = {name: asdict(each) for name, each in known.items() if name in projectors}
        text = json.dumps({"at": report.at if report else None, "projectors": found, "worries": bad}, ensure_ascii=False)
        console.print(text, markup=False, highlight=False, soft_wrap=True)
    else:
        console.print(page(projectors, report, bad, configuration.settings.site.zone))
    return not bad


def page(projectors: Mapping[str, Projector], report: Report | None, bad: Mapping[str, str], zone: str) -> Table:
    """Return a table with a line for each projector."""
    table = Table(box=None, pad_edge=False)
    for column in ("projector", "how it is", "until", "lamp", "model", "look at it, because"):
        table.add_column(column)
    for name in projectors:
        each = report.projectors.get(name) if report else None
        table.add_row(
            escape(name),
            escape(each.says) if each else "nothing is known of it yet",
            _at(each.turns, zone) if each else "",
            ", ".join(f"{hours:,} h" for hours in each.lamp_hours) if each else "",
            escape(each.model) if each else "",
            f"[bold red]{escape(bad[name])}[/]" if name in bad else "",
        )
    return table


def ask_all(
    configuration: Configuration,
    say: Callable[[str], None],
    *,
    clock: Clock,
    call: Callable[[Projector], Call] | None = None,
) -> bool:
    """Ask each projector once, changing nothing, and *say* what it answers; return whether all did.

    Raises:
        OperatorError: there are none.
    """
    projectors = configuration.settings.projectors
    if not projectors:
        raise OperatorError(NONE)
    is_well = True
    for name, projector in projectors.items():
        if projector.kind != "pjlink":
            say(f"{name}: is only woken, and cannot be asked")
            continue
        try:
            with closing(call(projector) if call else _call(projector, clock)) as asking:
                say(f"{name} ({projector.host}): {_introduced(asking, projector)}")
        except WeRememberError as error:
            is_well = False
            say(f"{name} ({projector.host}): {error}")
    return is_well


def _introduced(asking: Call, projector: Projector) -> str:
    power = pjlink.power(asking.ask(Verb.POWER).text)
    answers = {verb: _answer(asking, verb) for verb in _QUESTIONS}
    inputs = answers[Verb.INPUTS]
    parts = [
        " ".join(filter(None, (answers[Verb.MAKER], answers[Verb.MODEL]))) or "a projector",
        f"class {answers[Verb.CLASS] or 1}",
        power.name.lower() if power else "does not say whether it is on",
        f"input {answers[Verb.INPUT]} of {inputs}" if answers[Verb.INPUT] else f"inputs {inputs}" if inputs else "",
        f"lamp {answers[Verb.LAMPS]}" if answers[Verb.LAMPS] else "",
        f"faults {answers[Verb.ERRORS]}" if pjlink.faults(answers[Verb.ERRORS]) else "",
    ]
    if projector.input and inputs and projector.input not in inputs.split():
        parts.append(f"has no input {projector.input}")
    return ", ".join(filter(None, parts))


def _answer(asking: Call, verb: Verb) -> str:
    """Return the answer, as it came; nothing where it has none, now or ever."""
    try:
        found = asking.ask(verb)
    except WeRememberError:
        return ""
    return "" if found.refusal else found.text


def _call(projector: Projector, clock: Clock) -> Call:
    return call_of(projector.host or "", projector.port, projector.password, clock=clock, stopped=threading.Event())


def _at(turns: Nanos | None, zone: str) -> str:
    return f"{datetime.fromtimestamp(turns // SECOND, ZoneInfo(zone)):%a %H:%M}" if turns is not None else ""
