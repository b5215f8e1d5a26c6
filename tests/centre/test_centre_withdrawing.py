"""Withdrawing everywhere: what is written down first, who confirms over a real broker, and what is said of those who do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from player.centre import hinting, ledger, withdrawing
from player.centre.addressees import Member
from player.centre.ledger import Confirmation, Withdrawal
from player.centre.listening import End
from player.centre.store import Store
from player.centre.withdrawing import EVERYWHERE, Progress
from player.errors import OperatorError
from player.fleet.happenings import Receipt
from player.schedule.zones import UTC_ZONE
from player.units import MILLISECOND, SECOND
from tests.fakes.acting import Fleet, enrol, fleet
from tests.fakes.broker import Broker, broker, needs_mosquitto, until

NOW = 1_800_000_000 * SECOND
TAKEN = Withdrawal(7, EVERYWHERE, "p-17", "family", NOW, "anna")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real broker for this file."""
    with broker(tmp_path_factory.mktemp("broker")) as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A centre's file."""
    with Store(tmp_path) as found:
        yield found


def off(name: str, after: int = SECOND, *, here: bool = True, up: bool = False) -> Confirmation:
    """Return a confirmation."""
    return Confirmation(name, TAKEN.at, TAKEN.at + after, None, up, here)


def progress(members: list[Member], *said: Confirmation) -> Progress:
    """Return how far TAKEN has come."""
    return withdrawing.progress(TAKEN, members, {each.id: each for each in said}, NOW + 60 * SECOND)


def test_who_has_not_confirmed_is_named_with_the_reason() -> None:
    """Offline since when, online without an answer, known and not off yet, never heard of, two with one id: each is said."""
    unknown = Confirmation("knows", NOW, None, None, was_up=True, is_here=True)
    found = progress(
        [
            Member("away", state="offline", last_seen=NOW),
            Member("silent", state="online"),
            Member("knows", state="online"),
            Member("new"),
            Member("two", state="online", doubled_at=NOW),
            Member("fine", state="online"),
        ],
        unknown,
        off("two"),
        off("fine"),
    )
    said = {each.id: (each.is_online, each.why) for each in found.waiting}
    assert said["away"] == (False, "offline since 08:00 (it will act as soon as it is back, for the hint is retained)")
    dark = "make it dark (weremember fleet dark --player silent) if it cannot wait"
    assert said["silent"] == (True, f"online, no answer: {dark}")
    assert said["knows"][1] == "online, knows it, and its screen has not said that it is off"
    assert said["new"][1].startswith("never heard of")
    assert said["two"][1].startswith("two players with this id: one of them has confirmed")
    assert [each.id for each in found.confirmed] == ["fine"]
    assert (found.is_whole, found.is_done) == (False, False)


def test_it_is_done_when_only_those_away_are_missing() -> None:
    """Somebody who is away keeps nobody waiting: done, and not whole."""
    found = progress([Member("away", state="offline"), Member("fine", state="online")], off("fine"))
    assert (found.is_done, found.is_whole) == (True, False)


def test_the_first_line_says_how_many_and_how_fast() -> None:
    """How many of how many, the median, the slowest by name; then those that should have answered before those that are away."""
    members = [
        Member("a", state="online"),
        Member("b", state="online"),
        Member("c", state="offline"),
        Member("d", state="online"),
    ]
    first, wall, *rest = withdrawing.in_words(progress(members, off("a", 800 * MILLISECOND, up=True), off("b", 4 * SECOND)))
    assert first == ("2 of 4 players have confirmed that it is off: half of those within 800 ms, the slowest (b) after 4.0 s")
    assert wall == "it was on the wall of 1 of them"
    assert [line.partition(":")[0] for line in rest] == ["d", "c"]


def test_of_one_nobody_says_half_of_them() -> None:
    """One that confirmed is named; and what was off before it was withdrawn from here tells nothing of how fast that was."""
    members = [Member("a", state="online"), Member("b", state="offline")]
    one = withdrawing.in_words(progress(members, off("a", 800 * MILLISECOND)))
    assert one[0] == "1 of 2 players has confirmed that it is off: a within 800 ms"
    before = withdrawing.in_words(progress(members, off("a", -3600 * SECOND)))
    assert before[0].endswith(": 1 had it off before it was withdrawn from here, by the clock there")


def test_an_id_that_nobody_had_is_a_problem() -> None:
    """Everybody confirms that it is off, and nobody ever had it: that comes first, and it is not done."""
    found = progress([Member("a", state="online")], off("a", here=False))
    assert withdrawing.in_words(found)[0] == (
        "no player had anything of it, so nothing was taken down: is it written as `weremember photos` writes it?"
    )
    assert (found.is_whole, found.is_done) == (True, False)


def test_names_are_taken_as_the_players_take_them() -> None:
    """SOURCE/ID where that source is known, else an id in every source, slashes and all; nothing, or half a line, is refused."""
    assert withdrawing.names_of("campaign/p-17", ["campaign"]) == (("campaign", "p-17"),)
    assert withdrawing.names_of("https://x/1", ["campaign"]) == ((EVERYWHERE, "https://x/1"),)
    assert withdrawing.names_of("p-17", []) == ((EVERYWHERE, "p-17"),)
    for wrong in ("", "campaign/", "a\nb", "x" * 301):
        with pytest.raises(OperatorError):
            withdrawing.names_of(wrong, ["campaign"])


def test_a_source_that_nobody_has_spoken_of_is_taken_both_ways() -> None:
    """No player has reported yet: what may be SOURCE/ID, and may be an id, is withdrawn as both."""
    assert withdrawing.names_of("campaign/p-17", []) == (("campaign", "p-17"), (EVERYWHERE, "campaign/p-17"))


def test_of_two_meanings_both_must_be_off() -> None:
    """A player has confirmed when it has confirmed both, at the later time; that it had either is enough."""
    here, there = off("a", SECOND, here=False), off("a", 2 * SECOND, up=True)
    found = withdrawing.of_all([{"a": here, "b": off("b")}, {"a": there}])
    assert found == {"a": Confirmation("a", TAKEN.at, TAKEN.at + 2 * SECOND, None, was_up=True, is_here=True)}


def test_who_comes_back_is_not_promised_a_hint_that_has_no_room() -> None:
    """The hint holds the newest: of others it is said how they are learned; and who had it off the time before is said."""
    away = [Member("a", state="offline", last_seen=NOW)]
    found = withdrawing.progress(TAKEN, away, {}, NOW, is_retained=False, before={"a"})
    (waiting,) = found.waiting
    assert waiting.why == (
        "offline since 08:00 (it had it off when it was withdrawn before; it will act when it fetches a feed that lists it, or is"
        " told it again in turn, while a collector runs)"
    )


def test_pictures_of_walls_go_before_anybody_is_told(store: Store) -> None:
    """Writing down a withdrawal deletes every picture that is kept: any of them may show it."""
    with store.changing() as connection:
        connection.execute("INSERT INTO pictures VALUES('a', x'ff', 1)")
    withdrawing.record(store, (EVERYWHERE, "p-17"), reason="family", by="anna", at=NOW)
    assert store.picture("a") is None


def test_withdrawn_again_it_is_another_withdrawal(store: Store) -> None:
    """It may have been brought back since: a number and a date of its own, or players would take it for the one taken back."""
    first = withdrawing.record(store, ("campaign", "p-17"), reason="family", by="anna", at=NOW)
    again = withdrawing.record(store, ("campaign", "p-17"), reason="other", by="ben", at=NOW + 5)
    other = withdrawing.record(store, (EVERYWHERE, "p-17"), reason="", by="ben", at=NOW + SECOND)
    assert first.number < again.number < other.number
    assert (first.dated, again.dated) == (NOW, NOW + SECOND)
    assert ledger.withdrawals(store) == (first, again, other)
    hint = hinting.for_everybody(ledger.withdrawals(store))
    assert [each.number for each in hint.withdrawn] == [again.number, other.number]


def test_who_obeys_the_last_has_obeyed_those_before(store: Store) -> None:
    """The hint has the last alone: a player that was away confirms that, and owes nothing for the others."""
    first, again = (withdrawing.record(store, (EVERYWHERE, "p-17"), reason="", by="anna", at=NOW) for _ in range(2))

    def told(name: str, number: int) -> tuple[str, Receipt]:
        at = NOW // MILLISECOND
        return name, Receipt(
            number=number, source="*", item="p-17", known_at=at, off_at=at, gone_at=None, was_up=False, is_here=True
        )

    ledger.keep_receipts(store, [told("a", again.number), told("b", first.number)])
    assert [set(ledger.confirmations(store, each.number)) for each in (first, again)] == [{"a", "b"}, {"a"}]
    assert withdrawing.said_of(store, [again])[1] == {"a", "b"}


def test_the_same_receipt_twice_is_one(store: Store) -> None:
    """The collector and the command hear the same: off stays the first time that it was said, gone comes with the second half."""
    taken = withdrawing.record(store, (EVERYWHERE, "p-17"), reason="", by="anna", at=NOW)

    def receipt(off_at: int | None, gone_at: int | None) -> Receipt:
        return Receipt(
            number=taken.number, source="*", item="p-17", known_at=5, off_at=off_at, gone_at=gone_at, was_up=True, is_here=True
        )

    for each in (receipt(None, None), receipt(10, None), receipt(10, 20), receipt(10, None)):
        ledger.keep_receipts(store, [("a", each)])
    (found,) = ledger.confirmations(store, taken.number).values()
    assert (found.off_at, found.gone_at) == (10 * MILLISECOND, 20 * MILLISECOND)


def test_a_picture_from_before_it_was_off_goes_with_the_receipt(store: Store) -> None:
    """A picture that was on its way while it was withdrawn may show it: once the receipt is there, it goes."""
    taken = withdrawing.record(store, (EVERYWHERE, "p-17"), reason="", by="anna", at=NOW)
    with store.changing() as connection:
        connection.executemany("INSERT INTO pictures VALUES(?, x'ff', ?)", [("a", 9 * MILLISECOND), ("b", 9 * MILLISECOND)])
    told = Receipt(number=taken.number, source="*", item="p-17", known_at=5, off_at=10, gone_at=None, was_up=True, is_here=True)
    ledger.keep_receipts(store, [("a", told)])
    assert (store.picture("a"), store.picture("b") is not None) == (None, True)


def test_what_came_by_the_feed_counts_as_well(store: Store) -> None:
    """A receipt without a number, of a player whose feed told it, counts; not one of a withdrawal that is long over."""
    taken = withdrawing.record(store, (EVERYWHERE, "p-17"), reason="", by="anna", at=NOW)
    at = NOW // MILLISECOND

    def told(known_at: int) -> Receipt:
        return Receipt(
            number=None, source="campaign", item="p-17", known_at=known_at, off_at=at, gone_at=None, was_up=False, is_here=True
        )

    ledger.keep_receipts(store, [("a", told(at)), ("b", told(at - 3_600_000))])
    assert [*ledger.confirmations(store, taken.number)] == ["a"]


def test_the_hint_has_the_newest_and_whatever_is_asked_for() -> None:
    """Twenty at most, the newest; one that is asked for again comes before all others, however old it is."""
    many = [Withdrawal(n, EVERYWHERE, f"p-{n}", "", NOW, "anna") for n in range(1, 31)]
    assert hinting.told(hinting.for_everybody(many)) == frozenset(range(11, 31))
    assert hinting.told(hinting.for_everybody(many, first=(many[0],))) == frozenset({1, *range(12, 31)})


def test_a_hint_of_long_names_is_cut_and_says_so() -> None:
    """What does not fit into a message is left to the feed, the oldest first."""
    long = [Withdrawal(n, EVERYWHERE, f"{n}" + "é" * 290, "", NOW, "anna") for n in range(1, 6)]
    told = hinting.told(hinting.for_everybody(long))
    assert 5 in told
    assert 1 not in told


def withdraw(centre: Fleet, length: int = 20 * SECOND) -> tuple[Withdrawal, Progress, End]:
    """Withdraw p-17 as the command does."""
    with centre.listening() as (link, listening):
        taken = withdrawing.record(centre.store, (EVERYWHERE, "p-17"), reason="family", by="anna", at=centre.clock.wall())
        assert withdrawing.announce((taken,), centre.signer, link)
        told: list[int] = []
        found, end = withdrawing.wait(
            (taken,),
            centre.signer,
            listening,
            length=length,
            here=UTC_ZONE,
            tell=lambda each: told.append(len(each.confirmed)),
        )
    assert told == sorted(told)
    return taken, found, end


@needs_mosquitto
def test_everybody_confirms(tmp_path: Path, server: Broker) -> None:
    """Over a real broker: told once, signed; everybody confirms, and the wait is over."""
    with fleet(tmp_path, server, "w-1", "w-2") as centre, centre.player("w-1") as one, centre.player("w-2"):
        taken, found, end = withdraw(centre)
        assert (end, found.is_whole) == (End.DONE, True)
        (heard,) = {each.number: each for each in one.withdrawn}.values()
        assert (heard.number, heard.item, heard.reason) == (taken.number, "p-17", "family")


@needs_mosquitto
def test_who_comes_back_later_hears_it(tmp_path: Path, server: Broker) -> None:
    """A player that was away is named, waits for nobody, and confirms as soon as it is back: the hint was retained."""
    with fleet(tmp_path, server, "v-1", "v-2") as centre:
        with centre.player("v-1"):
            taken, found, end = withdraw(centre)
        assert (end, [each.id for each in found.waiting]) == (End.DONE, ["v-2"])
        with centre.listening() as (_, listening), centre.player("v-2"):
            assert listening.until(lambda: len(ledger.confirmations(centre.store, taken.number)) == 2, 20 * SECOND) is End.DONE


@needs_mosquitto
def test_one_that_is_online_and_silent_is_named(tmp_path: Path, server: Broker) -> None:
    """A player that is there and does not answer is waited for to the end, and named as online."""
    with fleet(tmp_path, server, "s-2") as centre, centre.player("s-2", is_deaf=True):
        _, found, end = withdraw(centre, 3 * SECOND)
    assert (end, found.is_done) == (End.LATE, False)
    assert [(each.id, each.why.partition(":")[0]) for each in found.waiting] == [("s-2", "online, no answer")]


@needs_mosquitto
def test_a_stop_leaves_it_published(tmp_path: Path, server: Broker) -> None:
    """Ctrl-C ends the waiting and nothing else: the hint is at the broker for whoever comes."""
    with fleet(tmp_path, server, "c-1") as centre:
        centre.stopped.set()
        taken, found, end = withdraw(centre)
        assert (end, found.is_whole) == (End.STOPPED, False)
        with centre.player("c-1") as player:
            until(lambda: taken.number in {each.number for each in player.withdrawn}, "the hint")


@needs_mosquitto
def test_two_players_with_one_id_are_noticed(tmp_path: Path, server: Broker) -> None:
    """Two that take turns under one id never count as one that has confirmed."""
    with fleet(tmp_path, server, "d-1") as centre, centre.listening() as (_, listening):
        for session in ("aaaaaaaa", "bbbbbbbb", "aaaaaaaa"):
            with centre.player("d-1", session=session):
                pass
        listening.until(lambda: listening.members(centre.members)[0].doubled_at is not None, 20 * SECOND)
        (member,) = listening.members(centre.members)
    assert member.is_doubled(centre.clock.wall())


def test_players_that_do_not_belong_are_not_waited_for(store: Store) -> None:
    """A revoked player is none of the fleet."""
    enrol(store, "a", "b")
    with store.changing() as connection:
        connection.execute("UPDATE players SET revoked_at=1 WHERE id='b'")
    assert [member.id for member in withdrawing.members(store)] == ["a"]
