"""Which few modules may lead out of the program, and why, and other bounds: tables for test_architecture.py."""

from __future__ import annotations

import re
from typing import Final

WEB: Final = ("socket", "ssl", "requests", "urllib3", "http", "urllib.request", "asyncio", "socketserver", "certifi")
IO: Final = ("sqlite3", "os", "io", "shutil", "tempfile", "time", "datetime", "threading", "subprocess", "pathlib", *WEB)

MAY_TOUCH: Final[dict[tuple[str, ...], dict[str, str]]] = {
    ("time",): {"player/clock.py": "the one place that reads clocks"},
    WEB: {
        "player/feed/fetch.py": "every HTTP request",
        "player/feed/wire.py": "the connection to an address that was checked",
        "player/projector/wire.py": "the projectors, by PJLink, and the packet that wakes some",
        "player/publish/server.py": "the publisher's own static server, on this machine alone",
        "player/console/": "the operators' pages, for browsers",
        "player/centre/": "the broker",
        "player/fleet/connection.py": "a player's end of it",
        "player/fleet/link.py": "the same",
        "player/filming/broadcast.py": "a socket in the data folder, for the screen and the console",
        "player/screen/tap.py": "the screen's end of it",
        "player/film/live/direct/relay.py": "the one connection of an RTMP or RTSP stream",
        "player/film/serving.py": "a socket in the data folder, for the screen",
        "player/film/service.py": "the same",
        "player/screen/film_link.py": "the screen's end of it",
        "player/doorway.py": "sockets in the data folder",
        "player/doctor/broker.py": "whether the broker of a fleet answers",
        "player/notify.py": "systemd's notification socket",
        "player/supervisor.py": "a socket pair that wakes it when a signal comes",
    },
    ("subprocess",): {
        "player/ward.py": "starts screen and ingest",
        "player/pictures/child.py": "starts the worker of one picture",
        "player/film/process.py": "starts the decoder of one film",
        "player/text/installed.py": "asks fontconfig",
        "player/alarms/sending.py": "starts the messenger, or the operator's own command",
    },
    ("paho",): {
        "player/fleet/connection.py": "the broker",
        "player/centre/client.py": "the centre's end of it",
    },
    ("moderngl",): {"player/render/gl/": "the GPU"},
    ("apprise",): {"player/alarms/messenger.py": "a child of its own, which tells people"},
    ("sqlite3",): {
        "player/library/": "the two files",
        "player/console/people/": "who may enter, in a file of its own",
        "player/centre/": "who belongs to the fleet, in a file of its own",
    },
    ("multiprocessing", "pickle", "marshal", "shelve", "pty", "ctypes.util"): {},
}
"""Who may import what leads out of the program, and why."""

EXCEPT_EXCEPTION: Final = {
    "player/render/gl/context.py": "moderngl's loader raises nothing narrower",
    "player/console/live.py": "the seam around one look: what is live goes on",
    "player/ingest/asking.py": "the seam around one source: asking it",
    "player/ingest/intake.py": "the same seam: taking in what it said",
    "player/ingest/commit.py": "the seam around one item: storing it",
    "player/ingest/preparing.py": "the same seam: preparing it",
    "player/ingest/films.py": "the same seam: a film",
}
NAMES_THAT_SAY_NOTHING: Final = {"utils", "util", "helpers", "common", "manager", "base", "misc"}
MAX_LINES: Final = 400  # what one can keep in mind
ELSEWHERE: Final = re.compile(rb"/" + rb"work\b|\.\./" + rb"shared")  # in two parts: this file is searched as well
