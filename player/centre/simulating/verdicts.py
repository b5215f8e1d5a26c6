"""What a simulation came to, held against the bounds: pure. A bound that was not tried says why, and is not held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from player.centre.simulating.desk import Told
from player.centre.simulating.measuring import percentile
from player.centre.simulating.parts import LONGEST_BACK_S, WORDS, Part
from player.centre.simulating.performing import Found
from player.centre.simulating.series import Request, Sample, fastest, since
from player.centre.simulating.tally import Tally
from player.units import SECOND, Nanos, Seconds

CONFIRMED_S: Final[Seconds] = 5.0  # a withdrawal, at the 99th percentile of those online
CONNECTS: Final = 15.0  # a second, averaged over ten
WINDOW: Final[Nanos] = 10 * SECOND
IDLE_MB: Final = 0.5  # a day and player
PER_ORIGIN: Final = 300  # players for each request a second
SPARED: Final = 0.95  # of requests: answered by the cache, or by 304
ENOUGH_PLAYER_S: Final = 30_000  # players times seconds of idling: a hundred reports, or the mean is chance
ENOUGH_POLLS: Final = 100
HEADERS: Final = 80  # bytes of TCP and IP around a piece, and around its acknowledgement
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Verdict:
    """One bound."""

    what: str
    value: str
    bound: str
    holds: bool | None
    """None: not tried, and *value* says why."""

    @property
    def line(self) -> str:
        """Return it as a sentence."""
        return f"{self.what}: {self.value} (the bound: {self.bound})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that was measured."""

    players: int
    found: Found
    tally: Tally
    samples: Sequence[Sample]
    requests: Sequence[Request] | None
    """As nginx logged them; None: there was no nginx."""
    forged: int
    heard: int
    """Confirmations that the centre heard until it was looked at what it had written down."""
    kept: int
    """Confirmations in the centre's own file: a player and a withdrawal each."""


def verdicts(seen: Evidence) -> tuple[Verdict, ...]:
    """Return every bound with what came of it."""
    found = seen.found
    listed = [_connected(seen)]
    listed += [_confirmed(part, told) for part, told in found.withdrawals.items()]
    listed += [_none_lost(seen), *_restart(seen), _idle(seen), *_feed(seen)]
    if Part.CLOCKS in found.spans:
        listed.append(_clocks(found))
    if Part.RASCALS in found.spans:
        listed.append(_rascals(seen))
    if Part.ORIGIN in found.spans:
        listed.append(_down(seen))
    return tuple(listed)


def missed(listed: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return those that were tried and do not hold."""
    return tuple(each for each in listed if each.holds is False)


def _connected(seen: Evidence) -> Verdict:
    value = f"{seen.found.arrived:,} after {seen.found.arriving_s:.0f} s"
    return Verdict("players connected", value, f"{seen.players:,}", seen.found.arrived >= seen.players)


def _confirmed(part: Part, told: Told) -> Verdict:
    took = [length / SECOND for length in told.took()]
    p99 = percentile([*took, *[float("inf")] * (len(told.expected) - len(took))], 0.99)
    value = f"{len(took):,} of {len(told.expected):,}; "
    value += f"half {percentile(took, 0.5):.2f} s, p99 {p99:.2f} s, last {max(took):.2f} s" if took else "nobody"
    is_held = p99 <= CONFIRMED_S and len(took) == len(told.expected)
    return Verdict(f"confirmed ({WORDS[part]})", value, f"all online, p99 {CONFIRMED_S:.0f} s", is_held)


def _none_lost(seen: Evidence) -> Verdict:
    """Every player that is there at the end has confirmed every withdrawal; those still to come back are not lost."""
    found, tally = seen.found, seen.tally
    away = seen.players - tally.online
    missing = [seen.players - len(told.off) for told in found.withdrawals.values()]
    value = f"{seen.heard:,} receipts heard, {seen.kept:,} written down, {sum(missing):,} missing, {tally.dropped} dropped"
    value += f"; {away:,} players are not back yet" if away else ""
    is_held = (
        max(missing, default=0) <= away and seen.heard <= seen.kept and not tally.dropped and not (tally.untold and not away)
    )
    return Verdict("nothing lost", value, "none", is_held)


def _restart(seen: Evidence) -> list[Verdict]:
    found = seen.found
    if found.restarted is None:
        return []
    samples = since(seen.samples, found.restarted)
    rate = fastest(samples, "connects", found.restarted, WINDOW)
    pace = Verdict("connects/s after the restart", f"{rate:.1f}", f"{CONNECTS:.0f}, over 10 s", rate <= CONNECTS)
    if found.back_s is not None:
        value = f"all {found.back:,} after {found.back_s / 60:.1f} min"
        return [pace, Verdict("all are back", value, f"{LONGEST_BACK_S / 60:.0f} min", found.back_s <= LONGEST_BACK_S)]
    passed = (found.ended - found.restarted) / SECOND
    what, value = "all are back whose turn it was", f"{found.back:,} after {passed / 60:.1f} min"
    if found.due is None:
        return [pace, Verdict(what, f"{value}; they had not been connected for a minute: nobody has a turn", "all", None)]
    is_held = found.back >= found.due and passed <= LONGEST_BACK_S
    return [pace, Verdict(what, f"{value}; of {found.due:,} it was the turn", "all", is_held)]


def _idle(seen: Evidence) -> Verdict:
    what, bound = "idle traffic", f"{IDLE_MB} MB a day and player"
    if Part.IDLE not in seen.found.spans:
        return Verdict(what, "not tried: there was no time for it", bound, None)
    start, end = seen.found.spans[Part.IDLE]
    player_s = seen.players * (end - start) / SECOND
    each = _DAY_S / player_s / 1e6
    megabytes, around = seen.found.idle_bytes * each, seen.found.idle_pieces * HEADERS * each
    value = f"{megabytes:.2f} MB (and about {around:.2f} MB of TCP and IP around it)"
    if player_s < ENOUGH_PLAYER_S:
        return Verdict(what, f"{value}: too few players and seconds to say", bound, None)
    return Verdict(what, value, bound, megabytes <= IDLE_MB)


def _feed(seen: Evidence) -> list[Verdict]:
    found, polls = seen.found, seen.tally.polls
    length = max(1.0, (found.ended - found.began) / SECOND)
    samples = since(seen.samples, found.began)
    at_origin = (samples[-1].origin - samples[0].origin) / length if samples else 0.0
    allowed = seen.players / PER_ORIGIN
    rate = Verdict("requests/s at the origin", f"{at_origin:.2f}", f"{allowed:.2f}", at_origin <= allowed)
    what, bound = "answered by the cache or by 304", f"{SPARED:.0%}"
    if polls < ENOUGH_POLLS:
        few = f"not tried: {polls} polls are too few"
        return [Verdict(rate.what, f"{rate.value}: {polls} polls are too few", rate.bound, None), Verdict(what, few, bound, None)]
    if seen.requests is None:
        none = "not tried: there is no nginx here, the origin answered everything itself (apt install nginx)"
        return [rate, Verdict(what, none, bound, None)]
    share = sum(each.is_spared for each in seen.requests) / max(1, len(seen.requests))
    return [rate, Verdict(what, f"{share:.2%} of {len(seen.requests):,}", bound, share >= SPARED)]


def _clocks(found: Found) -> Verdict:
    wrong, refused = found.wrong_clocks
    right, done = found.right_clocks
    value = f"{refused} of {wrong} refused with the reason, {done} of {right} others obeyed"
    return Verdict("orders to clocks that are wrong", value, "refused; the others obey", (wrong, right) == (refused, done))


def _rascals(seen: Evidence) -> Verdict:
    found, tally = seen.found, seen.tally
    value = (
        f"{found.mischief:,} misdeeds: {found.rascal_losses} others lost the broker, "
        f"{seen.forged} forged messages reached the centre, {tally.disbelieved} players"
    )
    is_held = not found.rascal_losses and not seen.forged and not tally.disbelieved
    return Verdict("a group that misbehaves", value, "the others do not notice", is_held)


def _down(seen: Evidence) -> Verdict:
    found = seen.found
    value = f"{found.down_failed} of {found.down_polls} polls failed"
    holds = None if seen.requests is None or not found.down_polls else not found.down_failed
    return Verdict("the origin is down", value, "the cache goes on with what it has", holds)
