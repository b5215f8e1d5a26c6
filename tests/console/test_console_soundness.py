"""What `check` and `doctor` find that would keep the console from being as it is meant to be."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.console.door import certificate
from player.console.section import Console
from player.console.soundness import faults
from player.doctor.examination import examine
from player.settings import with_data
from player.units import SECOND
from tests.fakes.home import CLEAN, Home
from tests.fakes.site import Site

NOW: Final = SystemClock().wall()
ELSEWHERE: Final = "192.0.2.77"  # in no machine (RFC 5737)


def _files(folder: Path, kind: str) -> str:
    """Write a certificate and its key with something wrong; return the section's value."""
    at = datetime.fromtimestamp(NOW // SECOND, UTC) - timedelta(days=900 if kind == "old" else 0)
    for name in ("one", "other"):
        (folder / f"{name}.pem").write_bytes(certificate.make(["wall.example"], at)[1])
    if kind in {"", "nonsense"}:
        (folder / "one.pem").write_text(kind)
    key = folder / ("other.pem" if kind == "another's" else "one.pem")
    return f"tls: {{certificate: {folder / 'one.pem'}, key: {key}}}"


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("", "are not a certificate and its open key in PEM"),
        ("nonsense", "are not a certificate and its open key in PEM"),
        ("another's", "do not belong together"),
        ("old", "ended on "),
    ],
)
def test_a_certificate_that_cannot_be_served_is_said_by_check(tmp_path: Path, kind: str, why: str) -> None:
    """As the console says it when it runs; and `check` calls nothing well above it."""
    done = Site(tmp_path, rest=f"console: {{{_files(tmp_path, kind)}}}\n").command("check")
    first, second = done.stdout.splitlines()
    assert done.exit_code == 0
    assert first.endswith("no mistake, but 1 to look at:")
    assert second.startswith("console.tls: ")
    assert why in second
    assert second.endswith("until then the player’s own stands in")


def test_a_token_that_is_not_there_and_an_address_that_the_machine_lacks_are_said() -> None:
    """With the key."""
    console = Console.model_validate({"host": ELSEWHERE, "tls": "own", "metrics_token": "env:NOBODY_SETS_THIS"})
    assert list(faults(console, NOW)) == [
        ("host", f"this machine has no address {ELSEWHERE}: write another `host:` under `console:`"),
        (
            "metrics_token",
            "as seen from here, env:NOBODY_SETS_THIS: the environment of the player has no NOBODY_SETS_THIS",
        ),
    ]


def test_what_is_well_and_what_is_off_are_no_faults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is a port that the running console has."""
    monkeypatch.setenv("TOKEN_OF_METRICS", "long enough".replace(" ", "-"))
    with socket.create_server(("127.0.0.1", 0)) as running:
        port = running.getsockname()[1]
        assert list(faults(Console.model_validate({"port": port, "metrics_token": "env:TOKEN_OF_METRICS"}), NOW)) == []
    off = Console.model_validate({"enabled": False, "host": ELSEWHERE, "tls": "own"})
    assert list(faults(off, NOW)) == []
    home = Home(tmp_path)
    (tmp_path / "sound").mkdir()
    assert list(faults(home.clean(f"{CLEAN}console: {{{_files(tmp_path / 'sound', 'sound')}}}\n").settings.console, NOW)) == []


@pytest.mark.parametrize(
    ("section", "said", "is_problem"),
    [
        ("{}", "http://127.0.0.1:8600/", False),
        ("{enabled: false}", "switched off", False),
        (f"{{host: {ELSEWHERE}, tls: own}}", "console.host: this machine has no address", True),
    ],
)
def test_the_doctor_says_it_as_well(tmp_path: Path, section: str, said: str, *, is_problem: bool) -> None:
    """By the same look; where nothing is wrong, where to find the pages."""
    configuration = with_data(Home(tmp_path).clean(f"{CLEAN}console: {section}\n"), str(tmp_path / "data"))
    (found,) = (each for each in examine(configuration) if each.topic == "console")
    assert found.text.startswith(said)
    assert found.is_problem is is_problem
