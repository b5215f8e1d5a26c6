"""Sessions and codes, as rules: how long they count, whatever the clock does, and what is kept of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.console.people import codes, sessions
from player.console.people.codes import Kept
from player.console.people.roles import Role
from player.console.people.sessions import HOUR, LIMITS, MAX_BACK, MINUTE, Span
from tests.fakes.clock import OPENING

ROLES = st.sampled_from(Role)
STEPS = st.lists(st.integers(0, 13 * HOUR), max_size=40)


def test_who_can_do_more_is_forgotten_sooner() -> None:
    """Half an hour unused and a day in all for those who decide; twelve hours and a week for those on duty."""
    for role in (Role.ADMIN, Role.REVIEWER):
        assert (LIMITS[role].idle, LIMITS[role].whole) == (30 * MINUTE, 24 * HOUR)
    for role in (Role.OPERATOR, Role.VIEWER):
        assert (LIMITS[role].idle, LIMITS[role].whole) == (12 * HOUR, 7 * 24 * HOUR)


@given(ROLES, STEPS)
def test_no_session_outlives_its_limits(role: Role, steps: list[int]) -> None:
    """However it is used, it is over after so long in all, and after so long unused."""
    span, limit, now = Span(OPENING, OPENING), LIMITS[role], OPENING
    for step in steps:
        now += step
        is_over = sessions.is_over(span, role, now)
        assert is_over == (now - span.seen >= limit.idle or now - OPENING >= limit.whole) == (now >= sessions.ends(span, role))
        if is_over:
            return
        if sessions.is_news(span, now):
            span = Span(span.begun, now)
        assert now - span.seen < sessions.SEEN_EVERY


@given(ROLES, st.integers(0, 10 * HOUR), st.integers(1, 10**18))
def test_a_clock_set_back_lengthens_no_session(role: Role, used: int, back: int) -> None:
    """A little back is a clock being corrected; more ends the session, for nobody knows how old it is."""
    span = Span(OPENING, OPENING + used)
    if sessions.is_over(span, role, span.seen):
        return
    assert sessions.is_over(span, role, span.seen - back) == (back > MAX_BACK)


@given(ROLES, st.integers(-(10**18), 10**18), st.integers(-(10**18), 10**18), st.integers(-(10**18), 10**18))
def test_what_is_over_stays_over(role: Role, begun: int, seen: int, now: int) -> None:
    """Time alone never makes a session count again that has run out."""
    span = Span(begun, seen)
    if now >= sessions.ends(span, role):
        assert sessions.is_over(span, role, now)
        assert sessions.is_over(span, role, now + HOUR)


def test_a_token_is_not_guessed() -> None:
    """256 bits, none twice, of which the file has another form."""
    tokens = {sessions.new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(sessions.is_token(token) for token in tokens)
    assert len({sessions.digest(token) for token in tokens}) == 200
    assert not any(token.encode() in sessions.digest(token) for token in tokens)


@given(st.text())
def test_what_is_no_token_is_not_looked_up(text: str) -> None:
    """Cookies hold whatever somebody puts there."""
    assert not sessions.is_token(text) or len(text) == 43


def test_a_code_can_be_read_out() -> None:
    """Eight groups of three digits, none twice."""
    found = {codes.new_code(OPENING).text for _ in range(100)}
    assert len(found) == 100
    for text in found:
        groups = text.split(" ")
        assert len(groups) == codes.GROUPS
        assert all(len(group) == codes.DIGITS and group.isdecimal() for group in groups)


def test_a_code_is_taken_as_people_type_it() -> None:
    """With or without what is between the groups, and in the digits of another script."""
    code = codes.new_code(OPENING)
    kept = Kept(codes.digest(code.text), OPENING)
    bare = code.text.replace(" ", "")
    arabic = bare.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for typed in (code.text, bare, code.text.replace(" ", "-"), f" {bare}\n", arabic, f"code: {code.text}."):
        assert codes.fits(kept, typed, OPENING)
    for typed in ("", bare[:-1], bare + "0", bare[::-1] + "1", "0" * 24):
        assert not codes.fits(kept, typed, OPENING)


@given(st.integers(-(10**18), 10**18))
def test_a_code_counts_for_an_hour(later: int) -> None:
    """Not before it was made, and not after; and where there is none, nothing fits."""
    kept = Kept(codes.digest("123"), OPENING)
    assert codes.fits(kept, "123", OPENING + later) == (0 <= later < HOUR)
    assert not codes.fits(None, "123", OPENING)
    assert not codes.fits(None, "", OPENING)
