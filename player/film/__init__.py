"""Films and live streams: bytes to frames and sound, decoded where nothing can get out.

One confined child per moving source decodes; frames and samples reach their readers by shared memory, states by a pipe.

    limits              what a film may be, with reasons; wire: what the two ends of a child's pipes say
    memory              shared memory of a fixed size; ring: frames in it; samples: sound in it
    timeline            instants mended and thinned: pure; colour: any matrix, range and brightness to BT.601: tables
    heads               what first bytes say that something is; fields: interlaced pictures to whole ones
    reading             opens a film from a descriptor and nothing else; frames: a decoded picture into a slot; hearing: its sound
    child               what runs in the confined process: examining (what is this film?) or playing (frames, as they are wanted);
                        confinement: how every child begins
    known               what was found out of films, kept for who shows them; facts: finds it out; measuring: hears a film;
                        looking: looks at a file
    talk                what the screen and the process `film` say to each other; serving: takes orders in and hands memory over;
                        keeping: one source of those; scout: the thread that looks at films ahead of them; service: the process
    live/               streams from the web
    process             starts a child and leaves none behind; ring_pair: what it fills; decoder: one film being played;
                        probing: one film looked at
    loudness            how loud a film is, and its gain; gain: levels and ramps; section: `sound:` of the configuration
    sound               all that is heard, mixed, by a thread of its own; voice: of one film, at its picture's time (picture);
                        drift: the controller that keeps them together; resampling; device: the sound card, by SDL
"""
