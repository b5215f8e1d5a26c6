"""Figures of all players, for Prometheus: how many are how, and how many withdrawals somebody has not confirmed."""

from __future__ import annotations

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from player.centre.store import Store
from player.console.fleet import progress, roster
from player.units import Nanos


def figures_of(store: Store, now: Nanos) -> tuple[Metric, ...]:
    """Return the figures of all players.

    Raises:
        LibraryError: the file cannot be read.
    """
    found = roster.summary(store, now)
    players = GaugeMetricFamily("weremember_fleet_players", "Players of the fleet by state.", labels=["state"])
    for state, count in (("online", found.online), ("offline", found.offline), ("never", found.never)):
        players.add_metric([state], count)
    wrong = GaugeMetricFamily("weremember_fleet_wrong", "Players about which something is amiss.", float(found.wrong))
    is_heard = found.is_collected and not found.problem
    heard = GaugeMetricFamily("weremember_fleet_heard", "Whether what players say is collected.", float(is_heard))
    waits = progress.still_open(store, now)
    still_open = GaugeMetricFamily(
        "weremember_fleet_withdrawals_open", "The newest withdrawals that not all online players have confirmed.", float(waits)
    )
    return players, wrong, heard, still_open
