"""What the console of a centre serves besides, and what goes on there by itself."""

from __future__ import annotations

from typing import Final

from player.console.fleet import api
from player.console.fleet.pages import member, orders, players, progress, withdrawal
from player.console.live import Topic
from player.console.routes import Route

ROUTES: Final[tuple[Route, ...]] = (
    *players.ROUTES,
    *member.ROUTES,
    *orders.ROUTES,
    *progress.ROUTES,
    *withdrawal.ROUTES,
    *api.ROUTES,
)
TOPICS: Final[tuple[Topic, ...]] = (players.TOPIC, progress.TOPIC)
