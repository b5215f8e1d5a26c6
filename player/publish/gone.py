"""Which photos are withdrawn: what was signed, joined, less what two people took back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from player.publish.documents import Entry, Reinstated, Withdrawals, id_of, sha256_of


@dataclass(frozen=True, slots=True)
class Gone:
    """What must not be published, by id and by bytes."""

    ids: Mapping[str, Entry]
    digests: frozenset[str]

    def has(self, name: str, sha256: str) -> bool:
        """Whether the photo of this id or with these bytes is withdrawn."""
        return name in self.ids or sha256 in self.digests

    def has_item(self, item: Mapping[str, object]) -> bool:
        """Whether this item of a page is withdrawn."""
        return self.has(id_of(item), sha256_of(item))


def gone(entries: Iterable[Entry], reinstated: Iterable[Reinstated]) -> Gone:
    """Return what is withdrawn by *entries* and not taken back: a reinstatement takes back the withdrawal of its date alone."""
    back = {(each.id, each.withdrawn_at) for each in reinstated}
    standing = {each.id: each for each in entries if (each.id, each.at) not in back}
    return Gone(standing, frozenset(each.sha256 for each in standing.values() if each.sha256))


def joined(lists: Iterable[Withdrawals]) -> tuple[Entry, ...]:
    """Return one entry per id, the newest, in the order in which they were first met. Nothing is ever dropped."""
    newest: dict[str, Entry] = {}
    for each in lists:
        for entry in each.entries:
            known = newest.get(entry.id)
            if known is None or entry.at > known.at:
                newest[entry.id] = entry
    return tuple(newest.values())


def missing(wanted: Iterable[Entry], there: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return those of *wanted* that *there* has neither as they are nor newer."""
    dates = {entry.id: entry.at for entry in there}
    return tuple(entry for entry in wanted if dates.get(entry.id, "") < entry.at)
