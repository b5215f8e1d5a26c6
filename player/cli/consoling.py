"""The console's people, and its process."""

from __future__ import annotations

import sys
from pathlib import Path
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
CENTRE: Final = "centre.yaml"
"""What makes a folder a centre."""
_MAX_LINE: Final = 4096  # characters of a password that comes from a script; far more than one may have


@click.group(cls=Commands)
def console() -> None:
    """Say who may log in at the operator's pages; serve them alone."""


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


def centre_folder(_context: click.Context, parameter: click.Parameter, text: str | None) -> Path | None:
    """Return the folder of a centre, which there must be; nothing of what a centre is made of is loaded for that."""
    if text is None:
        return None
    folder = Path(text).expanduser().absolute()
    if not (folder / CENTRE).is_file():
        why = f"{folder} is no centre of a fleet: weremember fleet init {folder} --broker HOST makes one"
        raise click.BadParameter(why, param=parameter)
    return folder


of_fleet = click.option(
    "--fleet", metavar="FOLDER", callback=centre_folder, help="With the pages of all players of the centre in FOLDER."
)


@console.command("serve")
@where
@of_fleet
def serve_pages(*, config: str | None, data: str | None, fleet: Path | None) -> None:
    """Serve the operator's pages alone: at the centre of a fleet no screen need run. `weremember run` serves them, too."""
    from player.standby import CONSOLE

    def pages(
        in_force: InForce, /, *, clock: TrustedClock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event
    ) -> None:
        """Serve them; only now is loaded what that takes."""
        from player.console import service

        service.run(in_force, clock=clock, heartbeat=heartbeat, stopped=stopped, reload=reload, fleet=fleet)

    serve(pages, config, data, need=CONSOLE)


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
