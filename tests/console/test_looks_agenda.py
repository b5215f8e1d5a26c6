"""The agenda to scale, and whether everyone is seen."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from player.console.looks import agenda, asking, capacity
from player.console.looks.capacity import Outlook
from player.errors import OperatorError
from player.library.library import Library, open_library
from player.settings import Configuration, with_data
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.console import Console
from tests.fakes.home import CLEAN, Home
from tests.library.shelf import Shelf

SCHEDULE = """
site: {zone: Europe/Warsaw}
schedule:
  slots:
    - {id: evening, at: 19:00 to 23:00, show: one}
    - {id: late, at: 22:00 to 02:00, show: one, priority: 20}
  quiet:
    - {id: night, when: {at: 02:00 to 06:00}, do: dark}
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """One with two slots that overlap, and dark nights, in Warsaw."""
    return with_data(Home(tmp_path).clean(CLEAN + SCHEDULE), str(tmp_path / "data"))


def test_days_are_drawn_to_scale_without_gap_or_overlap(configuration: Configuration) -> None:
    """Each day's stretches follow each other from its beginning to its end, and say why they win."""
    days = agenda.days(configuration.rules, OPENING)

    assert len(days) == agenda.DAYS
    assert [day.now is not None for day in days] == [True, *[False] * 7]
    for day in days:
        assert sum(part.share for part in day.stretches) == pytest.approx(1.0)
        assert day.stretches[0].offset == 0.0
        for one, other in zip(day.stretches, day.stretches[1:], strict=False):
            assert one.end == other.start
            assert one.offset + one.share == pytest.approx(other.offset)
    today = days[0]
    assert sum(part.is_now for part in today.stretches) == 1
    assert any(part.slot == "late" and "evening" in part.hides for part in today.stretches)
    assert any(part.is_dark and part.quiet == "night" for part in today.stretches)
    assert all(part.why for part in today.stretches)


def test_a_day_with_an_hour_more_is_a_whole_day(configuration: Configuration) -> None:
    """On the day that summer time ends, 25 hours fill the same width."""
    (day,) = agenda.days(configuration.rules, OPENING, first=date(2027, 10, 31), count=1)

    assert day.end - day.start == 25 * 3600 * SECOND
    assert sum(part.share for part in day.stretches) == pytest.approx(1.0)


def test_another_instant_may_be_asked_for(configuration: Configuration) -> None:
    """What would be on at seven in the evening of some day."""
    instant = round(datetime(2027, 1, 27, 18, 30, tzinfo=UTC).timestamp()) * SECOND

    found = agenda.at(configuration.rules, instant, OPENING)

    assert (found.slot, found.start, found.is_now) == ("evening", instant, False)
    assert agenda.at(configuration.rules, OPENING, OPENING).is_now


@pytest.mark.parametrize("first", [date(1, 1, 1), date(9999, 12, 30)])
def test_days_beyond_the_calendar_are_refused_in_words(configuration: Configuration, first: date) -> None:
    """Whoever asks for the year 1 or 9999 is told, and nothing breaks."""
    with pytest.raises(OperatorError):
        agenda.days(configuration.rules, OPENING, first=first)


def test_so_are_instants(configuration: Configuration) -> None:
    """An instant beyond all years that there are is refused; the first one of all has an answer."""
    assert agenda.at(configuration.rules, 0, OPENING).show == "one"
    with pytest.raises(OperatorError, match="no such instant"):
        agenda.at(configuration.rules, 2**70, OPENING)


def test_capacity_is_a_sentence_with_its_instant(configuration: Configuration, tmp_path: Path) -> None:
    """Three photos are seen within minutes, a million are not, and nobody is nobody."""
    with closing(open_library(tmp_path / "data", writer="a test")) as library:
        assert capacity.look(configuration, library, OPENING).sentence.key == "capacity.nobody"
    shelf = Shelf(tmp_path / "data", "wall")
    shelf.show("wall", ("a", b"a"), ("b", b"b"), ("c", b"c"))

    few = capacity.look(configuration, shelf.library, OPENING)
    many = capacity.look(configuration, shelf.library, OPENING, photos=1_000_000)

    assert (few.photos, few.sentence.key, few.sentence.fields) == (3, "capacity.everyone_by", {"by": few.everyone_at})
    assert many.sentence.key == "capacity.unseen"
    assert many.sentence.fields["count"] == many.unseen > 0
    shelf.close()


def test_an_outlook_is_kept_for_what_was_configured_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same configuration read anew finds what was found; another one never does, wherever in memory it comes to lie."""
    looked: list[str] = []
    real = capacity.look

    def look(configuration: Configuration, library: Library, at: Nanos, *, photos: int | None = None) -> Outlook:
        looked.append(configuration.settings.site.zone)
        return real(configuration, library, at, photos=photos)

    monkeypatch.setattr(capacity, "look", look)
    with Console(tmp_path) as console:
        console.run(asking.outlook(console.desk))
        console.configuration = console.configuration.model_copy(deep=True)
        console.run(asking.outlook(console.desk))
        assert len(looked) == 1

        console.configuration = with_data(console.home.clean(CLEAN + SCHEDULE), str(console.data))
        console.run(asking.outlook(console.desk))
        assert looked[1:] == ["Europe/Warsaw"]
