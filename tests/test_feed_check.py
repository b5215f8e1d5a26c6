"""`weremember feed test`: what of a feed would be shown, what not, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from player.clock import SystemClock
from tests.fakes.repository import Repository
from tests.fakes.site import LONG_AGO, Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A place with a wide terminal."""
    monkeypatch.setenv("COLUMNS", "200")
    return Site(tmp_path)


def write_feed(site: Site, *items: dict[str, Any], **ours: object) -> str:
    """Write a JSON Feed; return its path."""
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": items, "_we_remember": {"schema": 1, **ours}}
    path = site.folder / "feed.json"
    path.write_text(json.dumps(feed))
    return str(path)


def entry(name: str, status: str, **ours: object) -> dict[str, Any]:
    """An item."""
    return {"id": name, "image": f"{name}.jpg", "content_text": f"From {name}", "_we_remember": {"status": status, **ours}}


def ask(site: Site, *words: str) -> tuple[int, str, str]:
    """Give the command; return its status and what it printed."""
    done = site.command("feed", "test", *words)
    return done.exit_code, done.stdout, done.stderr


def test_it_says_what_would_be_shown_and_why_not(site: Site) -> None:
    """Approved first, then the others, each with its reason."""
    url = write_feed(
        site,
        entry("waiting", "pending"),
        entry("good", "approved", approved_at=LONG_AGO),
        entry("gone", "approved"),
        withdrawn=[{"id": "gone", "reason": "author"}],
    )

    status, out, err = ask(site, url, "--kind", "jsonfeed")

    assert (status, err) == (0, "")
    lines = [line.split() for line in out.splitlines()]
    assert [line[:2] for line in lines[1:4]] == [["yes", "good"], ["pending", "waiting"], ["withdrawn", "gone"]]
    assert "not approved yet" in out
    assert "1 of 3 would be shown" in out


def test_the_configuration_is_not_touched(site: Site) -> None:
    """Nothing is kept: no data folder is made, and no photo fetched."""
    ask(site, write_feed(site, entry("good", "approved")), "--kind", "jsonfeed")
    assert not site.data.exists()


def test_text_from_the_feed_is_text(site: Site) -> None:
    """What looks like a colour for the terminal is shown as it is."""
    _, out, _ = ask(site, write_feed(site, entry("[red]good", "approved", approved_at=LONG_AGO)), "--kind", "jsonfeed")
    assert "[red]good" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere.json", "--kind", "jsonfeed"), "nowhere.json: cannot be read"),
        (("feed.json", "--kind", "gopher"), "kind: "),
        (("https://a.example/", "--kind", "mapped"), "a mapped feed needs its map"),
        (("https://a.example/", "--kind", "mapped", "--map", "none.yaml"), "none.yaml"),
        (("https://a.example/", "--kind", "rss", "--token", "secret-secret"), "write where the key is to be found"),
        (("https://m.example/tags/x", "--kind", "mastodon"), "that is no approval"),
        (("http://a.example/", "--kind", "rss"), "use https://"),
        (("feed.json", "--kind", "jsonfeed", "--root", "none.json"), "none.json cannot be read"),
    ],
)
def test_what_is_wrong_is_one_line(site: Site, words: tuple[str, ...], says: str) -> None:
    """On stderr, with status 1, and nothing secret in it."""
    status, _, err = ask(site, *words)
    assert status == 1
    assert says in err
    assert err.count("\n") == 1
    assert "secret-secret" not in err


def test_a_signed_feed_is_asked_with_its_root(site: Site) -> None:
    """And says who signed."""
    repository = Repository(now=SystemClock().wall())
    repository.approve("good", b"G")
    repository.write(site.folder / "public")
    root = site.folder / "1.root.json"
    root.write_bytes(repository.root)

    status, out, err = ask(site, str(site.folder / "public"), "--kind", "jsonfeed", "--root", str(root))

    assert (status, err) == (0, "")
    assert "1 of 1 would be shown" in out
    assert "signed by Dov, Eli" in out
