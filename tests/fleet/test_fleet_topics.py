"""Names of players, groups and topics."""

from __future__ import annotations

import pytest

from player.fleet import topics
from player.fleet.topics import Kind, Topic


def test_topics_are_taken_apart_as_they_were_built() -> None:
    """Each kind, for all, a group, or a player."""
    assert topics.parse(topics.ALL_HINT) == Topic(Kind.HINT)
    assert topics.parse(topics.group_hint("memorial")) == Topic(Kind.HINT, group="memorial")
    assert topics.parse(topics.commit("memorial")) == Topic(Kind.COMMIT, group="memorial")
    assert topics.parse(topics.of_player("oswiecim-1", Kind.REPORT)) == Topic(Kind.REPORT, player="oswiecim-1")
    assert topics.parse(topics.command("oswiecim-1", "dark")) == Topic(Kind.COMMAND, player="oswiecim-1", verb="dark")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wr/1",
        "wr/2/all/hint",
        "wr/1/all/commit",
        "wr/1/g/Memorial/hint",
        "wr/1/g/../hint",
        "wr/1/p/x/hint",
        "wr/1/p/x/cmd",
        "wr/1/p/x/cmd/a/b",
        "wr/1/p/+/report",
        "wr/1/p//report",
        "wr/1/p/x/report/",
        "wr/1/p/" + "x" * 5000 + "/report",
        "$SYS/broker/uptime",
    ],
)
def test_what_is_no_topic_of_ours_is_none(text: str) -> None:
    """Other roots, wildcards, names that could be paths: none."""
    assert topics.parse(text) is None


@pytest.mark.parametrize("name", ["a", "oswiecim-1", "0", "x" * 63])
def test_names(name: str) -> None:
    """Small letters, digits and dashes."""
    assert topics.is_name(name)


@pytest.mark.parametrize("name", ["", "-a", "A", "a b", "a/b", "+", "#", "a.b", "é", "x" * 64, "a\n"])
def test_what_is_no_name(name: str) -> None:
    """Nothing that could be a wildcard, a path or another level."""
    assert not topics.is_name(name)
    with pytest.raises(ValueError, match="no name"):
        topics.command("oswiecim-1", name)


def test_a_player_hears_each_thing_once() -> None:
    """No two of its subscriptions fit the same topic, or the broker would deliver twice."""
    heard = topics.heard_by("oswiecim-1", ["memorial", "east", "memorial"])

    assert heard == (
        "wr/1/all/hint",
        "wr/1/g/memorial/hint",
        "wr/1/g/memorial/commit",
        "wr/1/g/east/hint",
        "wr/1/g/east/commit",
        "wr/1/p/oswiecim-1/desired",
        "wr/1/p/oswiecim-1/cmd/+",
    )


def test_a_client_is_known_by_what_nobody_can_guess() -> None:
    """By its name, for whoever reads the broker's log, and its key; the same for a copy of that key."""
    assert topics.client_id("oswiecim-1", b"key") == topics.client_id("oswiecim-1", b"key")
    assert topics.client_id("oswiecim-1", b"key").startswith("oswiecim-1-")
    assert topics.client_id("oswiecim-1", b"key") != topics.client_id("oswiecim-1", b"another")
