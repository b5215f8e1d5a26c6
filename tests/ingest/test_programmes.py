"""Programmes are fetched as whatever a feed has, believed when they are what was announced, and nobody's show stops for them."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from itertools import pairwise

import pytest

from player.errors import NetworkError
from player.feed.body import TooLargeError
from player.feed.fetch import AnsweredError
from player.ingest.programmes import DEADLINE_S, LATE_SPREAD, MAX_PAUSE, SPREAD, due_at
from player.library import programmes
from player.library.programmes import State
from player.show.instep import measure
from player.show.programme import MAX_PROGRAMME, Programme, digest, on_the_grid, written
from player.units import MILLISECOND, SECOND
from tests.ingest.following import BEGINS, DOCUMENT, GROUP, SHOW, Follow, Follower, followers, items
from tests.library.shelf import Shelf

ONE = replace(DOCUMENT, items=items("a", "b"))


@pytest.fixture
def follow(shelf: Shelf) -> Generator[Follow]:
    """What makes a player of the group."""
    with followers(shelf) as made:
        yield made


def test_what_was_announced_is_fetched_and_stored(follow: Follow) -> None:
    """Once, with the size that was announced as the most that is read."""
    follower = follow()
    name = follower.announce(ONE)

    known = follower.fetch()

    assert known.state is State.HERE
    assert programmes.body(follower.library.connection, GROUP, name) == written(ONE)
    assert not follower.fetching.step()
    assert follower.origin.asked == [(f"https://x/programmes/{name}.json", len(written(ONE)), DEADLINE_S)]


def test_what_another_group_is_told_is_none_of_ours(follow: Follow) -> None:
    """Not even looked for."""
    follower = follow()
    follower.announce(replace(ONE, group="other"))

    assert not follower.fetching.step()
    assert follower.origin.asked == []


@pytest.mark.parametrize(
    ("document", "said", "expected"),
    [
        (b"{}", {}, "is not written as players write them"),
        (written(ONE).replace(b"programme/1", b"programme/2"), {}, "does not say"),
        (b"[" * 100_000, {}, "the programme"),
        (written(ONE).replace(b'"b"', b'"\\ud800"'), {}, "is none"),
        (ONE, {"size": MAX_PROGRAMME + 1_000_000}, "it has 25,000,000 bytes"),
        (ONE, {"version": "8"}, "it is version 7"),
        (ONE, {"group": GROUP, "activate_at": BEGINS + SECOND}, "it begins at another time"),
        (replace(ONE, group="other"), {"group": GROUP}, "of the group other"),
        (replace(ONE, epoch=3600 * SECOND), {"activate_at": BEGINS}, "epoch"),
        (replace(ONE, items=items("a", source="strangers")), {}, 'photos of "strangers"'),
        (written(ONE).replace(b'[["', b"[[" + b"[]," * 150_000 + b'"'), {}, "item 0 of the programme is none"),
    ],
)
def test_what_cannot_be_believed_is_refused_in_one_line(
    follow: Follow, shelf: Shelf, document: Programme | bytes, said: dict[str, object], expected: str
) -> None:
    """Whatever it is, and it is not asked for again; what is in force stays."""
    follower = follow()
    follower.announce(document, said)

    known = follower.fetch()

    assert (known.state, known.is_ready) == (State.REFUSED, False)
    assert expected in known.why
    assert "\n" not in known.why
    shelf.clock.advance(MAX_PAUSE)
    assert not follower.fetching.step()


def test_another_document_than_was_announced_is_asked_for_again(follow: Follow, shelf: Shelf) -> None:
    """Perhaps it is only what lies between that has an old one; nothing of it is looked into."""
    follower = follow()
    name = follower.announce(ONE, lies=False)
    follower.origin.bodies[follower.terms.address(name)] = written(replace(ONE, version="8"))

    known = follower.fetch()
    assert (known.state, known.why[:15]) == (State.ANNOUNCED, "not fetched yet")
    assert "sha256" in known.why

    follower.origin.bodies[follower.terms.address(name)] = written(ONE)
    shelf.clock.advance(MAX_PAUSE)
    assert (follower.fetch().state, follower.fetch().why) == (State.HERE, "")


@pytest.mark.parametrize(
    "fault", [NetworkError("no route"), TooLargeError("too large"), AnsweredError("answered 503", status=503, retry_after_s=5.0)]
)
def test_what_cannot_be_had_is_asked_for_again_and_again(follow: Follow, shelf: Shelf, fault: NetworkError) -> None:
    """After pauses that grow up to a quarter of an hour; whoever asks how it is hears why."""
    follower = follow()
    follower.announce(ONE)
    follower.commit(ONE)
    follower.origin.fault = fault
    times: list[int] = []
    while len(times) < 12:
        if follower.fetching.step():
            times.append(shelf.clock.monotonic())
        shelf.clock.advance(SECOND)
    pauses = [b - a for a, b in pairwise(times)]

    assert str(fault) in follower.all()[0].why
    assert pauses[0] < 21 * SECOND
    assert MAX_PAUSE // 2 <= pauses[-1] <= MAX_PAUSE + SECOND
    assert len(set(pauses)) > 6

    follower.origin.fault = None
    shelf.clock.advance(MAX_PAUSE)
    assert follower.fetch().state is State.HERE


def test_a_server_that_asks_for_patience_has_it(follow: Follow, shelf: Shelf) -> None:
    """As long as it says, within reason."""
    follower = follow()
    follower.announce(ONE)
    follower.origin.fault = AnsweredError("answered 429", status=429, retry_after_s=120.0)
    follower.fetching.step()
    follower.origin.fault = None

    shelf.clock.advance(119 * SECOND)
    assert not follower.fetching.step()
    shelf.clock.advance(SECOND)
    assert follower.fetching.step()


def test_players_ask_one_after_another(follow: Follow, shelf: Shelf) -> None:
    """Spread over five minutes, or over a third of the time that there is; from a folder of its own each at once."""
    follower = follow(is_near=False)
    follower.announce(ONE)
    (known,) = programmes.to_fetch(shelf.library.connection)
    waits = [due_at(known, replace(follower.terms, player=f"p-{n}")) - known.said_at for n in range(2000)]
    short = replace(known, activate_at=known.said_at + 300 * SECOND)
    late = replace(known, activate_at=known.said_at - SECOND)

    assert 0 <= min(waits) < 2 * SECOND
    assert SPREAD - 2 * SECOND < max(waits) < SPREAD
    assert max(due_at(short, replace(follower.terms, player=f"p-{n}")) - known.said_at for n in range(99)) < 100 * SECOND
    assert max(due_at(late, replace(follower.terms, player=f"p-{n}")) - known.said_at for n in range(99)) < LATE_SPREAD
    assert due_at(known, replace(follower.terms, is_near=True)) == known.said_at


def test_nobody_waits_for_a_clock_that_was_set_back(follow: Follow, shelf: Shelf) -> None:
    """An announcement of tomorrow is of now."""
    follower = follow(is_near=False)
    follower.announce(ONE)
    shelf.clock.step(-86_400 * SECOND)

    assert follower.fetching.step()


def test_what_was_refused_is_looked_into_once_more_after_a_change(follow: Follow) -> None:
    """Its feed may have been written into config.yaml since."""
    follower = follow(sources=frozenset({"other"}))
    follower.announce(ONE)
    assert follower.fetch().state is State.REFUSED

    follower.terms = replace(follower.terms, sources=frozenset({"wall", "other"}))
    follower.start()

    assert follower.fetch().state is State.HERE


def running(follower: Follower) -> None:
    """Have the first version be here and in force, on a screen that shows it."""
    follower.announce(ONE)
    follower.commit(ONE)
    follower.fetching.step()
    follower.say({"wall": ONE.recipe})


@pytest.mark.parametrize("off", [0, SECOND, -MILLISECOND])
def test_the_next_version_begins_where_a_slide_does(follow: Follow, caplog: pytest.LogCaptureFixture, off: int) -> None:
    """One that would cut a slide of the version before short is told in the log, and taken: the others show it as well."""
    follower = follow()
    running(follower)
    begins = on_the_grid(BEGINS + 3600 * SECOND, BEGINS, measure(SHOW.steps)) + off
    follower.announce(replace(ONE, version="8", epoch=begins))

    follower.fetching.step()

    found = {known.version: known for known in follower.all()}
    assert found["8"].state is State.HERE
    assert ("amid a slide" in caplog.text) == (off != 0)


def test_who_was_away_for_one_version_takes_the_next(follow: Follow) -> None:
    """Its last one is older than that of the others, and has another grid: it is in step again."""
    follower = follow()
    running(follower)
    borders_of_eight = on_the_grid(BEGINS + 3600 * SECOND, BEGINS, measure(SHOW.steps)) + SECOND
    nine = replace(ONE, version="9", epoch=borders_of_eight)
    follower.announce(nine)
    follower.commit(nine)

    follower.fetching.step()

    on = programmes.in_force(follower.library.connection, GROUP, nine.epoch)
    assert on
    assert on.version == "9"


def test_a_running_version_that_nobody_can_read_refuses_no_other(follow: Follow, shelf: Shelf) -> None:
    """An earlier version of the player took it: the next one counts all the same."""
    follower = follow()
    running(follower)
    name = digest(written(ONE))
    programmes.took(shelf.library.connection, GROUP, name, b"{}")
    follower.announce(replace(ONE, version="8", epoch=BEGINS + 3600 * SECOND))

    follower.fetching.step()

    assert {known.version: known.state for known in follower.all()}["8"] is State.HERE


def test_whoever_shows_something_else_anyway_does_not_judge_when_slides_begin(follow: Follow) -> None:
    """Its playlist has other times than the one that the running version was made for."""
    follower = follow()
    running(follower)
    follower.say({"wall": "0" * 64})
    follower.announce(replace(ONE, version="8", epoch=BEGINS + 3601 * SECOND))

    follower.fetching.step()

    assert [known.state for known in follower.all()] == [State.HERE, State.HERE]


def test_a_version_that_is_over_is_dropped(follow: Follow, shelf: Shelf) -> None:
    """Some time after the next one has begun; its document names people."""
    follower = follow()
    running(follower)
    following = replace(ONE, version="8", epoch=on_the_grid(BEGINS + 3600 * SECOND, BEGINS, measure(SHOW.steps)))
    follower.announce(following)
    follower.commit(following)
    follower.fetching.step()
    shelf.clock.advance(2 * 3600 * SECOND)
    follower.fetching.step()

    assert [known.version for known in follower.all()] == ["8"]
    assert programmes.body(follower.library.connection, GROUP, digest(written(ONE))) is None
