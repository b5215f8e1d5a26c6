"""Who may import whom, and which few modules may touch the world: the tables that test_architecture.py holds the code to."""

from __future__ import annotations

import re
from typing import Final

LEAVES: Final = ("player.units", "player.errors", "player.clock", "player.log")

MAY_IMPORT: Final[dict[str, tuple[str, ...]]] = {
    # Leaves: everybody may lean on them, they lean on nobody.
    "player": (),
    "player.units": (),
    "player.errors": (),
    "player.log": (),
    "player.loopback": (),
    "player.siblings": (),
    "player.clock": ("player.units",),
    # What the world sends, before anybody believes it.
    "player.feed": (*LEAVES, "player.loopback", "player.schema", "player.secret"),
    "player.pictures": LEAVES,
    # The bus: knows neither side of it.
    "player.library": LEAVES,
    # What operators say: one vocabulary for keys, command line and whatever comes.
    "player.command": ("player.errors", "player.units"),
    "player.timekeeping": ("player.units",),
    # Pure decisions: what should be on; calendars of other programs are read apart.
    "player.schedule": ("player.units", "player.schema"),
    "player.schedule.ics": ("player.errors", "player.units", "player.schema", "player.schedule"),
    # Pure decisions: nouns, the schema that playlists are written in, and which way a line of text runs.
    "player.show": ("player.units", "player.library.photo", "player.schema", "player.text.bidi"),
    "player.show.on_air": ("player.units", "player.command", "player.schedule"),
    "player.show.obeying": ("player.units", "player.command", "player.schedule", "player.show.on_air"),
    "player.text": ("player.units", "player.errors"),
    # Pure decisions about a wall: which words are read, how shapes are edited; files of calibrations lie beside them.
    "player.legibility": ("player.units", "player.library.photo", "player.show"),
    "player.calibration": ("player.units", "player.errors", "player.log", "player.output"),
    # A renderer draws scenes; text reaches it by a protocol.
    "player.render": ("player.units", "player.errors", "player.show.scene"),
    "player.render.gl": ("player.units", "player.errors", "player.show.scene", "player.render", "player.output"),
    "player.output": ("player.units", "player.errors"),
    "player.output.identity": ("player.units", "player.schema"),
    "player.output.section": ("player.units", "player.errors", "player.schema", "player.output"),
    # Configuration.
    "player.places": (),
    "player.schema": ("player.units",),
    "player.secret": ("player.errors", "player.log"),
    "player.hashtag": (),
    "player.sections": (
        "player.hashtag",
        "player.loopback",
        "player.places",
        "player.schema",
        "player.secret",
        "player.units",
    ),
    "player.instants": ("player.schedule", "player.units"),
    "player.outlook": ("player.schedule", "player.units"),
    "player.timesheet": ("player.schedule", "player.units"),
    "player.settings": (
        "player.console.section",
        "player.errors",
        "player.output.section",
        "player.places",
        "player.projector.section",
        "player.schedule",
        "player.schema",
        "player.sections",
        "player.show.playlist",
        "player.units",
    ),
    "player.in_force": ("player.errors", "player.log", "player.places", "player.settings"),
    # The supervisor's side.
    "player.heartbeat": ("player.units",),
    "player.notify": (),
    "player.rank": (),
    "player.restart": ("player.units",),
    "player.ward": ("player.heartbeat", "player.restart", "player.units"),
    "player.supervisor": (*LEAVES, "player.notify", "player.restart", "player.ward"),
    "player.one_run": ("player.errors", "player.log"),
    "player.processes": ("player.supervisor", "player.units"),
    "player.standby": ("player.clock", "player.heartbeat", "player.places", "player.units"),
    # The two processes: they meet in the library and nowhere else.
    "player.ingest": (
        *LEAVES,
        "player.feed",
        "player.pictures",
        "player.library",
        "player.secret",
        "player.settings",
        "player.in_force",
        "player.heartbeat",
        "player.progress",
    ),
    "player.screen": (
        *LEAVES,
        "player.calibration",
        "player.command",
        "player.library",
        "player.schedule",
        "player.timekeeping",
        "player.show",
        "player.text",
        "player.render",
        "player.output",
        "player.places",
        "player.sections",
        "player.settings",
        "player.staging",
        "player.in_force",
        "player.heartbeat",
    ),
    # Switches what throws the light; of the others it knows what they have written.
    "player.projector": (
        *LEAVES,
        "player.heartbeat",
        "player.in_force",
        "player.library",
        "player.places",
        "player.schedule",
        "player.schema",
        "player.secret",
        "player.settings",
        "player.show.on_air",
        "player.timekeeping",
    ),
    "player.projector.section": ("player.units", "player.schema", "player.secret"),
    # Answers operators' browsers: reads what the others have written, and orders as the command line does.
    "player.console": (
        *LEAVES,
        "player.calibration",
        "player.command",
        "player.forecast",
        "player.heartbeat",
        "player.in_force",
        "player.library",
        "player.loopback",
        "player.output",
        "player.places",
        "player.projector.told",
        "player.rank",
        "player.schedule",
        "player.schema",
        "player.secret",
        "player.settings",
        "player.siblings",
        "player.timekeeping",
    ),
    "player.console.section": ("player.loopback", "player.schema", "player.secret", "player.sections"),
    "player.console.door.limits": ("player.units",),
    "player.console.door.certificate": ("player.errors", "player.library.library", "player.units"),
    "player.console.people": (*LEAVES, "player.console.door.limits", "player.library", "player.places"),
    # Looks at what the others have written, and tells people elsewhere.
    "player.alarms": (
        *LEAVES,
        "player.heartbeat",
        "player.in_force",
        "player.library",
        "player.places",
        "player.projector.told",
        "player.secret",
        "player.sections",
        "player.settings",
        "player.siblings",
        "player.timekeeping",
    ),
    # One instant as a picture is the screen's work without its window.
    "player.still": (
        *LEAVES,
        "player.library",
        "player.show",
        "player.text",
        "player.render",
        "player.output",
        "player.schedule",
        "player.settings",
        "player.screen",
        "player.staging",
    ),
    "player.viewing": (
        "player.legibility",
        "player.output",
        "player.screen.programme",
        "player.staging",
        "player.settings",
        "player.show",
        "player.text",
        "player.units",
    ),
    # What of the canvas slides are laid out on: as the outputs leave it.
    "player.staging": (*LEAVES, "player.calibration", "player.output", "player.settings", "player.show"),
    "player.progress": ("player.clock", "player.units"),
    "player.report": (*LEAVES, "player.library", "player.settings", "player.show.record"),
    "player.ordering": (*LEAVES, "player.command", "player.library", "player.settings", "player.terminal"),
    # What publishes lies left of the feed: of the player it knows the format, and the worker that cleans pictures.
    "player.publish": (*LEAVES, "player.feed", "player.pictures", "player.progress", "player.terminal"),
    # The demo's pictures are drawn by hand, beside the player.
    "player.demo": ("player.units",),
    # What the agenda comes to, for whoever asks: the command line, and the console.
    "player.forecast": ("player.errors", "player.library", "player.schedule", "player.settings", "player.show", "player.units"),
    # Doors: each brings rooms together for one command, and nothing imports them but the command line.
    "player.bench": ("player",),
    "player.calendars": ("player",),
    "player.calibrating": ("player",),
    "player.commissioning": ("player",),
    "player.consoling": ("player",),
    "player.doctor": ("player",),
    "player.anchoring": ("player",),
    "player.feed_check": ("player",),
    "player.journal": ("player",),
    "player.outputs": ("player",),
    "player.simulating": ("player",),
    "player.planning": ("player",),
    "player.remarks": ("player",),
    "player.status": ("player",),
    "player.timetable": ("player",),
    "player.withdrawals": ("player",),
    "player.publish.demo": ("player",),
    "player.terminal": ("player.errors", "player.log"),
    "player.cli": ("player",),
    "player.__main__": ("player.cli",),
}
"""By module or room: what of ours it may import besides itself. The longest name that fits counts."""

DOORS: Final = (
    "player.anchoring",
    "player.bench",
    "player.calendars",
    "player.calibrating",
    "player.cli",
    "player.commissioning",
    "player.consoling",
    "player.doctor",
    "player.feed_check",
    "player.journal",
    "player.ordering",
    "player.outputs",
    "player.planning",
    "player.publish.demo",
    "player.remarks",
    "player.report",
    "player.simulating",
    "player.standby",
    "player.status",
    "player.still",
    "player.timetable",
    "player.withdrawals",
)

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
        "player/notify.py": "systemd's notification socket",
        "player/supervisor.py": "a socket pair that wakes it when a signal comes",
    },
    ("subprocess",): {
        "player/ward.py": "starts screen and ingest",
        "player/pictures/child.py": "starts the worker of one picture",
        "player/text/installed.py": "asks fontconfig",
        "player/alarms/sending.py": "starts the messenger, or the operator's own command",
    },
    ("moderngl",): {"player/render/gl/": "the GPU"},
    ("apprise",): {"player/alarms/messenger.py": "a child of its own, which tells people"},
    ("sqlite3",): {
        "player/library/": "the two files",
        "player/console/people/": "who may enter, in a file of its own",
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
}
NAMES_THAT_SAY_NOTHING: Final = {"utils", "util", "helpers", "common", "manager", "base", "misc"}
MAX_LINES: Final = 400  # what one can keep in mind
ELSEWHERE: Final = re.compile(rb"/" + rb"work\b|\.\./" + rb"shared")  # in two parts: this file is searched as well
