"""What the player's processes say to the one that encodes the running show, at a socket in the data folder: a line of words.

The screen says `screen`, and gets the memory for its pictures. Whoever wants to see something says `playlist`, or `part` with its
name, and gets all of it; nothing at all is a no.
"""

from __future__ import annotations

from typing import Final

NAME: Final = "broadcast.sock"
SCREEN: Final = b"screen\n"
PLAYLIST: Final = b"playlist\n"
PART: Final = b"part %s\n"
MOST: Final = 64  # bytes of a request
