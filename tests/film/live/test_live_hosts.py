"""Where a live stream may lead: its own host and those listed, as feeds may, and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from player.clock import SystemClock
from player.errors import NetworkError
from player.feed.address import RefusedAddressError
from player.film.live.hosts import ListedHosts, fetcher_for
from tests.fakes.streaming import Station

OWN = "https://live.example/c.m3u8"
POLICY = ListedHosts(own=OWN, hosts=("cdn.example", "*.edge.example"))


def public(host: str, port: int) -> Sequence[str]:
    """Resolve every name to one public address."""
    del host, port
    return ("93.184.216.34",)


def inside(host: str, port: int) -> Sequence[str]:
    """Resolve every name to an address of this network."""
    del host, port
    return ("10.0.0.1",)


@pytest.mark.parametrize(
    "url", [OWN, "https://CDN.example./a.ts", "https://a.b.edge.example/a.ts", "https://live.example:8443/a.ts"]
)
def test_listed_hosts_are_asked(url: str) -> None:
    """Its own, those named, and all below a star."""
    assert POLICY.check(url, public).addresses == ("93.184.216.34",)


@pytest.mark.parametrize(
    "url",
    [
        "https://foreign.example/a.ts",
        "https://edge.example/a.ts",
        "https://notedge.example/a.ts",
        "https://cdn.example.foreign.example/a.ts",
        "https://live.example@foreign.example/a.ts",
        "http://cdn.example/a.ts",
        "file:///etc/passwd",
        "concat:a|b",
        "https://127.0.0.1/a.ts",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.ts",
        "",
    ],
)
def test_others_are_refused(url: str) -> None:
    """Foreign and private ones, other schemes, and disguises."""
    with pytest.raises(RefusedAddressError):
        POLICY.check(url, public)


def test_a_listed_name_that_leads_inside_is_refused() -> None:
    """A name on the list with a private address is refused, unless network.allow says otherwise."""
    with pytest.raises(RefusedAddressError, match="inside this network"):
        POLICY.check("https://cdn.example/a.ts", inside)
    allowed = ListedHosts(own=OWN, hosts=("cdn.example",), allow=("cdn.example",))
    assert allowed.check("https://cdn.example/a.ts", inside).addresses == ("10.0.0.1",)


def test_redirects_are_judged_and_counted() -> None:
    """One that never ends is left; what is fetched over this machine works."""
    clock = SystemClock()
    station = Station(clock, (b"",))
    station.odd = {"/loop": 302}
    with station.serve() as base:
        fetcher = fetcher_for(f"{base}/live.m3u8", (), allow=(), clock=clock)
        assert fetcher.get(f"{base}/live.m3u8", limit_bytes=10_000, deadline_s=5).body.startswith(b"#EXTM3U")
        with pytest.raises(NetworkError, match="redirected more than 3 times"):
            fetcher.get(f"{base}/loop", limit_bytes=10, deadline_s=5)
        with pytest.raises(NetworkError, match="leads to localhost"):
            fetcher.get("http://localhost/a.ts", limit_bytes=10, deadline_s=5)
