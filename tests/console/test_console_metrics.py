"""Figures for Prometheus."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from player.console.people.roles import Role
from player.library.heard import STATUS
from player.units import SECOND
from tests.fakes.console import Console
from tests.fakes.home import CLEAN
from tests.fakes.looked import SAID
from tests.library.shelf import Shelf, item

TOKEN = "a-token-for-the-figures"  # noqa: S105 - of a test
STREAMS = (("one", "ready"), ("two", "stalled"), ("three", "ended"))
CONSOLE = "console: {metrics_token: 'env:FIGURES'}\n"


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Console]:
    """A console over a player that runs, with a token for the figures."""
    monkeypatch.setenv("FIGURES", TOKEN)
    with Console(tmp_path, text=CLEAN + CONSOLE) as made:
        shelf = Shelf(made.data, "wall", clock=made.clock)
        shelf.show("wall", ("a", b"a"), ("b", b"b"))
        shelf.take_in("wall", item("later"), complete=False)
        with shelf.library.connection as connection:
            connection.execute("UPDATE sources SET lease_s=900")
        shelf.close()
        (made.data / STATUS).write_text(json.dumps(SAID | {"at": made.clock.wall() + SECOND}))
        yield made


def figures(console: Console, **headers: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """All samples by name and labels, as Prometheus reads them."""
    answer = console.browser().ask("GET", "/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_figures_are_those_of_the_pages(console: Console) -> None:
    """Frames with their histogram, photos by state, leases, the disk and the clock, under one prefix."""
    found = figures(console)

    assert all(name.startswith("weremember") for name, _ in found)
    assert found["weremember_screen_up", ()] == 1
    assert found["weremember_frames_presented_total", ()] == 100
    assert found["weremember_frames_late_total", ()] == 2
    assert [found["weremember_frame_seconds_bucket", (("le", le),)] for le in ("0.008", "0.016", "+Inf")] == [90, 98, 100]
    assert found["weremember_frame_seconds_sum", ()] == pytest.approx(0.4)
    assert found["weremember_photos", (("state", "approved"),)] == 2
    assert found["weremember_photos", (("state", "preparing"),)] == 1
    assert found["weremember_feed_lease_seconds", (("source", "wall"),)] == pytest.approx(899, abs=1)
    assert found["weremember_feed_age_seconds", (("source", "wall"),)] == pytest.approx(1, abs=1)
    assert found["weremember_clock_state", (("state", "synced"),)] == 1
    assert found["weremember_disk_free_bytes", ()] > 0
    assert found["weremember_health", (("of", ""), ("part", "screen"))] == 0


def test_streams_have_figures_while_they_are_open(console: Console) -> None:
    """Whether each comes, and how late, and how often its sound broke off; one that is over has none."""
    sources = [{"what": name, "is_live": True, "state": state, "latency": 4 * SECOND} for name, state in STREAMS]
    films = {"sources": [*sources, {"what": "/a/film.mp4", "is_live": False, "state": "ready"}], "dropouts": 2}
    at = console.clock.wall() + SECOND
    (console.data / STATUS).write_text(json.dumps(SAID | {"at": at, "films": films}))
    found = figures(console)

    live = {name: found.get(("weremember_stream_live", (("stream", name),))) for name, _ in STREAMS}
    assert live == {"one": 1, "two": 0, "three": None}
    assert found["weremember_stream_latency_seconds", (("stream", "one"),)] == 4
    assert found["weremember_sound_dropouts_total", ()] == 2


def test_a_silent_screen_is_a_figure(console: Console) -> None:
    """Whoever watches from elsewhere sees it within a scrape."""
    console.clock.advance(60 * SECOND)
    found = figures(console)

    assert found["weremember_screen_up", ()] == 0
    assert found["weremember_screen_age_seconds", ()] == pytest.approx(60)
    assert found["weremember_health", (("of", ""), ("part", "screen"))] == 2


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"authorization": f"Basic {TOKEN}"}, 401),
        ({"authorization": "Bearer ~"}, 401),
        ({"authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
def test_from_elsewhere_it_wants_the_token(console: Console, headers: dict[str, str], status: int) -> None:
    """On this machine the figures are open; from another one they are for whoever brings the token."""
    answer = console.browser(address="192.0.2.7").ask("GET", "/metrics", headers=headers)

    assert answer.status_code == status
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert "weremember" not in answer.text
        assert "`metrics_token`, under `console:` in config.yaml" in answer.text  # no log-in would open it


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_on_this_machine_they_are_open(console: Console, address: str) -> None:
    """However a socket writes its own machine's address: one that listens for both kinds writes IPv4 in IPv6."""
    assert console.browser(address=address).ask("GET", "/metrics").status_code == 200


def test_without_a_token_nobody_elsewhere_reads_them(tmp_path: Path) -> None:
    """No token in the configuration, an empty one, or one that is not there: closed. A log-in is none either."""
    with Console(tmp_path) as console:
        for headers in ({}, {"authorization": "Bearer "}, {"authorization": "Bearer None"}):
            elsewhere = console.browser(Role.ADMIN, address="192.0.2.7")
            assert elsewhere.ask("GET", "/metrics", headers=headers).status_code == 401


def test_a_token_that_is_not_to_be_read_closes_them(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the reference leads nowhere, nothing is open."""
    monkeypatch.delenv("FIGURES")
    answer = console.browser(address="192.0.2.7").ask("GET", "/metrics", headers={"authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 401
