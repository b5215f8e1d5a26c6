"""What a stream lists, and what of it is next. Pure.

Bytes, values and instants in, values out; what is fetched, and from whom, is decided elsewhere.

    media               renditions, and the segments of one, whatever they are written in
    playlist            HLS to them; dash: DASH to them, with template: how its segments are named
    choosing            which rendition is played; following: which segment is next
"""
