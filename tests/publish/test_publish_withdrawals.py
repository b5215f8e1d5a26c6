"""Withdrawing: one person, at once, and never forgotten."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from player.errors import OperatorError
from player.publish import ruling, withdrawing
from player.publish.drafts import Draft
from player.publish.owing import Kind
from player.publish.proposals import said_by
from tests.publish.atelier import Atelier, Player, Seen


@pytest.fixture
def published(atelier: Atelier) -> Atelier:
    """A studio in which a, b and c are published."""
    atelier.add("a", "b", "c")
    atelier.both_approve("a", "b", "c")
    atelier.sign()
    return atelier


def test_one_person_takes_a_photo_away(published: Atelier, player: Player) -> None:
    """One signature withdraws: players know it with the next publication, and the bytes are gone from the web server."""
    published.withdraw("cara", "b")

    signing = published.sign()

    assert "published the withdrawal of b" in signing.news
    assert player.look().shown == {"a", "c"}
    assert not published.has_bytes("b")


def test_the_next_approval_leaves_it_out_of_the_pages(published: Atelier, player: Player) -> None:
    """A withdrawn photo stays listed until somebody signs the list anyway; then it is on no page."""
    published.withdraw("cara", "b")
    published.sign()
    assert player.look().listed == {"a", "b", "c"}

    published.add("d")
    published.both_approve("d")
    published.sign()

    assert player.look().listed == {"a", "c", "d"}


def test_what_is_withdrawn_cannot_be_approved(published: Atelier) -> None:
    """A withdrawn photo is neither approved again by naming it, nor by a list that was signed before and published after."""
    published.add("d")
    published.both_approve("d")
    published.withdraw("cara", "d")
    signing = published.sign()

    assert "d" not in signing.published.items()
    assert not published.has_bytes("d")
    with pytest.raises(OperatorError, match="d: withdrawn"):
        published.approve("anna", "d")


def test_two_people_who_withdraw_at_once_are_both_heard(published: Atelier, player: Player) -> None:
    """Of two lists only one can be next: the other's bytes go at once, it is said loudly, and the next list carries it along."""
    desks = published.desk("anna"), published.desk("ben")
    withdrawing.withdraw(desks[0], ["a"], "author")
    withdrawing.withdraw(desks[1], ["b"], "author")

    signing = published.sign()

    assert len(signing.published.withdrawals.entries) == 1
    assert len(signing.warnings) == 1
    assert "was withdrawn on a list that another one overtook" in signing.warnings[0]
    assert not published.has_bytes("a")
    assert not published.has_bytes("b")
    assert published.owed()[0].kind is Kind.AGAIN
    for _ in range(3):
        assert published.sign().warnings == signing.warnings

    published.withdraw("cara", "c")

    assert not published.sign().warnings
    assert player.look().shown == set()


def test_anybody_may_sign_a_lost_withdrawal_again(published: Atelier, player: Player) -> None:
    """`sign --key` gives the signature that a lost withdrawal needs."""
    desks = published.desk("anna"), published.desk("ben")
    withdrawing.withdraw(desks[0], ["a"], "author")
    withdrawing.withdraw(desks[1], ["b"], "author")
    published.sign()

    published.settle("cara")

    assert not published.sign().warnings
    assert player.look().shown == {"c"}
    assert not published.studio.pending.all()


def test_withdrawing_one_after_the_other_before_the_signer_runs_loses_nothing(published: Atelier) -> None:
    """A withdrawal takes along those that wait."""
    published.withdraw("anna", "a")
    done = published.withdraw("ben", "b")

    assert [entry.id for entry in done.others] == ["a"]
    assert {entry.id for entry in published.sign().published.withdrawals.entries} == {"a", "b"}


def test_a_list_that_forgets_a_withdrawal_is_not_published(published: Atelier) -> None:
    """Even signed, a list without something that was withdrawn before is not the next one."""
    published.withdraw("anna", "a")
    published.sign()
    desk = published.desk("ben")
    bare = replace(desk, now=replace(desk.now, withdrawals=replace(desk.now.withdrawals, entries=())))
    withdrawing.withdraw(bare, ["b"], "author")

    now = published.sign().published

    assert [entry.id for entry in now.withdrawals.entries] == ["a"]
    assert not published.has_bytes("b")


def test_two_of_the_targets_keys_bring_it_back(published: Atelier, player: Player) -> None:
    """A reinstatement of one person does nothing; of two, the photo is on the wall again while it is on a page."""
    published.withdraw("cara", "b")
    published.sign()
    published.wait()
    first = ruling.reinstate(published.desk("anna"), ["b"])
    published.sign()
    assert first.missing == 1
    assert "b" not in player.look().shown

    assert ruling.reinstate(published.desk("ben"), ["b"]).missing == 0

    published.sign()
    assert player.look().shown == {"a", "b", "c"}
    assert published.has_bytes("b")


def test_what_left_the_pages_needs_two_approvals_again(published: Atelier, player: Player) -> None:
    """Reinstated after its page was written without it, a photo is pending again."""
    published.withdraw("cara", "b")
    published.sign()
    published.add("d")
    published.both_approve("d")
    published.sign()
    published.reinstate("b")
    published.sign()
    assert "b" not in player.look().shown

    published.both_approve("b")
    published.sign()

    assert player.look().shown == {"a", "b", "c", "d"}


def test_a_photo_can_be_withdrawn_again_after_it_came_back(published: Atelier, player: Player) -> None:
    """A reinstatement takes back one withdrawal; the next one has a date of its own, also within the same second."""
    published.withdraw("cara", "b")
    published.sign()
    published.reinstate("b")
    published.sign()
    published.clock.step(-1_000_000_000)
    published.clock.advance(1_000_000_000)

    published.withdraw("anna", "b")
    published.sign()

    assert player.look().shown == {"a", "c"}
    assert not published.has_bytes("b")


def test_a_pending_photo_can_be_withdrawn(atelier: Atelier) -> None:
    """What was never published can be withdrawn for ever too, and an unknown id is one line."""
    atelier.add("a")
    atelier.withdraw("ben", "a")
    atelier.sign()

    with pytest.raises(OperatorError, match="a: withdrawn"):
        atelier.approve("anna", "a")
    with pytest.raises(OperatorError, match="nobody: no photo of this id"):
        atelier.withdraw("ben", "nobody")


def test_one_person_halts_everything(published: Atelier, player: Player) -> None:
    """A halt is signed by one, survives withdrawals that follow, and is lifted by one."""
    withdrawing.halt(published.desk("ben"), lift=False)
    published.sign()
    assert player.look().halt

    published.withdraw("cara", "b")
    published.sign()
    assert player.look().halt

    withdrawing.halt(published.desk("anna"), lift=True)
    published.sign()
    assert not player.look().halt


def test_a_halt_that_lost_a_race_is_not_forgotten(published: Atelier, player: Player) -> None:
    """When a withdrawal overtakes a halt, it is said, owed, and carried by the next list."""
    desks = published.desk("anna"), published.desk("ben")
    withdrawing.halt(desks[0], lift=False)
    withdrawing.withdraw(desks[1], ["a"], "author")
    assert "a halt was asked for" in published.sign().warnings[-1]

    published.settle("cara")
    published.sign()

    assert player.look().halt


def test_a_withdrawal_names_the_bytes(published: Atelier) -> None:
    """Its entry carries the hash, so that players refuse those bytes from every source."""
    done = published.withdraw("ben", "a")

    assert isinstance(done.draft, Draft)
    (entry,) = said_by(done.draft).entries
    assert entry.sha256 == done.new[0].sha256 != ""


def test_the_offline_set_holds_only_what_is_approved(published: Atelier) -> None:
    """Two targets keys choose it; a pending or withdrawn photo cannot be in it."""
    published.add("d")
    with pytest.raises(OperatorError, match="d: only what is approved"):
        ruling.set_core(published.desk("anna"), ["d"])
    ruling.set_core(published.desk("anna"), ["a", "b"])
    ruling.set_core(published.desk("ben"), ["b", "a"])

    now = published.sign().published

    assert {item["id"] for item in now.core} == {"a", "b"}


def test_a_studio_that_came_back_from_a_backup_withdraws_as_before(atelier: Atelier, player: Player, tmp_path: Path) -> None:
    """Its versions are some that players know with another thing in them: the bytes are named as well, so they look."""
    atelier.add("a", "b", "c")
    atelier.both_approve("a", "b", "c")
    atelier.sign()
    shutil.copytree(atelier.folder, tmp_path / "backup")
    atelier.withdraw("anna", "a")
    atelier.sign()
    assert player.look().shown == {"b", "c"}

    shutil.rmtree(atelier.folder)
    shutil.copytree(tmp_path / "backup", atelier.folder)
    atelier.withdraw("ben", "b")
    atelier.sign()
    atelier.sign()

    at_once = player._by_ours(Seen(frozenset(), frozenset(), halt=False))  # pyright: ignore[reportPrivateUsage] - it alone looks so closely
    assert "b" not in at_once
    atelier.wait(timedelta(hours=13))  # until there is another snapshot, in any case
    atelier.sign()
    assert "b" not in player.look().shown
