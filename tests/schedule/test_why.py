"""Why something is on, as values that any language can tell."""

from __future__ import annotations

import pytest

from player.schedule.why import FIELDS, SENTENCES, in_words, reason


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_every_reason_says_all_that_it_is_given(key: str) -> None:
    """Nothing is filled in that does not show, and nothing shows as a name in braces."""
    said = str(reason(key, **{name: f"<{name}>" for name in FIELDS[key]}))
    assert all(f"<{name}>" in said for name in FIELDS[key])
    assert "{" not in said


def test_reasons_are_one_line() -> None:
    """In the order in which they were given."""
    reasons = (reason("begins", at="18:00"), reason("over", priority=5, slots="evening (1)"))
    assert in_words(reasons) == "begins at 18:00; priority 5 over evening (1)"
