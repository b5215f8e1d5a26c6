"""What should change, given what a source says and what we know."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from player.feed.item import Item, Status
from player.feed.trust import State, Verdict, judge
from player.ingest.decide import entry_for
from player.library.photos import Entry, Known
from tests.library.shelf import MODERATE, item

NOW = 10**18
TEXTS = st.text(max_size=8)
ITEMS = st.builds(
    Item,
    id=st.just("a"),
    image=TEXTS,
    status=st.sampled_from(Status),
    caption=TEXTS,
    sha256=st.sampled_from([None, "1", "2"]),
    modified_at=st.none() | st.integers(0, 2 * NOW),
    approved_at=st.none() | st.integers(0, 2 * NOW),
    valid_until=st.none() | st.integers(0, 2 * NOW),
)


def decided(one: Item, known: Known | None = None, **tombstones: dict[str, str]) -> Entry | None:
    """What is decided on *one*."""
    return entry_for(
        one,
        judge(one, policy=MODERATE, min_approvals=1, now=NOW),
        known=known,
        withdrawn=tombstones.get("withdrawn", {}),
        withdrawn_bytes=tombstones.get("withdrawn_bytes", {}),
        is_first=False,
        now=NOW,
    )


def as_known(entry: Entry) -> Known:
    """What the library holds after *entry*."""
    return Known(1, entry.state, entry.version, entry.facts)


@given(ITEMS)
def test_said_twice_is_said_once(one: Item) -> None:
    """What stands in the library as the source says it is not written again."""
    entry = decided(one)
    assert entry is not None
    assert decided(one, as_known(entry)) is None


@given(ITEMS, ITEMS)
def test_nothing_undoes_a_withdrawal(one: Item, other: Item) -> None:
    """Neither a tombstone of the item, nor one of its bytes, nor a row that is withdrawn."""
    for entry in (decided(one, withdrawn={"a": "why"}), decided(replace(one, sha256="1"), withdrawn_bytes={"1": "why"})):
        assert entry is not None
        assert (entry.state, entry.reason, entry.caption, entry.image) == ("withdrawn", "why", "", "")
        assert decided(other, as_known(entry)) is None


@given(ITEMS)
def test_only_an_approved_verdict_makes_an_approved_row(one: Item) -> None:
    """And an end that has passed is told from a refusal."""
    entry = decided(one)
    assert entry is not None
    verdict = judge(one, policy=MODERATE, min_approvals=1, now=NOW)
    assert (entry.state == "approved") == (verdict.state is State.APPROVED)
    assert (entry.state == "expired") == (verdict.state is State.EXPIRED)


def test_a_refused_picture_stays_refused_until_it_is_another() -> None:
    """The same facts again change nothing, whatever became of them since."""
    entry = decided(item("a"))
    assert entry is not None
    refused = replace(as_known(entry), state="refused")
    assert decided(item("a"), refused) is None
    assert decided(item("a", modified_at=1, approved_at=2), refused) is not None


def test_the_version_names_the_bytes() -> None:
    """By their hash where it is stated, whatever else changes; else by address, date, size and the source's own token."""

    def version(one: Item) -> str:
        entry = entry_for(one, Verdict(State.APPROVED), known=None, withdrawn={}, withdrawn_bytes={}, is_first=True, now=NOW)
        assert entry is not None
        return entry.version

    stated = item("a", b"A")
    assert version(stated) == version(replace(stated, image="/b.jpg", modified_at=9)) != version(item("a", b"B"))
    plain = item("a")
    assert version(plain) == version(replace(plain, caption="other"))
    for change in ({"image": "/b.jpg"}, {"modified_at": 9}, {"size_in_bytes": 9}, {"version": "2"}):
        assert version(plain) != version(replace(plain, **change))


def test_what_stands_in_for_the_bytes_is_bound_as_they_are() -> None:
    """It is refused when a tombstone has it, and of an item that stays as it is nothing is written anew."""
    plain, told = item("a"), item("a", stand_in="a film")
    entry, refused = decided(plain), decided(told, withdrawn_bytes={"a film": "why"})

    assert entry is not None
    assert decided(told, as_known(entry)) is None
    assert (refused and (refused.state, refused.reason)) == ("withdrawn", "why")


def test_a_lone_surrogate_can_be_decided_on() -> None:
    """It fails where it is stored, alone, and not here."""
    assert decided(item("a", caption="\ud800")) is not None
