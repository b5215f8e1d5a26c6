"""The console's own certificate: what it is good for, when another is made, and what is wrong with files that somebody gave."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from player.clock import SystemClock
from player.console.door import certificate as certifying
from player.console.door.certificate import DAYS, FILE, addresses_v4, addresses_v6, names_in, names_of_machine, own, trouble
from player.errors import LibraryError
from player.units import SECOND
from tests.fakes.clock import OPENING

DAY = 24 * 3600 * SECOND
NAMES = ("localhost", "127.0.0.1", "::1", "wall.example.org", "192.168.1.20")


def _kept(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / FILE).read_bytes())


def test_it_is_made_once(tmp_path: Path) -> None:
    """For every name and number, for as long as browsers take, with its key beside it for the owner's eyes alone."""
    made = own(tmp_path, NAMES, OPENING)
    assert made.is_new
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600
    kept = _kept(tmp_path)
    assert set(names_in(kept)) == set(NAMES)
    assert kept.not_valid_after_utc - kept.not_valid_before_utc == timedelta(days=DAYS)
    assert len(made.fingerprint.split(":")) == 32
    again = own(tmp_path, reversed(NAMES), OPENING + DAY)
    assert (again.fingerprint, again.is_new) == (made.fingerprint, False)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    ("names", "later", "is_new"),
    [
        (NAMES[:2], 0, False),
        ((*NAMES, "10.0.0.7"), 0, True),
        (NAMES, (DAYS - 40) * DAY, False),
        (NAMES, (DAYS - 20) * DAY, True),
        (NAMES, -2 * DAY, True),
    ],
    ids=["fewer names", "another address", "long before its end", "near its end", "a clock set back"],
)
def test_it_is_renewed_in_time(tmp_path: Path, *, names: tuple[str, ...], later: int, is_new: bool) -> None:
    """When it lacks a name, comes near its end, or begins later than the clock says."""
    own(tmp_path, NAMES, OPENING)
    assert own(tmp_path, names, OPENING + later).is_new is is_new


@pytest.mark.parametrize("damage", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA", b"\x00" * 5000])
def test_a_damaged_one_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    """Also one whose key is gone, or another's; and the old one is kept, for it may have been somebody's slip."""
    own(tmp_path, NAMES, OPENING)
    (tmp_path / FILE).write_bytes(damage)
    made = own(tmp_path, NAMES, OPENING)
    assert (made.is_new, made.damage) == (True, "it is no certificate with its key")
    assert made.aside.startswith(f"{FILE}.damaged-")
    assert (tmp_path / made.aside).read_bytes() == damage
    pem = (tmp_path / FILE).read_bytes()
    key_at = pem.index(b"-----BEGIN PRIVATE KEY")
    (tmp_path / FILE).write_bytes(pem[:key_at])
    assert own(tmp_path, NAMES, OPENING).is_new
    other = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(other[: other.index(b"-----BEGIN PRIVATE KEY")] + pem[key_at:])
    assert own(tmp_path, NAMES, OPENING).damage == "its key is another one's"
    assert len(list(tmp_path.glob(f"{FILE}.damaged-*"))) == 3


def test_one_that_is_new_or_has_done_its_time_is_no_damage(tmp_path: Path) -> None:
    """Nothing is said of it, and nothing kept."""
    for later in (0, DAYS * DAY):
        made = own(tmp_path, NAMES, OPENING + later)
        assert (made.is_new, made.damage, made.aside) == (True, "", "")
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_one_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """A folder stands in its place, for one: it is set aside like any damage."""
    (tmp_path / FILE).mkdir()
    made = own(tmp_path, NAMES, OPENING)
    assert made.damage == "it cannot be read: Is a directory"
    assert (tmp_path / made.aside).is_dir()


def test_browsers_can_use_it(tmp_path: Path) -> None:
    """A client that believes it reaches the server by name and by number, and by no other name."""
    made = own(tmp_path, NAMES, SystemClock().wall())
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(made.file)
    client = ssl.create_default_context(cafile=str(made.file))
    for name, is_right in (("wall.example.org", True), ("127.0.0.1", True), ("evil.example.org", False)):
        ours, theirs = socket.socketpair()
        ours.settimeout(10)
        theirs.settimeout(10)

        def serve(side: socket.socket = ours) -> None:
            try:
                server.wrap_socket(side, server_side=True).close()
            except OSError:
                side.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            client.wrap_socket(theirs, server_hostname=name).close()
            assert is_right
        except ssl.SSLCertVerificationError:
            assert not is_right
            theirs.close()
        thread.join()


def test_a_folder_that_takes_nothing_is_a_sentence(tmp_path: Path) -> None:
    """It says which file."""
    with pytest.raises(LibraryError, match=f"{FILE} could not be written"):
        own(tmp_path / "missing", NAMES, OPENING)


def test_files_that_somebody_gave_are_looked_at(tmp_path: Path) -> None:
    """Whether they can be read, belong together, and count today."""
    one, other = (tmp_path / name for name in ("one.pem", "other.pem"))
    for path in (one, other):
        _, pem = certifying.make(NAMES, datetime.fromtimestamp(OPENING // SECOND, UTC))
        path.write_bytes(pem)
    assert trouble(one, one, OPENING) == ""
    assert "do not belong together" in trouble(one, other, OPENING)
    assert "ended on 2029-04-23" in trouble(one, one, OPENING + DAYS * DAY)
    assert "is the clock right?" in trouble(one, one, OPENING - 2 * DAY)
    assert "cannot be read: No such file" in trouble(tmp_path / "none.pem", one, OPENING)
    other.write_text("no certificate")
    assert "are not a certificate" in trouble(other, other, OPENING)


TREE = """Main:
  +-- 0.0.0.0/0 3 0 5
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 192.168.1.20
           /32 host LOCAL
        |-- 192.168.1.255
           /32 link BROADCAST
"""
SIXES = """00000000000000000000000000000001 01 80 10 80       lo
fe8000000000000000fc00fffe000001 04 40 20 80     eth0
20010db8000000000000000000000002 04 40 00 82     eth0
"""


def test_the_machine_knows_its_addresses() -> None:
    """As the kernel tells them; what is none is left out."""
    assert [str(each) for each in addresses_v4(TREE)] == ["127.0.0.1", "192.168.1.20"]
    assert [str(each) for each in addresses_v6(SIXES)] == ["::1", "2001:db8::2"]
    assert list(addresses_v4("/32 host LOCAL\nx |-- y\n /32 host LOCAL")) == []
    assert list(addresses_v6("nothing\n\n")) == []
    assert {"localhost", "127.0.0.1", "::1"} <= set(names_of_machine())
