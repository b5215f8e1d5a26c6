"""What runs in the confined process of a live stream: bytes to frames and sound, each when it is due.

Nothing here reaches a network: what comes, comes by a descriptor that the process was given.

    fed                 what runs where the stream is fetched; direct: where the child reads by itself
    played              one stream, from its first packet to its end
    records             this end of the pipe; runs: of one track; demuxing: a thread that takes packets out of them
    arriving            a thread that takes packets out of a connection or a film, without what piled up
    arrivals            what waits between such a thread and playing
    playing             frames and sound, as they are due; timeline: when that is: pure; beside: sound of a track of its own;
                        boxing: any shape in frames of one
"""
