"""A centre as `fleet init` makes it, with a real broker that goes by its files, and players with papers of their own."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from player.centre import enrolling
from player.centre.founding import Office, found
from player.centre.link import Broker as Where
from player.centre.link import Papers as Carried
from player.centre.store import Store
from player.clock import SystemClock
from tests.fakes.broker import Broker, Papers
from tests.fakes.light_player import LightPlayer


class OfficePapers(Papers):
    """What the listener of a founded centre's broker needs, whose files lie in its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def text(self) -> str:
        """Return what is written for a listener."""
        where = self._folder
        files = f"cafile {where}/ca.pem\ncertfile {where}/broker.pem\nkeyfile {where}/broker-key.pem\ncrlfile {where}/crl.pem\n"
        return f"{files}require_certificate true\nuse_identity_as_username true\n"


@dataclass
class Founded:
    """A centre, and its broker."""

    office: Office
    broker: Broker

    @property
    def folder(self) -> Path:
        """The centre's folder."""
        return self.office.folder

    def player(self, name: str, **how: object) -> LightPlayer:
        """Return a player that was enrolled, not yet there."""
        where = self.folder / "bundles" / name / "fleet"
        papers = Carried(where / "ca.pem", where / f"{name}.pem", where / f"{name}-key.pem")
        key = self.office.signing_key().public_key()
        return LightPlayer(self.broker.port, name, key, papers=papers, **how)  # type: ignore[arg-type]


@contextmanager
def founded(folder: Path, *names: str, group: str = "memorial") -> Generator[Founded]:
    """Found a centre in *folder*, enrol players, and let its broker run."""
    folder.mkdir(parents=True, exist_ok=True)
    home, clock = folder / "centre", SystemClock()
    text = f"allow_anonymous false\nacl_file {home}/mosquitto/acl\n"
    broker = Broker(folder, text, OfficePapers(home))
    office = found(home, Where("127.0.0.1", broker.port), clock.wall(), name="Memorial", players=100)
    with Store(home) as store:
        for name in names:
            wish = enrolling.Wish(id=name, group=group, site="Oświęcim", feed="", root=None, template=None)
            enrolling.enrol(office, store, wish, clock.wall())
    broker.start()
    try:
        yield Founded(office, broker)
    finally:
        broker.kill()
