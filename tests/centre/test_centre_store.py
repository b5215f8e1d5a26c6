"""The centre's file: numbers that only rise, pages of players, what is searched, and what it costs with ten thousand."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from player.centre.store import MAX_PAGE, Store, Wanted, searched
from player.units import MILLISECOND
from tests.fakes.clock import OPENING

MANY = 10_000


def _fill(store: Store, count: int) -> None:
    """Enrol players: every tenth of them wrong, each with a report of 900 bytes, over 100 sites."""
    report = json.dumps({"site": "x" * 880})
    with store.changing() as connection:
        connection.executemany(
            "INSERT INTO players(id, grp, site, enrolled_at, serial, state, report, rank, trouble, search)"
            " VALUES(?, ?, ?, 1, '', ?, ?, ?, ?, ?)",
            [
                (
                    f"p-{n:05}",
                    f"g-{n % 5}",
                    f"Site {n % 100:03}",
                    "offline" if n % 10 == 0 else "online",
                    report,
                    40 if n % 10 == 0 else 100,
                    "offline" if n % 10 == 0 else "",
                    searched(f"p-{n:05}", f"Site {n % 100:03}", f"g-{n % 5}"),
                )
                for n in range(count)
            ],
        )


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    """The file and what SQLite lays beside it are their owner's."""
    with Store(tmp_path) as store:
        store.note("x", "1")
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_numbers_of_messages_rise_also_when_the_file_is_lost(tmp_path: Path) -> None:
    """Each number is above the last, however the clock jumps; and a new file begins where the clock is, above all before."""
    with Store(tmp_path) as store:
        numbers = [store.next_sequence(at) for at in (OPENING, OPENING, OPENING - 10**15, OPENING + 5 * MILLISECOND)]
    other = tmp_path / "other"
    other.mkdir()
    with Store(other) as store:
        later = store.next_sequence(OPENING + 60_000 * MILLISECOND)

    assert numbers == sorted(set(numbers))
    assert numbers[0] == OPENING // MILLISECOND
    assert later > numbers[-1]


def test_numbers_of_withdrawals_are_their_own(tmp_path: Path) -> None:
    """Withdrawals are counted apart from messages, and no two have one number."""
    with Store(tmp_path) as store:
        assert store.next_withdrawal(OPENING) < store.next_withdrawal(OPENING)
        assert store.next_sequence(OPENING) == OPENING // MILLISECOND


def test_two_processes_never_take_the_same_number(tmp_path: Path) -> None:
    """The number is taken and kept in one transaction: whoever shares the file gets another."""
    with Store(tmp_path) as one, Store(tmp_path) as two:
        numbers = [store.next_sequence(OPENING) for store in (one, two, one, two)]

    assert len(set(numbers)) == len(numbers)


def test_pages_come_to_the_whole_list_the_wrong_ones_first(tmp_path: Path) -> None:
    """Page after page every player comes once, those with something amiss before all others, then by site."""
    with Store(tmp_path) as store:
        _fill(store, 250)
        found = list(store.players(Wanted(), limit=7))
        while page := store.players(Wanted(), found[-1].after, 7):
            found += page

    assert len({player.id for player in found}) == len(found) == 250
    assert [player.after for player in found] == sorted(player.after for player in found)
    assert [bool(player.trouble) for player in found] == [True] * 25 + [False] * 225


def test_a_page_stays_where_it_is_when_others_join(tmp_path: Path) -> None:
    """Between two pages a player is enrolled before them: nobody comes twice, and nobody is missed."""
    with Store(tmp_path) as store:
        _fill(store, 30)
        first = store.players(Wanted(), limit=10)
        with store.changing() as connection:
            connection.execute("INSERT INTO players(id, grp, enrolled_at, serial, rank) VALUES('aaa', 'g', 1, '', 0)")
        second = store.players(Wanted(), first[-1].after, 1000)

    assert len({*(player.id for player in first), *(player.id for player in second)}) == 30


def test_players_are_found_by_part_of_their_names(tmp_path: Path) -> None:
    """Part of an id, a site or a group, in capitals or not, with or without what stands above its letters; no wildcards."""
    with Store(tmp_path) as store:
        _fill(store, 3)
        with store.changing() as connection:
            connection.execute(
                "INSERT INTO players(id, grp, site, enrolled_at, serial, rank, search)"
                " VALUES('os-1', 'pl', 'Oświęcim', 1, '', 1, ?)",
                (searched("os-1", "Oświęcim", "pl"),),
            )
        for text in ("OŚWIĘCIM", "oswiecim", "os-1", " święc "):
            assert [player.id for player in store.players(Wanted(text=text))] == ["os-1"], text
        for text in ("%", "_", "p*", "'; --"):
            assert not store.players(Wanted(text=text))
        assert store.count(Wanted(text="site 00")) == 3


def test_lists_are_of_a_group_a_site_or_a_state(tmp_path: Path) -> None:
    """Each filter leaves what it names, together they leave what all of them do, and the count is of the same."""
    with Store(tmp_path) as store:
        _fill(store, 100)
        for wanted, count in (
            (Wanted(group="g-1"), 20),
            (Wanted(site="Site 001"), 1),
            (Wanted(site=""), 0),
            (Wanted(state="offline"), 10),
            (Wanted(state="wrong"), 10),
            (Wanted(state="never"), 0),
            (Wanted(state="wrong", group="g-0"), 10),
            (Wanted(state="wrong", group="g-1"), 0),
        ):
            assert store.count(wanted) == len(store.players(wanted, limit=MAX_PAGE)) == count, wanted
        assert store.groups() == tuple(f"g-{n}" for n in range(5))
        assert len(store.sites()) == 100


def test_ten_thousand_cost_no_more_than_their_page(tmp_path: Path) -> None:
    """A page and a count are answered from the index: of the reports none is read but those of the page."""
    with Store(tmp_path) as store:
        _fill(store, MANY)
        after = store.players(Wanted(), limit=50)[-1].after
        assert len(store.players(Wanted(text="g-3"), after, 50)) == 50
        assert store.counts().players == MANY
        with store.reading() as connection:
            plan = " ".join(
                row[3]
                for row in connection.execute(
                    "EXPLAIN QUERY PLAN SELECT id FROM players INDEXED BY players_worst_first"
                    " WHERE (revoked_at IS NULL OR rank<100) AND instr(search, 'g-3') AND (rank, site, id) > (1, 'a', 'b')"
                    " ORDER BY rank, site, id LIMIT 50"
                )
            )

    assert "COVERING INDEX players_worst_first" in plan
    assert "TEMP B-TREE" not in plan
