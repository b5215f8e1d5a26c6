"""What TLS is served by: kept up while the console runs, whoever replaces it and whatever the clock was at the start."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from player.console.door import certificate, papers
from player.console.door.certificate import DAYS, FILE
from player.console.door.papers import LOOK_EVERY, Papers
from player.console.house import House
from player.console.section import Console, Tls
from player.library.trusted_time import TrustedClock
from player.settings import with_data
from player.units import SECOND
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.home import CLEAN, Home
from tests.fakes.served import free_port

DAY = 24 * 3600 * SECOND


class Opened:
    """Papers of a console, by a clock that one moves."""

    def __init__(self, folder: Path, *, is_given: bool = False) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.files = (folder / "given.pem", folder / "given-key.pem")
        if is_given:
            self.give()
        given = Tls(certificate=str(self.files[0]), key=str(self.files[1])) if is_given else Tls(own=True)
        self.console = Console(tls=given)
        self.papers = Papers(self.console, folder, self.clock)

    def give(self, *, key_too: bool = True) -> None:
        """Have somebody put a new certificate there, by the clock; and its key, unless that comes a moment later."""
        _, pem = certificate.make(["wall.example"], datetime.fromtimestamp(self.clock.wall() // SECOND, UTC))
        for path in self.files if key_too else self.files[:1]:
            path.write_bytes(pem)

    def later(self, days: int) -> bool:
        """Look again after some days; return whether there is another certificate."""
        self.clock.advance(days * DAY)
        return self.papers.look()

    def served(self) -> str:
        """Return the fingerprint of what is served to whoever comes now."""
        assert self.papers.context
        return _served(self.papers.context)


def _served(context: ssl.SSLContext) -> str:
    """Shake hands in memory."""
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours, theirs = client.wrap_bio(back, there), context.wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    found = ours.getpeercert(binary_form=True)
    assert found
    return certificate.fingerprint(x509.load_der_x509_certificate(found))


def _kept(path: Path) -> str:
    return certificate.fingerprint(x509.load_pem_x509_certificate(path.read_bytes()))


def test_its_own_is_renewed_before_it_ends(tmp_path: Path) -> None:
    """For a player that nobody restarts; until then nobody is asked again whether to believe it."""
    opened = Opened(tmp_path)
    first = opened.served()
    assert first == opened.papers.fingerprint == _kept(tmp_path / FILE)
    assert not opened.later(DAYS - 40)
    assert opened.served() == first

    assert opened.later(20)
    assert first != opened.served() == opened.papers.fingerprint == _kept(tmp_path / FILE)


@pytest.mark.parametrize("years", [-20, 20])
def test_one_that_was_made_by_a_wrong_clock_is_made_anew(tmp_path: Path, years: int) -> None:
    """As soon as the clock is right, whether it was ahead or behind."""
    opened = Opened(tmp_path)
    opened.clock.step(years * 365 * DAY)
    opened.papers.look()
    wrong = opened.served()
    opened.clock.step(-years * 365 * DAY)

    assert opened.papers.look()
    assert opened.served() != wrong


def test_new_addresses_of_the_machine_ask_nobody_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They come and go by themselves; whoever believes the certificate goes on doing so."""
    opened = Opened(tmp_path)
    monkeypatch.setattr(certificate, "names_of_machine", lambda: ("localhost", "192.0.2.77"))
    assert not opened.later(1)


def test_one_that_is_damaged_is_replaced_aloud(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Browsers will ask again, and whoever is asked finds out why; a day later nothing is said any more."""
    opened = Opened(tmp_path)
    first = opened.served()
    (tmp_path / FILE).write_text("nonsense")
    assert opened.later(0)
    assert opened.served() != first
    assert caplog.text.count("the console's own certificate was damaged") == 1
    opened.later(1)
    assert caplog.text.count("the console's own certificate was damaged") == 1
    assert (next(tmp_path.glob(f"{FILE}.damaged-*"))).read_text() == "nonsense"


def test_it_says_what_it_covers(tmp_path: Path) -> None:
    """Whether it is its own or somebody's."""
    assert {"localhost", "127.0.0.1"} <= set(Opened(tmp_path).papers.covers)
    assert Opened(tmp_path, is_given=True).papers.covers == ("wall.example",)


def test_files_that_somebody_replaces_count(tmp_path: Path) -> None:
    """Within a minute, and without a new start; that they are the same again is no news."""
    opened = Opened(tmp_path, is_given=True)
    assert opened.served() == _kept(opened.files[0])
    assert not opened.later(60)
    opened.give()

    assert opened.later(0)
    assert opened.served() == _kept(opened.files[0])
    assert opened.papers.fingerprint == ""


def test_half_a_pair_replaces_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The certificate is there and its key is not yet: the one from before is served, it is said once, and then both count."""
    opened = Opened(tmp_path, is_given=True)
    before = opened.served()
    opened.clock.advance(DAY)
    opened.give(key_too=False)
    assert not opened.papers.look()
    assert not opened.papers.look()
    assert opened.served() == before
    assert caplog.text.count("the one from before stands in") == 1
    assert not (tmp_path / FILE).exists()

    opened.give()
    assert opened.papers.look()
    assert opened.served() == _kept(opened.files[0])


def test_files_that_are_mended_take_the_place_of_its_own(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Those that could not be served at the start are looked at again."""
    opened = Opened(tmp_path, is_given=True)
    opened.files[1].write_text("nonsense")
    opened.papers = Papers(opened.console, tmp_path, opened.clock)
    assert opened.served() == _kept(tmp_path / FILE) == opened.papers.fingerprint
    assert "its own stands in" in caplog.text

    opened.give()
    assert opened.papers.look()
    assert opened.served() == _kept(opened.files[0])


def test_without_tls_there_is_nothing_to_keep_up(tmp_path: Path) -> None:
    """Nothing is made."""
    assert Papers(Console(), tmp_path, FakeClock()).context is None
    assert list(tmp_path.iterdir()) == []


def _tended(folder: Path, work: Callable[[House, FakeClock], None]) -> None:
    """Run a house with its own certificate, do some *work* and let it look a minute later."""
    text = f"{CLEAN}console: {{port: {free_port()}, tls: own}}\n"
    (folder / "data").mkdir()
    configuration, clock = with_data(Home(folder).clean(text), str(folder / "data")), FakeClock()

    async def run() -> None:
        house = House(configuration, TrustedClock(clock, boot="this one"))
        try:
            work(house, clock)
            clock.advance(LOOK_EVERY)
            house.answers_itself(clock.monotonic())
            assert house._renewing  # pyright: ignore[reportPrivateUsage] - nobody else knows when it has looked
            await house._renewing  # pyright: ignore[reportPrivateUsage] - the same
        finally:
            await house.close()

    asyncio.run(run())


def test_a_console_that_runs_renews_its_certificate(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It looks each minute, and says what people are to compare from then on."""
    caplog.set_level("INFO")

    def wait(_: House, clock: FakeClock) -> None:
        clock.advance((DAYS - 10) * DAY)

    _tended(tmp_path, wait)
    kept = x509.load_pem_x509_certificate((tmp_path / "data" / FILE).read_bytes())
    assert kept.not_valid_before_utc.timestamp() * SECOND > OPENING
    assert "the console has another certificate" in caplog.text


def test_a_certificate_that_cannot_be_kept_up_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said, and tried again."""

    def refuse(*_: object) -> None:
        raise OSError(os.strerror(5))

    def spoil(_house: House, clock: FakeClock) -> None:
        clock.advance((DAYS - 10) * DAY)
        monkeypatch.setattr(papers.Papers, "_serve", refuse)

    _tended(tmp_path, spoil)
    assert "the console's certificate cannot be kept up" in caplog.text
