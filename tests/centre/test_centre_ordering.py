"""Orders to many players: who is meant, what is asked before, and what each answers over a real broker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from player.centre import ledger, ordering
from player.centre.addressees import Member, chosen, members
from player.centre.commanding import is_agreed
from player.centre.listening import End
from player.centre.ordering import Answered, Outcome
from player.centre.signing import Signer
from player.centre.store import Store
from player.command import Command, Dim, Plain, ShowCard, Withdraw, parse
from player.errors import OperatorError
from player.fleet.messages import FROM_AFAR, Order
from player.schedule.zones import UTC_ZONE
from player.units import SECOND
from tests.fakes.acting import Fleet, enrol, fleet
from tests.fakes.broker import Broker, broker, needs_mosquitto
from tests.fakes.clock import FakeClock

KNOWN = (
    Member("a-1", groups=frozenset({"memorial"}), state="online"),
    Member("a-2", groups=frozenset({"memorial", "night"}), state="offline"),
    Member("b-1", groups=frozenset({"school"}), state="online"),
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real broker for this file."""
    with broker(tmp_path_factory.mktemp("broker")) as found:
        yield found


def test_players_are_named_by_id_group_or_all() -> None:
    """Each way names exactly those it says, ids in the order given and once."""
    assert [each.id for each in chosen(KNOWN, ids=("b-1", "a-1", "b-1"))] == ["b-1", "a-1"]
    assert [each.id for each in chosen(KNOWN, group="memorial")] == ["a-1", "a-2"]
    assert chosen(KNOWN, everybody=True) == KNOWN


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({}, "say whom you mean"),
        ({"ids": ("a-1",), "everybody": True}, "in one way"),
        ({"ids": ("a-9",)}, 'no player of this fleet is called "a-9". Did you mean "a-'),
        ({"group": "memorail"}, 'no player is in the group "memorail". Did you mean "memorial"?'),
    ],
)
def test_a_slip_in_whom_moves_nobody(how: dict[str, object], why: str) -> None:
    """Nobody named, two ways at once, a misspelt id or group: one line that says so, and what may have been meant."""
    with pytest.raises(OperatorError) as caught:
        chosen(KNOWN, **how)  # pyright: ignore[reportArgumentType]
    assert why in str(caught.value)


def test_a_fleet_without_players_has_nobody_to_order() -> None:
    """The first thing is to enrol somebody."""
    with pytest.raises(OperatorError, match="enrol"):
        chosen((), everybody=True)


def test_groups_are_those_of_the_enrolment_and_of_the_report(tmp_path: Path) -> None:
    """A player says itself which groups it listens to; a report that is no JSON says nothing."""
    with Store(tmp_path) as store:
        enrol(store, "a", "b")
        with store.changing() as connection:
            connection.execute("""UPDATE players SET report='{"groups":["night",7]}' WHERE id='a'""")
            connection.execute("UPDATE players SET report='{' WHERE id='b'")
        assert [sorted(each.groups) for each in members(store)] == [["memorial", "night"], ["memorial"]]


def test_dark_for_all_asks_twice() -> None:
    """Two questions before a whole fleet is dark, one before it is light or back, none for a few of it or for less."""
    asked = (Plain.DARK, Dim(0), Plain.LIGHT, Plain.AUTO, Plain.END, Dim(1))
    assert [len(ordering.questions(command, 3, 3)) for command in asked] == [2, 2, 1, 1, 0, 0]
    assert [len(ordering.questions(command, 2, 3)) for command in asked] == [0, 0, 0, 0, 0, 0]
    assert [len(ordering.questions(command, 999, 1000)) for command in asked] == [1, 1, 1, 1, 0, 0]


def test_a_script_says_yes_as_often_as_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """One --yes is not two: without a terminal that is a refusal, never a yes."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    asked = ordering.questions(Plain.DARK, 3, 3)
    assert is_agreed(asked, 2)
    with pytest.raises(OperatorError, match="--yes --yes"):
        is_agreed(asked, 1)


def test_only_what_may_be_ordered_from_afar_is_sent() -> None:
    """Test cards and withdrawals have no topic for orders; everything else is the vocabulary of the command line."""
    for command in (Withdraw("p-17"), ShowCard("grid")):
        with pytest.raises(ValueError, match="from afar"):
            ordering.asked(command)
    sent = ordering.asked(parse(["go", "facade", "for", "30m"]))
    assert (sent.verb, sent.arguments["show"], sent.words) == ("go", "facade", "go facade for 30 min")
    assert ordering.asked(None).verb in FROM_AFAR


def test_the_summary_comes_first_and_the_wrong_ones_by_name() -> None:
    """How many did it, then who refused, who was silent, who was away, each with the reason."""
    found = (
        Answered("c", Outcome.AWAY, "offline since 14:02; it will not be done later"),
        Answered("a", Outcome.DONE, "dark"),
        Answered("b", Outcome.DONE, "dark already"),
        Answered("e", Outcome.DONE, "dark"),
        Answered("d", Outcome.REFUSED, "its clock is 61 min ahead"),
        Answered("f", Outcome.REFUSED, "refused: dark was ordered after it"),
    )
    assert [*ordering.in_words_of(ordering.asked(Plain.DARK), found)] == [
        "3 of 6: dark",
        "  1 of them: dark already",
        "d: refused: its clock is 61 min ahead",
        "f: refused: dark was ordered after it",
        "c: offline since 14:02; it will not be done later",
    ]


def nobody(_answered: int, _sent: int) -> None:
    """Hear how many answered."""


def obeys(order: Order) -> tuple[bool, str]:
    """Do as ordered."""
    return True, order.verb


def refuses(_order: Order) -> tuple[bool, str]:
    """Do nothing of it."""
    return False, "its clock is 61 min ahead"


def give(
    centre: Fleet, command: Command, meant: Sequence[str] = (), length: int = 20 * SECOND
) -> tuple[dict[str, Answered], End]:
    """Order as the command line does."""
    with centre.listening() as (link, listening):
        whom = chosen(centre.members, ids=meant) if meant else chosen(centre.members, everybody=True)
        found, end = ordering.give(
            ordering.asked(command),
            whom,
            centre.signer,
            link,
            listening,
            by="anna",
            length=length,
            here=UTC_ZONE,
            tell=nobody,
        )
    return {each.id: each for each in found}, end


@needs_mosquitto
def test_each_answers_and_those_away_are_named(tmp_path: Path, server: Broker) -> None:
    """One does it, one refuses, one is away: three outcomes, and nothing waits at the broker for the one that is away."""
    with fleet(tmp_path, server, "o-1", "o-2", "o-3") as centre:
        with (
            centre.player("o-1", answer=obeys),
            centre.player("o-2", answer=refuses),
        ):
            found, end = give(centre, Plain.DARK)
        assert end is End.DONE
        assert [(each.outcome, each.text) for each in found.values()] == [
            (Outcome.DONE, "dark"),
            (Outcome.REFUSED, "its clock is 61 min ahead"),
            (Outcome.AWAY, "never heard of; it will not be done later"),
        ]
        with centre.player("o-3") as late, centre.player("o-1"):
            found, _ = give(centre, Plain.AUTO, ["o-1"])
            assert found["o-1"].outcome is Outcome.DONE
            assert late.orders == []


@needs_mosquitto
def test_an_order_reaches_one_player_and_is_written_down(tmp_path: Path, server: Broker) -> None:
    """Only the one that is named hears it, with its arguments, to expire within minutes, never retained; and it is on record."""
    with fleet(tmp_path, server, "g-1", "g-2") as centre, centre.player("g-1") as one, centre.player("g-2") as other:
        give(centre, parse(["go", "facade", "for", "30m"]), ["g-1"])
        (heard,) = one.orders
        assert (other.orders, one.retained_orders) == ([], 0)
        assert heard.arguments == {"show": "facade", "length_ns": str(1800 * SECOND)}
        ahead = heard.expires_at - centre.clock.wall() // 1_000_000
        assert 0 < ahead <= 300_000
        with centre.store.reading() as connection:
            rows = connection.execute("SELECT id, verb, by, ok, answer FROM orders").fetchall()
        assert rows == [("g-1", "go", "anna", 1, "go")]


@needs_mosquitto
def test_a_silent_player_is_named(tmp_path: Path, server: Broker) -> None:
    """Who is there and does not answer is waited for, and told apart from who is away."""
    with fleet(tmp_path, server, "q-1") as centre, centre.player("q-1", is_deaf=True):
        found, end = give(centre, Plain.END, length=3 * SECOND)
    assert (end, found["q-1"].outcome) == (End.LATE, Outcome.SILENT)


def test_only_the_player_that_was_ordered_can_answer(tmp_path: Path) -> None:
    """An answer by another player to somebody's order is not one."""
    with Store(tmp_path) as store:
        ledger.order(store, [(7, "a")], verb="dark", arguments={}, by="anna", at=1)
        ledger.answer(store, [(7, "b", True, "dark")])
        assert ledger.answers(store, [7]) == {}
        ledger.answer(store, [(7, "a", True, "dark")])
        assert ledger.answers(store, [7, 8]) == {7: (True, "dark")}


def test_numbers_only_rise(tmp_path: Path) -> None:
    """Every order has a higher number than any before it, also when the clock is set back."""
    with Store(tmp_path) as store:
        numbers = [store.next_sequence(at) for at in (5 * SECOND, 4 * SECOND, 4 * SECOND, 9 * SECOND)]
    assert numbers == sorted(set(numbers))


def test_of_two_with_one_id_one_has_done_it(tmp_path: Path) -> None:
    """One wall did go dark: that is not called refused, and not done either."""
    with Store(tmp_path) as store:
        enrol(store, "a")
        clock = FakeClock()
        signer = Signer(Ed25519PrivateKey.generate(), store, clock)
        ledger.order(store, [(7, "a")], verb="dark", arguments={}, by="anna", at=clock.wall())
        ledger.answer(store, [(7, "a", True, "dark")])
        two = Member("a", state="online", doubled_at=clock.wall())
        (found,) = ordering.outcomes({"a": 7}, [two], signer, UTC_ZONE)
    assert found.outcome is Outcome.SILENT
    assert found.text == "one did it (dark); two players have this id, and the other one is not known"
