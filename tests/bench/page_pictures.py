"""The README's pictures of a candle and of a title page: `python -m tests.bench.page_pictures [--out docs/pictures]`."""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from player.clock import SystemClock
from player.settings import load
from player.still import save, still
from player.units import SECOND, Size

SIZE: Final = Size(960, 540)
BEGINS: Final = datetime(2027, 1, 27, 14, tzinfo=UTC)
CONFIG: Final = f"""
show: evening
words: {{only_checked: false, languages: [en]}}
schedule:
  slots:
    - {{id: ceremony, title: International Holocaust Remembrance Day, show: {{live: c, else: evening}},
       start: "{BEGINS:%Y-%m-%dT%H:%M}Z", length: 90m, preroll: 5m}}
streams: {{c: {{url: 'https://live.example/ceremony.m3u8'}}}}
storage: {{data: data}}
"""
SHOW: Final = "slides:\n  - candle: {hold: 5m}\n"
PICTURES: Final = {"candle": -7193 * SECOND, "title-page": -230 * SECOND}
"""Each with its instant, from when the ceremony begins."""


def main() -> None:
    """Draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "playlists").mkdir()
        (home / "playlists" / "evening.yaml").write_text(SHOW, "utf-8")
        (home / "config.yaml").write_text(CONFIG, "utf-8")
        configuration = load(home / "config.yaml").configuration
        if configuration is None:
            raise SystemExit("the pictures' own configuration has a mistake in it")
        for name, at in PICTURES.items():
            save(
                still(configuration, round(BEGINS.timestamp()) * SECOND + at, SIZE, SystemClock(), lambda _: None),
                out / f"{name}.jpg",
            )


if __name__ == "__main__":
    main()
