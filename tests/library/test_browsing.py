"""Looking for photos a page at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count

import pytest

from player.library import browsing
from player.library.browsing import Believed, Reached, Sought, search
from player.library.database import cut_log
from player.library.schema import LIBRARY
from player.library.words import sought
from tests.library.shelf import Shelf, item

BOTH = ("wall", "other")


def named(shelf: Shelf, keys: tuple[int, ...]) -> list[str]:
    """The ids of rows, in their order."""
    rows = browsing.rows(shelf.library.connection, keys)
    return [rows[key].item for key in keys]


def found(shelf: Shelf, wanted: Sought, *, live: tuple[str, ...] = BOTH, limit: int = 50) -> list[str]:
    """The ids of those that are found."""
    believed = Believed(live, shelf.clock.wall())
    return named(shelf, search(shelf.library.connection, wanted, believed, limit=limit).keys)


@pytest.fixture
def full(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Forty photos in windows of seven rows: every third in Polish, one of Iceland, one by somebody called Müller."""
    monkeypatch.setattr(browsing, "WINDOW", 7)
    items = [
        item(
            f"p{n:02}",
            f"{n}".encode(),
            language="pl" if n % 3 == 0 else "en",
            country="IS" if n == 5 else "PL",
            credit="Jürgen Müller" if n == 11 else "Anna Nowak",
            caption=f"Number {n} of them",
        )
        for n in range(40)
    ]
    shelf.publish(*((f"p{n:02}", f"{n}".encode()) for n in range(40)))
    shelf.take_in("wall", *items)
    shelf.prepare()
    return shelf


def pages(shelf: Shelf, wanted: Sought, limit: int) -> Iterator[Reached]:
    """All pages from the newest to the oldest."""
    before: int | None = None
    while True:
        page = search(shelf.library.connection, wanted, Believed(BOTH, shelf.clock.wall()), limit=limit, before=before)
        yield page
        if page.upto is None:
            return
        before = page.upto


@pytest.mark.parametrize("wanted", [Sought(), Sought(language="pl"), Sought(state="approved"), Sought(words=("nowak",))])
def test_pages_have_everybody_once_and_the_newest_first(full: Shelf, wanted: Sought) -> None:
    """Page after page brings each photo that is wanted once, in one order, none of them empty but where there is nobody."""
    for limit in (1, 3, 7, 13, 40, 100):
        met = [page.keys for page in pages(full, wanted, limit)]

        together = [key for keys in met for key in keys]
        assert together == sorted(set(together), reverse=True)
        assert len(together) == {"pl": 14}.get(wanted.language, 39 if wanted.words else 40)
        assert all(len(keys) == limit for keys in met[:-1])


def test_going_back_brings_the_pages_that_one_came_by(full: Shelf) -> None:
    """Newer pages are those that the older ones were, seen from the other side."""
    believed = Believed(BOTH, full.clock.wall())
    down = [page.keys for page in pages(full, Sought(language="pl"), 5)]

    after, up = down[-1][0], list[tuple[int, ...]]()
    for _ in down[:-1]:
        page = search(full.library.connection, Sought(language="pl"), believed, limit=5, after=after)
        up.append(page.keys)
        after = page.keys[0]

    assert up == list(reversed(down[:-1]))


def test_filters_are_met_together(full: Shelf) -> None:
    """What is found meets every condition, in the words as people type them."""
    thirties = [f"p{n}" for n in range(39, 29, -1)]

    assert found(full, Sought(country="IS")) == ["p05"]
    assert found(full, Sought(words=sought("muller"))) == ["p11"]
    assert found(full, Sought(words=sought("JÜRGEN of"))) == ["p11"]
    assert found(full, Sought(words=sought("number 3"))) == [*thirties, "p23", "p13", "p03"]
    assert found(full, Sought(words=sought("muller"), country="IS")) == []
    for nobody in (
        Sought(words=sought("*")),
        Sought(source="other"),
        Sought(shown_least=1),
        Sought(state="withdrawn"),
        Sought(state="preparing"),
    ):
        assert found(full, nobody) == []


def test_the_shown_are_told_from_the_unshown(full: Shelf) -> None:
    """How often somebody was on screen is a filter from both sides."""
    key = full.key("wall", "p07")
    full.shown(key)
    full.shown(key)

    assert found(full, Sought(shown_least=2)) == ["p07"]
    assert len(found(full, Sought(shown_most=1))) == 39


def test_states_are_what_people_see(shelf: Shelf) -> None:
    """An approved photo is one that may be shown now: prepared, within its own time, of a source whose word counts."""
    now = shelf.clock.wall()
    shelf.publish(("a", b"a"), ("old", b"o"))
    shelf.take_in("wall", item("a"), item("old", valid_until=now + 1))
    shelf.prepare()
    shelf.take_in("wall", item("b"), item("gone"), complete=False)
    shelf.take_in("wall", withdrawn=["gone"], complete=False)
    shelf.clock.advance(10)

    by_state = {state: found(shelf, Sought(state=state)) for state in browsing.STATES}

    assert {state: names for state, names in by_state.items() if names} == {
        "approved": ["a"],
        "preparing": ["b"],
        "expired": ["old"],
        "withdrawn": ["gone"],
    }
    assert found(shelf, Sought(state="expired"), live=()) == ["b", "old", "a"]


def test_whoever_has_no_time_gets_what_there_is_and_goes_on_from_there(full: Shelf) -> None:
    """A search that is called off after its first window says so, and the next one brings the rest."""
    believed = Believed(BOTH, full.clock.wall())
    calls = count()
    first = search(full.library.connection, Sought(country="IS"), believed, limit=5, is_over=lambda: next(calls) > 1)

    assert first.is_cut
    assert first.keys == ()
    rest = search(full.library.connection, Sought(country="IS"), believed, limit=5, before=first.upto)
    assert named(full, rest.keys) == ["p05"]
    assert not rest.is_cut


def test_an_empty_library_has_an_empty_page(shelf: Shelf) -> None:
    """Nobody is there, and there is nothing to go on to."""
    assert search(shelf.library.connection, Sought(), Believed((), 0), limit=5) == Reached((), None)


def test_text_without_end_is_read_to_its_bound(full: Shelf) -> None:
    """A caption of a megabyte that somebody wrote into the file costs no more than another."""
    key = full.key("wall", "p01")
    with full.library.connection as connection:
        connection.execute("UPDATE photos SET caption=? WHERE key=?", ("x" * 1_000_000, key))

    assert len(browsing.rows(full.library.connection, [key])[key].caption) == browsing.MAX_TEXT


def test_of_the_withdrawn_no_word_is_left_to_be_found(full: Shelf) -> None:
    """Neither a search nor the file's own pages know the name of somebody who was withdrawn."""
    full.take_in("wall", withdrawn=["p11"], complete=False)
    cut_log(full.library.connection, LIBRARY.name)

    assert found(full, Sought(words=("muller",))) == []
    assert b"muller" not in (full.folder / LIBRARY.name).read_bytes()


def test_states_are_counted(full: Shelf) -> None:
    """Each state with its number, by narrow indexes alone."""
    full.take_in("wall", withdrawn=["p11"], complete=False)

    counts = browsing.counts(full.library.connection)

    assert counts == {"approved": 39, "preparing": 0, "pending": 0, "refused": 0, "withdrawn": 1, "absent": 0, "expired": 0}


def test_choices_are_those_of_prepared_photos(full: Shelf) -> None:
    """Languages and countries come each once and in order."""
    assert browsing.languages(full.library.connection) == ("en", "pl")
    assert browsing.countries(full.library.connection) == ("IS", "PL")


def test_an_id_is_found_whole(full: Shelf) -> None:
    """Somebody who copies an id finds its photo, with or without its source before it."""
    key = full.key("wall", "p11")

    assert browsing.keys_named(full.library.connection, "p11") == (key,)
    assert browsing.keys_named(full.library.connection, "wall/p11") == (key,)
    assert browsing.keys_named(full.library.connection, "p1") == ()


@pytest.mark.parametrize(
    "wanted",
    [
        Sought(),
        Sought(country="XX"),
        Sought(words=("zz",)),
        Sought(words=("zz",), state="approved"),
        Sought(state="refused"),
    ],
)
def test_no_search_reads_the_rows_themselves(shelf: Shelf, wanted: Sought) -> None:
    """A search that hardly anybody meets goes through a narrow index alone."""
    shelf.take_in("wall", item("a"))
    connection, asked = shelf.library.connection, list[str]()
    connection.set_trace_callback(asked.append)
    search(connection, wanted, Believed(BOTH, 0), limit=5)
    connection.set_trace_callback(None)

    (looked,) = (sql for sql in asked if "BETWEEN" in sql)
    told = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {looked}"))
    assert "COVERING INDEX" in told or "photos_aside" in told
    assert "TEMP B-TREE" not in told


def test_a_search_is_quick_among_many(shelf: Shelf) -> None:
    """Ten times as many rows do not cost the first page ten times as much."""
    connection = shelf.library.connection

    def first_page(rows: int) -> float:
        with connection:
            connection.executemany(
                "INSERT INTO photos(source, item, state, reason, version, facts, image, caption, credit, alt, language, country,"
                " is_news, entered) VALUES('wall', hex(randomblob(8)), 'approved', '', '', '', '', '', '', '', '', '', 0, 0)",
                [()] * rows,
            )
        taken: list[float] = []
        for _ in range(5):
            began = time.perf_counter()
            search(connection, Sought(), Believed(BOTH, 0), limit=48)
            taken.append(time.perf_counter() - began)
        return min(taken)

    few, many = first_page(1000), first_page(9000)

    assert many < 5 * few
