"""Agenda: days to scale, why each show wins, and what would be on at another time."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import pytest

from player.console.pages.agenda import often
from player.console.people.roles import Role
from tests.fakes.console import Console

TEXT = """
site: {zone: UTC}
feeds: {}
show: one
schedule:
  slots:
    - {id: morning, show: one, at: 06:00 to 12:00, priority: 10, title: "A <b>morning</b>"}
    - {id: noon, show: one, at: 09:00 to 18:00, priority: 5}
  quiet:
    - {when: {at: 18:00 to 24:00}, do: dark}
"""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """A console with a schedule, on 20 January 2027 at nine."""
    with Console(tmp_path_factory.mktemp("console"), text=TEXT) as console:
        yield console


def first_day(text: str) -> list[tuple[float, float]]:
    """Return where each block of the first day begins and how wide it is."""
    found = re.findall(r'<svg x="([\d.]+)%" width="([\d.]+)%"', text.partition("</section>")[0])
    return [(float(x), float(width)) for x, width in found]


def test_a_day_is_drawn_to_scale(console: Console) -> None:
    """Six hours are a quarter; where people read from the right, it runs from there."""
    browser = console.browser(Role.VIEWER)

    english = first_day(browser.get("/agenda").text)
    hebrew = first_day(browser.get("/agenda", **{"accept-language": "he"}).text)

    assert english == [(0, 25), (25, 12.5), (37.5, 12.5), (50, 25), (75, 25)]
    assert hebrew == [(75, 25), (62.5, 12.5), (50, 12.5), (25, 25), (0, 25)]


def test_it_says_why_each_show_wins(console: Console) -> None:
    """And so what it comes before, once; titles are text; the night is dark in words."""
    text = console.browser(Role.VIEWER).get("/agenda").text

    assert "A &lt;b&gt;morning&lt;/b&gt;" in text
    assert "priority 10 over noon (5)" in text
    assert "Comes before:" not in text
    assert "· dark" in text
    assert "Wednesday, 20 January" in text
    assert "All times are those of UTC." in text


def test_another_time_is_answered(console: Console) -> None:
    """What would be on, until when and why; the form keeps the time."""
    text = console.browser(Role.VIEWER).get("/agenda?at=2027-01-21T13:30").text

    assert "On 2027-01-21 13:30" in text
    assert "until Thursday, 21 January, 18:00" in text
    assert 'value="2027-01-21T13:30"' in text


@pytest.mark.parametrize("at", ["1066-10-14T09:00", "9999-12-31T23:59"])
def test_a_time_beyond_the_agenda_is_said(console: Console, at: str) -> None:
    """The rest of the page is there."""
    answer = console.browser(Role.VIEWER).get(f"/agenda?at={at}")

    assert answer.status_code == 200
    assert "There is no such time in the agenda." in answer.text


@pytest.mark.parametrize("query", ["days=0", "days=1000", "first=soon", "at=noon", "at=2027-01-21T13:30:00Z"])
def test_what_is_no_day_is_refused(console: Console, query: str) -> None:
    """Whatever stands in the address."""
    assert console.browser(Role.VIEWER).get(f"/agenda?{query}").status_code == 422


@pytest.mark.parametrize("first", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_no_fault(console: Console, first: str) -> None:
    """Whoever goes there is told, and no page fails."""
    assert console.browser(Role.VIEWER).get(f"/agenda?first={first}").status_code in {200, 409}


def test_other_days_can_be_looked_at(console: Console) -> None:
    """So many further on, and back, and to today."""
    text = console.browser(Role.VIEWER).get("/agenda?first=2027-02-01&days=3").text

    assert "Monday, 1 February" in text
    for address in ("first=2027-01-29&amp;days=3", "first=2027-02-04&amp;days=3", 'href="/agenda"'):
        assert address in text


@pytest.mark.parametrize(("times", "said"), [(150.68, "151"), (9.96, "10.0"), (1.25, "1.2"), (0.0, "0.0")])
def test_an_average_is_rounded(times: float, said: str) -> None:
    """To the tenth where it is small; nobody needs hundredths of a showing."""
    assert often(times) == said


def test_without_photos_it_says_so(console: Console) -> None:
    """Where a sentence would stand by when everyone has been seen."""
    assert "There are no photos yet." in console.browser(Role.VIEWER).get("/agenda").text


def test_without_a_library_the_agenda_is_there(tmp_path: Path) -> None:
    """Nobody can say who is seen; what is on when, everybody can."""
    with Console(tmp_path, text=TEXT, has_library=False) as console:
        text = console.browser(Role.VIEWER).get("/agenda").text

    assert "Nobody can say now whether everyone is seen." in text
    assert "Wednesday, 20 January" in text
