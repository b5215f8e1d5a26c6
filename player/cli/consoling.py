"""The console's people, and its process."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from player.cli.beginning import in_use, serve
from player.cli.operating import known
from player.errors import OperatorError
from player.terminal import Commands, where

if TYPE_CHECKING:
    import threading

    from player.heartbeat import Heartbeat
    from player.in_force import InForce
    from player.library.trusted_time import TrustedClock

ROLES: Final = ("viewer", "operator", "reviewer", "admin")
_MAX_LINE: Final = 4096  # characters of a password that comes from a script; far more than one may have


@click.group(cls=Commands)
def console() -> None:
    """Say who may log in at the operator's pages."""


@console.command()
@where
@click.option("--json", "as_json", is_flag=True, help="For programs; times in UTC.")
def users(*, config: str | None, data: str | None, as_json: bool) -> None:
    """List who may log in, as what, and when they did."""
    from player.consoling import users as list_users

    list_users(in_use(config, data), click.echo, as_json=as_json)


@console.command()
@where
@click.argument("name")
@click.option("--role", required=True, metavar="ROLE", help="viewer, operator, reviewer or admin.")
def add(*, config: str | None, data: str | None, name: str, role: str) -> None:
    """Let somebody log in.

    A viewer looks; an operator runs the show; a reviewer also decides, with a second person, what may be shown; an admin also
    says who may log in. The password is asked for, unseen; a script gives it as a line on standard input.
    """
    from player.consoling import add as add_user

    known("role", role, ROLES)
    configuration = in_use(config, data)
    add_user(configuration, name, role, new_password(name), click.echo)


@console.command()
@where
@click.argument("name")
def remove(*, config: str | None, data: str | None, name: str) -> None:
    """Let somebody log in no more, from this moment on."""
    from player.consoling import remove as remove_user

    remove_user(in_use(config, data), name, click.echo)


@console.command()
@where
@click.argument("name")
def passwd(*, config: str | None, data: str | None, name: str) -> None:
    """Give somebody a new password, asked for unseen."""
    from player.consoling import give_password

    configuration = in_use(config, data)
    give_password(configuration, name, new_password(name), click.echo)


@console.command()
@where
@click.argument("name")
@click.argument("role")
def role(*, config: str | None, data: str | None, name: str, role: str) -> None:
    """Give somebody another role: viewer, operator, reviewer or admin."""
    from player.consoling import give_role

    known("role", role, ROLES)
    give_role(in_use(config, data), name, role, click.echo)


@console.command()
@where
def code(*, config: str | None, data: str | None) -> None:
    """Make a one-time code, by which somebody becomes an administrator."""
    from player.consoling import code as make_code

    make_code(in_use(config, data), click.echo)


@console.command("serve", hidden=True)
@where
def serve_pages(*, config: str | None, data: str | None) -> None:
    """Serve the operator's pages: their process alone."""
    from player.standby import CONSOLE

    serve(_pages, config, data, need=CONSOLE)


def _pages(
    in_force: InForce, /, *, clock: TrustedClock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event
) -> None:
    """Serve them; only now is loaded what that takes."""
    from player.console import service

    service.run(in_force, clock=clock, heartbeat=heartbeat, stopped=stopped, reload=reload)


def new_password(name: str) -> str:
    """Return a password that somebody types twice, or that a script gives as a line.

    Raises:
        OperatorError: there is none.
    """
    if sys.stdin.isatty():
        return str(click.prompt(f"New password of {name}", hide_input=True, confirmation_prompt="Once more", err=True))
    line = sys.stdin.readline(_MAX_LINE).rstrip("\r\n")
    if not line:
        raise OperatorError("no terminal to ask for the password: give it as a line on standard input")
    return line
