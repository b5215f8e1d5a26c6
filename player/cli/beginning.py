"""What commands begin with: the configuration, instants, and the signals that end a process."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

import click

from player.signalled import signalled
from player.terminal import fail
from player.units import Nanos, nanos, parse_duration

if TYPE_CHECKING:
    from player.heartbeat import Heartbeat
    from player.in_force import InForce
    from player.library.trusted_time import TrustedClock
    from player.settings import Configuration, Loaded
    from player.standby import Need


class Service(Protocol):
    """What a process does until *stopped*."""

    def __call__(
        self,
        in_force: InForce,
        /,
        *,
        clock: TrustedClock,
        heartbeat: Heartbeat,
        stopped: threading.Event,
        reload: threading.Event,
    ) -> None:
        """Serve."""
        ...


def clean(config: str | None, data: str | None) -> Configuration:
    """Return the configuration, or end with its first problem."""
    from player.settings import find, load, with_data

    loaded = load(find(config))
    if loaded.configuration is None:
        fail(_first_problem(loaded))
    return with_data(loaded.configuration, data)


def in_use(config: str | None, data: str | None) -> Configuration:
    """Return what a running player goes by: the configuration, or while that is faulty its last clean copy; else end.

    A slip in a file must not keep anybody from taking a photo down, or from making the wall dark.
    """
    from player.places import probable_data
    from player.settings import find, last_clean, load, with_data

    file = find(config)
    loaded = load(file)
    if loaded.configuration is not None:
        return with_data(loaded.configuration, data)
    folder = Path(data).expanduser() if data else loaded.data or probable_data(file)
    copy = last_clean(folder)
    if copy is None:
        fail(_first_problem(loaded))
    click.echo(f"weremember: {_sentence(_first_problem(loaded))} Going by the last clean copy, as the player does", err=True)
    return with_data(copy, str(folder))


def in_force(config: str | None, data: str | None) -> InForce:
    """Return the configuration of a process that runs, to be read again and again."""
    from player.in_force import InForce
    from player.settings import find

    return InForce(find(config), data)


def length(text: str) -> Nanos:
    """Return a length of time as people write it.

    Raises:
        ValueError: it is none.
    """
    return nanos(parse_duration(text))


def instant(text: str, configuration: Configuration, option: str) -> Nanos:
    """Return an instant as people write it; without an offset it is the site's own time. What is none is wrong usage."""
    from player import instants

    try:
        return instants.instant(text, configuration.settings.site.zone)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(str(error), param_hint=f"'{option}'") from error


def serve(run: Service, config: str | None, data: str | None, *, need: Need | None = None) -> NoReturn:
    """Let a process serve until it is told to end, and end it then, whatever hangs in one of its threads.

    Until there may be what it *needs* it waits, small.
    """
    from player.clock import SystemClock
    from player.heartbeat import Heartbeat
    from player.standby import stand_by

    stopped, again = signalled()
    heartbeat = Heartbeat.from_environment()
    if need is None or stand_by(need, config, data, clock=SystemClock(), heartbeat=heartbeat, stopped=stopped, reload=again):
        from player.library.trusted_time import trusted_clock

        run(in_force(config, data), clock=trusted_clock(), heartbeat=heartbeat, stopped=stopped, reload=again)
    # A poll in progress, or a disk that does not answer, may keep a thread; everything of ours is closed by now.
    os._exit(0)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _first_problem(loaded: Loaded) -> str:
    more = len(loaded.problems) - 1
    return f"{loaded.problems[0]}" + (f" (and {more} more: weremember check)" if more else "")
