"""How every command speaks: what is wrong with the words typed, and what fails, is one line on stderr and a status.

Exit status: 0 fine, 1 a problem was found, 2 wrong usage.
"""

from __future__ import annotations

import getpass
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from typing import IO, Any, Final, NoReturn, TypeVar

import click

from player import log
from player.errors import OrdersLostError, WeRememberError

R = TypeVar("R")
T = TypeVar("T")

PROBLEM: Final = 1


class WrongUsage(click.ClickException):
    """What was typed is no command: one line, as every error of ours."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it."""
        click.echo(f"weremember: {self.message}", file=file, err=True)


@contextmanager
def _in_one_line() -> Generator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        words = error.ctx.command_path.split()[1:] if error.ctx else []
        raise WrongUsage(f"{error.format_message()} ({' '.join(('weremember', *words, '--help'))})") from error


class Commands(click.Group):
    """The commands; whatever is wrong with their words is said in one line."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take in the words before the command."""
        with _in_one_line():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Take in the words after the command, and do it."""
        with _in_one_line():
            return super().invoke(ctx)


def guarded(command: Callable[..., R]) -> Callable[..., R]:
    """Turn our errors into one line and a status, and give *command* the option ``--verbose``."""

    @wraps(command)
    def told(*args: object, verbose: bool, **kwargs: object) -> R:
        log.set_up(verbose=verbose)
        try:
            return command(*args, **kwargs)
        except OrdersLostError as error:
            fail(f"{error}. What to do: weremember doctor")
        except WeRememberError as error:
            fail(str(error))

    return click.option("--verbose", is_flag=True, help="Tell more.")(told)


def where(command: Callable[..., R]) -> Callable[..., R]:
    """Give *command* the options that every command of the player takes, and guard it."""
    config = click.option("--config", metavar="FILE", help="The configuration: config.yaml here, or beside the program.")
    data = click.option("--data", metavar="DIR", help="The data folder, instead of the configuration's.")
    return config(data(guarded(command)))


def parsed(parse: Callable[[str], T]) -> Callable[[click.Context, click.Parameter, str | None], T | None]:
    """Return a callback that parses an option; what is wrong with it is wrong usage."""

    def callback(_context: click.Context, _parameter: click.Parameter, value: str | None) -> T | None:
        try:
            return None if value is None else parse(value)
        except (ValueError, OverflowError) as error:
            raise click.BadParameter(str(error)) from error

    return callback


def fail(message: str) -> NoReturn:
    """End with *message* as one line on stderr."""
    click.echo(f"weremember: {message}", err=True)
    raise SystemExit(PROBLEM)


def operator() -> str:
    """Return the name of the person at this terminal, for the record."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def ended() -> threading.Event:
    """Return an event that SIGTERM, Ctrl-C and the end of the terminal set; the last one not under `nohup`."""
    stopped = threading.Event()

    def end(_number: int, _frame: object) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, end)
    return stopped
