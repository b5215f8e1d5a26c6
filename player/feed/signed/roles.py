"""What TUF leaves open, refused here whoever signed it: a key or a person counted twice, a threshold of one, other paths.

Pure: looks at metadata whose signatures were verified. TUF counts ids of keys; what we count is people.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from tuf.api.metadata import Key, Role, Root, Targets  # pyright: ignore[reportPrivateImportUsage]  tuf's documented place

from player.errors import FeedError
from player.feed import loose
from player.feed.signed.layout import DELEGATIONS, PERSON, SIGNED_BY_PEOPLE, THRESHOLDS
from player.feed.text import MAX_CREDIT, clean, shown

_ED25519: Final = "ed25519"
_KEY_BYTES: Final = 32  # RFC 8032, 5.1.5
_OF_DELEGATES: Final = tuple(pattern.removesuffix("*") for _, pattern in DELEGATIONS)


def check_root(root: Root) -> None:
    """Refuse a root whose roles are not as they must be.

    Raises:
        FeedError: With which role, and why.
    """
    if root.consistent_snapshot is not True:
        raise FeedError("root.json: without consistent snapshots, so a publication could be read half old and half new")
    for name, role in root.roles.items():
        _check_role(name, role, root.keys)


def check_targets(targets: Targets) -> None:
    """Refuse targets that delegate to others than withdrawn and then approved, or sign what belongs to them.

    Raises:
        FeedError: With what is wrong.
    """
    delegations = targets.delegations
    roles = tuple(delegations.roles.values()) if delegations is not None and delegations.roles else ()
    found = tuple((role.name, role.paths, role.terminating) for role in roles)
    if delegations is None or found != tuple((name, [pattern], True) for name, pattern in DELEGATIONS):
        raise FeedError("targets.json: delegates in another way than withdrawn/* and then approved/*, both terminating")
    for role in roles:
        _check_role(role.name, role, delegations.keys)
    for path in targets.targets:
        if path.startswith(_OF_DELEGATES):
            raise FeedError(f"targets.json: signs {shown(path)} itself, which is for the reviewers alone")


def check_delegate(name: str, delegate: Targets) -> None:
    """Refuse a delegated role that hands its word on to others.

    Raises:
        FeedError: It does.
    """
    if delegate.delegations is not None:
        raise FeedError(f"{name}.json: delegates further")


def people(keys: Iterable[Key]) -> tuple[str, ...]:
    """Return the distinct people that *keys* belong to, in their order; a key without a name is nobody's."""
    names = [_person(key) for key in keys]
    return tuple({_folded(name): name for name in reversed(names) if _folded(name)}.values())[::-1]


def _check_role(name: str, role: Role, keys: Mapping[str, Key]) -> None:
    least = THRESHOLDS[name]
    if role.threshold < least:
        raise FeedError(f"role {name}: a threshold of {role.threshold}, where {least} are wanted")
    publics: set[bytes] = set()
    persons: set[str] = set()
    for keyid in role.keyids:
        key = keys.get(keyid)
        if key is None:
            raise FeedError(f"role {name}: names a key that is not there")
        public = _public(name, key)
        if public in publics:
            raise FeedError(f"role {name}: lists one public key twice")
        publics.add(public)
        if name in SIGNED_BY_PEOPLE:
            person = _folded(_person(key))
            if not person:
                raise FeedError(f"role {name}: lists a key that does not say whose it is")
            if person in persons:
                raise FeedError(f"role {name}: lists {shown(_person(key))} twice")
            persons.add(person)


def _public(name: str, key: Key) -> bytes:
    """The key itself: its text could be written in several ways (capitals, blanks)."""
    if key.keytype == _ED25519 and key.scheme == _ED25519:
        try:
            public = bytes.fromhex(loose.text(key.keyval.get("public")))
        except ValueError:
            public = b""
        if len(public) == _KEY_BYTES:
            return public
    raise FeedError(f"role {name}: lists what is no Ed25519 key")


def _person(key: Key) -> str:
    return clean(loose.text(key.unrecognized_fields.get(PERSON)), MAX_CREDIT)


def _folded(name: str) -> str:
    """*name* for comparing: letters, marks and digits alone, in one case."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if unicodedata.category(c)[0] in "LMN")
