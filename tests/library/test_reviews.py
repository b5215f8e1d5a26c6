"""Verdicts written down: in one transaction with what follows from them, never changed, and for good."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from player.library import alike, journal, receipts, reviewing, reviews
from player.library.database import Schema, connect
from player.library.library import Library, open_library
from player.library.orders import ORDERS
from player.library.reviewing import Outcome, Reviewer
from player.library.reviews import Name
from player.library.tombstones import Record
from player.library.verdicts import Subject, Verdict, lack, tally
from player.units import SECOND

NOW: Final = 1_800_000_000 * SECOND
NAME: Final = Name("raw", "a")
SUBJECT: Final = Subject("a" * 64, "words")
ADA: Final = Reviewer("ada", "Ada", "admin", 1, frozenset({"ada"}))
RITA: Final = Reviewer("rita", "Rita", "reviewer", 2, frozenset({"rita"}))
OLEK: Final = Reviewer("olek", "Olek", "operator", 3, frozenset({"olek"}))


@pytest.fixture
def library(tmp_path: Path) -> Generator[Library]:
    """An empty library."""
    with closing(open_library(tmp_path / "data", writer="console")) as library:
        yield library


def approve(library: Library, by: Reviewer, *, subject: Subject = SUBJECT, at: int = NOW) -> Outcome:
    """Approve."""
    return reviewing.approve(library.orders, NAME, subject, needed=2, by=by, at=at)


def reject(library: Library, by: Reviewer, *, at: int = NOW, reason: str = "hatred") -> Outcome:
    """Reject."""
    digests = frozenset({SUBJECT.sha256})
    record = Record(source=NAME.source, item=NAME.item, reason=reason, digests=digests, phash="f" * 16, is_here=True)
    return reviewing.reject(library.orders, NAME, SUBJECT, record=record, by=by, at=at)


def withdrawn(library: Library) -> dict[str, str]:
    """Return the item with its reason, if it is withdrawn."""
    return library.orders.withdrawn_items(NAME.source, [NAME.item])


def test_two_people_approve_and_the_record_says_who(library: Library) -> None:
    """By name, number and role, with the hash of what they saw, in rows and in the journal's chain."""
    assert [approve(library, RITA), approve(library, ADA)] == [Outcome.DONE, Outcome.DONE]

    said = reviews.said(library.orders.connection, "raw", ["a"])["a"]
    assert [(each.name, each.person, each.role, each.subject) for each in said] == [
        ("Rita", 2, "reviewer", SUBJECT),
        ("Ada", 1, "admin", SUBJECT),
    ]
    lines = list(journal.lines(library.orders.connection, kind=reviews.KIND))
    assert [(line.what["by"], line.what["verdict"], line.what["sha256"]) for line in lines] == [
        ("Rita", "approve", SUBJECT.sha256),
        ("Ada", "approve", SUBJECT.sha256),
    ]
    assert journal.verify(library.orders.connection).fault is None


def test_one_person_counts_once_however_often_they_press(library: Library) -> None:
    """In another session, or as somebody who was removed and added again with another number, they are the same."""
    assert approve(library, RITA) is Outcome.DONE

    assert approve(library, RITA) is Outcome.ALREADY
    assert approve(library, Reviewer("rita", "RITA", "reviewer", 99, frozenset({"rita"}))) is Outcome.ALREADY
    assert len(reviews.said(library.orders.connection, "raw", ["a"])["a"]) == 1


def test_a_third_approval_is_not_needed(library: Library) -> None:
    """And not written."""
    approve(library, RITA)
    approve(library, ADA)

    assert approve(library, Reviewer("zofia", "Zofia", "reviewer", 4, frozenset({"zofia"}))) is Outcome.SETTLED


def test_whoever_may_not_decides_nothing(library: Library) -> None:
    """Though the guard had let them through."""
    assert approve(library, OLEK) is Outcome.NOT_ALLOWED
    assert reject(library, OLEK) is Outcome.NOT_ALLOWED
    assert reviewing.undo(library.orders, OLEK, NOW) is None
    assert reviewing.lift(library.orders, NAME, by=RITA, at=NOW) is Outcome.NOT_ALLOWED
    assert reviews.newest(library.orders.connection) == 0


def test_a_rejection_is_a_withdrawal_in_the_same_breath(library: Library) -> None:
    """It binds item and bytes, owes a receipt, keeps the perceptual hash, and says by whom."""
    approve(library, RITA)

    assert reject(library, ADA) is Outcome.DONE

    assert withdrawn(library) == {"a": "rejected at review: hatred"}
    assert library.orders.withdrawn_bytes([SUBJECT.sha256])
    assert [each.item for each in receipts.for_screen(library.orders.connection)] == ["a"]
    assert alike.alike(library.orders.connection, "f" * 15 + "e") == (alike.Alike("rejected at review: hatred", 1),)
    (line,) = journal.lines(library.orders.connection, kind="withdrawn")
    assert line.what["by"] == "Ada"


def test_after_a_rejection_nobody_decides(library: Library) -> None:
    """Neither approves nor rejects again, whatever page they have open."""
    reject(library, RITA)

    assert [approve(library, ADA), reject(library, ADA)] == [Outcome.GONE, Outcome.GONE]


def test_what_its_publisher_withdrew_nobody_decides(library: Library) -> None:
    """Nor the same bytes under another name."""
    record = Record(source="other", item="z", reason="author", digests=frozenset({SUBJECT.sha256}))
    library.orders.withdraw_all([record], known_at=NOW)

    assert approve(library, RITA) is Outcome.GONE


def test_a_slip_is_taken_back_within_a_minute(library: Library) -> None:
    """Once, and only what one said oneself."""
    approve(library, RITA)

    assert reviewing.undo(library.orders, ADA, NOW + SECOND) is None
    undone = reviewing.undo(library.orders, RITA, NOW + SECOND)
    assert undone
    assert (undone[0], undone[1].verdict) == (NAME, Verdict.APPROVE)
    assert reviewing.undo(library.orders, RITA, NOW + 2 * SECOND) is None
    assert approve(library, RITA, at=NOW + 3 * SECOND) is Outcome.DONE
    assert reviewing.undo(library.orders, RITA, NOW + 63 * SECOND) is None


def test_not_once_somebody_else_has_acted(library: Library) -> None:
    """The second approval makes the first one final."""
    approve(library, RITA)
    approve(library, ADA)

    assert reviewing.last(library.orders, RITA, NOW) is None
    assert reviewing.undo(library.orders, RITA, NOW) is None
    assert reviewing.undo(library.orders, ADA, NOW)


def test_a_rejection_that_was_a_slip_leaves_other_withdrawals(library: Library) -> None:
    """Taken back, the item is free; unless its publisher has withdrawn it too, and then it stays so."""
    reject(library, RITA)
    assert reviewing.undo(library.orders, RITA, NOW + SECOND)
    assert withdrawn(library) == {}
    assert not library.orders.withdrawn_bytes([SUBJECT.sha256])

    reject(library, RITA, at=NOW + 2 * SECOND)
    library.orders.withdraw_all([Record(source="raw", item="a", reason="author", at=NOW - 1)], known_at=NOW + 3 * SECOND)
    assert reviewing.undo(library.orders, RITA, NOW + 4 * SECOND)
    assert withdrawn(library)


def test_an_administrator_lifts_a_rejection_and_it_begins_anew(library: Library) -> None:
    """However long ago; the approvals of before count no more."""
    approve(library, RITA)
    reject(library, ADA)

    assert [each.name for _, each in reviews.rejections(library.orders.connection, 10)] == ["Ada"]
    assert reviewing.lift(library.orders, NAME, by=ADA, at=NOW + 10**6 * SECOND) is Outcome.DONE
    assert reviewing.lift(library.orders, NAME, by=ADA, at=NOW + 10**6 * SECOND) is Outcome.GONE
    assert withdrawn(library) == {}
    assert reviews.rejections(library.orders.connection, 10) == ()
    assert approve(library, RITA) is Outcome.DONE


@pytest.mark.parametrize(("dated", "is_free"), [(None, True), (NOW, True), (NOW + 1, False)])
def test_taken_back_at_the_machine_it_is_taken_back_here(library: Library, *, dated: int | None, is_free: bool) -> None:
    """`weremember reinstate` lifts the rejection with its withdrawal; another withdrawal's end says nothing of it."""
    reject(library, RITA)

    library.orders.lift("raw", "a", dated, by="operator", at=NOW + SECOND)

    assert (reviews.rejection(library.orders.connection, NAME) is None) is is_free
    assert (withdrawn(library) == {}) is is_free


def test_whoever_says_yes_and_no_for_ever_is_not_heard_for_ever(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read at each look at the wall stays short; a rejection is heard always."""
    monkeypatch.setattr(reviewing, "MOST_SAID", 4)
    for _ in range(2):
        approve(library, RITA)
        reviewing.undo(library.orders, RITA, NOW)

    assert approve(library, RITA) is Outcome.NOT_ALLOWED
    assert reject(library, RITA) is Outcome.DONE


def test_a_verdict_that_nobody_knows_approves_nothing(library: Library) -> None:
    """Whoever wrote a word into the file that this version has no meaning for."""
    approve(library, RITA)
    approve(library, ADA)
    connection = library.orders.connection
    connection.execute(
        "INSERT INTO reviews SELECT 99, source, item, sha256, words, 'odd', 1, who, name, role, '', at, who FROM reviews LIMIT 1"
    )

    assert reviews.rejection(connection, NAME)


def test_orders_of_before_are_brought_forward(tmp_path: Path) -> None:
    """A file without the table gets it, and loses nothing."""
    before = next(number for number, script in enumerate(ORDERS.migrations) if script == reviews.REVIEW_TABLE)
    path = tmp_path / ORDERS.name
    with closing(connect(path, Schema(ORDERS.name, ORDERS.migrations[:before], durable=True))) as connection:
        connection.execute("INSERT INTO identity VALUES('it')")
    with closing(connect(path, ORDERS)) as connection:
        assert reviews.newest(connection) == 0
        assert connection.execute("SELECT id FROM identity").fetchone() == ("it",)


def test_what_was_approved_before_stands_as_it_was_approved(tmp_path: Path) -> None:
    """Verdicts of a version that knew nothing of hands: each of the two names is one person, as it was then."""
    before = next(number for number, script in enumerate(ORDERS.migrations) if script == reviews.HANDS_COLUMN)
    path = tmp_path / ORDERS.name
    with closing(connect(path, Schema(ORDERS.name, ORDERS.migrations[:before], durable=True))) as connection:
        for number, who in enumerate(("rita", "ada"), 1):
            connection.execute(
                "INSERT INTO reviews VALUES(?, 'raw', 'a', ?, 'words', 'approve', ?, ?, ?, 'reviewer', '', ?)",
                (number, SUBJECT.sha256, number, who, who.title(), NOW),
            )
    with closing(connect(path, ORDERS)) as connection:
        assert lack(tally(reviews.said(connection, "raw", ["a"])["a"]), SUBJECT, 2) == ""


def test_in_whose_hands_a_password_was_is_on_record(library: Library) -> None:
    """With the verdict, and in the journal; who shares them with the other does not complete what the other approves."""
    eve = Reviewer("eve", "Eve", "reviewer", 5, frozenset({"ada", "eve"}))

    assert [approve(library, ADA), approve(library, eve)] == [Outcome.DONE, Outcome.DONE]

    said = reviews.said(library.orders.connection, "raw", ["a"])["a"]
    assert [each.hands for each in said] == [ADA.hands, eve.hands]
    assert [line.what["hands"] for line in journal.lines(library.orders.connection, kind=reviews.KIND)] == ["ada", "ada eve"]
    assert lack(tally(said), SUBJECT, 2)
    assert approve(library, RITA) is Outcome.DONE
    assert lack(tally(reviews.said(library.orders.connection, "raw", ["a"])["a"]), SUBJECT, 2) == ""


@pytest.mark.parametrize(
    ("own", "other", "distance"),
    [
        ("0" * 16, "0" * 15 + "1", 1),
        ("0" * 16, "0" * 13 + "1ff", 9),
        ("0" * 16, "0" * 13 + "3ff", None),
        ("0" * 16, "no", None),
        ("", "0" * 16, None),
        ("F" * 16, "0" * 16, None),
    ],
)
def test_what_looks_like_a_withdrawn_picture(library: Library, own: str, other: str, distance: int | None) -> None:
    """Fewer than ten bits of sixty-four; what is no hash looks like nothing."""
    library.orders.withdraw_all([Record(source="x", item="y", reason="hatred", phash=other)], known_at=NOW)

    assert [each.distance for each in alike.alike(library.orders.connection, own)] == ([] if distance is None else [distance])


def test_one_reason_is_told_once(library: Library) -> None:
    """With the nearest picture of it, the nearest reasons first, and not those that were taken back."""
    records = [
        Record(source="x", item=str(number), reason=reason, phash=f"{hash_:016x}", at=NOW)
        for number, (reason, hash_) in enumerate([("hatred", 0b11), ("hatred", 0b1), ("author", 0), ("lifted", 0)])
    ]
    library.orders.withdraw_all(records, known_at=NOW)
    library.orders.lift("x", "3", None, by="operator", at=NOW)

    assert alike.alike(library.orders.connection, "0" * 16) == (alike.Alike("author", 0), alike.Alike("hatred", 1))
