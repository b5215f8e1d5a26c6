"""Roles: what a person may do. Each may do all that the one before it may."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """From the one who may look to the one who may do everything."""

    VIEWER = "viewer"
    """Looks."""
    OPERATOR = "operator"
    """Runs the show: all orders, withdrawals too."""
    REVIEWER = "reviewer"
    """An operator who also decides, with a second person, what may be shown."""
    ADMIN = "admin"
    """Also says who may log in."""


_RANKS: Final = {role: rank for rank, role in enumerate(Role)}


def allows(role: Role | None, needs: Role | None) -> bool:
    """Whether somebody with *role* may do what *needs* another; None as a role: nobody known; as a need: open to everybody."""
    return needs is None or (role is not None and _RANKS[role] >= _RANKS[needs])
