"""What TUF leaves open: who counts as two people, who may sign what, and how the keys change hands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from securesystemslib.signer import SSlibKey  # pyright: ignore[reportPrivateImportUsage]  the documented place for it
from tuf.api.metadata import (
    DelegatedRole,  # pyright: ignore[reportPrivateImportUsage]  this is tuf's documented place for both
    Role,  # pyright: ignore[reportPrivateImportUsage]
)

from player.errors import FeedError
from player.feed.signed.client import check_root
from player.feed.signed.layout import APPROVED, INDEX, PERSON, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, WITHDRAWN
from player.feed.signed.roles import people
from player.units import SECOND
from tests.fakes.pens import MACHINE, Pen, pen_of
from tests.fakes.repository import Repository
from tests.feed.signed.reader import Deed, Reader, begun, refused

DOV: Final = pen_of("Dov")
ELI: Final = pen_of("Eli")


def named(name: object, keyid: str = "") -> Pen:
    """A key of its own whose field of the person says *name*."""
    pen = pen_of(f"key of {name}")
    return Pen(SSlibKey(keyid or pen.key.keyid, "ed25519", "ed25519", pen.key.keyval, {PERSON: name}), pen.private)


def _elliptic() -> Pen:
    key = SSlibKey.from_crypto(generate_private_key(SECP256R1()).public_key())
    key.unrecognized_fields[PERSON] = "Eli"
    return Pen(key, ELI.private)


def _short() -> Pen:
    return Pen(SSlibKey("a" * 64, "ed25519", "ed25519", {"public": "abcd"}, {PERSON: "Eli"}), ELI.private)


PEOPLE: Final[dict[str, tuple[list[Pen], str]]] = {
    "one key under two ids": ([DOV, DOV.twin(person="Eli")], "one public key twice"),
    "one person with two keys": ([DOV, pen_of("Dov", 2)], '"Dov" twice'),
    "one person in capitals": ([DOV, named("DOV")], '"DOV" twice'),
    "one person with blanks": ([DOV, named(" D o v. ")], "twice"),
    "one person with what is not seen": ([DOV, named("D\u200do\u200bv")], "twice"),
    "one person in full width": ([DOV, named("Ｄｏｖ")], "twice"),
    "a key without a person": ([DOV, named("")], "whose it is"),
    "a person who is no text": ([DOV, named(["Eli"])], "whose it is"),
    "another kind of key": ([DOV, ELI, _elliptic()], "no Ed25519 key"),
    "half a key": ([DOV, ELI, _short()], "no Ed25519 key"),
}


@pytest.mark.parametrize("role", [APPROVED, WITHDRAWN, TARGETS, ROOT])
@pytest.mark.parametrize(("pens", "match"), PEOPLE.values(), ids=PEOPLE)
def test_nobody_counts_twice(tmp_path: Path, role: str, pens: list[Pen], match: str) -> None:
    """A role that lists a key or a person twice, or what is no person's key, is refused though all signatures are there."""
    reader = begun(tmp_path)
    former = reader.repository.pens[ROOT][:2]
    reader.repository.rotate(role, pens, by=[*former, *pens[:2]] if role == ROOT else None)

    refused(reader, match)


def test_the_machine_needs_no_name(tmp_path: Path) -> None:
    """Snapshot and timestamp are signed by a machine, which is nobody; but no key counts twice there either."""
    reader = begun(tmp_path)
    machine = pen_of(MACHINE)
    reader.repository.rotate(SNAPSHOT, [machine, pen_of(MACHINE, 2)])
    reader.poll()
    reader.repository.rotate(TIMESTAMP, [machine, machine.twin()])

    refused(reader, "role timestamp: lists one public key twice")


def _delegate(**changed: Any) -> Deed:
    """Sign targets whose delegation to approved has other fields."""

    def deed(repository: Repository) -> None:
        roles = repository.signed[TARGETS].delegations.roles
        had = roles[APPROVED]
        fields: dict[str, Any] = {"keyids": had.keyids, "threshold": 2, "terminating": True, "paths": ["approved/*"], **changed}
        roles[APPROVED] = DelegatedRole(APPROVED, **fields)
        repository.sign(TARGETS)

    return deed


def _delegations(change: Deed) -> Deed:
    def deed(repository: Repository) -> None:
        change(repository.signed[TARGETS].delegations)
        repository.sign(TARGETS)

    return deed


def _reversed(delegations: Any) -> None:
    delegations.roles = dict(reversed(delegations.roles.items()))


def _another(delegations: Any) -> None:
    delegations.roles["more"] = DelegatedRole("more", [], 1, terminating=True, paths=["more/*"])


def _none(signed: Any) -> None:
    signed.delegations = None


def _further(repository: Repository) -> None:
    def change(signed: Any) -> None:
        signed.delegations = repository.signed[TARGETS].delegations

    repository.sign(APPROVED, change=change)


def _by_the_wrong_role(repository: Repository) -> None:
    index = repository.signed[APPROVED].targets[INDEX]
    repository.sign(TARGETS, change=lambda signed: signed.targets.update({INDEX: index}))


def _root(change: Deed) -> Deed:
    return lambda repository: repository.sign(ROOT, change=change)


def _threshold(role: str) -> Deed:
    def change(root: Any) -> None:
        root.roles[role] = Role(root.roles[role].keyids, 1)

    return _root(change)


def _strange_key(root: Any) -> None:
    root.roles[TARGETS].keyids.append("b" * 64)


def _half_and_half(root: Any) -> None:
    root.consistent_snapshot = False


RULES: Final[dict[str, tuple[Deed, str]]] = {
    "one approver is enough": (_delegate(threshold=1), "role approved: a threshold of 1"),
    "approvers for all paths": (_delegate(paths=["*"]), "delegates in another way"),
    "approvers for withdrawals, too": (_delegate(paths=["approved/*", "withdrawn/*"]), "delegates in another way"),
    "paths by hashes": (_delegate(paths=None, path_hash_prefixes=["00"]), "delegates in another way"),
    "others after the approvers": (_delegate(terminating=False), "delegates in another way"),
    "a key that is not there": (_delegate(keyids=[DOV.key.keyid, "c" * 64]), "a key that is not there"),
    "approvals before withdrawals": (_delegations(_reversed), "delegates in another way"),
    "a third delegation": (_delegations(_another), "delegates in another way"),
    "no delegations": (lambda r: r.sign(TARGETS, change=_none), "delegates in another way"),
    "approvers who delegate": (_further, "approved.json: delegates further"),
    "officers who approve": (_by_the_wrong_role, "signs .* itself"),
    "a root of one": (_threshold(ROOT), "role root: a threshold of 1"),
    "targets of one": (_threshold(TARGETS), "role targets: a threshold of 1"),
    "a root with a key that is not there": (_root(_strange_key), "a key that is not there"),
    "a root that mixes publications": (_root(_half_and_half), "without consistent snapshots"),
}


@pytest.mark.parametrize(("deed", "match"), RULES.values(), ids=RULES)
def test_the_roles_are_as_the_contract_has_them(tmp_path: Path, deed: Deed, match: str) -> None:
    """Thresholds, paths and delegations other than the contract's are refused, whoever signed them."""
    reader = begun(tmp_path)
    deed(reader.repository)

    refused(reader, match)


def test_every_root_on_the_way_is_judged(tmp_path: Path) -> None:
    """A bad root in the middle refuses the feed, though the newest is in order: it chose the newest."""
    reader = begun(tmp_path)
    ada, ben, cleo = (pen_of(name) for name in ("Ada", "Ben", "Cleo"))
    reader.repository.rotate(ROOT, [ada, ada.twin(person="Ben")], by=[ada, ben, ada.twin(person="Ben")])
    reader.repository.rotate(ROOT, [ada, ben, cleo], by=[ada, ada.twin(person="Ben"), ben])

    refused(reader, "role root: lists one public key twice")


def test_approvals_are_counted_by_people(tmp_path: Path) -> None:
    """Three signatures are three people; a signature that is not valid is nobody's."""
    reader = begun(tmp_path)
    reader.repository.sign(APPROVED, by=("Dov", "Eli", "Fay"))
    three = reader.poll()
    fay = pen_of("Fay")
    forged = Pen(fay.key, pen_of("Mal").private)
    reader.repository.sign(APPROVED, by=(DOV, ELI, forged))
    two = reader.poll()

    assert three.signed_by == ("Dov", "Eli", "Fay")
    assert two.signed_by == ("Dov", "Eli")
    assert two.snapshot is not None
    assert two.snapshot.approvals == 2


def test_one_person_is_one_whatever_they_sign_with() -> None:
    """People are counted by their folded names, the first spelling stays, and a key without a name counts for nobody."""
    keys = [pen.key for pen in (DOV, named("dov"), ELI, named(""), named(7))]

    assert people(keys) == ("Dov", "Eli")


def test_officers_hand_over(tmp_path: Path) -> None:
    """A root signed by two of the old and two of the new officers is followed, also over several steps at once."""
    reader = begun(tmp_path)
    repository = reader.repository
    repository.rotate(ROOT, [pen_of(name) for name in ("Ada", "Gil", "Hana")])
    repository.rotate(TARGETS, [pen_of(name) for name in ("Ada", "Gil", "Hana")])
    repository.rotate(TIMESTAMP, [pen_of(MACHINE, 2)])
    repository.rotate(SNAPSHOT, [pen_of(MACHINE, 2)])
    repository.withdraw("p-1")
    reader.poll()

    assert reader.marks.versions[ROOT] == 5
    assert "p-1" in reader.withdrawn


def test_a_reviewer_who_left_does_not_count_any_more(tmp_path: Path) -> None:
    """After new targets, an old reviewer's signature is worth nothing, and a new one's counts."""
    reader = begun(tmp_path)
    repository = reader.repository
    repository.rotate(APPROVED, [pen_of(name) for name in ("Eli", "Fay", "Gil")])
    repository.approve("p-4", by=("Eli", "Gil"))
    reader.poll()
    repository.approve("p-5", by=("Eli",))

    assert reader.approved == {"p-1", "p-2", "p-3", "p-4"}
    refused(reader, "signed by 1/2")
    repository.sign(APPROVED, by=("Eli", DOV))
    refused(reader, "signed by 1/2")


def _edited(change: Callable[[Any], Any]) -> bytes:
    root = json.loads(Repository().root)
    change(root)
    return json.dumps(root).encode()


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "deserialize"),
        (b"x" * 200_000, "larger than"),
        (b"{}", "deserialize"),
        (_edited(lambda root: root["signatures"].pop()), "root was signed by 1/2"),
        (_edited(lambda root: root["signed"].update(version=7)), "root was signed by 0/2"),
        (_edited(lambda root: root["signed"].update(_type="targets")), "deserialize"),
        (Repository().files["metadata/timestamp.json"], "Expected 'root'"),
    ],
    ids=["nothing", "too much", "empty", "one signature", "changed", "relabelled", "a timestamp"],
)
def test_a_root_that_cannot_be_trusted_is_not_pinned(content: bytes, match: str) -> None:
    """What a person is about to pin is verified by itself, and a line says what is wrong."""
    with pytest.raises(FeedError, match=match):
        check_root(content)


def test_a_root_is_checked_alone() -> None:
    """A good root gives its version, also when it has expired: it can lead to a newer one. Twins in it are refused."""
    repository = Repository()
    repository.sign(ROOT, expires=repository.now - SECOND)
    twins = Repository()
    twins.rotate(ROOT, [pen_of("Ada"), pen_of("Ada").twin(person="Ben")])

    assert check_root(repository.files["metadata/2.root.json"]) == 2
    with pytest.raises(FeedError, match="one public key twice"):
        check_root(twins.files["metadata/2.root.json"])


def test_a_root_that_was_pinned_badly_is_refused_at_each_poll(tmp_path: Path) -> None:
    """The pinned root is judged like every other."""
    twins = Repository()
    twins.rotate(ROOT, [pen_of("Ada"), pen_of("Ada").twin(person="Ben")])
    twins.files["metadata/1.root.json"] = twins.files["metadata/2.root.json"]

    refused(Reader(twins, tmp_path), "one public key twice")


def test_an_expired_pinned_root_leads_to_today(tmp_path: Path) -> None:
    """An installation from last year starts with its old root and follows the newer ones."""
    repository = Repository()
    reader = Reader(repository, tmp_path)
    for _ in range(3):
        repository.advance(180 * 86_400 * SECOND)
        repository.sign(ROOT)
    for role in (TARGETS, WITHDRAWN, APPROVED):
        repository.sign(role)
    reader.poll()

    assert reader.marks.versions[ROOT] == 4
