"""Making a programme: whom it names, and in what document."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from player.centre import composing
from player.centre.composing import Composed
from player.errors import OperatorError
from player.screen.programme import Bill
from player.settings import Configuration, with_data
from player.show.programme import digest, parse, recipe
from player.show.slide import Phrase
from player.units import SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.home import Home
from tests.fakes.taking_in import TakingIn

TEXT = "feeds: {}\nshow: one\n"
EPOCH = 1_800_000_000 * SECOND


class Site(NamedTuple):
    """A centre's own player."""

    configuration: Configuration
    taking: TakingIn
    home: Home


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A library with a landscape, a portrait and one more; a playlist in step with the group memorial."""
    home = Home(tmp_path)
    home.playlist("facade", "sync: memorial\nwords: {only_checked: false}\nslides:\n  - photo\n")
    taking = TakingIn(tmp_path / "data", FakeClock())
    taking.publish("a", "p-1", "b")
    yield Site(with_data(home.clean(TEXT), str(tmp_path / "data")), taking, home)
    taking.ingest.close()


def compose(site: Site, *gone: tuple[str, str], version: str = "7") -> Composed:
    """Return the programme for memorial."""
    bill = Bill(site.configuration.show("facade"), (Phrase("We Remember", "en"),))
    return composing.compose(
        site.configuration,
        bill,
        group="memorial",
        version=version,
        epoch=EPOCH,
        gone=frozenset(gone),
        clock=site.taking.clock,
        tell=lambda _: None,
    )


def test_the_document_names_everybody_who_may_be_shown(site: Site) -> None:
    """Source, id, the hash of the original and whether it is a portrait; sorted, and named by its own hash."""
    found = compose(site)
    assert digest(found.body) == found.hash
    programme = parse(found.body)
    assert [(each.name, each.is_portrait) for each in programme.items] == [
        (("wall", "a"), False),
        (("wall", "b"), False),
        (("wall", "p-1"), True),
    ]
    assert programme.items[0].sha256 == hashlib.sha256(b"a").hexdigest()
    assert (programme.group, programme.version, programme.show, programme.epoch) == ("memorial", "7", "facade", EPOCH)
    assert programme.recipe == recipe(site.configuration.show("facade"), (Phrase("We Remember", "en"),))


def test_the_same_library_makes_the_same_document(site: Site) -> None:
    """Made again it is the same to the byte; another version of it is another document."""
    assert compose(site).body == compose(site).body
    assert compose(site).hash != compose(site, version="8").hash


def test_nobody_who_is_withdrawn_is_named(site: Site) -> None:
    """Neither what the feed withdrew nor what the centre did, by its source or everywhere."""
    site.taking.withdraw("a")
    found = compose(site, ("*", "b"), ("other", "p-1"))
    assert [each.item for each in found.programme.items] == ["p-1"]
    assert [each.item for each in compose(site, ("wall", "p-1")).programme.items] == ["b"]


def test_a_library_whose_lease_has_run_out_makes_none(site: Site) -> None:
    """What may not be shown here now is in no programme: without anybody there is none."""
    site.taking.clock.advance(400 * 24 * 3600 * SECOND)
    with pytest.raises(OperatorError, match="no photo that may be shown now"):
        compose(site)


def test_without_a_library_there_is_a_hint(site: Site, tmp_path: Path) -> None:
    """The centre's own player has never run: the line says so."""
    with pytest.raises(OperatorError, match="let this centre fetch the feeds"):
        compose(site._replace(configuration=with_data(site.configuration, str(tmp_path / "nowhere"))))


def test_the_show_is_the_one_that_is_in_step(site: Site) -> None:
    """The only playlist of a group needs no name; several do, and one that is not in step cannot be named."""
    show = composing.show_for
    assert show(site.configuration, "memorial", None) == "facade"
    with pytest.raises(OperatorError, match="write `sync: school` in one"):
        show(site.configuration, "school", None)
    with pytest.raises(OperatorError, match='no playlist "one" is in step with memorial'):
        show(site.configuration, "memorial", "one")
    site.home.playlist("second", "sync: memorial\nslides:\n  - words\n")
    both = site.home.clean(TEXT)
    with pytest.raises(OperatorError, match="2 playlists are in step with memorial: say which, --show facade"):
        show(both, "memorial", None)
    assert show(both, "memorial", "second") == "second"


def test_the_words_are_those_that_a_screen_speaks(site: Site) -> None:
    """The bill of a show has its phrases in the languages that fonts here can set."""
    bill = composing.bill_of(site.configuration, "facade")
    assert bill.show.id == "facade"
    assert len({phrase.language for phrase in bill.phrases}) > 5
