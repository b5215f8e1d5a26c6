"""How pages join: an id that is said in two ways counts as not approved, also when one of them was read long ago."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from player.errors import FeedError
from player.feed.item import Item, Page, Status, Withdrawal
from player.feed.signed import documents
from player.feed.signed.layout import APPROVED, is_page_name, page_name, target_path
from player.feed.signed.listing import HeldPage, joined
from player.feed.signed.marks import Marks, raised
from tests.feed.signed.reader import begun

ONE = Item(id="p-1", image="a", status=Status.APPROVED, sha256="a" * 64)
OTHER = replace(ONE, image="b", sha256="b" * 64)
NOTHING = Page(items=())


def test_equal_twins_are_one() -> None:
    """The same item on two pages, word for word, is listed once and is no contradiction."""
    listing = joined({"1": Page(items=(ONE,)), "2": Page(items=(ONE,))}, Page(items=(ONE,)), {})

    assert (listing.items, listing.core, listing.is_clean) == ((ONE,), (ONE,), True)


def test_unlike_twins_are_not_approved() -> None:
    """An id with other bytes on another page is approved on neither, with a line."""
    listing = joined({"1": Page(items=(ONE,)), "2": Page(items=(OTHER,))}, NOTHING, {})

    assert [item.status for item in listing.items] == [Status.UNKNOWN]
    assert len(listing.discarded) == 1
    assert not listing.is_clean


def test_the_core_set_with_other_bytes_is_not_approved() -> None:
    """An id that two people approved and two officers keep offline must be the same photo, or it is neither."""
    listing = joined({"1": Page(items=(ONE,))}, Page(items=(OTHER,)), {})

    assert [item.status for item in (*listing.items, *listing.core)] == [Status.UNKNOWN] * 2
    assert not listing.is_clean


def test_a_withdrawal_on_a_page_acts() -> None:
    """A page that withdraws an item, or says that it is withdrawn, is heard in every case."""
    gone = replace(OTHER, status=Status.WITHDRAWN)
    pages = {"1": Page(items=(ONE,), withdrawn=(Withdrawal("p-2"),)), "2": Page(items=(gone,))}
    listing = joined(pages, Page(items=(ONE,)), {})

    assert listing.items == (gone,)
    assert listing.withdrawn == (Withdrawal("p-2"),)


def test_an_id_on_a_page_that_was_kept_makes_it_unclean() -> None:
    """Of a kept page only ids are known, so a second mention needs all pages."""
    listing = joined({"1": Page(items=(ONE,))}, NOTHING, {"2": HeldPage("f", ("p-1", "p-2"))})

    assert (listing.is_clean, listing.kept) == (False, ("p-1", "p-2"))


def test_a_contradiction_with_a_page_read_long_ago_is_seen_and_mended(tmp_path: Path) -> None:
    """A photo that appears anew with other bytes is not approved from then on; once one of both is gone, the other is."""
    reader = begun(tmp_path)
    repository = reader.repository
    repository.pages[1].append(repository.item("p-1", b"other bytes"))
    repository.sign(APPROVED)
    reader.poll()
    contradicted = set(reader.approved)
    repository.pages[0].pop(0)
    repository.sign(APPROVED)
    reader.poll()

    assert contradicted == {"p-2", "p-3"}
    assert reader.approved == {"p-1", "p-2", "p-3"}


def test_a_contradiction_with_the_core_set_is_seen_and_mended(tmp_path: Path) -> None:
    """The same, between the list of what is approved and the set for offline use."""
    reader = begun(tmp_path)
    reader.repository.approve("core-1", b"other bytes")
    reader.poll()
    contradicted = (set(reader.approved), set(reader.core))
    reader.repository.approve("core-1")
    reader.poll()

    assert contradicted == ({"p-1", "p-2", "p-3"}, set())
    assert (reader.approved, reader.core) == ({"p-1", "p-2", "p-3", "core-1"}, {"core-1"})


def test_a_feed_without_a_core_set_has_an_empty_one(tmp_path: Path) -> None:
    """When the officers drop the core set, that is said: silence would keep it."""
    reader = begun(tmp_path)
    reader.repository.keep_offline()
    core = reader.poll().core

    assert core is not None
    assert (core.items, core.complete) == ((), True)


def test_marks_only_rise() -> None:
    """Equal versions are no news, higher ones are kept, roles not asked for stay, and lower ones are refused."""
    marks = raised(Marks({"root": 2, "approved": 7}, 100), {"root": 3}, 100)

    assert marks == Marks({"root": 3, "approved": 7}, 100)
    assert raised(marks, {"approved": 7}) == marks
    with pytest.raises(FeedError, match="approved went back from version 7 to 6"):
        raised(marks, {"approved": 6})
    with pytest.raises(FeedError, match="signed before"):
        raised(marks, {}, 99)


def test_a_withdrawal_that_cannot_be_taken_back_wins() -> None:
    """Of two entries of one id the later counts, and one without a date above all; bad ones have a line."""
    body = (
        b'{"withdrawn":[{"id":"a","at":"2027-01-02T00:00:00Z"},{"id":"a","at":"2027-01-01T00:00:00Z"},'
        b'{"id":"b","at":"2027-01-02T00:00:00Z"},{"id":"b"},{"id":""},7,{"id":8,"sha256":"12"}]}'
    )
    gone = documents.withdrawals(body, url="list")

    assert [(each.item, each.at is None) for each in gone.withdrawn] == [("a", False), ("b", True), ("8", True)]
    assert gone.withdrawn[0].at == 1_798_848_000 * 10**9
    assert len(gone.discarded) == 3


@pytest.mark.parametrize(
    "body",
    [
        b'{"min_approvals":"two"}',
        b'{"min_approvals":-1}',
        b'{"lease_s":0}',
        b'{"lease_s":"long"}',
        b'{"lease_s":1e999}',
        b'{"reinstated":{}}',
        b'{"schema":2}',
        b"[]",
        b'{"min_approvals":3,"min_approvals":2}',
    ],
)
def test_a_policy_that_cannot_be_understood_is_refused(body: bytes) -> None:
    """Rules are read to the letter or not at all."""
    with pytest.raises(FeedError):
        documents.policy(body, url="policy")


def test_a_bad_reinstatement_takes_nothing_back() -> None:
    """Without a date, or an id, it is left out with a line; an unclear halt is a halt."""
    body = b'{"halt":"no","reinstated":[{"id":"a"},{"withdrawn_at":"2027-01-01T00:00:00Z"},7]}'
    policy = documents.policy(body, url="policy")

    assert (policy.reinstated, len(policy.discarded), policy.halt) == ((), 3, True)
    assert (policy.min_approvals, policy.lease_s) == (2, 3600)


def test_an_index_approves_nothing_itself() -> None:
    """Items in the list of pages are on no page."""
    item = b'{"id":"p-1","_we_remember":{"status":"approved","sha256":"' + b"a" * 64 + b'","size_in_bytes":1}}'
    body = b'{"version":"https://jsonfeed.org/version/1.1","items":[' + item + b'],"_we_remember":{"sequence":1,"pages":[]}}'
    index = documents.index(body, url="index")

    assert (index.pages, index.sequence, len(index.discarded)) == ((), 1, 1)


def test_names_are_as_the_contract_has_them() -> None:
    """Pages are numbered from 1 with four digits or more, and a hash stands before a target's name."""
    assert (page_name(1), page_name(12345)) == ("page-0001.json", "page-12345.json")
    assert [is_page_name(name) for name in ("page-0001.json", "page-1.json", "page-0001.json\n", "index.json")] == [
        True,
        False,
        False,
        False,
    ]
    assert target_path("approved/page-0001.json", "ab") == "targets/approved/ab.page-0001.json"
    assert target_path("policy.json", "ab") == "targets/ab.policy.json"
