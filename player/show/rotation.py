"""Who is shown next: fair and lasting.

New photos come first in a debut lane, first in, first out, at most every other slot. The rest take turns: those never
shown, then least-shown first, then longest ago. A newcomer joins the pool with its first showing: it then stands where
whoever was shown least would stand after one more showing, or with all others where they are level. So counts in the pool
stay within one of each other, always. Whoever was away (its source was silent, its file was damaged) comes back level with
the others and catches nothing up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from player.library.photo import Pick, Ranked, Ranking


class Order(Protocol):
    """Chooses photos for a slide from the heads of the queues."""

    def choose(self, ranking: Ranking, *, want: int, pairs: bool = False, debut_is_due: bool = True) -> tuple[Pick, ...]:
        """Return up to *want* photos; with *pairs*, one or two portraits of equal count in place of one."""
        ...


@dataclass(frozen=True, slots=True)
class Fair:
    """The order that shows everyone as often as everyone else."""

    def choose(self, ranking: Ranking, *, want: int, pairs: bool = False, debut_is_due: bool = True) -> tuple[Pick, ...]:
        """Return up to *want* photos, fewer when there are no more; with *pairs* one photo, or two portraits.

        *debut_is_due* says whether this slot may be a debut: the one before it was not.
        """
        # A slide is one showing: whoever joins with it stands where the foremost stood before it.
        joined = max(1, ranking.highest)
        picks: list[Pick] = []
        while len(picks) < want and (head := _next(ranking, debut_is_due=debut_is_due)):
            pick = _pick(ranking, head, joined)
            debut_is_due = not pick.is_debut
            ranking = _without(ranking, head)
            picks.append(pick)
            if pairs and head.is_portrait and (second := _partner(ranking, pick.turn, joined)):
                picks.append(second)
        return tuple(picks)


def after(ranking: Ranking, picks: tuple[Pick, ...]) -> Ranking:
    """Return the queues as they will stand once *picks* have been shown, in their order."""
    turns = {pick.key: pick.turn for pick in picks}  # of a photo that was picked again, the later one counts
    everyone = {r.key: r for r in (*ranking.news, *ranking.unseen, *ranking.pool)}
    latest = max((r.last for r in ranking.pool), default=0)
    order = {pick.key: n for n, pick in enumerate(picks, start=1)}
    shown = [replace(everyone[key], turn=turns[key], last=latest + n) for key, n in order.items() if key in everyone]
    rest = [r for r in ranking.pool if r.key not in turns]
    return Ranking(
        news=tuple(r for r in ranking.news if r.key not in turns),
        unseen=tuple(r for r in ranking.unseen if r.key not in turns),
        pool=tuple(sorted([*rest, *shown], key=lambda r: (r.turn, r.last, r.key))),
        highest=max([ranking.highest, *(r.turn for r in shown)]),
    )


def level(ranking: Ranking) -> Ranking:
    """Return the queues with nobody in the pool further than one behind the foremost.

    Who has been there all the time never is: this lifts those that were away, and only those.
    """
    lifted = [replace(r, turn=max(r.turn, ranking.highest - 1)) for r in ranking.pool]
    return replace(ranking, pool=tuple(sorted(lifted, key=lambda r: (r.turn, r.last, r.key))))


def _next(ranking: Ranking, *, debut_is_due: bool) -> Ranked | None:
    rest = ranking.unseen or ranking.pool
    if ranking.news and (debut_is_due or not rest):
        return ranking.news[0]
    return rest[0] if rest else None


def _pick(ranking: Ranking, head: Ranked, joined: int) -> Pick:
    turn = head.turn + 1 if head in ranking.pool else joined
    return Pick(head.key, head.source, turn, is_debut=head in ranking.news)


def _without(ranking: Ranking, one: Ranked) -> Ranking:
    def others(queue: tuple[Ranked, ...]) -> tuple[Ranked, ...]:
        return tuple(r for r in queue if r.key != one.key)

    return replace(ranking, news=others(ranking.news), unseen=others(ranking.unseen), pool=others(ranking.pool))


def _partner(ranking: Ranking, turn: int, joined: int) -> Pick | None:
    """Another portrait whose turn this would be as much, but never a second one from the debut lane."""
    joining = [r for r in ranking.unseen if r.is_portrait and joined == turn]
    waiting = [r for r in ranking.pool if r.is_portrait and r.turn + 1 == turn]
    for r in (*joining, *waiting):
        return Pick(r.key, r.source, turn, is_debut=False)
    return None
