"""Streams that are fetched piece by piece and fed to a child.

Each address, those in playlists too, goes by the rules for feeds; the child gets bytes, and knows no address.

    decoder             one such stream as its keeper sees it
    fetching            a thread that follows a stream, pictures and sound; lists: fetches what is listed; leg: the place in one
                        list
    bringing            one segment whole; keys: those that are encrypted
    sounding            sound that comes apart: fetched by the same thread, pictures first
    feeding             a thread that hands what was fetched (pieces) to the child's pipe
"""
