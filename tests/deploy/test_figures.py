"""Tests that the dashboard and the alerts ask for figures that the console gives."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

import pytest
import yaml

from tests.fakes.kiosk import PROJECT

DASHBOARD: Final = PROJECT / "deploy/grafana.json"
ALERTS: Final = PROJECT / "deploy/prometheus-alerts.yaml"
METRICS: Final = PROJECT / "player/console/metrics.py"
NAMED: Final = re.compile(r"\bweremember_[a-z_]+")
ENDINGS: Final = {"Counter": ("_total",), "Histogram": ("_bucket", "_sum", "_count"), "Info": ("_info",)}
"""What Prometheus appends to a family's name, by its kind."""
WANTED: Final = (
    "weremember_frames_presented_total",
    "weremember_frames_late_total",
    "weremember_frame_seconds_bucket",
    "weremember_photos",
    "weremember_feed_lease_seconds",
    "weremember_feed_age_seconds",
    "weremember_disk_free_bytes",
    "weremember_clock_state",
    "weremember_process_restarts_total",
)


def _given() -> Iterator[str]:
    """Yield the names that /metrics has, found by reading the source: no player has to run for it."""
    for node in ast.walk(ast.parse(METRICS.read_text("utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        first, kind = node.args[0], node.func.id.removesuffix("MetricFamily")
        is_family = node.func.id.endswith("MetricFamily") or node.func.id == "_gauge"
        if is_family and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield from (f"{first.value}{ending}" for ending in ENDINGS.get(kind, ("",)))


@pytest.fixture
def panels() -> list[dict[str, Any]]:
    """What the dashboard shows."""
    return json.loads(DASHBOARD.read_text("utf-8"))["panels"]


@pytest.fixture
def rules() -> list[dict[str, Any]]:
    """What Prometheus is to alert of."""
    (group,) = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    return group["rules"]


def test_every_figure_that_is_asked_for_is_given(panels: list[dict[str, Any]], rules: list[dict[str, Any]]) -> None:
    """No panel and no alert names a figure that /metrics has not."""
    asked = {name for panel in panels for target in panel["targets"] for name in NAMED.findall(target["expr"])}
    asked |= {name for rule in rules for name in NAMED.findall(rule["expr"])}

    assert asked <= set(_given())


def test_the_dashboard_shows_what_an_operator_asks_for(panels: list[dict[str, Any]]) -> None:
    """Frames, late ones, how long they take, photos, leases, feeds, disk, clock and restarts each have a panel."""
    text = json.dumps([target["expr"] for panel in panels for target in panel["targets"]])
    assert [name for name in WANTED if name not in NAMED.findall(text)] == []


def test_every_panel_says_what_it_shows_and_covers_no_other(panels: list[dict[str, Any]]) -> None:
    """Each has a title, a sentence, a number of its own, and a place of its own within the 24 columns."""
    assert all(panel["title"] and panel["description"].endswith(".") for panel in panels)
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)


def test_the_dashboard_takes_any_data_source_and_any_number_of_walls(panels: list[dict[str, Any]]) -> None:
    """No figure is bound to one Prometheus, and every question is put to the walls that were chosen."""
    for panel in panels:
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${datasource}"
            assert target["expr"].count('{instance=~"$instance"}') == len(NAMED.findall(target["expr"])), panel["title"]


def test_every_alert_says_where_what_and_what_to_do(rules: list[dict[str, Any]]) -> None:
    """Each names the wall, has a severity, and a sentence for whoever is woken by it."""
    for rule in rules:
        assert "{{ $labels.instance }}" in rule["annotations"]["summary"], rule["alert"]
        assert rule["annotations"]["todo"].endswith("."), rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning"}, rule["alert"]
