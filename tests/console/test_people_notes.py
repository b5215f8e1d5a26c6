"""What is done to people stands in the journal, and a password stays in the hands of whoever gave it."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from player.console.people import quorum
from player.console.people.answers import Why
from player.console.people.gate import People
from player.console.people.notes import KIND, Notes
from player.console.people.roles import Role
from player.console.people.rows import Person
from player.console.people.store import FILE, PEOPLE
from player.errors import LibraryError
from player.library import journal
from player.library.database import Schema, connect
from player.library.library import open_library
from player.library.orders import ORDERS
from tests.fakes.clock import FakeClock
from tests.fakes.people import FIRST, HOME, OTHER, PASSWORD, added, entered, log_in, people_in, refused


@pytest.fixture
def people(tmp_path: Path) -> Generator[People]:
    """People of whom Ada is the administrator, by the one-time code."""
    clock = FakeClock()
    made = people_in(tmp_path, clock, notes=Notes(tmp_path, clock))
    entered(made.found(made.new_code().text, "Ada", PASSWORD, address=HOME))
    yield made
    made.close()


def who(people: People, name: str) -> Person:
    """Return somebody as they stand."""
    return next(each.person for each in people.register.listed() if each.person.name == name)


def lines(folder: Path) -> list[tuple[object, ...]]:
    """Return what the journal says of people; its chain is sound."""
    with closing(open_library(folder, writer="a test")) as library:
        assert journal.verify(library.orders.connection).fault is None
        found = list(journal.lines(library.orders.connection, kind=KIND))
    return [(line.what["done"], line.what["name"], line.what["by"]) for line in found]


def test_whatever_is_done_to_people_leaves_a_line(people: People, tmp_path: Path) -> None:
    """What, to whom and by whom; what is refused leaves none."""
    ada = who(people, "Ada")
    people.register.add("Eve", Role.VIEWER, FIRST, by=ada)
    refused(people.register.add("Eve", Role.VIEWER, FIRST, by=ada))
    people.register.give_role("Eve", Role.REVIEWER, by=ada)
    people.register.give_role("Eve", Role.REVIEWER, by=ada)
    people.register.give_password("Eve", OTHER, by=ada)
    people.change_password(entered(people.log_in("Eve", OTHER, address=HOME)).token, OTHER, PASSWORD, address=HOME)
    people.register.remove("Eve", by=ada)
    refused(people.register.remove("Ada", by=ada))

    assert lines(tmp_path) == [
        ("set up", "Ada", "whoever has the one-time code"),
        ("added", "Eve", "Ada"),
        ("another role", "Eve", "Ada"),
        ("given a password", "Eve", "Ada"),
        ("own password", "Eve", "Eve"),
        ("removed", "Eve", "Ada"),
    ]


def test_without_a_line_nothing_is_done(people: People, tmp_path: Path) -> None:
    """The orders are lost, so nobody is added, promoted, helped or removed, and no password changes."""
    added(people, "Rita", Role.REVIEWER)
    ada, token = who(people, "Ada"), log_in(people).token
    before = people.register.listed()
    people.close()
    (tmp_path / ORDERS.name).unlink()
    clock = FakeClock()
    later = people_in(tmp_path, clock, notes=Notes(tmp_path, clock))

    for change in (
        lambda: later.register.add("Eve", Role.REVIEWER, PASSWORD, by=ada),
        lambda: later.register.give_role("Rita", Role.VIEWER, by=ada),
        lambda: later.register.give_password("Rita", OTHER, by=ada),
        lambda: later.register.remove("Rita", by=ada),
        lambda: later.change_password(token, PASSWORD, OTHER, address=HOME),
    ):
        with pytest.raises(LibraryError):
            change()

    assert later.register.listed() == before
    later.close()


def test_a_password_stays_in_the_hands_of_whoever_gave_it(people: People) -> None:
    """Through whoever they give one in their turn, and when its owner changes it; not when somebody else gives another."""
    ada = who(people, "Ada")
    people.register.add("Eve", Role.ADMIN, FIRST, by=ada)
    token = entered(people.log_in("Eve", FIRST, address=HOME)).token
    eve = entered(people.change_password(token, FIRST, PASSWORD, address=HOME)).person
    assert (ada.hands, eve.hands, eve.is_lent) == ({"ada"}, {"ada", "eve"}, False)

    people.register.add("Ben", Role.REVIEWER, FIRST, by=eve)
    assert who(people, "Ben").hands == {"ada", "eve", "ben"}
    people.register.give_role("Ben", Role.ADMIN, by=ada)
    assert who(people, "Ben").hands == {"ada", "eve", "ben"}

    people.register.give_password("Ben", OTHER, by="somebody at the machine")
    assert who(people, "Ben").hands == {"ben"}
    people.register.give_password("Eve", OTHER, by=who(people, "Ben"))
    assert who(people, "Eve").hands == {"ben", "eve"}


def test_a_password_of_somebody_else_is_to_be_changed(people: People) -> None:
    """Into another one; only then it is one's own."""
    people.register.add("Eve", Role.VIEWER, FIRST, by="somebody at the machine")
    inside = entered(people.log_in("Eve", FIRST, address=HOME))
    assert inside.person.is_lent
    assert people.whose(inside.token) == inside.person

    assert refused(people.change_password(inside.token, FIRST, FIRST, address=HOME)).why is Why.SAME
    assert who(people, "Eve").is_lent

    assert not entered(people.change_password(inside.token, FIRST, PASSWORD, address=HOME)).person.is_lent
    assert not log_in(people, "Eve").person.is_lent


def test_an_administrator_who_is_none_any_more_changes_nobody(people: People) -> None:
    """Removed or made less while what they pressed waited for its turn; nor by somebody who has got their name since."""
    eve = added(people, "Eve", Role.ADMIN)
    for change in (
        lambda: people.register.give_role("Eve", Role.OPERATOR, by="Ada"),
        lambda: people.register.remove("Eve", by="Ada"),
        lambda: added(people, "Eve", Role.ADMIN),
    ):
        change()
        assert refused(people.register.add("Ben", Role.ADMIN, PASSWORD, by=eve)).why is Why.LEFT
        assert refused(people.register.give_role("Ada", Role.VIEWER, by=eve)).why is Why.LEFT
        assert refused(people.register.give_password("Ada", OTHER, by=eve)).why is Why.LEFT
        assert refused(people.register.remove("Ada", by=eve)).why is Why.LEFT


def test_of_people_from_before_nobody_knows_who_gave_them_their_password(tmp_path: Path) -> None:
    """They change it, and count as nobody at the review desk until they are given another; nor does whoever they add."""
    with closing(connect(tmp_path / FILE, Schema(FILE, PEOPLE.migrations[:1], durable=True))) as connection:
        connection.execute("INSERT INTO users VALUES(1, 'ada', 'Ada', 'admin', 'x', 1, 0, NULL)")
    people = people_in(tmp_path, FakeClock())
    ada = who(people, "Ada")
    assert (ada.hands, ada.is_lent, quorum.reviewers(tmp_path)) == (frozenset(), True, 0)

    assert isinstance(people.register.add("Eve", Role.REVIEWER, PASSWORD, by=ada), Person)
    assert who(people, "Eve").hands == frozenset()
    people.register.give_password("Ada", PASSWORD, by="somebody at the machine")
    assert (who(people, "Ada").hands, quorum.reviewers(tmp_path)) == ({"ada"}, 1)
    people.close()


def test_who_may_review_is_counted_as_at_the_desk(people: People, tmp_path: Path) -> None:
    """Whoever was given their password by another of them is none more."""
    people.register.add("Eve", Role.REVIEWER, FIRST, by=who(people, "Ada"))
    assert quorum.reviewers(tmp_path) == 1
    people.register.add("Rita", Role.REVIEWER, FIRST, by="somebody at the machine")
    assert quorum.reviewers(tmp_path) == 2


def test_no_line_has_a_password(people: People, tmp_path: Path) -> None:
    """Nor what is kept of one."""
    added(people, "Eve", Role.VIEWER)
    people.close()
    with closing(sqlite3.connect(tmp_path / ORDERS.name)) as connection:
        whole = str(connection.execute("SELECT what FROM journal").fetchall())
    assert not [secret for secret in (FIRST, PASSWORD, "argon2") if secret in whole]
