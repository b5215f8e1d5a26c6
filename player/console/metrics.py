"""Figures for Prometheus: open to this machine, and elsewhere to whoever brings the token of the configuration.

Each time it is asked they are made anew from what the pages show: nothing is counted here, and nothing outlives an answer.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.responses import Response

from player import __version__, log
from player.console.desk import Asked, Desk
from player.console.looks import asking
from player.console.looks.heard import Frames
from player.console.looks.now import Now
from player.console.looks.processes import Process
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.errors import LibraryError, OperatorError
from player.loopback import is_loopback
from player.secret import Secret
from player.units import MILLISECOND, SECOND

PATH: Final = "/metrics"
_MS: Final = MILLISECOND / SECOND
_BEARER: Final = 'Bearer realm="We Remember"'

_log = log.get("console")


@dataclass(frozen=True, slots=True)
class Figures:
    """What there is to be told."""

    now: Now
    photos: Mapping[str, int]
    """By state; empty: the library cannot be read."""
    processes: tuple[Process, ...]
    fleet: tuple[Metric, ...] = ()
    """Of the players of a centre; nothing where there is none, or it cannot be read."""


async def metrics(asked: Asked) -> Response:
    """Give the figures, to whom they are for."""
    if not (is_loopback(asked.address) or await _brings_token(asked)):
        raise RefusedError(401, "refused.bearer", headers={"www-authenticate": _BEARER})
    return Response(written(await figures(asked.desk)), media_type=None, headers={"content-type": CONTENT_TYPE_LATEST})


async def figures(desk: Desk) -> Figures:
    """Return what there is to be told; what cannot be read is left out."""
    try:
        counts = await asking.counts(desk)
    except LibraryError as error:
        _log.debug("photos cannot be counted", why=str(error))
        counts = {}
    return Figures(await asking.now_of(desk), counts, await asking.processes(desk), await _fleet(desk))


def written(found: Figures) -> bytes:
    """Return *found* as Prometheus reads it."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once(found))
    return generate_latest(registry)


class _Once(Collector):
    """Gives what was found, for one answer."""

    def __init__(self, found: Figures) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        now = self._found.now
        yield InfoMetricFamily("weremember", "The program.", {"version": __version__})
        yield from _screen(now)
        yield from _frames(now.said.frames if now.said else Frames())
        yield from _feeds(now)
        yield from _streams(now)
        yield from _machine(now)
        photos = GaugeMetricFamily("weremember_photos", "Photos by state.", labels=["state"])
        for state, count in self._found.photos.items():
            photos.add_metric([state], count)
        up = GaugeMetricFamily("weremember_process_up", "Whether a process of the player runs.", labels=["process"])
        restarts = CounterMetricFamily(
            "weremember_process_restarts", "Times a process was started again since the console began.", labels=["process"]
        )
        for process in self._found.processes:
            up.add_metric([process.name], process.is_up)
            restarts.add_metric([process.name], process.restarts)
        yield from (photos, up, restarts)
        yield from self._found.fleet


async def _fleet(desk: Desk) -> tuple[Metric, ...]:
    if desk.centre is None:
        return ()
    from player.console.fleet.figures import figures_of  # noqa: PLC0415 - only a centre has them

    try:
        return await desk.centre.read(lambda store: figures_of(store, desk.clock.wall()))
    except LibraryError as error:
        _log.debug("players cannot be counted", why=str(error))
        return ()


def _screen(now: Now) -> Iterator[Metric]:
    said, picture = now.said, now.picture
    yield _gauge("weremember_screen_up", "Whether the screen says how it is.", now.is_running)
    yield _gauge("weremember_picture_now", "Whether the picture of the wall is of now.", picture.is_now)
    if said is not None:
        if said.age is not None:
            yield _gauge("weremember_screen_age_seconds", "Since the screen said how it is.", said.age / SECOND)
        yield _gauge("weremember_dark", "Whether the wall is dark.", said.is_dark)
        yield _gauge("weremember_by_hand", "Whether something holds by hand.", said.is_by_hand or bool(said.dark_ordered))
        yield _gauge("weremember_light_ratio", "How bright the wall is, 0 to 1.", said.light)
    health = GaugeMetricFamily("weremember_health", "0 well, 1 look at it today, 2 bad.", labels=["part", "of"])
    levels = {"ok": 0, "warn": 1, "bad": 2}
    for row in now.health:
        health.add_metric([row.part, row.of], levels[row.level.value])
    yield health


def _frames(frames: Frames) -> Iterator[Metric]:
    yield CounterMetricFamily("weremember_frames_presented", "Frames since the screen began.", frames.presented)
    yield CounterMetricFamily("weremember_frames_late", "Frames that came late since then.", frames.late)
    if frames.counts:
        reached, buckets = 0, list[tuple[str, float]]()
        for edge, count in zip((*frames.edges_ms, None), frames.counts, strict=True):
            reached += count
            buckets.append(("+Inf" if edge is None else f"{edge * _MS:g}", reached))
        yield HistogramMetricFamily(
            "weremember_frame_seconds", "Work of a frame since the screen began.", buckets=buckets, sum_value=frames.work_s
        )


def _feeds(now: Now) -> Iterator[Metric]:
    age = GaugeMetricFamily("weremember_feed_age_seconds", "Since a source was confirmed.", labels=["source"])
    lease = GaugeMetricFamily("weremember_feed_lease_seconds", "For how long its word counts.", labels=["source"])
    live = GaugeMetricFamily("weremember_feed_live", "Whether its word counts.", labels=["source"])
    for feed in now.feeds:
        live.add_metric([feed.name], feed.standing == "live")
        if feed.confirmed_s is not None:
            age.add_metric([feed.name], feed.confirmed_s)
        if feed.lease_left_s is not None:
            lease.add_metric([feed.name], feed.lease_left_s)
    yield from (age, lease, live)


def _streams(now: Now) -> Iterator[Metric]:
    said = now.said if now.is_running else None
    if said is None:
        return
    live = GaugeMetricFamily("weremember_stream_live", "Whether an open stream that is not over comes.", labels=["stream"])
    latency = GaugeMetricFamily("weremember_stream_latency_seconds", "How far it is behind, where known.", labels=["stream"])
    for each in said.moving:
        if each.is_live and each.state != "ended":  # a ceremony that is over is nothing to wake anybody for
            live.add_metric([each.name], each.state == "ready")
        if each.is_live and each.latency:
            latency.add_metric([each.name], each.latency / SECOND)
    yield from (live, latency)
    yield CounterMetricFamily("weremember_sound_dropouts", "Times the sound device ran dry.", said.sound.dropouts)


def _machine(now: Now) -> Iterator[Metric]:
    if now.disk.free_bytes is not None:
        yield _gauge("weremember_disk_free_bytes", "Free where the data folder lies.", now.disk.free_bytes)
    yield _gauge("weremember_disk_writable", "Whether the data folder may be written.", now.disk.is_writable)
    state = (now.said.clock if now.is_running and now.said else "") or now.clock.value
    clock = GaugeMetricFamily("weremember_clock_state", "How far the time of day is believed.", labels=["state"])
    for each in ("synced", "holdover", "unsynced"):
        clock.add_metric([each], each == state)
    yield clock


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, float(value))


async def _brings_token(asked: Asked) -> bool:
    reference, desk = asked.desk.configuration().settings.console.metrics_token, asked.desk
    if reference is None or not asked.bearer:
        return False
    try:
        token = await desk.lanes.run(desk.lanes.reading, Secret(reference).reveal)
    except OperatorError as error:
        _log.warning("the token for metrics cannot be read", why=str(error))
        return False
    return hmac.compare_digest(asked.bearer.encode(), token.encode())


ROUTES: Final = (Route("GET", PATH, None, metrics, kind="file", says="Figures for Prometheus.", hidden=True),)
