"""A ceremony rehearsed on one computer: a drawn one is sent as a live stream, and a player of its own shows it by its schedule.

easel: the pictures; station: what sends them, stops, goes on and ends; stage: the folder that the player goes by; seat: the
terminal; watch: what is said of the wall; evening: all of it together, and the keys.
"""

from player.rehearsing.evening import rehearse

__all__ = ["rehearse"]
