"""Approving: two people, each for exactly what they named."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from player.errors import OperatorError
from player.publish import approving, documents, settling
from player.publish.evidence import added_items
from tests.publish.atelier import Atelier, Player, facts


def test_nothing_is_published_before_two_people_approved_it(atelier: Atelier, player: Player) -> None:
    """One signature publishes nothing; the second, of another person, publishes the photo."""
    atelier.add("a")
    atelier.approve("anna", "a")
    atelier.sign()
    assert player.look().shown == set()

    done = atelier.approve("ben", "a")

    assert done.complete == ("a",)
    assert atelier.sign().news[0].startswith("published approved 2, signed by anna, ben, 1 photos more")
    assert player.look().shown == {"a"}
    assert atelier.has_bytes("a")


def test_one_person_is_one_person_however_often_they_sign(atelier: Atelier, player: Player) -> None:
    """The same person approving twice is no second approval."""
    atelier.add("a")
    atelier.approve("anna", "a")
    atelier.wait()
    atelier.approve("anna", "a")

    atelier.sign()

    assert player.look().shown == set()


def test_two_people_with_the_same_photos_meet_in_one_draft(atelier: Atelier) -> None:
    """Who approves exactly what somebody approved signs the same draft: there is one, with two signatures."""
    atelier.add("a", "b")
    atelier.approve("anna", "a", "b")
    atelier.wait(timedelta(hours=5))
    atelier.approve("ben", "b", "a")

    (draft,) = atelier.studio.pending.of("approved")
    assert len(draft.signatures) == 2


def test_a_shorter_list_is_countersigned_by_who_signed_a_longer_one(atelier: Atelier, player: Player) -> None:
    """Anna approved a, b, c and Ben only b: a list of b is made, Anna is told of it, and her signature publishes b alone."""
    atelier.add("a", "b", "c")
    atelier.approve("anna", "a", "b", "c")
    done = atelier.approve("ben", "b")
    assert not done.complete
    assert done.lacking == (
        "anna approved b too, in another list: anna signs this one with: weremember publish sign --key anna.key",
    )

    (signed,) = atelier.settle("anna")

    assert signed.adds == ("b",)
    atelier.sign()
    assert player.look().shown == {"b"}


def test_a_longer_list_does_not_keep_a_shorter_one_waiting(atelier: Atelier, player: Player) -> None:
    """Ben approves all, Anna had approved a: Ben's signature goes beside hers too, and a is published at once."""
    atelier.add("a", "b")
    atelier.approve("anna", "a")

    done = atelier.approve("ben", "a", "b")

    assert done.complete == ("a",)
    atelier.sign()
    assert player.look().shown == {"a"}


def test_an_approval_outlives_the_version_that_it_was_given_for(atelier: Atelier, player: Player) -> None:
    """What Anna approved stays approved by her when another version is published first; a countersignature is all it takes."""
    atelier.add("a", "b", "c")
    atelier.approve("anna", "a", "b", "c")
    atelier.approve("ben", "b")
    atelier.settle("anna")
    atelier.sign()

    atelier.approve("ben", "a", "c")
    atelier.settle("anna")
    atelier.sign()

    assert player.look().shown == {"a", "b", "c"}
    assert not atelier.studio.pending.all()


def test_no_signature_covers_what_its_person_did_not_name(atelier: Atelier) -> None:
    """In every draft, whatever it is called, all that is added was approved by everybody who signed it."""
    atelier.add("a", "b", "c")
    atelier.approve("anna", "a", "b")
    atelier.approve("ben", "b", "c")
    atelier.approve("cara", "c")
    for person in ("anna", "ben", "cara"):
        atelier.settle(person)
    named = {"anna": {"a", "b"}, "ben": {"b", "c"}, "cara": {"c"}}
    people = {atelier.key_of(name).keyid: name for name in named}

    for draft in atelier.studio.pending.of("approved"):
        for keyid in draft.signatures:
            assert set(added_items(draft)) <= named[people[keyid]]


def test_what_somebody_slipped_into_a_draft_is_not_signed(atelier: Atelier) -> None:
    """A draft whose pages hold more than it says is not what it would be if made again here: nobody signs it."""
    atelier.add("a", "evil")
    desk = atelier.desk("anna")
    honest = approving.approve(desk, ["a", "evil"]).drafts[0]
    lying = replace(honest, recipe={**honest.recipe, "adds": ["a"]})
    atelier.studio.pending.keep(lying)

    done = atelier.approve("ben", "a")

    assert [set(added_items(draft)) for draft in done.drafts] == [{"a"}]
    assert all("evil" not in page.decode() for page in done.drafts[0].documents.values())


def test_words_that_were_changed_are_not_approved_by_who_saw_the_old_ones(atelier: Atelier) -> None:
    """An approval is of the photo with its words: with another caption, it is pending again."""
    atelier.add("a")
    atelier.approve("anna", "a")
    before = atelier.studio.new_photos(atelier.studio.published())["a"]
    atelier.studio.describe(replace(before, caption="Something else"))

    assert not approving.approved_by_me(atelier.desk("anna"))
    assert not atelier.approve("ben", "a").complete


def test_a_photo_that_was_swapped_is_not_signed(atelier: Atelier) -> None:
    """The signature covers a hash; whoever looks at the studio must have seen the picture of that hash."""
    atelier.add("a")
    atelier.studio.photo(facts("a", b"the picture of a").sha256).write_bytes(b"another picture")

    with pytest.raises(OperatorError, match=r"a: its picture in .* is missing or another one"):
        atelier.approve("anna", "a")


@pytest.mark.parametrize(("name", "why"), [("nothing", "no photo of this id"), ("there", "is published already")])
def test_what_cannot_be_approved_is_one_line(atelier: Atelier, name: str, why: str) -> None:
    """An unknown id, or one that is published, is refused before anything is signed."""
    atelier.add("there", "new")
    atelier.both_approve("there")
    atelier.sign()

    with pytest.raises(OperatorError, match=f"{name}: .*{why}"):
        atelier.approve("anna", "new", name)
    assert not atelier.studio.pending.all()


def test_a_person_sees_what_changed_since_they_last_signed(atelier: Atelier) -> None:
    """Cara, who signed long ago, is shown what others published, what has gone, and what she is asked for."""
    atelier.add("a", "b", "c")
    atelier.approve("cara", "a")
    atelier.approve("anna", "a")
    atelier.sign()
    atelier.both_approve("b")
    atelier.withdraw("ben", "a")
    atelier.sign()

    seen = approving.review(atelier.desk("cara"), ["c"])

    assert [each.id for each in seen.adds] == ["c"]
    assert {documents.id_of(item) for item in seen.new_since} == {"b"}
    assert [documents.id_of(item) for item in seen.removes] == ["a"]


def test_a_draft_that_is_half_copied_is_none(atelier: Atelier) -> None:
    """What a synced folder has only in part, or changed on the way, is left aside."""
    atelier.add("a")
    draft = atelier.approve("anna", "a").drafts[0]
    folder = atelier.folder / "pending" / "approved" / draft.name
    (folder / "documents" / "approved" / "page-0001.json").write_text("{}")

    assert not atelier.studio.pending.all()


def test_a_signature_of_nobody_counts_for_nothing(atelier: Atelier, player: Player) -> None:
    """Files that look like signatures, of a stranger or of a person's name, publish nothing."""
    atelier.add("a")
    draft = atelier.approve("anna", "a").drafts[0]
    folder = atelier.folder / "pending" / "approved" / draft.name / "signatures"
    for name, keyid in (("ben", atelier.key_of("ben").keyid), ("stranger", "f" * 64)):
        (folder / f"{name}.json").write_text(json.dumps({"keyid": keyid, "sig": "00" * 64}))
    (folder / "torn.json").write_text("{")

    atelier.sign()

    assert player.look().shown == set()


def test_facts_come_back_as_they_were_kept(atelier: Atelier) -> None:
    """The facts of a photo survive their file, the point that must stay in view included."""
    whole = replace(facts("a", b"x"), focal=(0.25, -0.5), alt="Alt", credit="Me", language="hr", country="HR")
    atelier.studio.keep(whole, b"x")

    assert asdict(atelier.studio.new_photos(atelier.studio.published())["a"]) == asdict(whole)


def test_nobody_owes_a_countersignature_that_cannot_be_made_again(atelier: Atelier) -> None:
    """A draft from a clock that is years ahead is not countersigned: it would last for years."""
    atelier.add("a", "b")
    atelier.approve("anna", "a", "b")
    atelier.clock.step(round(timedelta(days=900).total_seconds()) * 1_000_000_000)
    atelier.approve("ben", "a")
    atelier.clock.step(-round(timedelta(days=900).total_seconds()) * 1_000_000_000)

    assert not settling.duties(atelier.desk("anna"))
