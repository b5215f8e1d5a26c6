"""Live streams up to the ring of frames: followed and fetched here, decoded where nothing can get out.

A child has no network at all: who keeps it fetches each segment under the rules for feeds and hands it the bytes by its pipe, or
makes the one connection that it has.

    kept                one stream, in the words that the screen is told; ways: how it comes, by its address
    decoder             the same as its keeper sees it, however it comes; tuning: what state it is in, when to try again: pure;
                        bell: rung by threads
    hosts               which hosts a stream may lead to
    listed/             what a stream lists, and what of it is next: pure
    fetched/            streams that are fetched piece by piece: HLS and DASH
    direct/             streams that are one connection, RTMP and RTSP, and films that are played as if they were live
    child/              what runs in the confined processes of both
    wire                how what was fetched is handed to the child
"""
