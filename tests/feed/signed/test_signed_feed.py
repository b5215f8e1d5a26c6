"""A signed feed that is as it should be: what a poll brings, what it costs, and what one step does without the other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from player.errors import FeedError
from player.feed.item import Reinstatement, Status, Withdrawal
from player.feed.local import LocalFetcher
from player.feed.signed.feed import Marks, SignedFeed
from player.feed.signed.layout import APPROVED, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, WITHDRAWN
from player.units import SECOND
from tests.fakes.repository import Repository
from tests.feed.signed.reader import Deed, Reader, begun

MINUTE = 60 * SECOND


def test_a_first_poll_brings_everything(tmp_path: Path) -> None:
    """Photos by their hash below the base URL, the people who signed, the core set, withdrawals, and how far it is believed."""
    repository = Repository()
    repository.approve("p-1", b"picture", by=("Fay", "Dov"))
    repository.withdraw("gone", sha256="A" * 64)
    repository.keep_offline("core-1")
    reader = Reader(repository, tmp_path)
    refreshed = reader.refresh()
    listed = reader.feed.listed(refreshed, None, now=repository.now)
    snapshot, core = listed.snapshot, listed.core

    assert refreshed.withdrawn == (Withdrawal("gone", "author", repository.now, "a" * 64),)
    assert (refreshed.lease_s, refreshed.expires, refreshed.halt) == (3600, repository.now + 60 * MINUTE, False)
    assert snapshot is not None
    assert core is not None
    (item,) = snapshot.items
    assert item.image == f"{repository.base}/photos/{item.sha256}"
    assert (item.status, item.size_in_bytes) == (Status.APPROVED, 7)
    assert (snapshot.complete, snapshot.sequence, snapshot.approvals, snapshot.min_approvals) == (True, 2, 2, 2)
    assert (snapshot.kept, snapshot.lease_s) == ((), 3600)
    assert [each.id for each in core.items] == ["core-1"]
    assert (core.complete, core.approvals, core.lease_s) == (True, 2, None)
    assert listed.signed_by == ("Dov", "Fay")
    assert listed.marks == Marks({ROOT: 1, TIMESTAMP: 4, SNAPSHOT: 4, TARGETS: 2, WITHDRAWN: 2, APPROVED: 2}, repository.now)


def test_a_folder_is_read_as_a_server_is(tmp_path: Path) -> None:
    """A feed on a disk, where there is no newer root, is read by paths, and its photos are paths."""
    repository = Repository()
    repository.approve("p-1")
    folder = tmp_path / "feed"
    repository.write(folder)
    reader = Reader(repository, tmp_path, url=str(folder), fetcher=LocalFetcher(folder))
    snapshot = reader.poll().snapshot

    assert snapshot is not None
    assert Path(snapshot.items[0].image).read_bytes() == b"p-1"


def test_no_password_of_the_address_is_in_what_is_stored(tmp_path: Path) -> None:
    """Photos are named without the user and password of the feed's own URL; whoever fetches them adds both."""
    repository = Repository(base="https://user:secret@signed.example/feed")
    repository.approve("p-1")
    snapshot = Reader(repository, tmp_path).poll().snapshot

    assert snapshot is not None
    assert snapshot.items[0].image.startswith("https://signed.example/feed/photos/")


def test_an_idle_poll_is_two_small_requests(tmp_path: Path) -> None:
    """When nothing has changed a newer root and the timestamp are asked for, and nothing is given twice."""
    reader = begun(tmp_path)
    reader.repository.received = 0
    listed = reader.poll()

    assert reader.requests == ["metadata/2.root.json", "metadata/timestamp.json"]
    assert 0 < reader.repository.received <= 600
    assert (listed.snapshot, listed.core) == (None, None)


def test_a_new_timestamp_alone_costs_no_more(tmp_path: Path) -> None:
    """The machine signs anew every five minutes; that is one poll of two requests and a new lease."""
    reader = begun(tmp_path)
    reader.repository.advance(30 * MINUTE)
    half = reader.refresh()
    reader.repository.tick()
    whole = reader.refresh()

    assert (half.lease_s, whole.lease_s) == (1800, 3600)
    assert len(reader.requests) == 4


def test_one_approval_costs_one_page(tmp_path: Path) -> None:
    """Only what changed is fetched and parsed; the ids on other pages are kept."""
    reader = begun(tmp_path)
    reader.repository.approve("p-4")
    listed = reader.poll()
    fetched = [path for path in reader.requests if "page-" in path]

    assert listed.snapshot is not None
    assert [item.id for item in listed.snapshot.items] == ["p-3", "p-4"]
    assert (listed.snapshot.kept, listed.core) == (("p-1", "p-2"), None)
    assert len(fetched) == 1
    assert reader.approved == {"p-1", "p-2", "p-3", "p-4"}


def test_what_is_on_no_page_is_not_approved(tmp_path: Path) -> None:
    """An item that was taken off its page is neither listed nor kept."""
    reader = begun(tmp_path)
    reader.repository.remove("p-1")
    reader.poll()

    assert reader.approved == {"p-2", "p-3"}


def test_a_lost_memory_reads_everything_again_without_fetching_it(tmp_path: Path) -> None:
    """After a restart all pages are parsed, from the cache."""
    reader = begun(tmp_path)
    reader.held = None
    listed = reader.poll()

    assert listed.snapshot is not None
    assert len(listed.snapshot.items) == 3
    assert listed.core is not None
    assert len(reader.requests) == 2


TERMS: dict[str, Deed] = {
    "policy": lambda r: (r.policy.update(min_approvals=3), r.sign(TARGETS)),
    "reinstated": lambda r: r.reinstate("gone"),
    "core": lambda r: r.keep_offline("core-2"),
    "more people": lambda r: r.sign(APPROVED, by=("Dov", "Eli", "Fay")),
    "more people for the core set": lambda r: r.sign(TARGETS, by=("Ada", "Ben", "Cleo")),
}


@pytest.mark.parametrize("change", TERMS.values(), ids=TERMS)
def test_what_every_verdict_depends_on_reads_all_pages_again(tmp_path: Path, change: Deed) -> None:
    """When the rules, or how many people signed, change, no page counts as read."""
    reader = begun(tmp_path)
    change(reader.repository)
    listed = reader.poll()

    assert listed.snapshot is not None
    assert (len(listed.snapshot.items), listed.snapshot.kept) == (3, ())
    assert listed.core is not None


@pytest.mark.parametrize("wanted", [0, 1, 2, 3])
def test_two_people_are_the_least(tmp_path: Path, wanted: int) -> None:
    """A policy may ask for more people than two, never for fewer."""
    reader = begun(tmp_path)
    reader.repository.policy["min_approvals"] = wanted
    reader.repository.sign(TARGETS)
    reader.held = None
    snapshot = reader.poll().snapshot

    assert snapshot is not None
    assert (snapshot.min_approvals, snapshot.approvals) == (max(2, wanted), 2)


def test_a_reinstatement_names_one_withdrawal(tmp_path: Path) -> None:
    """It comes with the date of the withdrawal that it takes back, read alike in both documents."""
    reader = begun(tmp_path)
    reader.repository.reinstate("gone")
    refreshed = reader.refresh()

    assert refreshed.withdrawn[0].at is not None
    assert refreshed.reinstated == (Reinstatement("gone", refreshed.withdrawn[0].at),)


@pytest.mark.parametrize("who", ["one person", "the policy", "the index", "a page", "the core set"])
def test_a_halt_is_heard_from_everywhere_and_ends(tmp_path: Path, who: str) -> None:
    """A halt is told once, for both sets; when it ends everything is listed again, for nothing was taken in during it."""
    reader = begun(tmp_path)
    repository = reader.repository
    page, core = repository.pages[0], repository.core

    def set_to(halts: object) -> None:
        match who:
            case "one person":
                repository.halt(halts=bool(halts))
            case "the policy":
                repository.policy["halt"] = halts
                repository.sign(TARGETS)
            case "the index":
                repository.index_fields["halt"] = halts
                repository.sign(APPROVED)
            case _:
                role, path = (APPROVED, "approved/page-0001.json") if who == "a page" else (TARGETS, "core.json")
                body = repository.feed_of(page if who == "a page" else core, halt=halts)
                repository.document(role, path, body)

    set_to("yes")
    halted = reader.poll()
    unchanged = reader.poll()
    set_to(halts=False) if who == "one person" else set_to(False)
    again = reader.poll()

    for listed, halts in ((halted, True), (again, False)):
        assert listed.snapshot is not None
        assert listed.core is not None
        assert (listed.snapshot.halt, listed.core.halt) == (halts, halts)
    assert unchanged.snapshot is None
    assert again.snapshot is not None
    assert len(again.snapshot.items) == 3
    assert reader.refresh().halt is False


def test_pages_without_memory_of_a_halt_are_read_in_full(tmp_path: Path) -> None:
    """What changed while the show was halted is listed, whole, when it goes on."""
    reader = begun(tmp_path)
    reader.repository.halt()
    reader.poll()
    reader.repository.approve("p-4")
    reader.poll()
    reader.repository.halt(halts=False)
    snapshot = reader.poll().snapshot

    assert snapshot is not None
    assert len(snapshot.items) == 4


@pytest.mark.parametrize(
    ("role", "left_s"), [(ROOT, 60), (TARGETS, 60), (SNAPSHOT, 60), (WITHDRAWN, 60), (TIMESTAMP, 60), (APPROVED, 3600)]
)
def test_a_confirmation_lasts_as_long_as_all_that_it_rests_on(tmp_path: Path, role: str, left_s: float) -> None:
    """The lease ends with the first role that expires; the list of approvals shortens only what it lists."""
    reader = begun(tmp_path)
    reader.repository.sign(role, expires=reader.repository.now + MINUTE)
    refreshed = reader.refresh()
    listed = reader.feed.listed(refreshed, None, now=reader.repository.now)

    assert refreshed.lease_s == left_s
    assert listed.lease_s == 60
    assert listed.expires == reader.repository.now + MINUTE


@pytest.mark.parametrize(("lease_s", "hours", "counts_s"), [(900, 1, 900), (86_400, 10, 36_000), (86_400, 48, 86_400)])
def test_the_policy_sets_the_lease(tmp_path: Path, lease_s: float, hours: int, counts_s: float) -> None:
    """A shorter lease counts; a longer one as far as the timestamp reaches, and that at most a day from its signing."""
    reader = begun(tmp_path)
    repository = reader.repository
    repository.policy["lease_s"] = lease_s
    repository.sign(TARGETS)
    repository.sign(SNAPSHOT, expires=repository.now + 100 * 60 * MINUTE, alone=True)
    repository.signed[TIMESTAMP].snapshot_meta.version = repository.signed[SNAPSHOT].version
    repository.sign(TIMESTAMP, expires=repository.now + hours * 60 * MINUTE)

    assert reader.refresh().lease_s == counts_s


@pytest.mark.parametrize("fault", ["expired", "one signature", "missing", "no index"])
def test_withdrawals_come_whatever_is_wrong_with_approvals(tmp_path: Path, fault: str) -> None:
    """The first step needs nothing of approved.json; only the second fails, and changes nothing."""
    reader = begun(tmp_path)
    repository = reader.repository
    repository.withdraw("p-1")
    match fault:
        case "expired":
            repository.sign(APPROVED, expires=repository.now - SECOND)
        case "one signature":
            repository.sign(APPROVED, by=("Dov",))
        case "missing":
            repository.sign(APPROVED)
            del repository.files[f"metadata/{repository.signed[APPROVED].version}.approved.json"]
        case _:
            repository.sign(APPROVED, change=lambda signed: signed.targets.pop("approved/index.json"))
    refreshed = reader.refresh()
    approved, marks = set(reader.approved), reader.marks
    with pytest.raises(Exception, match=r"expired|signed by 1/2|404|missing"):
        reader.poll()

    assert [each.item for each in refreshed.withdrawn] == ["gone", "p-1"]
    assert (reader.approved, reader.marks) == (approved, marks)


def test_unknown_fields_are_no_fault(tmp_path: Path) -> None:
    """Metadata and documents may say more than we understand."""
    reader = begun(tmp_path)
    repository = reader.repository
    repository.policy["x-new"] = {"a": [1]}
    repository.list_fields["x-new"] = "b"
    repository.index_fields["x-new"] = None
    repository.pages[0][0] |= {"x-new": 1, "_other": {}}
    for role in (APPROVED, WITHDRAWN, TARGETS, SNAPSHOT, TIMESTAMP):
        repository.sign(role, change=lambda signed: signed.unrecognized_fields.update({"x-new": {"c": 1}}))
    reader.poll()

    assert reader.approved == {"p-1", "p-2", "p-3"}


def test_a_bad_item_costs_only_itself(tmp_path: Path) -> None:
    """An item without its hash is left out, one without its size is not approved; each has a line, and the rest is listed."""
    reader = begun(tmp_path)
    repository = reader.repository
    repository.approve("no hash", sha256=None)
    repository.approve("bad hash", sha256="12")
    repository.approve("no size", size_in_bytes="many")
    repository.approve("elsewhere")
    repository.pages[-1][-1]["image"] = "https://evil.example/1.jpg"
    repository.sign(APPROVED)
    snapshot = reader.poll().snapshot

    assert snapshot is not None
    assert len(snapshot.discarded) == 3
    assert reader.approved == {"p-1", "p-2", "p-3", "elsewhere"}
    assert all(item.image.startswith(repository.base) for item in snapshot.items)


def test_the_caller_is_asked_for_the_time_and_no_clock_is_read(tmp_path: Path) -> None:
    """A feed of 2051 is believed in 2051 by the caller's word, and one of 2001 in 2001."""
    for number, year in enumerate((2051, 2001)):
        now = (year - 1970) * 31_556_952 * SECOND
        reader = begun(tmp_path / str(number), now=now)
        assert reader.approved
        with pytest.raises(FeedError, match="expired"):
            reader.poll(now + 61 * MINUTE)


def test_the_marks_of_another_moment_are_not_changed(tmp_path: Path) -> None:
    """Marks are values: a poll returns new ones."""
    reader = begun(tmp_path)
    before = replace(reader.marks, versions=dict(reader.marks.versions))
    feed = SignedFeed(reader.repository.base, root=reader.repository.root, cache=tmp_path / "other", fetcher=reader.repository)
    reader.repository.tick()
    after = feed.refresh(marks=reader.marks, now=reader.repository.now).marks

    assert reader.marks == before
    assert after.versions[TIMESTAMP] == before.versions[TIMESTAMP] + 1
