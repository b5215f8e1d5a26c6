"""What `doctor` finds of a fleet: its broker, the certificates, and a clock that is good enough for shows in step."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from player.doctor import broker as reaching
from player.doctor import fleet as examining
from player.doctor.finding import Finding
from player.doctor.fleet import examine_fleet
from player.fleet.section import Fleet
from player.settings import Configuration, Settings
from player.show.playlist import Playlist
from player.timekeeping import Kept
from tests.fakes.broker import Broker, Papers, broker, free_port, needs_mosquitto

NAME: Final = "oswiecim-1"
SYNCED: Final = 0x2001


@pytest.fixture(autouse=True)
def good_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock be kept well, unless a test says otherwise."""
    monkeypatch.setattr(examining, "ask_kernel", lambda: Kept(SYNCED, 9_000, 340, -60))


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """An authority."""
    return Papers(tmp_path_factory.mktemp("papers"))


@pytest.fixture
def running(tmp_path: Path, papers: Papers) -> Generator[Broker]:
    """A broker that wants certificates."""
    with broker(tmp_path / "broker", papers=papers) as found:
        yield found


def configuration(fleet: Fleet | None, *, sync: str | None = None) -> Configuration:
    """Return a configuration with this fleet, and a show that may be in step."""
    playlist = Playlist.model_validate({"slides": ["words"], "sync": sync})
    return Configuration(settings=Settings(fleet=fleet), playlists={"wall": playlist}, home="/nowhere")


def found(fleet: Fleet | None, *, sync: str | None = None) -> dict[str, Finding]:
    """Return what is found, by topic."""
    return {each.topic: each for each in examine_fleet(configuration(fleet, sync=sync))}


def member(address: str, papers: Papers, name: str = NAME, *, is_expired: bool = False) -> Fleet:
    """Return the section of a player with a certificate for *name*."""
    certificate, key = papers.sign(name, is_expired=is_expired)
    return Fleet(broker=address, id=NAME, certificate=str(certificate), key=str(key), ca=str(papers.ca))


@needs_mosquitto
def test_a_broker_that_answers_is_well(running: Broker, papers: Papers) -> None:
    """With who we are there, and until when the certificate counts: two days are soon over."""
    told = found(member(running.address, papers))

    assert told["fleet"] == Finding("fleet", f"{NAME}, by 127.0.0.1:{running.port}, which answers")
    assert told["certificate"].is_worth_a_look
    assert not told["certificate"].is_problem
    assert "1 days more: have the centre enrol this player again before then" in told["certificate"].text
    assert told["broker's authority"].is_worth_a_look


@needs_mosquitto
def test_looking_throws_nobody_out(running: Broker, papers: Papers) -> None:
    """No word of MQTT is said: the player that runs has the same name."""
    found(member(running.address, papers))

    assert "New client connected" not in running.log()


@needs_mosquitto
def test_a_certificate_of_another_authority_is_a_problem(running: Broker, tmp_path: Path) -> None:
    """It is the broker's that is not believed then: that is found first."""
    strangers = Papers(tmp_path / "strangers")

    told = found(member(running.address, strangers))["fleet"]

    assert told.is_problem
    assert f"127.0.0.1:{running.port} shows a certificate that is not believed here" in told.text


@needs_mosquitto
@pytest.mark.parametrize("kind", ["strange", "expired", "none"])
def test_a_broker_that_does_not_take_us_is_a_problem(running: Broker, papers: Papers, tmp_path: Path, kind: str) -> None:
    """Though the connection comes about: TLS 1.3 lets a client believe so before it is judged."""
    if kind == "none":
        fleet = Fleet(broker=running.address, id=NAME, ca=str(papers.ca))
    elif kind == "expired":
        fleet = member(running.address, papers, is_expired=True)
    else:
        fleet = member(running.address, Papers(tmp_path / "strangers")).model_copy(update={"ca": str(papers.ca)})

    told = found(fleet)["fleet"]

    assert told.is_problem
    assert "Without it the show goes on" in told.text


def test_a_broker_that_is_not_there_is_a_problem() -> None:
    """By how it fails: nobody listens, or there is no such name."""
    told = found(Fleet(broker=f"mqtt://127.0.0.1:{free_port()}", id=NAME))

    assert told["fleet"].is_problem
    assert "does not listen: is it running? Without it the show goes on" in told["fleet"].text
    assert "certificate" not in told


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "does not answer: is port 1883 open in every firewall on the way?"),
        (OSError(101, "Network is unreachable"), "cannot be reached: Network is unreachable"),
        (reaching.socket.gaierror(-2, "unknown"), "has no address that is known here"),
    ],
)
def test_why_a_broker_is_not_reached_is_said(monkeypatch: pytest.MonkeyPatch, error: OSError, words: str) -> None:
    """Each with what to look at."""

    def connect(*_: object) -> None:
        raise error

    monkeypatch.setattr(reaching.socket, "create_connection", connect)

    assert words in reaching.unreached(Fleet(broker="mqtt://127.0.0.1:1883", id=NAME))


def certificate(papers: Papers, monkeypatch: pytest.MonkeyPatch, name: str = NAME, *, is_expired: bool = False) -> Finding:
    """Return what is found of a certificate, whatever the broker says."""

    def reached(_: Fleet) -> str:
        return ""

    monkeypatch.setattr(examining, "unreached", reached)
    return found(member("mqtts://127.0.0.1:8883", papers, name, is_expired=is_expired))["certificate"]


def test_a_certificate_that_is_over_is_a_problem(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the day, and what to do."""
    told = certificate(papers, monkeypatch, is_expired=True)

    assert told.is_problem
    assert "counts no more since" in told.text


def test_a_certificate_of_another_player_is_a_problem(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory card that was copied from site to site."""
    told = certificate(papers, monkeypatch, "paris-1")

    assert told.is_problem
    assert "is of paris-1, and this player is called oswiecim-1 (fleet.id)" in told.text


@pytest.mark.parametrize("content", [b"", b"-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n", None])
def test_a_file_that_is_no_certificate_is_a_problem(
    papers: Papers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    """Empty, broken, or gone."""
    path = tmp_path / "player.pem"
    if content is not None:
        path.write_bytes(content)

    def signed(*_: object, **__: object) -> tuple[Path, Path]:
        return path, path

    monkeypatch.setattr(Papers, "sign", signed)

    assert certificate(papers, monkeypatch).is_problem


@pytest.mark.parametrize(
    ("kept", "sync", "mark", "words"),
    [
        (Kept(SYNCED, 9_000, 340, -60), "memorial", "✓", "0.1 ms off, give or take 0.3 ms: good for shows in step"),
        (Kept(SYNCED, 9_000, 3_000, 4_000), "memorial", "•", "4.0 ms off, give or take 3.0 ms: fair for shows in step"),
        (Kept(SYNCED, 9_000, 100, 42_000), "memorial", "!", "42.0 ms off, give or take 0.1 ms: too much for shows in step"),
        (Kept(SYNCED, 9_000, 100, 2_100_000), None, "•", "2.1 s off"),
        (Kept(64, 16_000_000, 16_000_000), "memorial", "!", "nobody can say how far the clock is off"),
        (None, None, "•", "nobody can say how far the clock is off"),
    ],
)
def test_the_clock_is_measured_against_half_a_frame(
    monkeypatch: pytest.MonkeyPatch, kept: Kept | None, sync: str | None, mark: str, words: str
) -> None:
    """A problem where a show in step is played; else something to look at; and what would help, unless all is well."""
    monkeypatch.setattr(examining, "ask_kernel", lambda: kept)
    fleet = None if sync else Fleet(broker=f"mqtt://127.0.0.1:{free_port()}", id=NAME)

    told = found(fleet, sync=sync)["clock in step"]

    assert mark in told.mark
    assert told.text.startswith(words)
    assert ("apt install chrony" in told.text) is (mark != "✓")


def test_a_player_by_itself_is_asked_nothing() -> None:
    """Neither a fleet nor a show in step: nothing is said."""
    assert found(None) == {}
