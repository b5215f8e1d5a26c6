"""Writes the pictures and the feed that lists them: a legal JSON Feed 1.1 with `_we_remember`."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from PIL import Image as Pictures

from player.demo.catalogue import DRAWINGS, DRAWN, Drawing

QUALITY: Final = 86  # of the JPEGs: no block can be seen on a wall, and all of them together stay under 5 MB
GENERATED: Final = "2026-11-02T08:00:00Z"  # fixed, so that drawing again changes no byte of the feed
WITHDRAWN_ID: Final = "demo-00"  # was never there; shows what a withdrawal looks like

Entry: TypeAlias = dict[str, object]


def jpeg(drawing: Drawing) -> bytes:
    """Return *drawing* as a JPEG file."""
    out = io.BytesIO()
    Pictures.fromarray(drawing.picture()).save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def entry(drawing: Drawing, data: bytes) -> Entry:
    """Return the feed's item for *drawing*, whose file is *data*."""
    number = drawing.name[:2]
    ours: Entry = {
        "status": "approved" if drawing.approved else "pending",
        "alt": drawing.alt,
        "credit": DRAWN,
        "sha256": hashlib.sha256(data).hexdigest(),
        "size_in_bytes": len(data),
        "mime_type": "image/jpeg",
        "width": drawing.size.width,
        "height": drawing.size.height,
        "show_name": False,
    }
    if drawing.approved:
        ours |= {"approved_at": "2026-10-20T10:00:00Z", "approved_by": ["reviewer-1", "reviewer-2"]}
    if drawing.focal is not None:
        ours["focal"] = list(drawing.focal)
    if drawing.country is not None:
        ours["country"] = drawing.country
    return {
        "id": f"demo-{number}",
        "image": f"{drawing.name}.jpg",
        "content_text": drawing.caption,
        "date_modified": f"2026-10-{int(number) % 19 + 1:02d}T09:00:00Z",
        "language": drawing.language,
        "_we_remember": ours,
    }


def feed(entries: Iterable[Entry]) -> Entry:
    """Return the whole feed."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "We Remember: the demonstration",
        "description": "Sheets of paper with the words, in drawn, empty places. They stand in for photos of a real feed.",
        "language": "en",
        "_we_remember": {
            "schema": 1,
            "complete": True,
            "sequence": 1,
            "generated_at": GENERATED,
            "lease_s": 86400,
            "min_approvals": 2,
            "halt": False,
            "withdrawn": [{"id": WITHDRAWN_ID, "at": "2026-10-21T10:00:00Z", "reason": "author"}],
        },
        "items": list(entries),
    }


def publish(folder: Path) -> Iterator[Path]:
    """Draw everything into *folder*, the feed last; yield each file once it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    entries: list[Entry] = []
    for drawing in DRAWINGS:
        data = jpeg(drawing)
        path = folder / f"{drawing.name}.jpg"
        path.write_bytes(data)
        entries.append(entry(drawing, data))
        yield path
    listing = folder / "feed.json"
    listing.write_text(json.dumps(feed(entries), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    yield listing
