"""The folder of a rehearsal: a configuration like any other, with a slot that begins soon, its shows, and a film."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.errors import OperatorError
from player.film.looking import Looks
from player.rehearsing.easel import film
from player.settings import Configuration, load
from player.units import SECOND, Nanos

CONFIG: Final = "config.yaml"
STREAM: Final = "ceremony"
ELSE: Final = "instead"
LENGTH_MIN: Final = 10  # of the slot, minutes: nobody rehearses for longer, and what then comes is to be seen too

_CONFIG: Final = """\
# A rehearsal, and a pattern for the ceremony itself. Lines with "rehearsal" beside them are for this one alone: leave them out.

site:
  zone: UTC                          # rehearsal: write the site's own, such as Europe/Warsaw
  clock: own                         # rehearsal: this computer's clock is believed, whoever set it
display: {{operator_keys: true}}       # all keys of a keyboard; leave it out where anybody can reach one
show: before                         # whenever no slot is on

schedule:
  slots:
    - id: ceremony
      title: A ceremony              # what the title page says
      show: {{live: {stream}, else: {other}}}   # the stream; whenever it does not come, that show
      start: "{start}"
      length: {length}m
      preroll: {preroll}s                   # the title page, with the minutes to go
      overrun: {{hold: while-live, max: 10m}}   # if it takes longer
      start_as: hard                 # at the second, whatever is on
      priority: 100

streams:
  {stream}:
    url: "{url}"
    latency: 3s                      # rehearsal: left out, 8s

sound: {{enabled: {sound}}}
storage:
  data: {data}
  budget: 50 MB                      # rehearsal: it keeps no photos
console: {{enabled: false}}            # rehearsal: it needs no pages
"""
_PLAYLISTS: Final = {
    "before": "title: Before and after\nslides:\n  - words: {hold: 8s}\n  - candle: {hold: 20s}\n",
    ELSE: "title: Where there is no stream\nslides:\n  - film: {file: film.mp4}\n  - words: {hold: 6s}\n",
}


def set_up(
    home: Path,
    url: str,
    *,
    begins_in: Nanos,
    has_sound: bool,
    clock: Clock,
    tell: Callable[[float], None],
    draw: Callable[..., None] = film,
) -> tuple[Configuration, Nanos]:
    """Write a rehearsal into the empty folder *home*; return its configuration and when its ceremony begins (UTC).

    Args:
        home: For configuration, shows, film and data.
        url: Of the stream.
        begins_in: How long from now on, once all is there.
        has_sound: Whether it is to be heard.
        clock: For when that is.
        tell: Hears how far the drawing of the film is, 0 to 1.
        draw: Draws it.

    Raises:
        OperatorError: it cannot be written, or is refused.
    """
    data, playlists = home / "data", home / "playlists"
    try:
        for folder in (data, playlists):
            folder.mkdir()
        for name, text in _PLAYLISTS.items():
            (playlists / f"{name}.yaml").write_text(text, "utf-8")
        draw(playlists / "film.mp4", "The other show", tell)
        begins = -(-(clock.wall() + begins_in) // SECOND) * SECOND
        text = _CONFIG.format(
            stream=STREAM,
            other=ELSE,
            start=f"{datetime.fromtimestamp(begins // SECOND, UTC):%Y-%m-%dT%H:%M:%S}Z",
            length=LENGTH_MIN,
            preroll=max(1, begins_in // SECOND),
            url=url,
            sound=str(has_sound).lower(),
            data=json.dumps(str(data)),
        )
        (home / CONFIG).write_text(text, "utf-8")
    except OSError as error:
        raise OperatorError(f"a rehearsal cannot be set up in {home}: {error.strerror}") from error
    look = Looks(clock)
    loaded = load(home / CONFIG, look)
    if loaded.configuration is None or loaded.problems:
        raise OperatorError(f"the rehearsal's own configuration is refused: {loaded.problems[0]}")
    look.keep(data)
    return loaded.configuration, begins
