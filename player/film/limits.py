"""What a film may be. All of it is checked before the work that it guards, in the child and again by who believes it."""

from __future__ import annotations

from typing import Final

from player.units import MILLISECOND, SECOND, Nanos, Size

MAX_FILM_BYTES: Final = 16_000_000_000  # four hours at 8 Mbit/s are 14.4 GB
MAX_DURATION: Final[Nanos] = 4 * 3600 * SECOND  # the longest ceremony with all its speeches; Shoah is shown in parts
MIN_DURATION: Final[Nanos] = 100 * MILLISECOND  # less is a picture, and belongs into a feed of photos
MAX_FRAME_PIXELS: Final = 4096 * 2304  # 4K in either standard; 8K is four times what two cores decode in time
MIN_FILM_SIDE: Final = 64  # pixels, as for photos: less would be a smear on a wall
MAX_FILM_ASPECT: Final = 8  # longer side to shorter, as for photos
MAX_PIXEL_RATE: Final = 4096 * 2304 * 60  # pixels in a second: 4K at 60; beyond it no machine that we know decodes in time
MAX_STREAMS: Final = 64  # a film for a festival has 30 subtitles and as many sounds

MAX_RING_SIZE: Final = Size(3840, 2160)  # pixels; no canvas of ours is drawn larger from one film
MAX_SLOTS: Final = 12  # frames decoded ahead: 0.2 s at 60 a second, more than a scheduler ever takes away
MIN_SLOTS: Final = 4  # one on screen, one that is written, two for what jerks
RING_BYTES: Final = (
    40_000_000  # aimed at: twelve frames of 1920 x 1080; four of 3840 x 2160 are 50 MB, the most that there can be
)
MAX_RING_BYTES: Final = 52_000_000  # of one ring, all pages counted; so ten sources at once stay below half a gigabyte

PROBE_CPU_S: Final = 6  # seconds of processor time to look at a film; honest ones take half of one
PROBE_WALL: Final[Nanos] = 15 * SECOND  # from start to answer, on a machine that has other work
DECODER_MEMORY_BYTES: Final = 3 * 1024**3  # address space; 4K in H.265 with 10 bits holds 20 pictures of 28 MB, libraries 1 GB
HANG: Final[Nanos] = 5 * SECOND  # a decoder that has not moved for so long is stuck: the slowest 4K picture takes 0.4 s
ABANDONED: Final[Nanos] = 60 * SECOND  # nobody has said for so long what is on screen: whoever looked is gone

SOUND_RATE: Final = 48_000  # samples in a second and channel
CHANNELS: Final = 2
SOUND_SECONDS: Final = 4  # held in the ring of samples; containers keep picture and sound within one of each other
MAX_QUEUED_BYTES: Final = 64 * 1024 * 1024  # of packets that wait: 4 s of the fattest film, 100 Mbit/s
MAX_QUEUED_PACKETS: Final = 4096  # likewise: of sound there are 50 in a second
