"""Who is shown next: fair under whatever happens, through the real ranks and the real chooser."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from player.library.photo import Pick, Ranked, Ranking
from player.show.rotation import Fair, after, level
from tests.fakes.turns import KINDS, SOURCES, Absent, Arrive, Event, Play, Toggle, Withdraw, World

arrivals = st.builds(Arrive, st.sampled_from(SOURCES), st.booleans(), st.booleans())
plays = st.builds(
    Play,
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(("shown", "shown", "shown", "shown, but written later", "declined", "lost by a restart")),
)
others = st.one_of(
    st.builds(Withdraw, st.integers(0, 99)),
    st.builds(Absent, st.integers(0, 99)),
    st.builds(Toggle, st.sampled_from(SOURCES)),
)
histories = st.tuples(
    st.lists(arrivals, max_size=8), st.lists(st.one_of(arrivals, plays, plays, plays, plays, others), min_size=5, max_size=60)
)


@settings(max_examples=150, deadline=None)
@given(histories)
def test_turns_are_fair_whatever_happens(history: tuple[list[Arrive], list[Event]]) -> None:
    """Through arrivals, withdrawals, absences, silent sources, refused slides, late writing and restarts, every rule holds."""
    first, then = history
    world = World()
    for event in (*first, *then):
        world.happen(event)
    world.library.close()


@settings(max_examples=30, deadline=None)
@given(histories, st.sampled_from(sorted(KINDS)))
def test_everyone_is_shown(history: tuple[list[Arrive], list[Event]], kind: str) -> None:
    """Whatever happened before: after twice as many slides as there are photos, everybody who is there has been shown."""
    first, then = history
    world = World()
    for event in (*first, *then):
        world.happen(event)
    for source in SOURCES:
        if world.is_silent(source):
            world.toggle(source)
    for _ in range(2 * len(world.members) + 2):
        world.happen(Play(kind, "shown"))
    few = 4 if kind == "mosaic" else 1
    if len(world.members) >= few:
        assert all(member.turn is not None for member in world.members.values())
    world.library.close()


def test_a_source_that_was_away_has_nothing_to_catch_up() -> None:
    """After ten rounds without one of two sources, the returned one has one turn to catch up and not ten."""
    world = World()
    for source in SOURCES:
        for _ in range(3):
            world.happen(Arrive(source, is_portrait=False, is_news=False))
    for _ in range(6):
        world.happen(Play("photo", "shown"))
    world.happen(Toggle("south"))
    for _ in range(30):
        world.happen(Play("photo", "shown"))
    world.happen(Toggle("south"))
    shown: list[str] = []
    for _ in range(12):
        world.happen(Play("photo", "shown"))
        shown += [world.members[key].source for key in world.before]
    assert shown.count("south") <= shown.count("north") + 3
    world.library.close()


def test_a_photo_planned_twice_stands_where_the_later_showing_puts_it() -> None:
    """While nothing can be written, the queues hold everybody once, with the turn of their last showing."""
    pool = tuple(Ranked(key, "wall", 1, key, is_portrait=False) for key in (1, 2))
    planned = (Pick(1, "wall", 2, is_debut=False), Pick(2, "wall", 2, is_debut=False), Pick(1, "wall", 3, is_debut=False))
    ahead = after(Ranking(pool=pool), planned)
    assert [(r.key, r.turn) for r in ahead.pool] == [(2, 2), (1, 3)]


def test_who_was_away_is_lifted_to_one_below_the_highest() -> None:
    """Only those further behind than one are lifted, and then come first by how long ago they were shown."""
    pool = tuple(Ranked(key, "wall", turn, last, is_portrait=False) for key, turn, last in ((1, 2, 9), (2, 7, 5), (3, 8, 1)))
    lifted = level(Ranking(pool=pool, highest=8))
    assert [(r.key, r.turn) for r in lifted.pool] == [(2, 7), (1, 7), (3, 8)]


def test_a_pair_is_two_portraits_of_equal_count_or_one_alone() -> None:
    """A portrait that is due finds a partner only among portraits whose turn it is as much."""
    pool = (
        Ranked(1, "w", 4, 1, is_portrait=True),
        Ranked(2, "w", 4, 2, is_portrait=False),
        Ranked(3, "w", 5, 3, is_portrait=True),
    )
    assert [pick.key for pick in Fair().choose(Ranking(pool=pool), want=1, pairs=True)] == [1]
    equal = (*pool, Ranked(4, "w", 4, 4, is_portrait=True))
    assert [pick.key for pick in Fair().choose(Ranking(pool=equal), want=1, pairs=True)] == [1, 4]


def test_a_full_mosaic_takes_whoever_is_least_shown_and_newcomers_join_level() -> None:
    """Every second tile is a debut while there are any; all who join with one slide join level with each other."""
    pool = tuple(Ranked(key, "w", turn, key, is_portrait=False) for key, turn in ((1, 3), (2, 3), (3, 4)))
    news = tuple(Ranked(key, "w", 0, key, is_portrait=False) for key in (8, 9))
    picks = Fair().choose(Ranking(news=news, pool=pool, highest=4), want=5)
    assert [(pick.key, pick.turn) for pick in picks] == [(8, 4), (1, 4), (9, 4), (2, 4), (3, 5)]


def test_those_who_were_there_from_the_start_are_shown_equally_often() -> None:
    """Counted as they really were shown, the first ones are not ahead for having been first; news costs them nothing."""
    world = World()
    for _ in range(7):
        world.happen(Arrive("north", is_portrait=False, is_news=False))
    for number in range(60):
        if number in {2, 5, 20}:
            world.happen(Arrive("north", is_portrait=False, is_news=True))
        world.happen(Play(("photo", "mosaic")[number % 5 == 4], "shown"))
        shown = world.library.connection.execute("SELECT shown FROM photos WHERE is_news=0").fetchall()
        assert max(shown)[0] - min(shown)[0] <= 1
    world.library.close()
