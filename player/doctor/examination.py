"""The examination: program, wall, network, time, fleet, data, languages; most basic first."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shlex
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Final

from rich.console import Console

from player.clock import SystemClock
from player.console.door.listening import addresses
from player.console.soundness import faults
from player.doctor.finding import Finding
from player.doctor.fleet import examine_fleet
from player.doctor.hours import examine_time
from player.doctor.wall import examine_wall
from player.errors import WeRememberError
from player.film.device import absent
from player.library import journal, receipts, right
from player.library.library import Library, accept_loss, open_library
from player.library.listing import listed
from player.library.right import Rung
from player.library.sources import Source, Standing, sources, standing
from player.library.trusted_time import trusted_clock
from player.pictures.prepare import reached_confinement
from player.pictures.walls import in_words, is_enough
from player.secret import Secret
from player.sections import COMMAND
from player.settings import Configuration
from player.terminal import operator
from player.text.fonts import Fonts
from player.text.phrases import load_wordings
from player.text.shaping import trouble
from player.units import SECOND, Nanos

LOW_DISK_BYTES: Final = 1_000_000_000  # beside the budget: the system needs room too
GONE_WITHIN: Final[Nanos] = 60 * SECOND  # of a withdrawal being known, every byte is
WRITER: Final = "doctor"


def examine(configuration: Configuration) -> Iterator[Finding]:
    """Yield what is found, most basic first."""
    yield from _program()
    yield from examine_wall(configuration)
    yield from _network(configuration)
    yield from _alarms(configuration)
    yield from _console(configuration)
    yield from _sound(configuration)
    yield from examine_time(configuration)
    yield from examine_fleet(configuration)
    yield from _data(configuration)
    yield from _languages(configuration)


def print_findings(findings: Iterator[Finding]) -> bool:
    """Print *findings* as they come; return whether one is a problem."""
    console = Console(highlight=False, soft_wrap=True)
    bad = False
    for finding in findings:
        bad = bad or finding.is_problem
        console.print(f"{finding.mark} [bold]{finding.topic}[/]: ", end="")
        console.print(finding.text, markup=False)
    return bad


def accept(configuration: Configuration) -> str:
    """Start a new record of withdrawals where the old one is lost; return what was done, in words.

    Raises:
        LibraryError: nothing is lost.
    """
    aside = accept_loss(configuration.data, writer=WRITER, by=operator(), now=SystemClock().wall())
    where = f"; the damaged file is kept as {aside}" if aside else ""
    return (
        f"a new record of withdrawals is begun{where}. Feeds that list their withdrawals will tell them again;"
        " those made on this player must be made again, and the roots of signed feeds pinned again (weremember feed trust)"
    )


def _program() -> Iterator[Finding]:
    names = ("pygame-ce", "pillow", "numpy", "opencv-python-headless", "requests", "tzdata")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    yield Finding("program", f"Python {platform.python_version()}; {versions}")
    try:
        importlib.metadata.version("pygame")
    except importlib.metadata.PackageNotFoundError:
        pass
    else:
        yield Finding(
            "pygame", "pygame and pygame-ce are both installed and overwrite each other: remove pygame", is_problem=True
        )
    try:
        reached = reached_confinement(SystemClock())
        yield Finding("picture worker", in_words(reached), is_problem=not is_enough(reached))
    except WeRememberError as error:
        yield Finding("picture worker", f"does not start: {error}", is_problem=True)


def _network(configuration: Configuration) -> Iterator[Finding]:
    proxy = configuration.settings.network.proxy
    if proxy:
        host = proxy.rpartition("@")[2]
        text = f"through the proxy {host}: feeds and photos are judged by the names of their hosts; addresses are not checked"
        yield Finding("network", text)
    for name, feed in configuration.settings.feeds.items():
        if feed.token:
            yield _secret(f"key of {name}", feed.token)


def _alarms(configuration: Configuration) -> Iterator[Finding]:
    """Find out whether each one who is to be told can be; whether they are, `alarm test` finds out."""
    for target in configuration.settings.alarms:
        program = shlex.split(target.to.removeprefix(COMMAND))[0] if target.to.startswith(COMMAND) else ""
        if not program:
            yield _secret("alarms", target.to)
        elif os.access(program, os.X_OK):
            yield Finding("alarms", f"found, {program}")
        else:
            yield Finding("alarms", f"there is no program {program}, or it may not be run", is_problem=True)


def _console(configuration: Configuration) -> Iterator[Finding]:
    """Find out whether the operators' pages can be as they are meant to be; whether they are open, `status` knows."""
    settings = configuration.settings.console
    if not settings.enabled:
        yield Finding("console", "switched off")
        return
    found = [f"console.{key}: {why}" for key, why in faults(settings, SystemClock().wall())]
    for each in found:
        yield Finding("console", each, is_problem=True)
    if not found:
        yield Finding("console", " ".join(addresses(settings)))


def _sound(configuration: Configuration) -> Iterator[Finding]:
    """Find out whether what films are to be heard on is there, for whoever asks: a player in another session may have another."""
    if configuration.has_sound:
        device = configuration.settings.sound.device
        why = absent(device)
        yield Finding("sound", why or f"found, {device}", is_problem=bool(why))


def _secret(topic: str, reference: str) -> Finding:
    try:
        Secret(reference).reveal()
    except WeRememberError as error:
        return Finding(topic, str(error), is_problem=True)
    return Finding(topic, f"found, {reference}")


def _data(configuration: Configuration) -> Iterator[Finding]:
    folder = configuration.data
    if not folder.exists():
        yield Finding("data", f"{folder} does not exist yet; the first run makes it")
        return
    free = shutil.disk_usage(folder).free
    yield Finding("disk", f"{free / 1e9:.1f} GB free at {folder}", is_problem=free < LOW_DISK_BYTES)
    if not os.access(folder, os.W_OK):
        yield Finding("data", f"{folder} may not be written: withdrawals could not be recorded", is_problem=True)
    try:
        with closing(open_library(folder, writer=WRITER)) as library:
            yield from _library(library, trusted_clock(library).wall())
    except WeRememberError as error:
        yield Finding("library", str(error), is_problem=True)


def _library(library: Library, now: Nanos) -> Iterator[Finding]:
    if library.was_set_aside:
        yield Finding("library", f"was damaged; set aside as {library.was_set_aside}, started anew", is_problem=True)
    if library.held_orders is None:
        text = (
            f"{library.lost}. Nothing but the core set is shown. If nobody can restore the file: weremember doctor --accept-loss"
        )
        yield Finding("withdrawals", text, is_problem=True)
    else:
        fault = journal.verify(library.orders.connection).fault
        where = f"{fault.writer} {fault.number} ({fault.what})" if fault else ""
        text = f"journal broken at {where}" if fault else "readable; the journal's chains are whole"
        yield Finding("withdrawals", text, is_problem=fault is not None)
        yield from _receipts(library, now)
    found = right.ladder(library, now)
    names = ", ".join(source.name for source in found.sources)
    yield Finding("showing", f"{found.rung.in_words}{f' ({names})' if names else ''}", is_problem=found.rung is Rung.STALE)
    for source in sources(library.connection).values():
        if source.enabled:
            yield _source(source, now)
    counts = Counter(photo.state for photo in listed(library, now))
    text = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "none yet"
    yield Finding("photos", text)


def _receipts(library: Library, now: Nanos) -> Iterator[Finding]:
    """Say so when what was withdrawn is still somewhere after the time that it is given."""
    connection = library.orders.connection
    late = [each for each in receipts.for_purge(connection) if now - each.known_at > GONE_WITHIN]
    if late:
        text = f"{len(late)} withdrawn, and not every byte of them is gone: {late[0].in_words()}. Is the player running?"
        yield Finding("receipts", text, is_problem=True)


def _source(source: Source, now: Nanos) -> Finding:
    word = standing(source, now)
    when = "never" if source.confirmed_at is None else f"{datetime.fromtimestamp(source.confirmed_at // SECOND, UTC):%F %T} UTC"
    left = ""
    if word is Standing.LIVE and source.lease_s is not None and source.confirmed_at is not None:
        left = f", lease for {(source.confirmed_at - now) / SECOND + source.lease_s:.0f} s more"
    problem = f"; last poll: {source.problem}" if source.problem else ""
    return Finding(
        f"source {source.name}", f"{word.value}; confirmed {when}{left}{problem}", is_problem=word is not Standing.LIVE
    )


def _languages(configuration: Configuration) -> Iterator[Finding]:
    try:
        wordings = load_wordings(configuration.words_file)
    except WeRememberError as error:
        yield Finding("words", str(error), is_problem=True)
        return
    left_out = Fonts().left_out((wording.language, wording.text) for wording in wordings)
    missing = trouble()
    if missing:
        yield Finding("text", missing, is_problem=True)
    yield Finding("languages", f"{len(wordings) - len(left_out)} of {len(wordings)} can be shown here")
    for each in left_out:
        yield Finding("language left out", f"{each.language} ({each.text}): {each.advice}")
