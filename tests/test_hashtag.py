"""Hashtags, searches and timelines are refused as sources, and accounts are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.hashtag import refuse_hashtag


@pytest.mark.parametrize(
    "url",
    [
        "https://mastodon.example/tags/weremember",
        "https://mastodon.example/tags/weremember.rss",
        "https://mastodon.example/tags/weremember/",
        "https://mastodon.example/web/timelines/tag/weremember",
        "https://mastodon.example/TAGS/WeRemember",
        "https://mastodon.example/%74ags/weremember",
        "https://mastodon.example/api/v1/timelines/tag/weremember?limit=40",
        "https://mastodon.example/api/v1/timelines/public",
        "https://mastodon.example/api/v1/timelines/home",
        "https://mastodon.example/api/v1/streaming/hashtag?tag=weremember",
        "https://mastodon.example/api/v1/accounts/1/statuses?tagged=weremember",
        "https://mastodon.example/api/v2/search?q=weremember",
        "https://pixelfed.example/discover?hashtag=weremember",
        "https://bsky.app/hashtag/WeRemember",
        "https://bsky.app/search?q=%23weremember",
        "https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts?q=weremember",
        "https://public.api.bsky.app/xrpc/app.bsky.feed.getFeed?feed=at://x",
    ],
)
def test_what_anybody_may_post_to_is_refused(url: str) -> None:
    """No spelling of a hashtag, a search or a timeline is a source."""
    assert "that is no approval" in refuse_hashtag(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://mastodon.example/@organiser",
        "https://mastodon.example/@tags",
        "https://mastodon.example/api/v1/accounts/1/statuses?limit=40&max_id=5",
        "https://bsky.app/profile/curator.example",
        "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed?actor=curator.example&limit=100",
        "https://organiser.example/feeds/feed.json?tag=",
        "https://[broken",
        "",
    ],
)
def test_accounts_are_not_refused(url: str) -> None:
    """An account's own place is no hashtag; what is no address at all is for others to say."""
    assert refuse_hashtag(url) == ""


@given(st.text())
def test_any_text_has_an_answer(url: str) -> None:
    """Whatever an operator writes is refused or not, and nothing breaks."""
    assert isinstance(refuse_hashtag(url), str)
