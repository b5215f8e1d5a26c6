"""Streams that their child reads by itself: one connection of RTMP or RTSP, or a film that is played as if it were live.

Nothing is followed or chosen here: what comes is what there is.

    decoder             one such stream as its keeper sees it
    relay               the one connection that the child has, made outside it; far: where it leads to: pure
"""
