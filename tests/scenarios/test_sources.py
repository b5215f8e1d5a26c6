"""Feeds come, go, fall silent, halt and return; the wall follows, and is never empty."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Final

import pytest

from player.library import journal, sources
from player.show.playlist import MosaicStep, PhotoStep, WordsStep
from player.units import SECOND, Nanos
from tests.fakes.publisher import Fault, Publisher
from tests.fakes.showing import EVERYTHING, FRAME, HOUR, PHOTOS_ALONE, Showing, show_of

MINUTE: Final[Nanos] = 60 * SECOND
LEASE: Final[Nanos] = 15 * MINUTE


def with_core(show: Showing, *names: str) -> None:
    """Give the site a core set."""
    show.publishers["core"] = Publisher(base="https://core.example")
    show.declare()
    show.publish(*names, source="core")


def test_everything_is_fair(tmp_path: Path) -> None:
    """Through half an hour of photos, pairs, mosaics, words and facts everybody is shown as often as everybody else."""
    with Showing(tmp_path, kinds=EVERYTHING) as show:
        show.publish(*(f"{'p' if n % 3 else 'l'}{n}" for n in range(23)))
        show.play(HOUR // 2, stride=SECOND)
        counts = show.shown().values()
        assert max(counts) - min(counts) <= 1
        assert min(counts) > 10
        assert show.most_prepared <= 4  # present, leaving, next, and the plate


def test_no_photos_at_all_is_a_show_of_words(tmp_path: Path) -> None:
    """With an empty feed the playlist's photos are words; the picture changes, and every language has its turn."""
    with Showing(tmp_path) as show:
        show.poll()
        show.play(3 * MINUTE)
        assert len(show.slides) > 10
        assert not show.seen


def test_one_photo_alternates_with_words(tmp_path: Path) -> None:
    """A single photo is not stuck on the wall for ever: words come between its showings."""
    with Showing(tmp_path) as show:
        show.publish("alone")
        show.play(3 * MINUTE)
        assert show.seen["alone"] >= 8
        assert all(one != other for one, other in zip(show.slides, show.slides[1:], strict=False) if one or other)


def test_two_portraits_in_pairs_stay_together(tmp_path: Path) -> None:
    """Where there are two and pairs are wanted, both stand there all the time, and a newcomer comes at once."""
    with Showing(tmp_path, kinds=(PhotoStep(pairs=True),)) as show:
        show.publish("p1", "p2")
        show.play(MINUTE)
        assert show.up == {"p1", "p2"}
        show.publish("p3")
        show.play_until(lambda: "p3" in show.up, within=20 * SECOND)


def test_news_comes_within_two_slides(tmp_path: Path) -> None:
    """A photo that is approved while the show is on comes after the slide that is ready, before all others."""
    with Showing(tmp_path) as show:
        show.publish(*(f"old {n}" for n in range(20)))
        show.play(3 * MINUTE)
        show.publish("news")
        begun = len(show.slides)
        show.play_until(lambda: "news" in show.top, within=MINUTE)
        assert len(show.slides) - begun <= 2


def test_a_crowd_of_news_leaves_every_other_slide_to_the_others(tmp_path: Path) -> None:
    """Ten newcomers at once are shown in the order they came, and between any two of them comes somebody else."""
    with Showing(tmp_path) as show:
        show.publish(*(f"old {n}" for n in range(5)))
        show.play(MINUTE)
        begun = len(show.slides)
        for n in range(10):
            show.publish(f"new {n}")
            show.play(SECOND)
        show.show_slides(24)
        names = [next(iter(slide)) for slide in show.slides[begun:] if slide]
        debuts = [name for n, name in enumerate(names) if name.startswith("new") and name not in names[:n]]
        assert debuts == sorted(debuts)
        assert len(debuts) >= 9
        firsts = [name.startswith("new") and name not in names[:n] for n, name in enumerate(names)]
        assert not any(one and other for one, other in itertools.pairwise(firsts))
        assert show.spread() <= 1


def test_a_silent_feed_ends_with_its_lease_and_returns_with_its_word(tmp_path: Path) -> None:
    """For the length of the lease photos stay; then there are words; when the feed answers again, the photos are back."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(MINUTE)
        show.publisher.misbehave(Fault.UNAUTHORISED)
        show.play(LEASE - 2 * MINUTE, stride=SECOND)
        assert show.up
        show.play(3 * MINUTE)
        assert not show.up | show.held
        show.play(MINUTE)
        assert not show.up
        show.publisher.misbehave(None)
        show.play_until(lambda: bool(show.up), within=MINUTE)
        show.play(5 * MINUTE)
        assert show.spread() <= 1


def test_without_live_photos_the_core_set_is_shown(tmp_path: Path) -> None:
    """Lease over: the core set; feed back: live photos again, and nobody has to catch anything up."""
    with Showing(tmp_path) as show:
        with_core(show, "core 1", "core 2", "core 3")
        show.publish("a", "b", "c")
        show.play(2 * MINUTE)
        assert not any(name.startswith("core") for name in show.seen)
        show.is_online = False
        show.play(LEASE + MINUTE, stride=SECOND)
        show.seen.clear()
        show.play(5 * MINUTE, stride=SECOND)
        assert set(show.seen) == {"core 1", "core 2", "core 3"}
        assert show.spread("core") <= 1
        show.is_online = True
        show.play(MINUTE)
        show.seen.clear()
        show.play(2 * MINUTE)
        assert set(show.seen) == {"a", "b", "c"}
        assert show.spread("wall") <= 1


def test_a_withdrawn_core_photo_is_gone_too(tmp_path: Path) -> None:
    """The core set has no lease, but withdrawals apply."""
    with Showing(tmp_path) as show:
        with_core(show, "core 1", "core 2", "core 3")
        show.play(MINUTE)
        name = next(iter(show.up or show.ready))
        show.withdraw(name, "core")
        show.frame(FRAME)
        assert name not in show.up | show.held


@pytest.mark.parametrize("has_core", [False, True])
def test_a_halt_shows_the_plate_and_purges_nothing(tmp_path: Path, *, has_core: bool) -> None:
    """Halted: the plate at the next frame, and nothing else until the publisher lifts it; then everybody is still there."""
    with Showing(tmp_path) as show:
        if has_core:
            with_core(show, "core 1", "core 2")
        show.publish("a", "b", "c")
        show.play(MINUTE)
        show.publisher.halt = True
        show.publisher.withdraw("nobody")
        show.poll()
        show.frame(FRAME)
        assert not {"a", "b", "c"} & (show.up | show.held)
        show.play_until(lambda: show.is_plate, within=10 * SECOND)
        for _ in range(60):
            show.play(SECOND)
            assert not show.up
            assert not show.is_fading
        files = len(list((show.folder / "pictures").glob("??/*.jpg")))
        assert files == (10 if has_core else 6)
        show.publisher.halt = False
        show.publisher.withdraw("nobody else")
        show.play_until(lambda: bool(show.up), within=MINUTE)
        assert show.up <= {"a", "b", "c"}


def test_a_feed_that_is_suddenly_empty_is_a_halt(tmp_path: Path) -> None:
    """A complete snapshot with nothing in it withdraws nobody: the plate is shown, and the photos come back."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(MINUTE)
        items, show.publisher.items = show.publisher.items, {}
        show.publisher.withdraw("nobody")
        show.poll()
        show.frame(FRAME)
        assert not show.up
        show.publisher.items = items
        show.publisher.withdraw("nobody else")
        show.play_until(lambda: show.up <= {"a", "b", "c"} and bool(show.up), within=MINUTE)


def test_two_feeds_share_the_wall_whatever_one_of_them_does(tmp_path: Path) -> None:
    """One of two feeds falls silent until its lease is over, and returns: meanwhile the other is shown, then both, evenly."""
    with Showing(tmp_path) as show:
        show.second("school")
        show.publish("a", "b", "c")
        show.publish("s1", "s2", "s3", source="school")
        show.play(5 * MINUTE)
        assert show.spread() <= 1
        show.publishers["school"].misbehave(Fault.BROKEN)
        show.play(LEASE + 5 * MINUTE, stride=2 * SECOND)
        show.publishers["school"].misbehave(None)
        show.play(MINUTE)
        show.seen.clear()
        show.play(10 * MINUTE, stride=SECOND)
        assert max(show.seen.values()) - min(show.seen.values()) <= 2
        assert show.spread() <= 1


def test_a_photo_whose_own_end_passes_leaves_then(tmp_path: Path) -> None:
    """A photo approved until an instant is gone a second after it, whoever else stays."""
    with Showing(tmp_path) as show:
        show.publisher.add("until", b"until", valid_until="2027-01-20T09:01:00Z")
        show.publish("a", "b")
        show.play(MINUTE + 2 * SECOND)
        assert "until" not in show.up | show.held
        show.seen.clear()
        show.expire()
        show.play(3 * MINUTE)
        assert set(show.seen) == {"a", "b"}


def test_a_photo_that_leaves_its_feed_and_comes_back_catches_nothing_up(tmp_path: Path) -> None:
    """Absent from a complete snapshot a photo is hidden; listed again it takes turns as a newcomer would."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(2 * MINUTE)
        show.publisher.remove("b")
        show.poll()
        show.frame(FRAME)
        assert "b" not in show.up | show.held
        show.play(5 * MINUTE, stride=SECOND)
        show.publish("b")
        show.play(MINUTE)
        show.seen.clear()
        show.play(5 * MINUTE)
        assert max(show.seen.values()) - min(show.seen.values()) <= 2
        assert show.spread() <= 1


def test_few_photos_are_shown_alone_too_between_their_mosaics(tmp_path: Path) -> None:
    """After a mosaic of everybody there is, a photo alone still follows when the playlist has one."""
    with Showing(tmp_path, show=show_of((MosaicStep(columns=4, rows=2), PhotoStep(), WordsStep()), hold=15)) as show:
        show.publish(*(f"l{n}" for n in range(6)))
        show.play(5 * MINUTE)
        sizes = "".join(str(len(slide)) for slide in show.slides)
        assert "610610610" in sizes


def test_photos_alone_are_fair_through_all_arrivals(tmp_path: Path) -> None:
    """New photos every few minutes for an hour: counts of those who were there from the start stay within one."""
    with Showing(tmp_path, kinds=PHOTOS_ALONE) as show:
        show.publish(*(f"old {n}" for n in range(7)))
        for n in range(15):
            show.publish(f"new {n}")
            show.play(4 * MINUTE, stride=3 * SECOND)
            assert show.spread() <= 1
        old = [count for name, count in show.shown().items() if name.startswith("old")]
        assert max(old) - min(old) <= 1
        assert min(show.shown().values()) >= 1


def test_each_step_down_and_up_the_ladder_is_told_once(tmp_path: Path) -> None:
    """Live, stale while its source does not answer, the plate when its lease is over, and live again: a line each."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(120 * SECOND)
        show.is_online = False
        sources.note_problem(show.ingest.connection, "wall", "does not answer")
        show.play(120 * SECOND)
        show.play(900 * SECOND)
        show.is_online = True
        show.play(120 * SECOND)
        show.writer.step()
        told = [line.what["rung"] for line in journal.lines(show.ingest.orders.connection, kind="rung")]
        assert told == ["live", "stale", "plate", "live"]
