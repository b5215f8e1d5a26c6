"""What nobody thought of while a configuration is read: it is a problem like another, and what was in force goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from player.cli import main
from player.in_force import InForce
from player.settings import OUR_FAULTS, keep_clean, last_clean, load
from tests.fakes.home import Home
from tests.fakes.site import Site

HEAD = "feeds: {}\nshow: one\nsite: {zone: Asia/Tokyo}\nstorage: {data: data}\n"
_WORDS = st.sampled_from(
    [
        *("one", "wall", "", "-1", "9" * 30, "0001-01-01", "9999-12-31", "9999-12-31T23:00Z", "0001-01-01T00:00+14:00", "31d"),
        *("99999999d", "24:00", "00:00 to 24:00", "sunset@eve+12h to 24:00", "dark", "hard", "hebrew 30 adar", "2200-12-31"),
        *("sat 2027-01-27", "mon-fri", "x" * 300, "\x00", "\x1b[31m", "2027-01-27T09:00[../x]", "2027-01-27..9999-12-31", "~x/y"),
    ]
)
_KEYS = st.sampled_from(
    [
        *("site", "feeds", "show", "schedule", "slots", "days", "quiet", "when", "at", "day", "start", "length", "id", "title"),
        *("priority", "zone", "latitude", "longitude", "storage", "data", "retention", "delete_after", "campaign", "hebrew"),
        *("network", "ca_file", "kind", "url", "trust", "map", "core", "live", "else", "alarms", "to", "from", "shabbat", "do"),
    ]
)
_TREES = st.recursive(
    _WORDS, lambda below: st.lists(below, max_size=3) | st.dictionaries(_KEYS, below, max_size=6), max_leaves=20
)
_SLOTS = st.fixed_dictionaries(
    {"id": st.just("a"), "show": st.just("one")},
    optional={
        "at": _WORDS,
        "day": _WORDS,
        "start": _WORDS,
        "length": _WORDS,
        "preroll": _WORDS,
        "title": _WORDS,
        "only_if": _WORDS,
    },
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one playlist."""
    return Home(tmp_path)


def in_yaml(tree: object) -> str:
    """*tree* in one line."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {in_yaml(value)}" for key, value in cast("dict[str, object]", tree).items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(in_yaml, cast("list[object]", tree))) + "]"
    return '"' + "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in str(tree)) + '"'


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=st.dictionaries(_KEYS, _TREES, max_size=5), slots=st.lists(_SLOTS, max_size=2))
def test_no_file_comes_to_more_than_problems(home: Home, tree: dict[str, object], slots: list[dict[str, str]]) -> None:
    """Whatever stands at whichever key: no error of Python, not even one caught; what is clean can be kept and laid out."""
    for text in (in_yaml(tree), f"{HEAD}schedule: {in_yaml({'slots': slots})}\n"):
        for problem in home.problems(text):
            assert problem.isprintable()
            assert "fault of this program" not in problem
        configuration = load(home.file).configuration
        if configuration and configuration.data == home.folder / "data":
            keep_clean(configuration)
            assert last_clean(configuration.data) == configuration
            assert configuration.rules


@pytest.mark.parametrize("fault", OUR_FAULTS)
def test_a_fault_of_ours_leaves_the_last_clean_copy_in_force(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: Callable[[str], Exception]
) -> None:
    """It is a problem of the file for whoever checks it, and in the log with where it came from."""
    before = InForce(home.file, None)
    home.clean(HEAD)
    kept = before.read()

    def breaks(*_: object, **__: object) -> None:
        raise fault("too far")

    monkeypatch.setattr("player.settings.validate", breaks)
    (problem,) = load(home.file).problems
    assert str(problem).startswith("config.yaml:1 cannot be understood: ")
    assert str(problem).endswith("too far (a fault of this program: tell its makers)")
    with caplog.at_level("ERROR", logger="weremember"):
        assert before.read() == kept
        assert InForce(home.file, None).read() == kept  # a new process, too
    assert "reading the configuration failed" in caplog.text


def test_a_file_that_is_no_yaml_still_says_where_its_copy_lies(home: Home) -> None:
    """A brace that is missing somewhere hides no data folder of one's own."""
    home.clean(HEAD)
    kept = InForce(home.file, None).read()
    assert kept is not None
    for spoilt in (HEAD.replace("Asia/Tokyo}", "Asia/Tokyo"), HEAD.replace("data: data}", "data: data")):
        home.file.write_text(spoilt)
        assert load(home.file).data is None
        assert InForce(home.file, None).read() == kept


def test_commands_find_the_copy_of_a_file_that_is_no_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip keeps nobody from making the wall dark; the sentence about it has one stop."""
    monkeypatch.setattr("player.ordering.WAIT", 0)
    site = Site(tmp_path)
    InForce(site.config, None).read()
    site.config.write_text(site.config.read_text().replace("Warsaw}", "Warsaw"))
    done = CliRunner().invoke(main, ["dark", "--config", str(site.config)])
    assert "Going by the last clean copy, as the player does\n" in done.stderr
    site.config.write_text(f"show: wal\nfeeds: {{}}\nstorage: {{data: {site.data}}}\n")
    done = CliRunner().invoke(main, ["dark", "--config", str(site.config)])
    assert 'Did you mean "wall"? Going by the last clean copy' in done.stderr


def test_a_copy_that_cannot_be_laid_out_is_none(home: Home) -> None:
    """An older version may have kept what this one refuses."""
    start = "schedule: {slots: [{id: a, show: one, start: '2027-12-31T23:00Z', length: 1h}]}\n"
    configuration = home.clean(HEAD + start)
    keep_clean(configuration)
    copy = configuration.data / "last-clean.json"
    copy.write_text(copy.read_text().replace("2027-12-31T23:00Z", "9999-12-31T23:00Z"))
    assert last_clean(configuration.data) is None


def test_days_and_instants_are_of_two_centuries(home: Home) -> None:
    """Beyond them nothing can be counted; lengths that lead there are refused as well."""

    def told(slot: str) -> str:
        (problem,) = home.problems(f"{HEAD}schedule: {{slots: [{{id: a, show: one, {slot}}}]}}\n")
        return problem.partition(": ")[2]

    assert told("start: 9999-12-31T23:00Z, length: 1h") == "an instant is from 2000 to 2200, not in 9999"
    assert told("start: '0001-01-01T00:00+14:00', length: 1h") == "an instant is from 2000 to 2200, not in 0001"
    assert told("start: '2200-12-31T23:00Z', length: 31d") == "goes on beyond 2200: name an earlier instant"
    assert told("day: 9999-12-31, at: 09:00 to 10:00") == "days are from 2000-01-01 to 2200-12-31, not 9999-12-31"
    assert home.problems(f"{HEAD}retention: {{delete_after: 9999-12-31}}\n") == [
        "config.yaml:5 retention.delete_after: days are from 2000-01-01 to 2200-12-31, not 9999-12-31"
    ]


def test_zones_are_suggested_by_city_and_never_as_abbreviations(home: Home) -> None:
    """And an instant without a zone is offered the site's own."""
    one = "feeds: {}\nshow: one\n"
    (problem,) = home.problems(f"{one}site: {{zone: IST}}\n")
    assert problem.endswith('"IST" is an abbreviation, which knows no summer time. Write Region/City, such as Europe/Warsaw.')
    (problem,) = home.problems(f"{one}site: {{zone: New York}}\n")
    assert problem.endswith('there is no time zone "New York". Did you mean "America/New_York"?')
    slot = "schedule: {slots: [{id: a, show: one, length: 1h, start: '2027-01-27T09:00%s'}]}\n"
    (problem,) = home.problems(HEAD + slot % "[New York]")
    assert problem.endswith('there is no time zone "New York". Did you mean America/New_York?')
    (problem,) = home.problems(HEAD + slot % "")
    assert problem.endswith("in which zone? Write 2027-01-27T09:00[Asia/Tokyo], or 2027-01-27T09:00Z for UTC")
    (problem,) = home.problems(one + slot % "")
    assert "2027-01-27T09:00[Region/City]" in problem


@pytest.mark.parametrize("character", ["\\t", "\\a", "\\e", "\\u2028"])
def test_titles_are_lines_without_control_characters(home: Home, character: str) -> None:
    """Neither titles nor ids have them, and no message rings a bell."""
    slot = f'{{id: a, show: one, at: 09:00 to 10:00, title: "a{character}b"}}'
    (problem,) = home.problems(f"{HEAD}schedule: {{slots: [{slot}]}}\n")
    assert "has a character that is no letter or sign" in problem
    home.playlist("two", f'title: "a{character}b"\nslides: [photo]\n')
    (second,) = home.problems(HEAD)
    assert second.startswith("playlists/two.yaml:1 title: has a character")
    (third,) = [
        each
        for each in home.problems(f'{HEAD}schedule: {{quiet: [{{id: "a{character}b", when: {{shabbat: {{}}}}}}]}}\n')
        if "id" in each
    ]
    for each in (problem, second, third):
        assert each.isprintable()


def test_a_schedules_file_may_begin_with_its_key(home: Home) -> None:
    """As `schedule import` prints it; its lines are its own."""
    text = f"{HEAD}schedule: slots.yaml\n"
    file = home.folder / "slots.yaml"
    file.write_text("schedule:\n  slots:\n    - {id: a, show: one, at: 09:00 to 10:00}\n")
    assert [slot.id for slot in home.clean(text).rules.slots] == ["a"]
    file.write_text("schedule:\n  slots:\n    - {id: a, show: tow, at: 09:00 to 10:00}\n")
    (problem,) = home.problems(text)
    assert problem.startswith('slots.yaml:3 slots.0.show: there is no playlist "tow".')
