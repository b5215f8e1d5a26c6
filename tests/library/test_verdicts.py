"""What verdicts come to, whoever says what in whatever order."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.console.people.roles import Role, allows
from player.feed.trust import REVIEWS
from player.library.verdicts import (
    LEAST,
    MACHINE,
    MAY_LIFT,
    MAY_REVIEW,
    UNDO_WITHIN,
    Said,
    Subject,
    Verdict,
    lack,
    tally,
    undone,
    voices,
    words_of,
)
from player.units import SECOND

NOW: Final = 1_800_000_000 * SECOND
ONE: Final = Subject("a" * 64, words_of("We remember", "Ada", "en", "PL"))
OTHER: Final = Subject("b" * 64, ONE.words)
WHO: Final = ("ada", "olek", "rita", "vera")
ROLES: Final = ("viewer", "operator", "reviewer", "admin", MACHINE, "")


def said(verdict: Verdict, who: str = "ada", subject: Subject = ONE, *, role: str = "reviewer", at: int = NOW) -> Said:
    """Return a verdict."""
    return Said(verdict=verdict, subject=subject, who=who, name=who.title(), role=role, at=at, person=1, hands=frozenset({who}))


SAID: Final = st.builds(
    said,
    st.sampled_from(Verdict),
    st.sampled_from(WHO),
    st.sampled_from([ONE, OTHER]),
    role=st.sampled_from(ROLES),
)
HISTORY: Final = st.lists(SAID, max_size=12)
APPROVALS: Final = st.lists(st.builds(said, st.just(Verdict.APPROVE), st.sampled_from(WHO)), max_size=8)


def is_approved(history: list[Said], subject: Subject = ONE, needed: int = LEAST) -> bool:
    """Whether *subject* may be shown."""
    return not lack(tally(history), subject, needed)


@given(HISTORY)
def test_two_different_people_must_have_approved_it(history: list[Said]) -> None:
    """Whatever else was said: with fewer than two who may review and approved these very bytes, nothing is shown."""
    people = {each.who for each in history if each.verdict is Verdict.APPROVE and each.subject == ONE and each.role in MAY_REVIEW}

    assert not is_approved(history) or len(people) >= LEAST


@given(HISTORY)
def test_a_rejection_takes_it_away_whatever_was_said(history: list[Said]) -> None:
    """Until it is taken back; approvals that come after it come too late."""
    rejected = [*history, said(Verdict.REJECT, "vera")]

    assert not is_approved(rejected)
    assert not is_approved(
        [*rejected, said(Verdict.APPROVE, "ada"), said(Verdict.APPROVE, "olek"), said(Verdict.APPROVE, "rita")]
    )


@given(HISTORY, st.sampled_from([said(Verdict.LIFT, role="admin"), said(Verdict.UNDO, "vera")]))
def test_after_a_rejection_was_taken_back_all_look_anew(history: list[Said], back: Said) -> None:
    """None of the approvals before it counts any more."""
    before = [*history, said(Verdict.REJECT, "vera"), back]

    assert tally(before).of(ONE) == {}
    assert not is_approved([*before, said(Verdict.APPROVE, "ada")])
    assert is_approved([*before, said(Verdict.APPROVE, "ada"), said(Verdict.APPROVE, "olek")])


@given(HISTORY)
def test_only_whoever_rejected_or_may_lift_takes_a_rejection_back(history: list[Said]) -> None:
    """Neither another reviewer by taking back what they said, nor one who lifts without being an administrator."""
    rejected = [*history, said(Verdict.REJECT, "vera")]

    for other in (said(Verdict.UNDO, "ada"), said(Verdict.LIFT, "vera"), said(Verdict.LIFT, "ada", role="operator")):
        assert tally([*rejected, other]).rejected


@given(HISTORY, SAID)
def test_who_may_not_review_changes_nothing(history: list[Said], each: Said) -> None:
    """A verdict of somebody whose role did not allow it then is as if it were not there."""
    idle = replace(each, role="operator")

    assert tally([*history, idle]) == tally(history)


@given(APPROVALS)
def test_approving_twice_is_approving_once(history: list[Said]) -> None:
    """However often one person says so, under however many sessions."""
    assert tally(history + history) == tally(history)
    assert is_approved(history) == (len({each.who for each in history}) >= LEAST)


@given(APPROVALS.flatmap(st.permutations))
def test_it_does_not_matter_who_was_first(history: list[Said]) -> None:
    """Approvals in another order come to the same."""
    assert is_approved(history) == is_approved(sorted(history, key=lambda each: each.who))


@given(st.lists(st.builds(said, st.just(Verdict.APPROVE), st.sampled_from(WHO), st.sampled_from([ONE, OTHER]))))
def test_other_bytes_are_another_thing(history: list[Said]) -> None:
    """Approvals of one picture are none of another, and neither takes any from the other."""
    mine = [each for each in history if each.subject == ONE]

    assert is_approved(history) == is_approved(mine)


@pytest.mark.parametrize("place", range(4))
def test_other_words_are_another_thing(place: int) -> None:
    """Caption, author, language and country are all seen, or say how it is seen."""
    words = ["We remember", "Ada", "en", "PL"]
    words[place] += "!"

    history = [said(Verdict.APPROVE, "ada"), said(Verdict.APPROVE, "olek", replace(ONE, words=words_of(*words)))]

    assert not is_approved(history)


def test_words_do_not_run_into_each_other() -> None:
    """What is moved from the caption to the author is another thing, and a broken letter is no error."""
    assert words_of("ab", "c", "", "") != words_of("a", "bc", "", "")
    assert words_of("\ud800", "", "", "")


@given(APPROVALS, st.sampled_from(WHO))
def test_who_takes_an_approval_back_has_not_approved(history: list[Said], who: str) -> None:
    """And the others still have."""
    after = tally([*history, said(Verdict.UNDO, who)])

    assert set(after.of(ONE)) == set(tally(history).of(ONE)) - {who}


@pytest.mark.parametrize(
    ("count", "needed", "words"),
    [
        (0, 2, "needs two reviewers"),
        (1, 2, "needs one more reviewer"),
        (2, 2, ""),
        (2, 4, "needs two more reviewers"),
        (3, 1, ""),
        (1, 0, "needs one more reviewer"),
        (0, 9, "needs 9 reviewers"),
    ],
)
def test_what_is_missing_is_said(count: int, needed: int, words: str) -> None:
    """Two at least, whatever is written down as needed."""
    assert lack(tally([said(Verdict.APPROVE, who) for who in WHO[:count]]), ONE, needed) == words


@pytest.mark.parametrize(
    ("hands", "count"),
    [
        ([], 0),
        (["ada", "rita"], 2),
        (["ada", "eve ada"], 1),
        (["eve ada", "ada"], 1),
        (["eve ada", "ben ada"], 1),
        (["eve ada", "rita"], 2),
        (["ada", "eve ada", "ben eve ada", "rita"], 2),
        (["ada", "rita", "eve ada rita"], 1),
        (["", "ada"], 1),
        (["", ""], 0),
    ],
)
def test_whoever_gave_somebody_their_password_is_one_with_them(hands: list[str], count: int) -> None:
    """Both count as one, and so do all to whom one person gave theirs; where nobody knows who gave it, nobody counts."""
    assert voices(frozenset(each.split()) for each in hands) == count


@given(st.lists(st.frozensets(st.sampled_from(WHO)), max_size=5), st.frozensets(st.sampled_from(WHO)))
def test_another_approval_is_one_person_more_at_most(hands: list[frozenset[str]], other: frozenset[str]) -> None:
    """In whatever order they come, and never more than hands that share nothing."""
    assert voices([*hands, other]) <= voices(hands) + 1
    assert voices(hands) == voices(reversed(hands)) <= len(frozenset[str]().union(*hands))


def test_an_approval_with_a_password_from_the_same_hands_is_none_more() -> None:
    """It is kept, and counts beside a third; what is needed is said."""
    ada, eve = said(Verdict.APPROVE, "ada"), replace(said(Verdict.APPROVE, "eve"), hands=frozenset({"eve", "ada"}))

    assert lack(tally([ada, eve]), ONE, 2) == "needs one more reviewer with a password from other hands"
    assert lack(tally([ada, eve, said(Verdict.APPROVE, "rita")]), ONE, 2) == ""
    assert lack(tally([eve, said(Verdict.APPROVE, "rita")]), ONE, 2) == ""


def test_who_rejected_it_is_said() -> None:
    """By name."""
    assert lack(tally([said(Verdict.REJECT, "vera")]), ONE, 2) == "rejected by Vera"


@pytest.mark.parametrize(
    ("after", "seconds", "may"),
    [
        ([], 0, True),
        ([], 59, True),
        ([], 60, False),
        ([], -1, False),
        ([said(Verdict.APPROVE, "olek")], 1, False),
        ([said(Verdict.UNDO)], 1, False),
        ([said(Verdict.LIFT, "ada", role="admin")], 1, False),
    ],
)
@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REJECT])
def test_what_may_be_taken_back(verdict: Verdict, *, after: list[Said], seconds: int, may: bool) -> None:
    """One's own last word, within a minute, before anybody else has acted; not with a clock that went back.

    Nor by another person to whom the name was given.
    """
    mine = said(verdict)

    assert undone([mine, *after], "ada", 1, NOW + seconds * SECOND) == (mine if may else None)
    assert undone([mine], "olek", 1, NOW) is None
    assert undone([mine], "ada", 2, NOW) is None
    assert undone([], "ada", 1, NOW) is None


def test_the_roles_are_those_of_the_console() -> None:
    """Whoever may review, and nobody else; only an administrator lifts, or a person at the machine."""
    assert {role.value for role in Role if allows(role, Role.REVIEWER)} == MAY_REVIEW
    assert frozenset({Role.ADMIN.value, MACHINE}) == MAY_LIFT
    assert LEAST == REVIEWS
    assert UNDO_WITHIN == 60 * SECOND
