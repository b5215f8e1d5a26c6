"""Keys and their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.errors import OperatorError
from player.publish import keys
from player.publish.founding import Person, found, make_key
from tests.fakes.clock import FakeClock
from tests.publish.atelier import PEOPLE, SECRET, STRETCH, Atelier, QuickDisk


def test_a_key_file_opens_with_its_passphrase_only() -> None:
    """The right passphrase gives the same key; a wrong one, and another kind of file, are one line each."""
    pen = keys.new_pen("anna")
    data = keys.locked_file(pen, SECRET, stretch=STRETCH)

    assert keys.open_file(data, "anna", SECRET, where="anna.key").key == pen.key
    with pytest.raises(OperatorError, match=r"anna\.key: the passphrase is wrong"):
        keys.open_file(data, "anna", "another one", where="anna.key")
    for other in (b"", b"-----BEGIN PRIVATE KEY-----\n", data.replace(b"scrypt 4", b"scrypt 60"), data[:100]):
        with pytest.raises(OperatorError, match=r"anna\.key: not a key file"):
            keys.open_file(other, "anna", SECRET, where="anna.key")


def test_every_wrong_passphrase_is_called_wrong() -> None:
    """One in 256 seems to unlock the file, and what comes out is no key."""
    data = keys.locked_file(keys.new_pen("anna"), SECRET, stretch=STRETCH)
    for number in range(2000):
        with pytest.raises(OperatorError, match=r"anna\.key: the passphrase is wrong"):
            keys.open_file(data, "anna", f"wrong {number}", where="anna.key")


def test_a_short_passphrase_is_refused() -> None:
    """A key file may be found by somebody: its passphrase has eight characters at least."""
    with pytest.raises(OperatorError, match="too short: at least 8"):
        keys.locked_file(keys.new_pen("anna"), "short", stretch=STRETCH)


def test_one_key_has_one_id_whoever_it_is_said_to_be() -> None:
    """The id is made of the key alone, so that the same key cannot be counted as two people's."""
    pen = keys.new_pen("anna")
    file = keys.public_file(pen.key)

    assert keys.read_public(file.replace(b"anna", b"berta"), where="x").keyid == pen.key.keyid


@pytest.mark.parametrize("name", ["", " anna", "../anna", "a/b", ".hidden", "x" * 60, "anna\n"])
def test_a_name_that_cannot_name_a_file_is_refused(name: str) -> None:
    """A person's name becomes the name of files that others copy."""
    with pytest.raises(ValueError, match="a person's name is"):
        keys.check_person(name)


def test_secrets_can_be_read_by_their_owner_alone(atelier: Atelier) -> None:
    """Private keys are made with mode 0600, and nothing secret is in studio.json."""
    for name in (*PEOPLE, "online"):
        assert (atelier.studio.keys / f"{name}.key").stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in (atelier.folder / "studio.json").read_bytes()


def test_a_studio_is_never_founded_over_another(atelier: Atelier) -> None:
    """Keys that were lost once cannot be made again: founding refuses, and changes nothing."""
    before = atelier.keys["anna"].read_bytes()

    with pytest.raises(OperatorError, match="there is a studio already"):
        found(atelier.folder, [Person(name, SECRET) for name in PEOPLE], atelier.clock, stretch=STRETCH)

    assert atelier.keys["anna"].read_bytes() == before


@pytest.mark.parametrize(
    ("people", "why"),
    [(["anna", "ben"], "at least 3 people are needed, not 2"), (["anna", "ben", "Anna"], "two people have the same name")],
)
def test_too_few_people_found_nothing(tmp_path: Path, people: list[str], why: str) -> None:
    """Three people, each once: two must agree, and one may be ill."""
    with pytest.raises(OperatorError, match=why):
        found(tmp_path / "studio", [Person(name, SECRET) for name in people], FakeClock(), stretch=STRETCH, shelf=QuickDisk())
    assert not (tmp_path / "studio").exists()


def test_a_clock_at_1970_founds_nothing(tmp_path: Path) -> None:
    """Everything would have run out before it began."""
    with pytest.raises(OperatorError, match="clock says 1970-01-01T00:00:00Z, which cannot be"):
        found(tmp_path / "studio", [Person(name, SECRET) for name in PEOPLE], FakeClock(0), stretch=STRETCH)


def test_a_key_is_never_made_over_another(tmp_path: Path) -> None:
    """`key NAME` refuses where there is one."""
    make_key(tmp_path, "dora", lambda: SECRET, stretch=STRETCH)

    with pytest.raises(OperatorError, match="is there already"):
        make_key(tmp_path, "dora", lambda: SECRET, stretch=STRETCH)


def test_a_key_knows_its_feed(atelier: Atelier, tmp_path: Path) -> None:
    """Beside each key it is noted which root it signs for: a studio that was swapped is not signed for."""
    other = Atelier(tmp_path / "other")
    for name in PEOPLE:
        for suffix in (".key", ".key.signed.json"):
            (other.studio.keys / f"{name}{suffix}").write_bytes((atelier.studio.keys / f"{name}{suffix}").read_bytes())

    with pytest.raises(OperatorError, match=r"is not the studio that .* signed for; was it swapped"):
        other.desk("anna")
