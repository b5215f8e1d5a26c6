"""What `check` says besides mistakes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from player import remarks as remarking
from player.console.people.roles import Role
from player.remarks import remarks
from player.settings import load
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


def test_a_stream_that_no_slot_shows_is_said(home: Home) -> None:
    """Of two, the one that is forgotten."""
    streams = "streams: {one: {url: 'https://live.example/1.m3u8'}, two: {url: 'https://live.example/2.m3u8'}}\n"
    slot = "schedule: {slots: [{id: a, show: {live: one, else: one}, at: 09:00 to 10:00}]}\n"

    assert list(remarks(home.clean(f"{HEAD}{streams}{slot}"), NOW)) == [
        "streams.two: no slot shows it. Write `show: {live: two, else: SHOW}` where it belongs"
    ]


def test_a_name_that_no_font_can_draw_is_said(home: Home) -> None:
    """With its file and line, what of it is missing, and what would mend that; names of one list are told once, and not all."""
    home.playlist("one", "slides:\n  - names: {file: names.txt}\n")
    home.playlist("two", "slides:\n  - names: {file: names.txt}\n  - names: {file: gone.txt}\n")
    (home.folder / "playlists" / "names.txt").write_text("Żółć\n\nAda \U0001fb00\n" + "\U0001fb01\n" * 25, "utf-8")
    home.problems(HEAD)
    configuration = load(home.file).configuration
    assert configuration

    said = list(remarks(configuration, NOW))

    begin = "names.txt:3: Ada \U0001fb00 is left out, for no font of this machine has \U0001fb00 (U+1FB00): "
    assert said[0] == f"{begin}take it out, or install a font that has it"
    assert len(said) == 21
    assert said[-1] == "names.txt: and 6 more names"


@pytest.mark.parametrize(("enabled", "count"), [("true", 1), ("false", 0)])
def test_a_sound_card_that_is_not_there_is_said(home: Home, monkeypatch: pytest.MonkeyPatch, enabled: str, count: int) -> None:
    """Where anything is to be heard at all, with those that there are."""
    asked: list[str] = []

    def absent(name: str) -> str:
        asked.append(name)
        return f'There is no sound device "{name}"; there are: USB.'

    monkeypatch.setattr(remarking, "absent", absent)
    said = list(remarks(home.clean(f"{HEAD}sound: {{enabled: {enabled}, device: HDMI}}\n"), NOW))
    assert said == ['sound.device: There is no sound device "HDMI"; there are: USB.'] * count
    assert asked == ["HDMI"] * count


def test_a_show_that_asks_for_sound_in_vain_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the site is silent; where the site leaves it to shows, a sound card is looked for as if it had said so."""
    monkeypatch.setattr(remarking, "absent", "no {}".format)
    home.playlist("two", "sound: true\nslides: [words]\n")
    said = list(remarks(home.clean(f"{HEAD}sound: {{enabled: false}}\n"), NOW))
    assert said == ["playlists/two.yaml sound: nothing of it is heard, for config.yaml has `sound: {enabled: false}`"]
    assert list(remarks(home.clean(HEAD), NOW)) == ["sound.device: no auto"]


def test_a_list_of_names_that_is_longer_than_its_slot_is_said(home: Home) -> None:
    """By the time that it is seen, the next time; where `over` asks for more than reading takes, that counts."""
    (home.folder / "names.txt").write_text("".join(f"Name {i}\n" for i in range(600)))
    home.playlist("words", "slides: [words]\n")
    for name, over in (("one", "slot"), ("slow", "40m")):
        home.playlist(name, f"slides:\n  - names: {{file: ../names.txt, over: {over}}}\n")
    configuration = home.clean(
        HEAD
        + "schedule:\n"
        + "  slots:\n"
        + "    - {id: short, show: one, day: 2027-01-27, at: 19:00 to 19:20}\n"
        + "    - {id: long, show: one, day: 2027-01-27, at: 20:00 to 20:30}\n"
        + "    - {id: covered, show: one, day: 2027-01-28, at: 20:00 to 20:30}\n"
        + "    - {id: cover, show: words, day: 2027-01-28, at: 20:10 to 20:20, priority: 9}\n"
        + "    - {id: slow, show: slow, start: '2027-01-27T09:00Z', length: 30m}\n"
    )
    assert list(remarks(configuration, NOW)) == [
        "schedule.slots.0 short: its names take 27 min, and it is on for 20: the last would not be read",
        "schedule.slots.2 covered: its names take 27 min, and it is on for 20: the last would not be read",
        "schedule.slots.4 slow: its names take 40 min, and it is on for 30: the last would not be read",
    ]
