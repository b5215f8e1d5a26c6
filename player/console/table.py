"""Everything that the console serves: the rows of all rooms in one table."""

from __future__ import annotations

from typing import Final

from player.console import api, files, health, live, metrics, openapi
from player.console.pages import (
    agenda,
    broadcast,
    darkness,
    entry,
    journal,
    now,
    orders,
    people,
    photos,
    review,
    session,
    shaping,
    wall,
    withdrawal,
)
from player.console.routes import Route

TABLE: Final[tuple[Route, ...]] = (
    *entry.ROUTES,
    *session.ROUTES,
    *people.ROUTES,
    *darkness.ROUTES,
    *now.ROUTES,
    *orders.ROUTES,
    *photos.ROUTES,
    *withdrawal.ROUTES,
    *review.ROUTES,
    *agenda.ROUTES,
    *wall.ROUTES,
    *shaping.ROUTES,
    *journal.ROUTES,
    *broadcast.ROUTES,
    *live.ROUTES,
    *health.ROUTES,
    *api.ROUTES,
    *openapi.ROUTES,
    *metrics.ROUTES,
    *files.ROUTES,
)
"""A new room adds its rows here."""
