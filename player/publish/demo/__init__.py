"""The demonstration of a signed feed on one computer: throw-away keys, a web server on loopback, and a real player.

scenes: what happens, and what must be seen of it; organiser, wall: publisher and player; site: all together; guide: tells it.
"""

from player.publish.demo.guide import run

__all__ = ["run"]
