"""The register: adding people, changing them, and what that ends."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from player.console.people.answers import Refused, Why
from player.console.people.gate import People
from player.console.people.register import MAX_PEOPLE
from player.console.people.roles import Role
from player.console.people.rows import Person
from player.console.people.sessions import HOUR, LIMITS, MINUTE
from tests.fakes.clock import FakeClock
from tests.fakes.people import HOME, OTHER, PASSWORD, added, entered, log_in, people_in, refused, with_admin

NAMES = st.sampled_from(["Ada", "Ewa", "Zvi"])


@pytest.fixture
def people(tmp_path: Path) -> Generator[People]:
    """People of whom Ada is the administrator."""
    made = with_admin(tmp_path, FakeClock())
    yield made
    made.close()


def test_people_are_listed_by_name(people: People) -> None:
    """With their role, when they logged in last, and in how many browsers they are known."""
    people.register.add("Zvi", Role.VIEWER, PASSWORD, by="a test")
    added(people, "ewa", Role.OPERATOR)
    log_in(people, "ewa")
    listed = people.register.listed()
    assert [(each.person.name, each.person.role, each.sessions) for each in listed] == [
        ("Ada", Role.ADMIN, 0),
        ("ewa", Role.OPERATOR, 1),
        ("Zvi", Role.VIEWER, 0),
    ]
    assert [each.in_at is not None for each in listed] == [True, True, False]
    assert [each.person.is_lent for each in listed] == [False, False, True]


def test_a_name_is_one_persons(people: People) -> None:
    """Whatever its capitals; and what is no name is refused."""
    assert refused(people.register.add("ADA", Role.VIEWER, PASSWORD, by="a test")).why is Why.TAKEN
    assert refused(people.register.add("<b>", Role.VIEWER, PASSWORD, by="a test")).why is Why.NAME


@pytest.mark.parametrize("password", ["ewa-nowak-2027", "KrakowKiosk77", "password1234"])
def test_names_make_no_password(people: People, password: str) -> None:
    """Neither the person's, nor the site's, nor what everybody tries."""
    assert refused(people.register.add("Ewa.Nowak", Role.VIEWER, password, by="a test")).why is Why.COMMON


def test_who_is_removed_is_out_at_once(people: People) -> None:
    """And stays out when somebody of the same name comes later."""
    added(people, "Ewa", Role.OPERATOR)
    token = log_in(people, "Ewa").token
    assert isinstance(people.register.remove("ewa", by="a test"), Person)
    assert people.whose(token) is None
    added(people, "Ewa", Role.OPERATOR)
    assert people.whose(token) is None
    assert refused(people.register.remove("Zvi", by="a test")).why is Why.UNKNOWN


def test_another_role_is_another_session(people: People) -> None:
    """Nobody goes on with what they had, whether they may more now or less; the same role changes nothing."""
    added(people, "Ewa", Role.OPERATOR)
    token = log_in(people, "Ewa").token
    assert isinstance(people.register.give_role("Ewa", Role.OPERATOR, by="a test"), Person)
    assert people.whose(token)
    for role in (Role.VIEWER, Role.ADMIN):
        assert isinstance(people.register.give_role("Ewa", role, by="a test"), Person)
        assert people.whose(token) is None
        found = log_in(people, "Ewa")
        assert (found.person.role, found.token != token) == (role, True)
        token = found.token
    assert refused(people.register.give_role("Zvi", Role.VIEWER, by="a test")).why is Why.UNKNOWN


def test_a_password_given_by_somebody_else_ends_all_sessions(people: People) -> None:
    """It may have been given because somebody else knew the old one."""
    added(people, "Ewa", Role.OPERATOR)
    token = log_in(people, "Ewa").token
    assert refused(people.register.give_password("Ewa", "short", by="a test")).why is Why.SHORT
    assert people.whose(token)
    assert isinstance(people.register.give_password("Ewa", OTHER, by="a test"), Person)
    assert people.whose(token) is None
    entered(people.log_in("Ewa", OTHER, address=HOME))
    assert refused(people.register.give_password("Zvi", OTHER, by="a test")).why is Why.UNKNOWN


def test_there_is_always_an_administrator(people: People) -> None:
    """The only one is neither removed nor made less."""
    assert refused(people.register.remove("Ada", by="a test")).why is Why.LAST
    assert refused(people.register.give_role("Ada", Role.VIEWER, by="a test")).why is Why.LAST
    added(people, "Ewa", Role.ADMIN)
    assert isinstance(people.register.remove("Ada", by="a test"), Person)


def test_the_list_is_bounded(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred people is a list that somebody can still read."""
    assert MAX_PEOPLE == 100
    monkeypatch.setattr("player.console.people.register.MAX_PEOPLE", 2)
    added(people, "Ewa", Role.VIEWER)
    assert refused(people.register.add("Zvi", Role.VIEWER, PASSWORD, by="a test")).why is Why.FULL


def test_what_is_done_to_people_is_told(people: People, caplog: pytest.LogCaptureFixture) -> None:
    """By whom, to whom; never a password."""
    with caplog.at_level("INFO", "weremember"):
        people.register.add("Ewa", Role.VIEWER, PASSWORD, by="Ada")
        people.register.give_role("Ewa", Role.OPERATOR, by="Ada")
        people.register.give_password("Ewa", OTHER, by="Ada")
        people.register.remove("Ewa", by="Ada")
    told = [record.__dict__["fields"] for record in caplog.records]
    assert [(each["name"], each["by"]) for each in told] == [("Ewa", "Ada")] * 4
    assert not [secret for secret in (PASSWORD, OTHER) if secret in str(told)]


class Histories(RuleBasedStateMachine):
    """Three people at random: who is known is who logged in, is still there as they were, and was not away too long."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.folder = _folder()
        self.people = people_in(self.folder, self.clock)
        self.there: dict[str, tuple[Role, str]] = {}
        self.open: dict[str, tuple[str, int, int]] = {}

    def teardown(self) -> None:
        """Let go of the file."""
        self.people.close()

    def _end(self, name: str) -> None:
        self.open = {token: one for token, one in self.open.items() if one[0] != name}

    @rule(name=NAMES, role=st.sampled_from(Role))
    def add(self, name: str, role: Role) -> None:
        """Somebody is added, unless they are there."""
        answer = self.people.register.add(name, role, PASSWORD, by="a test")
        assert isinstance(answer, Refused) == (name in self.there)
        self.there.setdefault(name, (role, PASSWORD))

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        """Somebody is removed, unless they are the last administrator."""
        if not isinstance(self.people.register.remove(name, by="a test"), Refused):
            del self.there[name]
            self._end(name)

    @rule(name=NAMES, role=st.sampled_from(Role))
    def promote(self, name: str, role: Role) -> None:
        """Somebody gets another role."""
        if not isinstance(self.people.register.give_role(name, role, by="a test"), Refused):
            if self.there[name][0] is not role:
                self._end(name)
            self.there[name] = (role, self.there[name][1])

    @rule(name=NAMES, password=st.sampled_from([PASSWORD, OTHER]))
    def renew(self, name: str, password: str) -> None:
        """Somebody gets another password."""
        if not isinstance(self.people.register.give_password(name, password, by="a test"), Refused):
            self.there[name] = (self.there[name][0], password)
            self._end(name)

    @rule(name=NAMES, password=st.sampled_from([PASSWORD, OTHER]))
    def log_in(self, name: str, password: str) -> None:
        """Somebody tries to come in."""
        answer = self.people.log_in(name, password, address=HOME)
        if isinstance(answer, Refused):
            assert answer.why is Why.WAIT or name not in self.there or self.there[name][1] != password
        else:
            assert self.there[name] == (answer.person.role, password)
            self.open[answer.token] = (name, self.clock.wall(), self.clock.wall())

    @rule(length=st.sampled_from([MINUTE, 29 * MINUTE, 11 * HOUR]))
    def pass_time(self, length: int) -> None:
        """Time passes."""
        self.clock.advance(length)

    @rule()
    def restart(self) -> None:
        """The console is started again."""
        self.people.close()
        self.people = people_in(self.folder, self.clock)

    @invariant()
    def only_they_are_known(self) -> None:
        """Every token is looked at; those that count are used by that."""
        now = self.clock.wall()
        for token, (name, begun, seen) in list(self.open.items()):
            limit = LIMITS[self.there[name][0]]
            counts = now - seen < limit.idle and now - begun < limit.whole
            person = self.people.whose(token)
            assert (person is not None) == counts
            if person:
                assert (person.name, person.role) == (name, self.there[name][0])
                self.open[token] = (name, begun, now if now - seen >= MINUTE else seen)
            else:
                del self.open[token]


def _folder() -> Path:
    return next(_FOLDERS)


def _folders() -> Generator[Path]:
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        for number in range(100_000):
            folder = Path(home) / str(number)
            folder.mkdir()
            yield folder


_FOLDERS = _folders()
TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
