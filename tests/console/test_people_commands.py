"""`weremember console`: people at a terminal, whether the console runs or not."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from player.cli import consoling, main
from player.clock import SystemClock
from player.console.people.gate import People
from player.console.people.notes import KIND, Notes
from player.console.people.roles import Role
from player.library import journal
from player.library.library import open_library
from tests.fakes.people import HOME, OTHER, PASSWORD, entered
from tests.fakes.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A place with a data folder."""
    site = Site(tmp_path, rest="console: {port: 8700}\n")
    site.data.mkdir()
    return site


def _typed(site: Site, *words: str, password: str = "") -> Result:
    return CliRunner().invoke(main, ["console", *words, "--config", str(site.config)], input=password)


def _people(site: Site) -> People:
    return People(site.data, SystemClock(), notes=Notes(site.data, SystemClock()))


def test_people_come_and_go(site: Site) -> None:
    """Each command says in a line what it did, and the console knows it at once."""
    assert "nobody yet" in _typed(site, "users").stdout
    done = _typed(site, "add", "Ada", "--role", "admin", password=f"{PASSWORD}\n")
    assert done.stdout == "Ada may log in at http://127.0.0.1:8700/ as admin, and changes this password first\n"
    assert done.stderr == ""
    assert _typed(site, "add", "Ewa", "--role", "viewer", password=PASSWORD).exit_code == 0
    people = _people(site)
    token = entered(people.log_in("Ewa", PASSWORD, address=HOME)).token
    listed = _typed(site, "users").stdout.splitlines()
    assert listed[0] == "Ada  admin     was never here"
    assert listed[1].startswith("Ewa  viewer    was here 20")
    assert listed[1].endswith(", in 1 browser now")
    as_json = json.loads(_typed(site, "users", "--json").stdout)
    assert [(each["name"], each["role"], each["sessions"]) for each in as_json] == [("Ada", "admin", 0), ("Ewa", "viewer", 1)]
    assert _typed(site, "role", "ewa", "operator").stdout == "Ewa is operator from now on, and logs in again\n"
    assert people.whose(token) is None
    token = entered(people.log_in("Ewa", PASSWORD, address=HOME)).token
    assert "Ewa has a new password" in _typed(site, "passwd", "Ewa", password=f"{OTHER}\r\n").stdout
    assert people.whose(token) is None
    entered(people.log_in("Ewa", OTHER, address=HOME))
    assert "Ewa may no longer log in" in _typed(site, "remove", "Ewa").stdout
    people.close()


def test_what_is_done_at_the_machine_stands_in_the_journal(site: Site) -> None:
    """By whoever typed it; a password from there is in nobody's hands at the console."""
    _typed(site, "add", "Ada", "--role", "admin", password=PASSWORD)
    _typed(site, "add", "Ewa", "--role", "viewer", password=PASSWORD)
    _typed(site, "role", "Ewa", "reviewer")
    _typed(site, "passwd", "Ewa", password=OTHER)
    _typed(site, "remove", "Ewa")

    with closing(open_library(site.data, writer="a test")) as library:
        lines = [line.what for line in journal.lines(library.orders.connection, kind=KIND)]

    assert [(line["done"], line["name"], line["role"], line["hands"]) for line in lines] == [
        ("added", "Ada", "admin", "ada"),
        ("added", "Ewa", "viewer", "ewa"),
        ("another role", "Ewa", "reviewer", "ewa"),
        ("given a password", "Ewa", "reviewer", "ewa"),
        ("removed", "Ewa", "reviewer", "ewa"),
    ]
    assert all(str(line["by"]).endswith("at the command line") for line in lines)


def test_a_code_is_made_for_whoever_is_on_the_phone(site: Site) -> None:
    """Alone in its line; it makes an administrator, and says where to type it."""
    code, where = _typed(site, "code").stdout.splitlines()
    assert "http://127.0.0.1:8700/set-up" in where
    people = _people(site)
    assert entered(people.found(code, "Ada", PASSWORD, address=HOME)).person.role is Role.ADMIN
    people.close()


@pytest.mark.parametrize(
    ("words", "password", "status", "said"),
    [
        (("add", "Ewa", "--role", "viewer"), "", 1, "no terminal to ask for the password"),
        (("add", "Ewa", "--role", "viewer"), "password1234", 1, "one of the first that anybody would try"),
        (("add", "Ewa", "--role", "vewer"), PASSWORD, 2, 'there is no role "vewer". Did you mean "viewer"?'),
        (("add", "two/words", "--role", "viewer"), PASSWORD, 1, "a name is 1 to 40 letters"),
        (("add", "Ewa"), PASSWORD, 2, "--role"),
        (("role", "Ewa", "boss"), "", 2, 'there is no role "boss"'),
        (("role", "Ewa", "viewer"), "", 1, "there is nobody of this name"),
        (("passwd", "Ewa"), PASSWORD, 1, "there is nobody of this name"),
        (("remove", "Ewa"), "", 1, "there is nobody of this name"),
        (("remove", "Ada"), "", 1, "this is the only administrator"),
        (("uesrs",), "", 2, "Did you mean 'users'?"),
    ],
)
def test_what_cannot_be_is_one_line(site: Site, words: tuple[str, ...], password: str, status: int, said: str) -> None:
    """On stderr, with what to do."""
    _typed(site, "add", "Ada", "--role", "admin", password=PASSWORD)
    done = _typed(site, *words, password=password)
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (status, "", 1)
    assert said in done.stderr


def test_a_person_is_asked_twice_and_unseen(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal, the password is on no line of any history."""
    asked: list[dict[str, object]] = []

    def prompt(_text: str, **how: object) -> str:
        asked.append(how)
        return PASSWORD

    class Terminal:
        def isatty(self) -> bool:
            return True

    with monkeypatch.context() as patched:
        patched.setattr(consoling.click, "prompt", prompt)
        patched.setattr(consoling.sys, "stdin", Terminal())
        assert consoling.new_password("Ada") == PASSWORD
    assert asked == [{"hide_input": True, "confirmation_prompt": "Once more", "err": True}]
    assert site.config.exists()


def test_a_misspelt_data_folder_does_not_come_to_be(site: Site) -> None:
    """Nor anybody in it."""
    done = _typed(site, "code", "--data", str(site.folder / "dta"))
    assert done.exit_code == 1
    assert "is it the right one?" in done.stderr
    assert not (site.folder / "dta").exists()


def test_the_roles_are_those_that_there_are() -> None:
    """The command line knows them without loading the rest."""
    assert tuple(Role) == consoling.ROLES
