"""Keys change, and nobody who verifies is left behind."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from player.errors import OperatorError
from player.publish import ruling, settling
from player.publish.founding import make_key
from player.publish.keys import person_of, read_named
from player.publish.metadata import keys_of
from player.publish.owing import Kind
from tests.publish.atelier import SECRET, STRETCH, Atelier, Player


@pytest.fixture
def published(atelier: Atelier) -> Atelier:
    """A studio in which a is published, signed by anna and ben."""
    atelier.add("a", "b")
    atelier.both_approve("a")
    atelier.sign()
    return atelier


def _dora(atelier: Atelier, folder: Path) -> None:
    atelier.keys["dora"] = make_key(folder, "dora", lambda: SECRET, stretch=STRETCH)


def test_a_reviewer_whose_signature_counted_leaves_only_when_it_was_given_anew(published: Atelier, player: Player) -> None:
    """Taking the key away of somebody who signed what is published waits, and says so, until two who stay have signed it anew."""
    ruling.rotate(published.desk("anna"), "approved", removes=["ben"])
    published.settle("cara")
    signing = published.sign()
    assert "signed and waits" in signing.warnings[0]
    assert player.look().shown == {"a"}
    debt = published.owed()[0]
    assert (debt.kind, debt.role, debt.people) == (Kind.ANEW, "approved", ("anna", "cara"))

    published.settle("anna")
    assert "signed and waits" in published.sign().warnings[0]
    published.settle("cara")
    now = published.sign().published

    assert {person_of(key) for key in keys_of(now.targets.signed, "approved")} == {"anna", "cara"}
    assert player.look().shown == {"a"}
    with pytest.raises(OperatorError, match=r"ben's key .* is not in the role approved"):
        published.approve("ben", "b")


def test_what_a_reviewer_who_left_approved_counts_no_more(published: Atelier, player: Player) -> None:
    """A draft with the signature of somebody who has left since needs another person."""
    ruling.rotate(published.desk("anna"), "approved", removes=["ben"])
    published.settle("cara")
    for person in ("anna", "cara"):
        published.settle(person)
    published.approve("ben", "b")
    published.sign()
    published.approve("anna", "b")
    published.sign()
    assert player.look().shown == {"a"}

    published.approve("cara", "b")
    published.sign()

    assert player.look().shown == {"a", "b"}


def test_somebody_new_reviews(published: Atelier, player: Player, tmp_path: Path) -> None:
    """A key made elsewhere is handed over as a public file, given to the role by two, and counts from then on."""
    _dora(published, tmp_path)
    key = read_named(f"dora={tmp_path / 'dora.pub'}")
    with pytest.raises(OperatorError, match="dora: this key is in no role of this feed"):
        published.desk("dora")
    ruling.rotate(published.desk("anna"), "approved", adds=[key])
    published.settle("ben")
    published.sign()

    published.approve("dora", "b")
    published.approve("ben", "b")
    published.sign()

    assert player.look().shown == {"a", "b"}


def test_the_same_person_cannot_be_in_a_role_twice(published: Atelier, tmp_path: Path) -> None:
    """Neither under the same name with another key nor under a name that reads the same, nor by one key under two names."""
    again = make_key(tmp_path, "Anna", lambda: SECRET, stretch=STRETCH)
    key = read_named(f"Anna={again.with_suffix('.pub')}")

    with pytest.raises(OperatorError, match=r"players would refuse this: role approved: lists .*Anna.* twice"):
        ruling.rotate(published.desk("ben"), "approved", adds=[key])
    with pytest.raises(OperatorError, match="anna is in approved already"):
        ruling.rotate(published.desk("ben"), "approved", adds=[published.key_of("anna")])


def test_too_few_people_cannot_be_left(published: Atelier) -> None:
    """A role that needs two signatures keeps two people."""
    with pytest.raises(OperatorError, match="approved would have 1 people left and needs 2 to sign"):
        ruling.rotate(published.desk("anna"), "approved", removes=["ben", "cara"])
    with pytest.raises(OperatorError, match="dora has no key in targets"):
        ruling.rotate(published.desk("anna"), "targets", removes=["dora"])
    assert not published.studio.pending.all()


def test_a_new_root_is_signed_by_the_old_and_by_the_new(published: Atelier, player: Player, tmp_path: Path) -> None:
    """Cara's place in the root goes to Dora: two of the old and of the new sign, and players follow from their pinned root."""
    _dora(published, tmp_path)
    key = published.key_of("dora")
    for role in ("root", "targets"):
        ruling.rotate(published.desk("anna"), role, adds=[key], removes=["cara"])
    (draft,) = published.studio.pending.of("root")
    assert len(draft.recipe["changes"]) == 2  # pyright: ignore[reportArgumentType]  a list in every draft of root
    published.sign()
    assert player.look().shown == {"a"}
    assert published.studio.published().root.signed.version == 1

    published.settle("dora")
    published.settle("ben")
    published.sign()

    assert published.studio.published().root.signed.version == 2
    assert player.look().shown == {"a"}
    assert Player(published, tmp_path / "new").look().shown == {"a"}


@pytest.mark.parametrize("role", ["timestamp", "snapshot"])
def test_the_machine_gets_a_new_key_without_a_gap(published: Atelier, player: Player, role: str, tmp_path: Path) -> None:
    """The old key's and the new key's signature stand side by side while players learn of the new root."""
    ruled, path = ruling.rotate_machine(published.desk("anna"), role)
    assert ruled.missing == 1
    assert path.stat().st_mode & 0o777 == 0o600
    published.settle("ben")

    published.sign()

    assert player.look().shown == {"a"}
    published.sign()
    assert player.look().shown == {"a"}
    assert Player(published, tmp_path / "new").look().shown == {"a"}
    now = published.studio.published()
    assert len(keys_of(now.root.signed, role)) == 1


def test_a_decision_is_never_signed_in_passing(published: Atelier) -> None:
    """What was decided for root or targets is marked as needing thought; a renewal is not."""
    ruling.rotate(published.desk("anna"), "approved", removes=["ben"])
    published.wait(timedelta(days=12))

    found = {duty.debt.kind: duty.needs_thought for duty in settling.duties(published.desk("cara"))}

    assert found == {Kind.DECIDE: True, Kind.RENEW: False}


def test_what_one_person_asks_for_bit_by_bit_is_one_draft(published: Atelier) -> None:
    """Two changes of the same person, before anybody else signed, are one draft: otherwise only one of them could be next."""
    ruling.rotate(published.desk("anna"), "approved", removes=["ben"])
    ruling.rotate(published.desk("anna"), "withdrawn", removes=["ben"])

    (draft,) = published.studio.pending.of("targets")
    duty = next(each for each in settling.duties(published.desk("cara")) if each.debt.kind is Kind.DECIDE)
    assert duty.sentence == (
        "targets: take the key of ben out of approved; take the key of ben out of withdrawn (signed by anna)"
    )
    assert duty.name == f"targets/{draft.name}"
