"""Each id once: what a feed that names an item twice is taken to mean. The safer reading wins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from player.feed.item import Item, Status, Withdrawal
from player.feed.text import shown


def each_once(items: Iterable[Item], withdrawn: Iterable[Withdrawal] = ()) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Return *items* with each id once, in order of first sight, and a line for each contradiction.

    Equal twins become one. When they disagree, a withdrawal among them wins; else none of them is approved, for nobody can say
    which of two pictures was. An id in *withdrawn* is withdrawn whatever the item itself says; when that withdrawal counts only
    for what was listed before, it is at least not approved now.
    """
    kept: dict[str, Item] = {}
    lines: dict[str, str] = {}
    for item in items:
        first = kept.setdefault(item.id, item)
        if first is item or first == item or first.status is Status.WITHDRAWN:
            continue
        if item.status is Status.WITHDRAWN:
            kept[item.id] = item
        else:
            kept[item.id] = replace(first, status=Status.UNKNOWN)
            lines[item.id] = f"{shown(item.id)}: listed twice with different contents, so it counts as not approved"
    for gone in withdrawn:
        if gone.item in kept and kept[gone.item].status is not Status.WITHDRAWN:
            status = Status.PENDING if gone.if_seen else Status.WITHDRAWN
            kept[gone.item] = replace(kept[gone.item], status=status)
    return tuple(kept.values()), tuple(lines.values())


def withdrawals_once(withdrawn: Iterable[Withdrawal]) -> tuple[Withdrawal, ...]:
    """Return *withdrawn* with each id once; the first word on it stays, unless a later one counts in more cases."""
    kept: dict[str, Withdrawal] = {}
    for gone in withdrawn:
        first = kept.setdefault(gone.item, gone)
        if first.if_seen and not gone.if_seen:
            kept[gone.item] = gone
    return tuple(kept.values())
