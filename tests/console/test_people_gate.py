"""The gate: setting up, coming in, staying, leaving."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from pathlib import Path

import pytest

from player.console.door.limits import BY_ADDRESS, BY_BOTH
from player.console.people import store
from player.console.people.answers import Why
from player.console.people.gate import People
from player.console.people.hashing import BusyError, Cost, Hashing
from player.console.people.passwords import MAX_CHARS
from player.console.people.roles import Role
from player.console.people.sessions import HOUR, MAX_OF_ONE, MINUTE
from player.console.people.store import FILE, Store
from player.errors import LibraryError
from tests.fakes.clock import FakeClock
from tests.fakes.people import AWAY, HOME, OTHER, PASSWORD, added, entered, log_in, people_in, refused, with_admin


@pytest.fixture
def clock() -> FakeClock:
    """A clock by hand."""
    return FakeClock()


@pytest.fixture
def people(tmp_path: Path, clock: FakeClock) -> Generator[People]:
    """People of whom Ada is the administrator."""
    made = with_admin(tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def nobody(tmp_path: Path, clock: FakeClock) -> Generator[People]:
    """A console that was never set up."""
    made = people_in(tmp_path, clock)
    yield made
    made.close()


def test_the_first_comes_in_by_the_code(nobody: People) -> None:
    """As an administrator, once: used, a code is no code."""
    assert not nobody.is_founded()
    code = nobody.new_code()
    found = entered(nobody.found(code.text.replace(" ", ""), "Ada", PASSWORD, address=HOME))
    assert (found.person.name, found.person.role) == ("Ada", Role.ADMIN)
    assert nobody.whose(found.token) == found.person
    assert nobody.is_founded()
    assert refused(nobody.found(code.text, "Eve", PASSWORD, address=HOME)).why is Why.CODE


def test_a_code_waits_for_a_good_password(nobody: People) -> None:
    """What is refused for its name or password does not use it up."""
    code = nobody.new_code().text
    assert refused(nobody.found(code, "Ada", "password1234", address=HOME)).why is Why.COMMON
    assert refused(nobody.found(code, "", PASSWORD, address=HOME)).why is Why.NAME
    entered(nobody.found(code, "Ada", PASSWORD, address=HOME))


def test_a_code_counts_for_an_hour_and_the_newest_alone(nobody: People, clock: FakeClock) -> None:
    """An old one on a screen, or one from before the last, lets nobody in."""
    first, second = nobody.new_code().text, nobody.new_code().text
    assert refused(nobody.found(first, "Ada", PASSWORD, address=HOME)).why is Why.CODE
    clock.advance(HOUR)
    assert refused(nobody.found(second, "Ada", PASSWORD, address=HOME)).why is Why.CODE


def test_codes_are_not_guessed(nobody: People, clock: FakeClock) -> None:
    """Tries are limited like log-ins, from each place by itself, and cost no hash."""
    code = nobody.new_code().text
    found = [refused(nobody.found("123", "Ada", PASSWORD, address=AWAY)).why for _ in range(100)]
    assert found.count(Why.CODE) < BY_ADDRESS.burst
    assert found[-1] is Why.WAIT
    assert refused(nobody.found(code, "Ada", PASSWORD, address=AWAY)).why is Why.WAIT
    clock.advance(MINUTE)
    entered(nobody.found(code, "Ada", PASSWORD, address=HOME))


def test_a_code_is_printed_once_an_hour_until_there_is_somebody(
    nobody: People, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """At the start in any case; for whoever opens the page later, when the last has run out; afterwards never again."""

    def printed() -> list[str]:
        found = [record.__dict__["fields"].get("code") for record in caplog.records]
        caplog.clear()
        return [code for code in found if code]

    with caplog.at_level("INFO", "weremember"):
        nobody.offer_code()
        nobody.offer_code()
        assert len(printed()) == 1
        nobody.offer_code(anew=True)
        (code,) = printed()
        clock.advance(HOUR)
        nobody.offer_code()
        assert printed() not in ([], [code])
        added(nobody, "Ada", Role.ADMIN)
        nobody.offer_code(anew=True)
        assert printed() == []


def test_who_knows_the_password_comes_in(people: People) -> None:
    """However the name is typed; who does not is told no more than that."""
    assert log_in(people, " ADA ").person.role is Role.ADMIN
    for name, password in (("Ada", OTHER), ("Eve", PASSWORD), ("", ""), ("Ada", ""), ("Ada", "x" * (MAX_CHARS + 50))):
        assert refused(people.log_in(name, password, address=HOME)).why is Why.WRONG


def test_what_browsers_have_is_not_in_the_file(people: People, tmp_path: Path) -> None:
    """Neither tokens, nor codes, nor passwords."""
    token, code = log_in(people).token, people.new_code().text
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [secret for secret in (token, code, code.replace(" ", ""), PASSWORD) if secret.encode() in content]
    assert token not in repr(log_in(people))


def test_a_log_in_ends_the_session_before_it(people: People) -> None:
    """A token that somebody planted in a browser is worth nothing after its log-in; other browsers stay."""
    first, elsewhere = log_in(people).token, log_in(people).token
    second = log_in(people, former=first).token
    assert second != first
    assert people.whose(first) is None
    assert people.whose(second)
    assert people.whose(elsewhere)
    log_in(people, former="no token at all")


def test_logging_out_ends_it_at_once(people: People) -> None:
    """And does no harm where there was none."""
    token = log_in(people).token
    for _ in range(2):
        people.log_out(token)
        assert people.whose(token) is None
    people.log_out("")


def test_what_people_do_keeps_a_session_alive(people: People, clock: FakeClock) -> None:
    """Up to its end in all; what a page asks by itself does not."""
    used, left = log_in(people).token, log_in(people).token
    for _ in range(2):
        clock.advance(29 * MINUTE)
        assert people.whose(used)
        people.whose(left, is_act=False)
    assert people.whose(left) is None
    for _ in range(46):
        clock.advance(29 * MINUTE)
        people.whose(used)
    clock.advance(29 * MINUTE)
    assert people.whose(used)
    clock.advance(19 * MINUTE)
    assert people.whose(used) is None


def test_a_session_is_known_after_a_restart(tmp_path: Path, people: People, clock: FakeClock) -> None:
    """Somebody on duty does not log in again because a process did."""
    token = log_in(people).token
    again = people_in(tmp_path, clock)
    assert again.whose(token)
    again.close()


def test_another_start_of_the_machine_ends_all_sessions(
    tmp_path: Path, people: People, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a battery it may wake at the same hour again: a session of then would be young again, and is not."""
    token = log_in(people).token
    monkeypatch.setattr(store, "boot", lambda: "another")
    again = people_in(tmp_path, clock)
    assert again.whose(token) is None
    assert again.register.listed()[0].sessions == 0
    assert again.whose(log_in(again).token)
    assert people.whose(token) is None
    again.close()


def test_sessions_of_one_person_are_few(people: People, clock: FakeClock) -> None:
    """The one that was used longest ago makes way."""
    first = log_in(people).token
    rest: list[str] = []
    for _ in range(MAX_OF_ONE):
        clock.advance(MINUTE // 10)
        rest.append(log_in(people).token)
    assert people.whose(first) is None
    assert all(people.whose(token) for token in rest)
    assert people.register.listed()[0].sessions == MAX_OF_ONE


def test_guessing_locks_out_nobody_elsewhere(people: People) -> None:
    """Who guesses has to wait; who knows the password comes in from where they are."""
    found = [refused(people.log_in("Ada", OTHER, address=AWAY)) for _ in range(100)]
    assert [each.why for each in found[-50:]] == [Why.WAIT] * 50
    assert found[-1].wait > 0
    for place in range(30):
        people.log_in("Ada", OTHER, address=f"198.51.100.{place}")
    for _ in range(BY_BOTH.burst - 1):
        people.log_in("Ada", OTHER, address=HOME)
    assert log_in(people)
    assert refused(people.log_in("Ada", PASSWORD, address=AWAY)).why is Why.WAIT


def test_a_flood_is_one_line_in_a_minute(people: People, clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """And never says what was typed as a name: people type their passwords there."""
    with caplog.at_level("INFO", "weremember"):
        for _ in range(100):
            people.log_in(PASSWORD, OTHER, address=AWAY)
        clock.advance(MINUTE)
        for _ in range(100):
            people.log_in(PASSWORD, OTHER, address=AWAY)
    assert len(caplog.records) == 2
    assert PASSWORD not in str([record.__dict__ for record in caplog.records])


def test_who_could_not_be_tried_has_lost_nothing(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too many log in at once, it is said so, and counts as no failure."""

    def busy(*_: object, **__: object) -> bool:
        raise BusyError("too many")

    with monkeypatch.context() as patched:
        patched.setattr(Hashing, "check", busy)
        for _ in range(100):
            assert refused(people.log_in("Ada", PASSWORD, address=HOME)).why is Why.BUSY
    assert log_in(people)


def test_a_new_password_ends_all_that_was_open(people: People) -> None:
    """But for whoever gave it, who goes on with another token."""
    here, elsewhere = log_in(people).token, log_in(people).token
    assert refused(people.change_password(here, OTHER, OTHER, address=HOME)).why is Why.WRONG
    assert refused(people.change_password(here, PASSWORD, "short", address=HOME)).why is Why.SHORT
    assert people.whose(here)
    changed = entered(people.change_password(here, PASSWORD, OTHER, address=HOME))
    assert people.whose(here) is None
    assert people.whose(elsewhere) is None
    assert people.whose(changed.token) == changed.person
    assert refused(people.log_in("Ada", PASSWORD, address=HOME)).why is Why.WRONG
    entered(people.log_in("Ada", OTHER, address=HOME))
    assert refused(people.change_password("A" * 43, OTHER, PASSWORD, address=HOME)).why is Why.WRONG


def test_a_password_that_changes_during_a_log_in_lets_nobody_in(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was being checked against the old one holds a token that never counts."""
    check = Hashing.check

    def overtaken(hashing: Hashing, kept: str | None, password: bytes, *, by: str) -> bool:
        found = check(hashing, kept, password, by=by)
        people.register.give_password("Ada", OTHER, by="another")
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Hashing, "check", overtaken)
        late = log_in(people)
    assert people.whose(late.token) is None


def test_an_old_cost_is_renewed_at_the_next_log_in(tmp_path: Path, clock: FakeClock, people: People) -> None:
    """The password stays, and so do other sessions."""
    before = log_in(people).token
    dearer = people_in(tmp_path, clock, cost=Cost(16, 2))
    log_in(dearer)
    dearer.close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        (kept,) = connection.execute("SELECT hash FROM users").fetchone()
    connection.close()
    assert "m=16,t=2" in kept
    assert people.whose(before)
    assert log_in(people)


def test_a_disk_that_takes_nothing_keeps_nobody_out_who_is_in(
    people: People, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is tried once a minute and said once; coming in has to wait for it."""
    token = log_in(people).token
    tried: list[int] = []

    def full(_: Store) -> None:
        tried.append(clock.monotonic())
        raise LibraryError("the disk is full: free some space")

    monkeypatch.setattr(Store, "changing", full)
    for _ in range(10):
        clock.advance(MINUTE // 2)
        assert people.whose(token)
    assert len(tried) == 5
    warned = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warned == ["sessions cannot be written down"]
    with pytest.raises(LibraryError, match="the disk is full"):
        people.log_in("Ada", PASSWORD, address=HOME)
