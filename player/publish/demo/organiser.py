"""The publisher of the demonstration: an organiser and three reviewers, with keys that are worth nothing."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.publish.adding import add
from player.publish.approving import approve
from player.publish.demo.scenes import CORE, HERO, OPENING, REVIEWERS
from player.publish.desk import Desk, sit_down
from player.publish.founding import Person, found
from player.publish.ruling import set_core
from player.publish.signer import sign_once
from player.publish.withdrawing import withdraw
from player.settings import INSTALLATION

_STRETCH: Final = 10  # keys that live for two minutes are not worth half a second each time


class Organiser:
    """An organiser and three reviewers, with keys that are worth nothing."""

    def __init__(self, folder: Path, photos: Path, *, clock: Clock) -> None:
        """Found a studio in *folder*, add the cards from *photos*, and publish what the curtain rises on."""
        self._clock = clock
        self._passphrase = secrets.token_hex()
        self._studio = found(folder, [Person(name, self._passphrase) for name in REVIEWERS], clock, stretch=_STRETCH)
        add(self._studio, [photos], clock, lambda _: None)
        self._ids = {Path(facts.file).stem: facts.id for facts in self._studio.new_photos(self._studio.published()).values()}
        for reviewer in REVIEWERS[:2]:
            approve(self._desk(reviewer), [self._ids[card] for card in (*OPENING, CORE)])
        self.sign()
        for officer in REVIEWERS[:2]:
            set_core(self._desk(officer), [self._ids[CORE]])
        self.sign()

    @property
    def public(self) -> Path:
        """What the web server serves."""
        return self._studio.public

    @property
    def root(self) -> Path:
        """What the player is given to trust."""
        return self._studio.root_file

    @property
    def names(self) -> Mapping[str, str]:
        """What the scenes call each photo, by id."""
        return {name: card for card, name in self._ids.items()}

    def approve(self, card: str, reviewer: str) -> None:
        """Have *reviewer* sign for a card."""
        approve(self._desk(reviewer), [self._ids[card]])
        self.sign()

    def withdraw(self, card: str, reviewer: str) -> None:
        """Have *reviewer* take a card back."""
        withdraw(self._desk(reviewer), [self._ids[card]], "shown how")
        self.sign()

    def sign(self) -> None:
        """Do what the machine that publishes does every five minutes."""
        sign_once(self._studio, self._clock)

    def _desk(self, person: str) -> Desk:
        return sit_down(self._studio, self._studio.keys / f"{person}.key", self._passphrase, self._clock)


def cards(folder: Path) -> Path:
    """Copy the cards that are used, with their words beside them; return the folder."""
    folder.mkdir()
    demo = INSTALLATION / "assets" / "demo"
    items = {item["image"]: item for item in json.loads((demo / "feed.json").read_bytes())["items"]}
    for card in (HERO, CORE, *OPENING):
        (source,) = demo.glob(f"??-{card}.jpg")
        shutil.copyfile(source, folder / f"{card}.jpg")
        item, ours = items[source.name], items[source.name]["_we_remember"]
        words = {"caption": item["content_text"], "alt": ours["alt"], "credit": ours["credit"], "language": item["language"]}
        (folder / f"{card}.yaml").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
    return folder
