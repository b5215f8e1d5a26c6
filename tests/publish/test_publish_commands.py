"""The commands, as a person or a script types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from player.publish import founding, keys
from player.publish.commands import publish
from tests.publish.atelier import SECRET, STRETCH, facts


class Terminal:
    """A folder, and what was typed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runner = CliRunner()

    def __call__(self, *words: str, secret: str | None = SECRET) -> Result:
        """Type a command; the studio is this folder's."""
        environment = {"WEREMEMBER_STUDIO": str(self.folder / "studio"), "WEREMEMBER_PASSPHRASE": secret}
        return self.runner.invoke(publish, list(words), env=environment)

    def key(self, name: str) -> str:
        """Return the key file of a person."""
        return str(self.folder / "studio" / "keys" / f"{name}.key")

    def photo(self, name: str) -> None:
        """Take in a photo without a decoder."""
        from player.publish.disk import Disk
        from player.publish.studio import open_studio

        picture = name.encode()
        open_studio(self.folder / "studio", Disk()).keep(facts(name, picture), picture)


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in a folder with a new studio."""
    monkeypatch.setattr(founding, "STRETCH", STRETCH)
    monkeypatch.setattr(keys.locked_file, "__kwdefaults__", {"stretch": STRETCH})
    monkeypatch.setattr(founding.found, "__kwdefaults__", {**(founding.found.__kwdefaults__ or {}), "stretch": STRETCH})
    monkeypatch.setattr(founding.make_key, "__kwdefaults__", {"stretch": STRETCH})
    terminal = Terminal(tmp_path)
    done = terminal("init", "--person", "anna", "--person", "ben", "--person", "cara")
    assert done.exit_code == 0, done.output
    assert "its fingerprint: " in done.output
    return terminal


def test_from_a_photo_to_the_feed(typed: Terminal) -> None:
    """Pending, approved by two, published by the machine, withdrawn by one: each step says what comes next."""
    typed.photo("a")
    assert [row["needs"] for row in json.loads(typed("pending", "--json").stdout)] == ["2 more"]

    first = typed("approve", "a", "--key", typed.key("anna"), "--yes")
    assert "you approve (1):\n  a  a.jpg  Caption of a" in first.output
    assert "one more person must approve a" in first.output
    second = typed("approve", "--all", "--key", typed.key("ben"), "--yes")
    assert "1 approved by enough people" in second.output
    assert "published approved 2, signed by anna, ben" in typed("sign").output
    assert "nothing new" in typed("sign").output

    assert "withdrawn: a" in typed("withdraw", "a", "--key", typed.key("cara"), "--reason", "family").output
    assert "published the withdrawal of a" in typed("sign").output
    status = typed("status")
    assert status.exit_code == 0
    assert status.output.startswith("next: ")
    assert json.loads(typed("status", "--json").stdout)["withdrawn"] == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("approve", "nix", "--key", "KEY", "--yes"), "nix: no photo of this id is in the studio"),
        (("approve", "--all", "--key", "KEY", "--yes"), "nothing is pending"),
        (("approve", "a", "--key", "nowhere.key", "--yes"), "nowhere.key: cannot be read (No such file or directory)"),
        (("status", "--studio", "/nowhere"), "/nowhere: not a studio (no studio.json)"),
        (("reinstate", "nix", "--key", "KEY"), "nix: is not withdrawn"),
        (("sign", "targets/9-x", "--key", "KEY"), "targets/9-x: anna owes no signature of this name"),
        (("init", "--person", "a", "--person", "b", "--person", "c"), "there is a studio already"),
        (("rotate", "approved", "--add", "dora", "--key", "KEY"), "dora: write NAME=FILE.pub"),
    ],
)
def test_what_goes_wrong_is_one_line(typed: Terminal, words: tuple[str, ...], line: str) -> None:
    """Each mistake is one line on stderr and status 1, and nothing is signed."""
    done = typed(*(typed.key("anna") if word == "KEY" else word for word in words))

    assert done.exit_code == 1
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (typed.folder / "studio" / "pending").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "--key", "x.key"),
        ("rotate", "approved", "--key", "x.key"),
        ("rotate", "timestamp", "--remove", "anna", "--key", "x.key"),
        ("sign", "--every", "soon"),
        ("sign", "targets/1-x"),
        ("sign", "--key", "x.key", "--every", "5m"),
        ("init", "--person", "../anna"),
    ],
)
def test_what_is_no_command_is_wrong_usage(typed: Terminal, words: tuple[str, ...]) -> None:
    """What cannot be meant is status 2, before any file is looked at."""
    done = typed(*words)

    assert done.exit_code == 2
    assert done.stderr.startswith("weremember: ")


def test_a_wrong_passphrase_signs_nothing(typed: Terminal) -> None:
    """One line; and with nobody to ask, another that says what a script does instead."""
    typed.photo("a")

    wrong = typed("approve", "a", "--key", typed.key("anna"), "--yes", secret="something else")  # noqa: S106  in a test
    nobody = typed("approve", "a", "--key", typed.key("anna"), "--yes", secret=None)

    assert "anna.key: the passphrase is wrong" in wrong.stderr
    assert "no terminal to ask for the passphrase of anna" in nobody.stderr


def test_without_a_yes_nothing_is_signed(typed: Terminal) -> None:
    """A script that did not say that somebody looked is refused."""
    typed.photo("a")

    done = typed("approve", "a", "--key", typed.key("anna"))

    assert done.exit_code == 1
    assert "look first, and then say --yes" in done.stderr
    assert not (typed.folder / "studio" / "pending").exists()


def test_a_decision_of_others_is_signed_by_its_name(typed: Terminal) -> None:
    """`sign --key --yes` leaves a change of keys alone, and says how it is signed; named, it is."""
    typed("rotate", "approved", "--remove", "cara", "--key", typed.key("anna"))

    passing = typed("sign", "--yes", "--key", typed.key("ben"))
    assert "decides something, so --yes alone is not enough" in passing.output
    assert "nothing was signed" in passing.output
    (name,) = [word for word in passing.output.split() if word.startswith("targets/")]
    named = typed("sign", name, "--yes", "--key", typed.key("ben"))

    assert f"signed {name}" in named.output
    assert "published targets 2, signed by anna, ben" in typed("sign").output


def test_passphrases_can_come_from_files(typed: Terminal, tmp_path: Path) -> None:
    """For scripts: lines NAME=passphrase for a new studio, one file for one key."""
    lines = tmp_path / "lines"
    lines.write_text("a=passphrase a\nb=passphrase b\nc=passphrase c\n")
    people = [word for name in "abc" for word in ("--person", name)]
    other = str(tmp_path / "other")
    assert typed("init", *people, "--passphrases", str(lines), "--studio", other, secret=None).exit_code == 0
    one = tmp_path / "one"
    one.write_text("passphrase a\n")

    done = typed("halt", "--key", f"{other}/keys/a.key", "--passphrase-file", str(one), "--studio", other, secret=None)

    assert done.output.startswith("halted")


def test_a_key_is_made_on_its_owners_machine(typed: Terminal, tmp_path: Path) -> None:
    """`key NAME` writes two files, the private one for the owner alone, and never over others."""
    assert typed("key", "dora", "--out", str(tmp_path)).exit_code == 0
    assert (tmp_path / "dora.key").stat().st_mode & 0o777 == 0o600

    assert "is there already" in typed("key", "dora", "--out", str(tmp_path)).stderr
    done = typed("rotate", "withdrawn", "--add", f"dora={tmp_path / 'dora.pub'}", "--key", typed.key("anna"))
    assert "1 more must sign it" in done.output


def test_a_damaged_draft_is_a_problem_for_sign_and_status(typed: Terminal) -> None:
    """Both name it on a line of their own and end with 1, for the machine and for people; `pending` says it too."""
    typed.photo("a")
    typed("withdraw", "a", "--key", typed.key("anna"), "--reason", "author")
    (folder,) = (typed.folder / "studio" / "pending" / "withdrawn").iterdir()
    (folder / "withdrawn.json").write_bytes(b"")
    line = f"pending/withdrawn/{folder.name}: cannot be read; copy it again, or withdraw again and then remove it"

    signed, status = typed("sign"), typed("status")
    person = typed("sign", "--yes", "--key", typed.key("ben"))

    assert (signed.exit_code, status.exit_code, person.exit_code) == (1, 1, 1)
    assert f"weremember: {line}\n" in signed.stderr
    assert f"weremember: {line}\n" in person.stderr
    assert status.stdout.splitlines()[0] == line
    assert line in typed("pending").stderr


def test_the_fingerprint_of_a_key_is_what_the_second_officer_sees(typed: Terminal, tmp_path: Path) -> None:
    """The digits that `key` prints are those that are shown before the change of keys is signed."""
    made = typed("key", "dora", "--out", str(tmp_path))
    (line,) = [line for line in made.output.splitlines() if line.startswith("its fingerprint")]
    digits = line.rpartition(" ")[2]
    typed("rotate", "approved", "--add", f"dora={tmp_path / 'dora.pub'}", "--key", typed.key("anna"))

    seen = typed("sign", "--yes", "--key", typed.key("ben"))

    assert len(digits) == 16
    assert f"give dora a key in approved (fingerprint {digits})" in seen.output


def test_a_file_that_is_no_key_is_refused_before_a_passphrase_is_asked(typed: Terminal) -> None:
    """Whoever names the public half, or a text, or the machine's key, learns it at once."""
    for name in ("anna.pub", "online.key", "../studio.json"):
        done = typed("halt", "--key", str(typed.folder / "studio" / "keys" / name), secret=None)
        assert "not a key file of this publisher" in done.stderr


def test_an_offline_set_that_is_empty_already_is_not_signed(typed: Terminal) -> None:
    """`core` without ids takes a set away; where there is none, that is said and nothing is signed."""
    done = typed("core", "--key", typed.key("anna"))

    assert done.exit_code == 1
    assert "there is no offline set, so nothing changes" in done.stderr
    assert not (typed.folder / "studio" / "pending").exists()


def test_init_without_a_terminal_names_its_own_option(typed: Terminal, tmp_path: Path) -> None:
    """Nobody is sent to an option that `init` does not have."""
    people = [word for name in "abc" for word in ("--person", name)]

    done = typed("init", *people, "--studio", str(tmp_path / "other"), secret=None)

    assert "give --passphrases FILE" in done.stderr
