"""Host and Origin: under which names the console answers, and whose buttons it believes."""

from __future__ import annotations

import pytest

from player.console.door.origin import is_own, names_of

NAMES = names_of(("kiosk.example", "192.0.2.7", "2001:db8::7"), port=8600, scheme="https")


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8600",
        "LOCALHOST:8600",
        "127.0.0.1:8600",
        "[::1]:8600",
        "kiosk.example:8600",
        "192.0.2.7:8600",
        "[2001:db8::7]:8600",
        "[2001:0db8:0:0::7]:8600",
        "198.51.100.2:8600",
    ],
)
def test_the_names_of_this_machine_are_answered(host: str) -> None:
    """Loopback, the configured names, and the very address that a connection came in at."""
    assert NAMES.take(host, "198.51.100.2")


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example:8600",
        "kiosk.example",
        "kiosk.example:443",
        "kiosk.example:8601",
        "kiosk.example.evil.example:8600",
        "evil.example@kiosk.example:8600",
        "kiosk.example:8600:8600",
        "kiosk.example:8600 ",
        "kiosk.example:",
        "kiosk.example/:8600",
        "kiosk.example\x00:8600",
        "203.0.113.9:8600",
        "[::1:8600",
        "::1:8600",
        "127.1:8600",
        "x" * 1000,
        "kıosk.example:8600",
    ],
)
def test_other_names_are_not(host: str) -> None:
    """Whoever points a name of theirs at this machine gets nothing, nor does one who writes ours in another way."""
    assert not NAMES.take(host, "198.51.100.2")


def test_the_usual_port_may_be_left_out() -> None:
    """At 443, browsers write no port."""
    assert names_of(("kiosk.example",), port=443, scheme="https").take("kiosk.example", "")
    assert not names_of(("kiosk.example",), port=443, scheme="http").take("kiosk.example", "")


@pytest.mark.parametrize(
    ("origin", "site", "believed"),
    [
        ("https://kiosk:8600", None, True),
        ("https://kiosk:8600", "same-origin", True),
        (None, "same-origin", True),
        ("https://KIOSK:8600", None, True),
        (None, None, False),
        ("http://kiosk:8600", None, False),
        ("https://kiosk", None, False),
        ("null", "same-origin", False),
        ("https://kiosk:8600", "same-site", False),
        ("https://kiosk:8600", "none", False),
        (None, "cross-site", False),
        ("https://kiosk:8600.evil.example", None, False),
    ],
)
def test_only_a_page_of_ours_is_believed(origin: str | None, site: str | None, *, believed: bool) -> None:
    """Both headers must agree where both are there, and one of them must be."""
    assert is_own(host="kiosk:8600", scheme="https", origin=origin, site=site) is believed
