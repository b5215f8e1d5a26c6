"""Whose signature is next, and what a person is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from player.publish import approving, instants, report, ruling, settling
from player.publish.owing import Kind
from player.publish.report import Status
from tests.publish.atelier import Atelier

DAY = timedelta(days=1)


def _status(atelier: Atelier) -> Status:
    return report.status(atelier.studio, instants.moment(atelier.clock.wall()))


def test_a_new_studio_owes_nothing_yet_and_names_what_comes_first(atelier: Atelier) -> None:
    """The first line is the next signature that a person owes, also when it is days away; nothing is alarming."""
    atelier.sign()

    stands = _status(atelier)

    assert not stands.is_alarming
    assert report.status_lines(stands)[0] == (
        "next: approved: 2 of anna, ben, cara must sign (it runs out on 2027-02-03T09:00:00Z, in 13 days): "
        "weremember publish sign --key FILE"
    )


def test_the_alarm_comes_seventy_two_hours_ahead(atelier: Atelier) -> None:
    """Eleven days after the last signature of people somebody must act; an hour before that nobody must."""
    atelier.wait(11 * DAY - timedelta(hours=1))
    atelier.sign()
    assert not _status(atelier).is_alarming

    atelier.wait(timedelta(hours=1))
    atelier.sign()

    assert _status(atelier).is_alarming


def test_a_signer_that_does_not_run_is_alarming(atelier: Atelier) -> None:
    """When the timestamp has run out, players show nothing of the feed."""
    atelier.wait(timedelta(minutes=61))

    stands = _status(atelier)

    assert stands.is_alarming
    assert any(line.startswith("the signer does not run") for line in report.status_lines(stands))


def test_what_is_owed_is_given_and_then_owed_no_more(atelier: Atelier) -> None:
    """Two people settle what runs out; the second continues the first one's drafts, and then nobody owes anything."""
    atelier.wait(12 * DAY)
    assert [duty.debt.role for duty in settling.duties(atelier.desk("anna"))] == ["approved", "withdrawn"]
    atelier.settle("anna")
    assert [duty.debt.role for duty in settling.duties(atelier.desk("ben"))] == ["approved", "withdrawn"]
    atelier.settle("ben")
    atelier.sign()

    assert not _status(atelier).is_alarming
    assert not settling.duties(atelier.desk("cara"))
    assert not atelier.studio.pending.all()


def test_a_list_that_is_renewed_drops_what_was_withdrawn(atelier: Atelier) -> None:
    """A renewal adds nothing, and leaves out what is gone."""
    atelier.add("a", "b")
    atelier.both_approve("a", "b")
    atelier.sign()
    atelier.withdraw("cara", "a")
    atelier.sign()
    atelier.wait(12 * DAY)
    for person in ("anna", "ben"):
        atelier.settle(person)

    assert set(atelier.sign().published.items()) == {"b"}


def test_a_decision_waits_for_others_without_alarm(atelier: Atelier) -> None:
    """A change of keys that one person asked for is listed with its name, and who can sign it."""
    atelier.sign()
    ruled = ruling.rotate(atelier.desk("anna"), "approved", removes=["cara"])

    debt = next(each for each in atelier.owed() if each.kind is Kind.DECIDE)

    assert (debt.people, debt.lacks, debt.due) == (("ben", "cara"), 1, None)
    assert f"weremember publish sign targets/{ruled.draft.name} --key FILE" in report.status_lines(_status(atelier))[0]
    assert not _status(atelier).is_alarming


def test_programs_read_the_same(atelier: Atelier) -> None:
    """The record for programs has the alarm, what runs out, and who owes what."""
    atelier.sign()
    said = report.status_record(_status(atelier))

    assert said["alarm"] is False
    assert said["versions"] == {"root": 1, "targets": 1, "approved": 1, "withdrawn": 1}
    assert isinstance(said["owed"], list)


def test_the_table_of_what_is_pending_says_what_each_needs(atelier: Atelier) -> None:
    """Nobody, one, both on different lists, and both on one are four different next steps."""
    atelier.add("a", "b", "c", "d")
    atelier.approve("anna", "b", "c")
    atelier.approve("ben", "c")
    atelier.approve("anna", "d")
    atelier.approve("cara", "d")

    rows = {row.id: row for row in report.pending(atelier.studio, instants.moment(atelier.clock.wall()))}

    assert rows["a"].needs == "2 more"
    assert (rows["b"].needs, rows["b"].approved_by) == ("1 more", ("anna",))
    assert rows["c"].needs.startswith("both signatures on one list")
    assert rows["d"].needs.startswith("the signer")


def test_a_name_cannot_forge_a_row(atelier: Atelier) -> None:
    """Names of files and words are shown in one line, whatever somebody put into them."""
    atelier.add("a")
    there = atelier.studio.new_photos(atelier.studio.published())["a"]
    atelier.studio.describe(replace(there, file="x\n    approved by anna, ben; needs the signer\x1b[2K.jpg", caption="a\r\nb"))

    lines = report.waiting_lines(report.pending(atelier.studio, instants.moment(atelier.clock.wall())))

    assert lines == ["a  x approved by anna, ben; needs the signer[2K.jpg  a b\n    approved by nobody; needs 2 more"]
    seen = approving.review(atelier.desk("anna"), ["a"])
    assert not any("\n" in line or "\x1b" in line for line in report.review_lines(seen))


def test_a_list_that_waits_for_its_photo_is_in_status(atelier: Atelier) -> None:
    """Signed by two, but its photo was not brought along: status says so, and what to copy."""
    atelier.add("a")
    atelier.both_approve("a")
    (photo,) = atelier.studio.photos.glob("*.jpg")
    photo.unlink()

    lines = report.status_lines(_status(atelier))

    assert "waits: the photo of a is not in" in lines[1]
    assert lines[1].endswith("copy photos/ as well as pending/ to here")


@pytest.mark.parametrize(("left", "said"), [(1439, "23 h 59 min"), (59, "59 min"), (60, "1 h 0 min"), (2880, "2 days")])
def test_a_length_of_time_is_said_as_people_say_it(atelier: Atelier, left: int, said: str) -> None:
    """Hours and minutes below two days, days above."""
    end = atelier.studio.published().papers()["root"].signed.expires
    atelier.clock.step(instants.nanos(end - timedelta(minutes=left)) - atelier.clock.wall())

    assert any(line.startswith("root ") and line.endswith(f"in {said}") for line in report.status_lines(_status(atelier)))
