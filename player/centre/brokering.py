"""What Mosquitto is told: its configuration, who may say and hear what, and the words by which a person installs that. Pure text.

Every option was tried with Mosquitto 2.0.11, the one of Debian 12. Three things that are easy to get wrong: an answer "granted"
to a subscription proves nothing, lists are asked at delivery; the list of revoked certificates is read again by a reload, but
whoever is connected stays so, which is why a revoked player is refused by name as well; and a broker for ten thousand needs as
many open files.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from player.centre.section import Centre
from player.fleet import topics, wire
from player.fleet.topics import CENTRE, Kind

CONF: Final = "weremember.conf"
ACL: Final = "acl"
LIMITS: Final = "limits.conf"
INSTALLED: Final = Path("/etc/mosquitto/weremember")
"""Where the broker's own files lie once they are installed: the centre's folder is closed to it."""
FILES: Final = ("ca.pem", "broker.pem", "broker-key.pem", "crl.pem", f"mosquitto/{ACL}")
"""Of the centre's folder, what the broker reads besides its configuration."""
_HEADER: Final = (
    "# Written by `weremember fleet`: what is changed here is lost with the next player that is enrolled or revoked.\n"
)
_SPARE: Final = 200  # connections beside those of players: the centre's, and those that are being replaced
_PACKET: Final = 2 * wire.MAX_BYTES  # bytes: a message with its topic and properties
_MEMORY: Final = 512 * 1024 * 1024  # bytes for what is queued, besides a player's own; the broker refuses beyond, and lives
_MEMORY_EACH: Final = 64 * 1024  # bytes; a player with TLS was measured at 14 kB, and holds a status and a report of 5 kB
_QUEUED: Final = 200_000  # messages for who is away: receipts of ten thousand players while the collector is restarted


def configuration(centre: Centre, folder: Path = INSTALLED, *, acl: Path | None = None) -> str:
    """Return the broker's configuration, whose files lie in *folder* (and its list *acl* elsewhere, if so)."""
    most = centre.players + centre.players // 4 + _SPARE
    return (
        f"{_HEADER}"
        "# For /etc/mosquitto/conf.d of a broker that serves the fleet alone: `allow_anonymous` and `acl_file` count for all\n"
        "# its listeners. With `per_listener_settings true` in another file they would count for the listener above them only.\n"
        f"listener {centre.broker.port}\n"
        "protocol mqtt\n"
        f"cafile {folder / 'ca.pem'}\n"
        f"certfile {folder / 'broker.pem'}\n"
        f"keyfile {folder / 'broker-key.pem'}\n"
        f"crlfile {folder / 'crl.pem'}\n"
        "tls_version tlsv1.2\n"
        "# A player is whoever its certificate names: that name is its id, and the user of the list below.\n"
        "require_certificate true\n"
        "use_identity_as_username true\n"
        "allow_anonymous false\n"
        f"acl_file {acl or folder / ACL}\n"
        "\n"
        "# Bounds. The centre may be away for a while: what players must not lose is queued for it.\n"
        f"max_connections {most}\n"
        f"max_packet_size {_PACKET}\n"
        f"max_queued_messages {_QUEUED}\n"
        f"memory_limit {_MEMORY + centre.players * _MEMORY_EACH}\n"
        "set_tcp_nodelay true\n"
        "\n"
        "# What is retained and queued outlives the broker: written every five minutes, and when it ends.\n"
        "persistence true\n"
        "autosave_interval 300\n"
        "\n"
        "# Ten thousand players that come back say nothing of note.\n"
        "connection_messages false\n"
    )


def access(revoked: Iterable[str] = ()) -> str:
    """Return who may say and hear what: the centre everything of ours, a player its own, a *revoked* one nothing."""
    lines = [
        _HEADER.rstrip(),
        "# Revoked players: also those that are still connected, or whose id is asked for by another certificate.",
        *(f"user {name}\ntopic deny #" for name in revoked),
        "",
        "# The centre.",
        f"user {CENTRE}",
        f"topic readwrite {topics.ROOT}/#",
        "topic read $SYS/broker/#",
        "",
        "# Players, by the name in their certificate. Whatever no line allows is refused, $SYS too. (Mosquitto",
        "# remarks that three lines name nobody: those are for every player.)",
        *(f"pattern read {topic}" for topic in (topics.ALL_HINT, *_of_any_group(Kind.HINT, Kind.COMMIT))),
        f"pattern read {topics.ROOT}/p/%u/{Kind.DESIRED}",
        f"pattern read {topics.ROOT}/p/%u/{Kind.COMMAND}/#",
        *(f"pattern write {topics.ROOT}/p/%u/{kind}" for kind in topics.SAID_BY_PLAYERS),
    ]
    return "\n".join(lines) + "\n"


def limits(centre: Centre) -> str:
    """Return what systemd is told of the broker's service: how many files it may have open."""
    return f"{_HEADER}[Service]\nLimitNOFILE={2 * centre.players + 10 * _SPARE}\n"


def to_install(folder: Path) -> tuple[str, ...]:
    """Return the commands by which a person installs what lies in the centre's *folder*, once."""
    return (
        _copied(folder, FILES),
        f"sudo install -m 644 {_path(folder / 'mosquitto' / CONF)} /etc/mosquitto/conf.d/{CONF}",
        f"sudo install -D -m 644 {_path(folder / 'mosquitto' / LIMITS)} /etc/systemd/system/mosquitto.service.d/weremember.conf",
        "sudo systemctl daemon-reload && sudo systemctl restart mosquitto",
    )


def to_reload(folder: Path) -> tuple[str, ...]:
    """Return the commands by which a broker that runs learns who is revoked; nobody else is disturbed."""
    return (_copied(folder, ("crl.pem", f"mosquitto/{ACL}")), "sudo systemctl reload mosquitto")


def _copied(folder: Path, names: Sequence[str]) -> str:
    files = " ".join(_path(folder / name) for name in names)
    # The broker gives up root's rights after it has begun, and reads all of it again at a reload.
    return f"sudo install -D -g mosquitto -m 640 -t {INSTALLED} {files}"


def _path(path: Path) -> str:
    return shlex.quote(str(path.absolute()))


def _of_any_group(*kinds: Kind) -> tuple[str, ...]:
    return tuple(f"{topics.ROOT}/g/+/{kind}" for kind in kinds)
