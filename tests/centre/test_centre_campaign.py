"""A campaign's figures: what they are made of, and how the page and the table say them."""

from __future__ import annotations

import csv
from io import StringIO

from player.centre.campaign import (
    BEGUN,
    ENDED,
    JOINED,
    MISSED,
    Confirmed,
    Day,
    Heard,
    Member,
    OnAir,
    Outage,
    Said,
    Span,
    Taken,
    figures,
    length_in_words,
    percentile,
)
from player.centre.campaign_page import HEAD, MAX_OUTAGES, Headed, lines, named, page, table
from player.units import MILLISECOND, SECOND

START = 1_800_000_000 * SECOND
HOUR = 3600 * SECOND
SPAN = Span(START, START + 24 * HOUR)
NOW = START + 30 * HOUR
HEADED = Headed("Memorial", "Europe/Warsaw")


def taken(*confirmed: Confirmed, name: str = "p-17", reason: str = "family") -> Taken:
    """Return a withdrawal of an hour after the beginning."""
    return Taken(1, name, reason, "anna", START + HOUR, confirmed)


def test_a_show_lasts_until_its_end_or_the_next_ones_beginning() -> None:
    """Hours on are those between begun and ended; a show whose end nobody said ends with the next one."""
    said = (
        Said("a", BEGUN, "wall", START - HOUR),
        Said("a", BEGUN, "facade", START + HOUR),
        Said("a", ENDED, "facade", START + 3 * HOUR),
        Said("a", ENDED, "wall", START + 4 * HOUR),
        Said("b", JOINED, "facade", START + 2 * HOUR),
        Said("b", MISSED, "wall", START + 2 * HOUR),
        Said("b", ENDED, "facade", START + 3 * HOUR),
    )
    found = figures(Heard((Member("a"), Member("b")), said), SPAN, NOW)
    assert found.shows == (
        OnAir("facade", 3 * HOUR, begun=1, players=2, late=1, missed=0),
        OnAir("wall", HOUR, begun=0, players=1, late=0, missed=1),
    )


def test_what_an_unheard_player_does_is_not_counted() -> None:
    """A show that is on counts until now where its player is heard, and until it was last heard where it is not."""
    said = (Said("a", BEGUN, "wall", START + HOUR), Said("b", BEGUN, "wall", START + HOUR))
    members = (Member("a", is_online=True), Member("b", last_seen=START + 2 * HOUR))
    (wall,) = figures(Heard(members, said), SPAN, START + 5 * HOUR).shows
    assert wall.length == 4 * HOUR + HOUR


def test_showings_add_up_and_people_do_not() -> None:
    """Photos shown are added over players and days; of people there are at least those of one player, at most all together."""
    days = (Day("a", "2027-01-20", 100, 40, 40), Day("a", "2027-01-21", 50, 30, 55), Day("b", "2027-01-20", 10, 8, 900))
    photos = figures(Heard((Member("a"), Member("b"), Member("c")), days=days), SPAN, NOW).photos
    assert (photos.showings, photos.people_least, photos.people_most) == (160, 40, 55 + 8)
    assert (photos.counted, photos.silent) == (2, ("c",))


def test_outages_count_as_far_as_they_lie_within() -> None:
    """An outage that began before the campaign, or that is not over, counts with what of it lies inside."""
    outages = (Outage("a", START - HOUR, START + HOUR), Outage("b", START + 23 * HOUR), Outage("c", START - HOUR, START))
    found = figures(Heard(outages=outages), SPAN, NOW)
    assert [(each.id, each.length(SPAN, NOW)) for each in found.outages] == [("a", HOUR), ("b", HOUR)]


def test_how_long_a_withdrawal_took() -> None:
    """Median, 99th percentile and the slowest by name come from those that confirmed; who did not is named."""
    at = START + HOUR
    confirmed = (*(Confirmed(f"p-{n}", at + n * SECOND) for n in range(1, 101)), Confirmed("p-101", None))
    members = tuple(Member(f"p-{n}") for n in range(1, 102))
    (speed,) = figures(Heard(members, withdrawals=(taken(*confirmed),)), SPAN, NOW).withdrawals
    assert (speed.median, speed.slowest_percent, speed.slowest) == (50 * SECOND, 99 * SECOND, ("p-100", 100 * SECOND))
    assert speed.missing == ("p-101",)


def test_a_player_whose_clock_is_behind_took_no_time() -> None:
    """A receipt from before the order, by a clock that is behind, counts as at once."""
    (speed,) = figures(Heard((Member("a"),), withdrawals=(taken(Confirmed("a", START)),)), SPAN, NOW).withdrawals
    assert speed.median == 0


def test_a_withdrawal_of_another_time_is_not_of_this_campaign() -> None:
    """Only what was ordered within the days asked for is told."""
    assert figures(Heard(withdrawals=(taken(),)), Span(START + 2 * HOUR, NOW), NOW).withdrawals == ()


def test_percentiles_are_of_those_that_there_are() -> None:
    """Of one the percentile is that one, of none there is none."""
    assert (percentile([], 50), percentile([7], 99), percentile([1, 2, 3, 4], 50)) == (None, 7, 2)


def test_lengths_read_as_people_say_them() -> None:
    """Milliseconds, seconds, minutes, hours."""
    lengths = (340 * MILLISECOND, 12_500 * MILLISECOND, 480 * SECOND, 3 * HOUR + 20 * 60 * SECOND)
    assert [length_in_words(each) for each in lengths] == ["340 ms", "12.5 s", "8 min", "3 h 20 min"]


def test_the_page_holds_nothing_that_a_player_can_break() -> None:
    """Whatever is in a name is text on the page, and the page asks nothing of anybody else."""
    evil = '<script src="http://evil">'
    heard = Heard(
        (Member(evil, site=evil),),
        (Said(evil, BEGUN, evil, START + HOUR),),
        outages=(Outage(evil, START, START + HOUR),),
        withdrawals=(taken(name=evil, reason=evil),),
    )
    text = page(figures(heard, SPAN, NOW), Headed(evil, "UTC"))
    assert "<script" not in text
    assert text.count("&lt;script") >= 7
    assert "http:" not in text.replace("http://evil&quot;", "")


def test_the_page_says_what_is_missing() -> None:
    """Without counts, shows, outages and withdrawals the page says so in words, and never a nought that looks like a figure."""
    text = page(figures(Heard((Member("a", site="Oświęcim"),)), SPAN, NOW), HEADED)
    assert "How many photos were shown, no player has said." in text
    assert "Nobody said that a show began." in text
    assert "Oświęcim" in text
    assert "Europe/Warsaw" in text


def test_the_longest_outages_are_on_the_page_and_all_in_the_table() -> None:
    """A page of ten thousand outages would be read by nobody: it has the longest, the table has all."""
    outages = tuple(Outage("a", START + n * SECOND, START + (2 * n + 1) * SECOND) for n in range(MAX_OUTAGES + 5))
    found = figures(Heard((Member("a"),), outages=outages), SPAN, NOW)
    assert f"The {MAX_OUTAGES} longest of {MAX_OUTAGES + 5}" in page(found, HEADED)
    rows = [row for row in csv.reader(StringIO(table(found))) if row[0] == "not heard"]
    assert len(rows) == MAX_OUTAGES + 5


def test_no_cell_of_the_table_is_a_formula() -> None:
    """A site called =HYPERLINK(…) is text in any spreadsheet."""
    signs = ("=1", "+1", "-1", "@a", "\tx")
    heard = Heard(tuple(Member(f"m{n}", site=sign) for n, sign in enumerate(signs)))
    cells = [cell for row in csv.reader(StringIO(table(figures(heard, SPAN, NOW)))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert "'=1" in cells


def test_the_table_reads_back() -> None:
    """Every row has the columns of the head, and a name with commas and quotes is one cell."""
    heard = Heard((Member("a"),), withdrawals=(taken(Confirmed("a", START + HOUR + SECOND), name='x,"y"'),))
    rows = list(csv.reader(StringIO(table(figures(heard, SPAN, NOW)))))
    assert rows[0] == list(HEAD)
    assert {len(row) for row in rows} == {len(HEAD)}
    assert ["withdrawal took", "a", "", 'x,"y"', "2027-01-15T09:00:00Z", "2027-01-15T09:00:01Z", "1.000", "s"] in rows


def test_in_short_both_numbers_of_people_are_said() -> None:
    """Where the same faces are seen at many places, the sentence says between what and what, and why."""
    days = (Day("a", "2027-01-20", 100, 40, 40), Day("b", "2027-01-20", 90, 30, 30))
    said = "\n".join(lines(figures(Heard((Member("a"), Member("b")), days=days), SPAN, NOW)))
    assert "190 photos were shown, and between 40 and 70 people were seen" in said


def test_who_was_never_heard_is_not_said_to_be_well() -> None:
    """A player without outages that nobody ever heard is named; the others were heard all the time."""

    def said(*members: Member) -> str:
        return "\n".join(lines(figures(Heard(members), SPAN, NOW)))

    there, never = Member("a", last_seen=NOW), Member("b")
    assert "Every player was heard all the time." in said(there)
    assert "Never heard of: b.\nAll others were heard all the time." in said(there, never)
    assert "heard all the time" not in said(never)


def test_many_names_are_cut() -> None:
    """Of a thousand names the first are told, and how many more there are."""
    assert named(["a", "b"]) == "a, b"
    assert named([str(n) for n in range(1000)]).endswith("19 and 980 more")
