"""What a simulation comes to is worked out from what was seen; what was not tried is not held."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from player.centre.simulating.desk import Told
from player.centre.simulating.measuring import percentile, use
from player.centre.simulating.parts import FAULTS, Part, Plan, all_back_s, chosen, plan
from player.centre.simulating.performing import Found
from player.centre.simulating.plot import Band, Chart, Curve, drawn, nice, thinned
from player.centre.simulating.series import Request, Sample, fastest, per_second, requests, since
from player.centre.simulating.tables import bars
from player.centre.simulating.tally import Tally, added
from player.centre.simulating.verdicts import Evidence, Verdict, missed, verdicts
from player.errors import OperatorError
from player.units import SECOND

ALL = frozenset(FAULTS)


def _sample(second: float, **counts: int) -> Sample:
    return Sample(
        at=round(second * SECOND),
        **({"online": 0, "connects": 0, "receipts": 0, "polls": 0, "origin": 0} | counts),
    )


def _told(names: int, seconds: float, *, expected: int | None = None) -> Told:
    told = Told(1, 0, frozenset(f"player-{number}" for number in range(names if expected is None else expected)))
    told.off = {f"player-{number}": round(seconds * SECOND) for number in range(names)}
    return told


def _seen(**changes: object) -> Evidence:
    found = Found(Plan((), ()), began=0, ended=600 * SECOND, arrived=300)
    found.withdrawals = {Part.WITHDRAWAL: _told(300, 1.0)}
    seen = Evidence(
        players=300, found=found, tally=Tally(online=300, polls=500), samples=(), requests=(), forged=0, heard=300, kept=300
    )
    return replace(seen, **changes)


def _verdict(seen: Evidence, what: str) -> Verdict:
    return next(each for each in verdicts(seen) if each.what.startswith(what))


def test_everything_fits_into_a_long_simulation() -> None:
    """Twenty minutes hold all parts of ten thousand players, the return of all among them."""
    found = plan(10_000, 1200, ALL)

    assert [each.part for each in found.parts] == list(Part)
    assert not found.left_out
    assert found.parts[-1].most_s >= all_back_s(10_000)


def test_what_does_not_fit_is_left_out_by_name() -> None:
    """Ten minutes are too short for ten thousand to come back, and six seconds for most: both are said."""
    assert ["after the restart" in line for line in plan(10_000, 600, ALL).left_out] == [True]
    short = plan(10_000, 6, ALL)
    assert sum(each.most_s for each in short.parts) <= 6
    assert any("the broker is restarted" in line for line in short.left_out)


def test_a_third_comes_back_within_the_time_there_is() -> None:
    """Without a restart, those who were offline have what is left, and no more; what that is too short for is said."""
    short = plan(10_000, 120, frozenset({Part.THIRD}))

    assert sum(each.most_s for each in short.parts) + short.spare_s == pytest.approx(120)
    assert any("offline are back" in line for line in short.left_out)
    assert not plan(60, 120, frozenset({Part.THIRD})).left_out


def test_faults_are_chosen_by_name() -> None:
    """All, none, or some with commas; an unknown one is refused with those there are."""
    assert chosen("all") == ALL
    assert chosen("none") == frozenset()
    assert chosen("origin, restart") == {Part.ORIGIN, Part.RESTART}
    assert [each.part for each in plan(100, 60, chosen("none")).parts] == [Part.IDLE, Part.WITHDRAWAL]
    with pytest.raises(OperatorError, match="rascals"):
        chosen("restart,rain")


@pytest.mark.parametrize(
    ("seconds", "confirmed", "holds"), [(4.9, 300, True), (5.1, 300, False), (1.0, 299, False), (1.0, 0, False)]
)
def test_a_withdrawal_counts_by_its_99th_percentile_and_by_all(seconds: float, confirmed: int, holds: bool) -> None:  # noqa: FBT001
    """Too late at p99, or one receipt missing: the bound is missed."""
    seen = _seen()
    seen.found.withdrawals = {Part.WITHDRAWAL: _told(confirmed, seconds, expected=300)}

    assert _verdict(seen, "confirmed").holds is holds


def test_a_receipt_that_is_missing_is_a_loss_unless_its_player_is_still_away() -> None:
    """At the end everybody who is there has confirmed; those whose turn has not come are not lost."""
    one_missing = _seen()
    one_missing.found.withdrawals = {Part.WITHDRAWAL: _told(299, 1.0)}
    one_missing = replace(one_missing, heard=299, kept=299)

    assert _verdict(one_missing, "nothing lost").holds is False
    assert _verdict(replace(one_missing, tally=Tally(online=299)), "nothing lost").holds is True
    assert _verdict(_seen(tally=Tally(online=300, dropped=1)), "nothing lost").holds is False
    assert _verdict(_seen(kept=298), "nothing lost").holds is False
    assert _verdict(_seen(), "nothing lost").holds is True


def test_connections_after_a_restart_are_counted_over_ten_seconds() -> None:
    """A hundred and fifty in ten seconds hold, and one more does not, however they came within them."""
    for count, holds in ((150, True), (160, False)):
        found = replace_found(restarted=0, back_s=100.0, back=300)
        samples = (_sample(0), _sample(3, connects=count), _sample(10, connects=count), _sample(20, connects=count + 5))
        assert _verdict(_seen(found=found, samples=samples), "connects/s").holds is holds


def replace_found(**changes: object) -> Found:
    """Return what was measured, with *changes*."""
    found = _seen().found
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def test_all_must_be_back_in_a_quarter_of_an_hour() -> None:
    """All back too late is a miss; in a shorter simulation those count whose turn had come."""
    assert _verdict(_seen(found=replace_found(restarted=0, back_s=899.0, back=300)), "all are back").holds is True
    assert _verdict(_seen(found=replace_found(restarted=0, back_s=901.0, back=300)), "all are back").holds is False
    assert _verdict(_seen(found=replace_found(restarted=0, back=99, due=100)), "all are back").holds is False
    assert _verdict(_seen(found=replace_found(restarted=0, back=120, due=100)), "all are back").holds is True


def test_idle_traffic_is_a_day_of_what_was_seen() -> None:
    """Half a megabyte a day and player holds; a few players for a few seconds say nothing."""
    for count, holds in ((50_000, True), (200_000, False)):
        found = replace_found(spans={Part.IDLE: (0, 100 * SECOND)}, idle_bytes=count)
        assert _verdict(_seen(found=found), "idle").holds is holds
    assert _verdict(_seen(found=replace_found(spans={Part.IDLE: (0, SECOND)})), "idle").holds is None
    assert _verdict(_seen(), "idle").holds is None


def test_the_cache_answers_nearly_everything() -> None:
    """Nineteen of twenty by the cache or by 304 hold; without a cache, and with few polls, it is not tried."""
    many = [Request(0, 200, "HIT")] * 90 + [Request(0, 304, "MISS")] * 5 + [Request(0, 200, "MISS")] * 5
    assert _verdict(_seen(requests=tuple(many)), "answered").holds is True
    assert _verdict(_seen(requests=(*many, Request(0, 200, "EXPIRED"))), "answered").holds is False
    assert _verdict(_seen(requests=None), "answered").holds is None
    assert _verdict(_seen(tally=Tally(online=300, polls=9)), "answered").holds is None


def test_the_origin_has_one_request_a_second_for_three_hundred_players() -> None:
    """Six hundred requests in ten minutes are what three hundred players may cause."""
    for count, holds in ((600, True), (601, False)):
        samples = (_sample(0), _sample(600, origin=count))
        assert _verdict(_seen(samples=samples), "requests/s").holds is holds


def test_the_misbehaving_group_must_not_be_noticed() -> None:
    """One lost connection, one forged message at the centre or at a player is a miss."""
    spans = {Part.RASCALS: (0, SECOND), Part.CLOCKS: (0, SECOND), Part.ORIGIN: (0, SECOND)}
    what = "a group"
    assert _verdict(_seen(found=replace_found(spans=spans)), what).holds is True
    assert _verdict(_seen(found=replace_found(spans=spans, rascal_losses=1)), what).holds is False
    assert _verdict(_seen(found=replace_found(spans=spans), forged=1), what).holds is False
    assert _verdict(_seen(found=replace_found(spans=spans), tally=Tally(disbelieved=1)), what).holds is False
    assert _verdict(_seen(found=replace_found(spans=spans, wrong_clocks=(20, 19))), "orders").holds is False
    assert _verdict(_seen(found=replace_found(spans=spans, down_polls=9, down_failed=1)), "the origin is down").holds is False


def test_only_what_was_tried_is_missed() -> None:
    """A bound that was not tried fails nobody, and its line says what it is."""
    listed = (Verdict("a", "1", "2", holds=True), Verdict("b", "3", "2", holds=False), Verdict("c", "", "", holds=None))

    assert [each.line for each in missed(listed)] == ["b: 3 (the bound: 2)"]


def test_rates_are_read_from_what_only_grows() -> None:
    """A rate is the growth between two samples over the time between them, wherever the samples lie."""
    samples = [_sample(1, polls=10), _sample(2, polls=10), _sample(4, polls=30)]

    assert per_second(samples, "polls") == [(1.0, 0.0), (3.0, 10.0)]
    assert per_second([*samples, _sample(4.1, polls=90)], "polls") == [(1.0, 0.0), (3.0, 10.0)]
    assert fastest(samples, "polls", SECOND, 3 * SECOND) == pytest.approx(20 / 3)
    assert [each.at for each in since(samples, 3 * SECOND)] == [2 * SECOND, 4 * SECOND]
    assert (per_second([], "polls"), fastest([], "polls", 0, SECOND)) == ([], 0.0)


def test_half_a_line_of_a_log_is_passed_over() -> None:
    """Nginx's log is read line by line; one that it has not finished counts for nothing."""
    found = requests(["1.5 200 HIT 300", "2.0 304 - 180", "3.0 20", "x y"])

    assert found == [Request(1.5, 200, "HIT"), Request(2.0, 304, "-")]


def test_percentiles_are_of_the_nearest_rank() -> None:
    """Of a hundred values the 99th percentile is the 99th; of none it is no number."""
    assert percentile([float(each) for each in range(100, 0, -1)], 0.99) == 99
    assert percentile([3.0], 0.5) == 3.0
    assert math.isnan(percentile([], 0.5))


def test_what_a_process_uses_is_read_of_this_one() -> None:
    """This process has some memory and some processor time; one that is gone has none."""
    assert use(0).memory_mb > 1
    assert use(2**22 + 1) == use(2**22 + 1) != use(0)


def test_counts_of_processes_are_added() -> None:
    """Numbers are summed, also those of traffic; the last reason stays."""
    one, two = Tally(online=2, connects=3), Tally(online=5, why_lost="gone")
    one.traffic.sent, two.traffic.sent = 10, 20

    whole = added([one.said(), two.said() | {"at": 5}, {}])

    assert (whole.online, whole.connects, whole.traffic.sent, whole.why_lost) == (7, 3, 30, "gone")


def test_bars_keep_the_highest_value() -> None:
    """However many values there are, the peak is drawn, and written beside it."""
    assert bars([0.0] * 500 + [9.0] + [0.0] * 500, 10).count("█") == 1
    assert bars([]) == ""
    assert bars([0.0, 0.0]).endswith("at most 0")


def test_the_picture_is_whole_and_escaped() -> None:
    """An SVG of charts over one time: well-formed, whatever names are in it, and thinned without losing a peak."""
    from defusedxml.ElementTree import fromstring

    points = [(float(second), 5.0 if second == 777 else 0.0) for second in range(5000)]
    chart = Chart("a < b", (Curve("one & two", points), Curve("other", points)), bound=4.0)

    found = drawn("title", "<&>", (chart,), (Band("part", 0, 10), Band("next", 10, 20)))

    assert fromstring(found).tag.endswith("svg")
    assert max(value for _, value in thinned(points)) == 5.0
    assert len(thinned(points)) < len(points)
    assert [nice(value) for value in (0.0, 0.9, 3.0, 90.0, 10_000.0)] == [1.0, 1.0, 3.0, 100.0, 10_000.0]
