"""The photos, where they come from, and the record of what became of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from player.cli.beginning import clean, in_use, instant
from player.terminal import PROBLEM, Commands, where


@click.command()
@where
@click.option("--json", "as_json", is_flag=True, help="As a list of objects.")
def photos(*, config: str | None, data: str | None, as_json: bool) -> None:
    """List every photo with its state and the reason for it."""
    from player.report import photo_table, photos_as_json

    configuration = clean(config, data)
    if as_json:
        photos_as_json(configuration, sys.stdout)
    else:
        photo_table(configuration)


@click.command()
@where
@click.argument("names", nargs=-1, required=True, metavar="SOURCE/ID...")
@click.option("--reason", metavar="TEXT", help="For the record.")
def withdraw(*, config: str | None, data: str | None, names: tuple[str, ...], reason: str | None) -> None:
    """Take photos down, at once and for ever.

    It needs no network. A bare ID means every source.
    """
    from player.withdrawals import withdraw as take_down

    raise SystemExit(0 if take_down(in_use(config, data), names, reason, click.echo) else PROBLEM)


@click.command()
@where
@click.argument("names", nargs=-1, required=True, metavar="SOURCE/ID...")
@click.option("--by", required=True, metavar="NAME", help="Who answers for it.")
def reinstate(*, config: str | None, data: str | None, names: tuple[str, ...], by: str) -> None:
    """Take back a withdrawal, in the name of a person."""
    from player.withdrawals import reinstate as bring_back

    raise SystemExit(0 if bring_back(clean(config, data), names, by, click.echo) else PROBLEM)


@click.group(cls=Commands)
def feed() -> None:
    """Try a feed, or pin the root of a signed one."""


@feed.command()
@where
@click.argument("root", type=click.Path(dir_okay=False, path_type=Path), metavar="ROOT.json")
@click.option("--feed", "name", metavar="NAME", help="Which feed of the configuration; needed when several are signed.")
@click.option("--forget", is_flag=True, help="Forget how far the feed had come: after its machine's key was stolen.")
def trust(*, config: str | None, data: str | None, root: Path, name: str | None, forget: bool) -> None:
    """Pin the root that a signed feed is believed by."""
    from player.anchoring import pin
    from player.terminal import operator

    click.echo(pin(clean(config, data), name, root, by=operator(), forget=forget))


@feed.command()
@where
@click.argument("url")
@click.option("--kind", required=True, metavar="KIND", help="jsonfeed, folder, rss, wallsio, mapped, mastodon or bluesky.")
@click.option("--map", "map_", default="", metavar="MAP", help="For mapped: curator, taggbox, juicer, or a file.")
@click.option("--token", metavar="REF", help="Where its key is: env:NAME or file:PATH.")
@click.option("--assume-approved", is_flag=True, help="As in the configuration.")
@click.option("--root", type=click.Path(dir_okay=False, path_type=Path), metavar="ROOT.json", help="Of a signed feed.")
def test(
    *,
    config: str | None,
    data: str | None,
    url: str,
    kind: str,
    map_: str,
    token: str | None,
    assume_approved: bool,
    root: Path | None,
) -> None:
    """Ask a feed once: what of it would be shown, what not, and why."""
    from player.feed_check import Asked, see_and_print
    from player.library.trusted_time import trusted_clock

    asked = Asked(url=url, kind=kind, map=map_, token=token, assume_approved=assume_approved, root=root)
    raise SystemExit(0 if see_and_print(asked, clean(config, data), trusted_clock()) else PROBLEM)


@click.group(cls=Commands)
def journal() -> None:
    """Read and verify the record of what was done."""


@journal.command()
@where
def verify(*, config: str | None, data: str | None) -> None:
    """Find any line of the journal that was changed or is missing."""
    from player.journal import verify as verify_journal

    raise SystemExit(0 if verify_journal(clean(config, data), click.echo) else PROBLEM)


@journal.command()
@where
@click.option("--since", metavar="INSTANT", help="Such as 2027-01-27T12:00.")
@click.option("--kind", metavar="KIND", help="One kind of line, such as withdrawn, receipt, approvals or plays.")
@click.option("--json", "as_json", is_flag=True, help="As objects, one a line.")
def show(*, config: str | None, data: str | None, since: str | None, kind: str | None, as_json: bool) -> None:
    """Print the lines of the journal, oldest first."""
    from player.journal import show as show_journal

    configuration = clean(config, data)
    moment = None if since is None else instant(since, configuration, "--since")
    show_journal(configuration, click.echo, since=moment, kind=kind, as_json=as_json)
