"""The next version of a role, made from what is published and a recipe. Pure, and the same for everybody who makes it.

That is how a person can sign what somebody else drafted: their own program makes it again, from their own copy of the publication
and of the photos, and signs only when it arrives at the same bytes. A recipe holds what was decided, and when.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from player.errors import OperatorError
from player.feed.signed.layout import APPROVED, CORE, INDEX, LIST, POLICY, ROOT, TARGETS, WITHDRAWN, page_path
from player.publish import documents, instants
from player.publish.documents import Facts, Policy, Record, Reinstated, Withdrawals, texts
from player.publish.drafts import Draft
from player.publish.keys import public_file, read_public
from player.publish.metadata import KeyChange, changed_root, changed_targets, listed, listing, unsigned
from player.publish.pages import after
from player.publish.publication import Published
from player.publish.standard import Key, TargetFile


@dataclass(frozen=True, slots=True)
class Rules:
    """What a new version of targets, or of root, changes; with nothing in it, it only lasts longer."""

    reinstates: tuple[str, ...] = ()
    """Ids whose present withdrawal is taken back."""
    core: tuple[str, ...] | None = None
    """The offline set, or None for that of before. Only what is approved, and not withdrawn, can be in it."""
    changes: tuple[KeyChange, ...] = ()


def approval(now: Published, photos: Mapping[str, Facts], *, adds: Sequence[str], removes: Iterable[str], at: str) -> Draft:
    """Return the next version of `approved`.

    Args:
        now: What it follows.
        photos: The facts of at least those that are added.
        adds: Ids, in the order in which they come onto the pages.
        removes: Ids that leave the pages.
        at: When it is made; RFC 3339, UTC.

    Raises:
        OperatorError: An id to add is unknown, withdrawn, or published already.
    """
    there, gone, left_out = now.items(), now.gone, frozenset(removes)
    for name in left_out:
        if name not in there or not gone.has_item(there[name]):
            raise OperatorError(f"{name}: only what is withdrawn leaves the pages")
    new: list[Record] = []
    for name in adds:
        facts = photos.get(name)
        if name in there and name not in left_out:
            raise OperatorError(f"{name}: is published already")
        if facts is None:
            raise OperatorError(f"{name}: no photo of this id is in the studio")
        if gone.has(name, facts.sha256):
            raise OperatorError(f"{name}: withdrawn; it can only come back by weremember publish reinstate")
        new.append(documents.item_of(facts, at))
    version = now.approved.signed.version + 1
    pages = after(now.pages, adds=new, is_gone=lambda item: documents.id_of(item) in left_out, title=now.title)
    known = {page.name: page for page in now.pages}
    fresh = {page_path(page.name): documents.page(now.title, page.items) for page in pages if known.get(page.name) is not page}
    fresh[INDEX] = documents.index(now.title, [page.name for page in pages], sequence=version, at=at)
    kept = {page_path(page.name) for page in pages} - fresh.keys()
    files = {path: file for path, file in now.approved.signed.targets.items() if path in kept}
    recipe: Record = {"adds": list(adds), "removes": sorted(left_out), "at": at}
    return _listed(APPROVED, version, {**files, **listed(fresh)}, fresh, recipe)


def withdrawal(now: Published, said: Withdrawals, *, halts: bool | None, at: str, reason: str = "") -> Draft:
    """Return the next version of `withdrawn`.

    Args:
        now: What it follows.
        said: All that it says.
        halts: What its maker changed of the halt, if anything.
        at: When it is made.
        reason: For the halt; told to those who share the studio, and published nowhere.
    """
    version = now.withdrawn.signed.version + 1
    fresh = {LIST: documents.withdrawals(said)}
    recipe: Record = {"halts": halts, "reason": reason, "at": at}
    return _listed(WITHDRAWN, version, listed(fresh), fresh, recipe)


def ruling(now: Published, rules: Rules, *, at: str) -> Draft:
    """Return the next version of targets.

    Args:
        now: What it follows.
        rules: What is to be changed.
        at: When it is made.

    Raises:
        OperatorError: An id is unknown or in another state, or a role would be left without enough people.
    """
    gone, items = now.gone, now.items()
    for name in rules.reinstates:
        if name not in gone.ids:
            raise OperatorError(f"{name}: is not withdrawn")
    for name in rules.core or ():
        if name not in items or gone.has_item(items[name]):
            raise OperatorError(f"{name}: only what is approved and published can be in the offline set")
    back = tuple(Reinstated(name, gone.ids[name].at, at) for name in rules.reinstates)
    fresh: dict[str, bytes] = {}
    if back:
        fresh[POLICY] = documents.policy(Policy((*now.policy.reinstated, *back), now.policy.halt))
    if rules.core is not None:
        fresh[CORE] = documents.page(now.title, [items[name] for name in rules.core])
    targets = changed_targets(now.targets.signed, rules.changes, fresh, instants.read(at))
    recipe: Record = {
        "reinstates": list(rules.reinstates),
        "core": None if rules.core is None else list(rules.core),
        "changes": [_told(change) for change in rules.changes],
        "at": at,
    }
    return Draft(role=TARGETS, payload=unsigned(targets), documents=fresh, recipe=recipe, signatures={})


def rooting(now: Published, changes: Sequence[KeyChange], *, at: str) -> Draft:
    """Return the next version of root, with its keys changed or only renewed."""
    root = changed_root(now.root.signed, changes, instants.read(at))
    recipe: Record = {"changes": [_told(change) for change in changes], "at": at}
    return Draft(role=ROOT, payload=unsigned(root), documents={}, recipe=recipe, signatures={})


def made_again(draft: Draft, now: Published, photos: Mapping[str, Facts]) -> bool:
    """Whether *draft* is what its recipe makes of what is published now. A list of withdrawals is judged by what is in it."""
    makers: dict[str, Callable[[], Draft]] = {
        APPROVED: lambda: approval(now, photos, adds=draft.adds, removes=texts(draft.recipe, "removes"), at=draft.at),
        TARGETS: lambda: ruling(now, rules_of(draft), at=draft.at),
        ROOT: lambda: rooting(now, rules_of(draft).changes, at=draft.at),
        WITHDRAWN: lambda: withdrawal(now, said_by(draft), halts=None, at=draft.at),
    }
    try:
        return makers[draft.role]().payload == draft.payload
    except (OperatorError, ValueError):
        return False


def said_by(draft: Draft) -> Withdrawals:
    """Return the list in a draft of `withdrawn`."""
    return documents.read_withdrawals(draft.documents.get(LIST, b""), draft.name)


def rules_of(draft: Draft) -> Rules:
    """Return what a draft of targets or root changes."""
    listed = draft.recipe.get("changes")
    changes = cast("list[object]", listed) if isinstance(listed, list) else []
    core = None if draft.recipe.get("core") is None else texts(draft.recipe, "core")
    return Rules(texts(draft.recipe, "reinstates"), core, tuple(_change(documents.record(each), draft.name) for each in changes))


def _change(said: Record, where: str) -> KeyChange:
    """Return the change of keys in a recipe. A key that cannot be read is left out: then the draft cannot be made again."""
    keys: list[Key] = []
    for each in texts(said, "adds"):
        with suppress(OperatorError):
            keys.append(read_public(each.encode(), where=where))
    return KeyChange(str(said.get("role")), tuple(keys), texts(said, "removes"))


def _told(change: KeyChange) -> Record:
    adds = [public_file(key).decode() for key in change.adds]
    return {"role": change.role, "adds": adds, "removes": list(change.removes)}


def _listed(role: str, version: int, files: Mapping[str, TargetFile], fresh: Mapping[str, bytes], recipe: Record) -> Draft:
    at = instants.read(str(recipe["at"]))
    return Draft(role=role, payload=unsigned(listing(role, version, files, at)), documents=fresh, recipe=recipe, signatures={})
