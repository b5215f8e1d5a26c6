"""Asking one source: when again, what for, and what is taken for an answer."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.errors import FeedError, NetworkError, WeRememberError
from player.feed.fetch import AnsweredError, Response
from player.feed.item import Polled, Snapshot, Validators
from player.feed.jsonfeed import parse
from player.ingest.asking import Answer, Before, SourceConfig
from player.ingest.configured import CORE_EVERY_S, sources_of
from player.ingest.polling import MAX_PAUSE_S, Asker, lost_device, pause_after, validators_from
from player.sections import Core, Feed
from player.settings import Settings
from player.units import SECOND, nanos
from tests.fakes.clock import FakeClock
from tests.fakes.publisher import Fault, Publisher
from tests.library.shelf import MODERATE

EVERY = st.floats(1, 86_400)
SEEDS = st.integers(0, 2**32)


def source(every_s: float = 60.0, kind: str = "jsonfeed", url: str = "https://publisher.example/feed.json") -> SourceConfig:
    """A source."""
    return SourceConfig("wall", kind, url, every_s, MODERATE)


def asked(asker: Asker, validators: Mapping[str, Validators] | None = None) -> Answer:
    """Ask once: a source that is not signed answers once."""
    (answer,) = asker.ask(Before(validators=validators or {}))
    assert answer.is_last
    return answer


@given(EVERY, SEEDS)
def test_a_healthy_source_is_asked_within_its_interval(every_s: float, seed: int) -> None:
    """Never later than its interval, never much sooner, and spread."""
    pause = pause_after(source(every_s), None, 0, chance=random.Random(seed))
    assert nanos(every_s * 0.8) <= pause <= nanos(every_s)


@given(EVERY, SEEDS, st.integers(1, 10_000))
def test_a_failing_source_is_never_left_for_more_than_a_quarter_of_an_hour(every_s: float, seed: int, failures: int) -> None:
    """Nor hammered: a pause is at least five seconds, or the interval where that is shorter."""
    pause = pause_after(source(every_s), NetworkError("x"), failures, chance=random.Random(seed))
    assert nanos(min(every_s, 5.0)) <= pause <= nanos(MAX_PAUSE_S)


def test_pauses_grow_with_the_failures_up_to_a_quarter_of_an_hour() -> None:
    """The longest that chance allows doubles each time."""

    class Latest(random.Random):
        def uniform(self, a: float, b: float) -> float:
            return max(a, b)

    pauses = [pause_after(source(30), NetworkError("x"), n, chance=Latest()) // SECOND for n in range(1, 8)]
    assert pauses == [60, 120, 240, 480, 900, 900, 900]


@given(SEEDS, st.floats(0.1, 1e9), st.integers(1, 20))
def test_retry_after_is_obeyed(seed: int, asked: float, failures: int) -> None:
    """As long as the server asks for, up to a day; sooner never."""
    error = AnsweredError("x", status=429, retry_after_s=asked)
    pause = pause_after(source(), error, failures, chance=random.Random(seed))
    assert pause >= nanos(min(asked, 86_400.0))
    assert pause <= nanos(max(MAX_PAUSE_S, min(asked, 86_400.0)))


def test_what_was_confirmed_is_asked_for_by_its_validators() -> None:
    """A poll that found nothing new says so."""
    publisher = Publisher()
    publisher.add("a", b"A")
    asker = Asker(source(url=publisher.url), parse, publisher, FakeClock())
    first = asked(asker).polled
    assert first is not None
    assert first.snapshot is not None
    again = asked(asker, first.validators).polled
    assert again is not None
    assert again.snapshot is None


FAULTS = {
    Fault.HTML: FeedError,
    Fault.UNAUTHORISED: NetworkError,
    Fault.TOO_MANY: NetworkError,
    Fault.BROKEN: NetworkError,
    Fault.OFFLINE: NetworkError,
    Fault.BOMB: NetworkError,
}


@pytest.mark.parametrize(("fault", "kind"), FAULTS.items())
def test_every_fault_is_part_of_the_answer(fault: Fault, kind: type[WeRememberError]) -> None:
    """Asking never raises; an error confirms nothing and withdraws nothing."""
    publisher = Publisher()
    publisher.add("a", b"A")
    publisher.misbehave(fault)
    answer = asked(Asker(source(url=publisher.url), parse, publisher, FakeClock()))
    assert isinstance(answer.error, kind)
    assert answer.polled is None
    assert answer.withdrawn == ()


def test_what_a_broken_walk_withdrew_is_handed_on() -> None:
    """The first page's withdrawals count though the second could not be had."""
    publisher = Publisher(page_size=1)
    for name in "abc":
        publisher.add(name, name.encode())
    publisher.withdraw("c")
    publisher.misbehave(Fault.BROKEN, "/feed-1.json")
    answer = asked(Asker(source(url=publisher.url), parse, publisher, FakeClock()))
    assert [gone.item for gone in answer.withdrawn] == ["c"]
    assert isinstance(answer.error, AnsweredError)
    assert answer.error.retry_after_s == 30.0


class Unforeseen:
    """A fetcher with a fault of its own."""

    def get(self, url: str, **_: object) -> Response:
        """As a Fetcher."""
        raise RecursionError(url)


def test_an_error_that_nobody_foresaw_is_an_answer_too() -> None:
    """One hostile feed must not deafen the rest."""
    answer = asked(Asker(source(), parse, Unforeseen(), FakeClock()))
    assert isinstance(answer.error, FeedError)
    assert "RecursionError" in str(answer.error)


def test_a_folder_is_scanned(tmp_path: Path) -> None:
    """What was left alone counts; what is being copied is waited for; what it remembers makes the next scan cheap."""
    clock = FakeClock()
    (tmp_path / "a.jpg").write_bytes(b"A")
    (tmp_path / "b.jpg").write_bytes(b"B")
    os.utime(tmp_path / "a.jpg", ns=(1, 1))
    os.utime(tmp_path / "b.jpg", ns=(clock.wall(), clock.wall()))
    asker = Asker(source(kind="folder", url=str(tmp_path)), None, Unforeseen(), clock)
    answer = asked(asker)
    assert answer.waiting == 1
    assert answer.device == tmp_path.stat().st_dev
    assert _names(answer) == ["a.jpg"]
    clock.advance(2 * SECOND)
    assert _names(asked(asker)) == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize("is_there", [True, False])
def test_a_folder_that_is_missing_or_empty_is_an_error(tmp_path: Path, *, is_there: bool) -> None:
    """It confirms nothing and withdraws nothing."""
    folder = tmp_path / "photos"
    if is_there:
        folder.mkdir()
    answer = asked(Asker(source(kind="folder", url=str(folder)), None, Unforeseen(), FakeClock()))
    assert isinstance(answer.error, NetworkError)


def test_a_folder_on_another_disk_is_no_answer() -> None:
    """What is not mounted looks empty: it says what to do instead."""
    answer = Answer(source(), Polled(Snapshot(items=())), device=2)
    assert lost_device(answer, None) is None
    assert lost_device(answer, 2) is None
    assert "another disk" in str(lost_device(answer, 1))
    assert lost_device(Answer(source()), 1) is None


def test_sources_are_the_feeds_and_the_core_set() -> None:
    """Each with the policy that the operator wrote."""
    feed = Feed(kind="jsonfeed", url="https://a.example/", trust="moderated", every=5, lease=60, min_approvals=2)
    found = sources_of(Settings(feeds={"wall": feed}, core=Core(url="/core")))
    assert [(each.name, each.kind, each.url, each.every_s) for each in found] == [
        ("wall", "jsonfeed", "https://a.example/", 5),
        ("core", "folder", "/core", CORE_EVERY_S),
    ]
    assert (found[0].policy.min_approvals, found[0].policy.lease_s, found[0].policy.is_core) == (2, 60, False)
    assert found[1].policy.is_core


def test_validators_are_read_as_they_were_written() -> None:
    """By page."""
    assert validators_from('{"u": ["e", null]}') == {"u": Validators("e", None)}
    assert validators_from("{}") == {}


def _names(answer: Answer) -> list[str]:
    assert answer.polled is not None
    assert answer.polled.snapshot is not None
    return [item.id for item in answer.polled.snapshot.items]
