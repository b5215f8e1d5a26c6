"""What `check` says besides mistakes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from player.console.people.roles import Role
from player.remarks import remarks
from tests.fakes.clock import FakeClock
from tests.fakes.home import Home
from tests.fakes.people import added, people_in
from tests.fakes.schedules import instant
from tests.fakes.site import Site

HEAD = "feeds: {}\nshow: one\nsite: {zone: Europe/Warsaw}\n"
NOW = instant("2026-11-22 12:00")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one playlist."""
    return Home(tmp_path)


REVIEWED = (
    "feeds: {raw: {kind: folder, url: in, trust: reviewed}}\nshow: one\nconsole: {reviewers: true}\nstorage: {data: data}\n"
)


def test_a_review_desk_without_two_people_is_said(home: Home) -> None:
    """Nobody, one, then two who may: an administrator may, an operator may not. Nothing is made by asking."""
    configuration = home.clean(REVIEWED)
    begin = "console.reviewers: two people must approve each photo, and "
    end = ": weremember console add NAME --role reviewer"

    assert list(remarks(configuration, NOW)) == [f"{begin}nobody may yet{end}"]
    assert not configuration.data.exists()
    configuration.data.mkdir()
    with closing(people_in(configuration.data, FakeClock())) as people:
        added(people, "Ada", Role.ADMIN)
        added(people, "Olek", Role.OPERATOR)
        assert list(remarks(configuration, NOW)) == [f"{begin}only one may{end}"]
        added(people, "Rita", Role.REVIEWER)
    assert list(remarks(configuration, NOW)) == []


def test_a_review_desk_for_nothing_is_said(home: Home) -> None:
    """Where no feed is reviewed; and where nobody can tell who there is, what is damaged stays as it lies."""
    configuration = home.clean(f"{HEAD}console: {{reviewers: true}}\nstorage: {{data: data}}\n")
    configuration.data.mkdir()
    (configuration.data / "console.sqlite").write_text("no database, and long enough to be told from an empty one")

    first, second = remarks(configuration, NOW)

    assert first == "console.reviewers: no feed has `trust: reviewed`, so nothing ever waits there"
    assert second.startswith("console.reviewers: nobody knows whether two people may review: console.sqlite is damaged")
    assert [path.name for path in configuration.data.iterdir()] == ["console.sqlite"]


def test_what_is_over_is_said_with_the_year_that_may_be_meant(home: Home) -> None:
    """Days by name where they have their name, the others where they are written; what comes again is not over."""
    configuration = home.clean(
        HEAD
        + "schedule:\n"
        + "  days: {campaign: 2026-01-20..2026-01-27, other: [2026-01-20, 2027-01-20]}\n"
        + "  slots:\n"
        + "    - {id: named, show: one, day: campaign, at: 01:00 to 02:00}\n"
        + "    - {id: ceremony, show: one, day: 2026-01-27, at: 03:00 to 04:00}\n"
        + "    - {id: moment, show: one, start: '2026-12-01T09:00Z', length: 1h}\n"
        + "    - {id: was, show: one, start: '2025-12-01T09:00Z', length: 1h}\n"
        + "    - {id: both, show: one, day: other, at: 05:00 to 06:00}\n"
        + "    - {id: shoah, show: one, day: {hebrew: 27 nisan}, at: 07:00 to 08:00}\n"
        + "    - {id: every, show: one, at: 21:00 to 22:00}\n"
        + "  quiet: [{id: night, when: {day: 2026-01-01, at: 00:00 to 24:00}}]\n"
        + "retention: {delete_after: 2026-02-28}\n"
    )
    assert list(remarks(configuration, NOW)) == [
        "schedule.days.campaign: is over since 2026-01-27. Is 2027 meant?",
        "schedule.slots.1 ceremony: is over since 2026-01-27. Is 2027 meant?",
        "schedule.slots.3 was: is over since 2025-12-01. Is 2026 meant?",
        "schedule.quiet.0 night: is over since 2026-01-01. Is 2027 meant?",
        "retention.delete_after: this day is past: a player that starts with it deletes all photos",
    ]


def test_a_title_that_no_font_can_draw_is_said(home: Home) -> None:
    """With the characters that would be left out."""
    first = '{id: a, show: one, at: 09:00 to 10:00, title: "Pamięć \\U0001FB00"}'
    slots = f"slots: [{first}, {{id: b, show: one, at: 10:00 to 11:00, title: זכור}}]"
    (said,) = remarks(home.clean(f"{HEAD}schedule: {{{slots}}}\n"), NOW)
    assert said == "schedule.slots.0.title: no font of this machine can draw \U0001fb00"


def test_check_says_it_and_ends_well(tmp_path: Path) -> None:
    """It is no mistake: status 0."""
    site = Site(tmp_path, rest="schedule: {slots: [{id: a, show: wall, day: 2020-01-27, at: 09:00 to 10:00}]}\n")
    done = site.command("check")
    assert done.exit_code == 0
    assert "schedule.slots.0 a: is over since 2020-01-27. Is 20" in done.stdout
