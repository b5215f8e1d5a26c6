"""What commands of a centre begin with: which one is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from player.terminal import guarded

R = TypeVar("R")


def of_a_centre(command: Callable[..., R]) -> Callable[..., R]:
    """Give *command* the option that says which centre, and guard it."""
    where = click.option(
        "--centre",
        "folder",
        type=click.Path(path_type=Path),
        default=Path(),
        envvar="WEREMEMBER_CENTRE",
        metavar="DIR",
        help="The centre's folder; or this one.",
    )
    return guarded(where(command))
