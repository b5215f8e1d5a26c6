"""We Remember: a kiosk player that shows approved photos as a quiet, timed, full-screen show.

     publishers ─► feed ─► trust ─► pictures ─► LIBRARY ─► show ─► Scene ─► render ─► output ─► the wall
                  bytes    verified  prepared   SQLite +   a plan   data     pixels    mapped
                  → Item   Item      Photo      files      in time  at t

Each stage adds one frozen noun: Item (what a feed says), Photo (fetched, verified, re-encoded), Slide (what fills the
canvas), Cue (a slide in time), Scene (everything on screen at an instant). Nothing on the right is imported on the left.

What shall be shown is decided by pure functions of explicit time; a shell obeys them. The order of harm settles every
trade-off: a wrong picture is seen; then black or an error is seen; then data is lost; then a frame is late.

    cli/, __main__      the command line: rooms of commands, each parses, calls, prints; terminal: how it speaks; instants: how
                        times are written; processes: what `run` starts
    its work            progress, report, ordering, doctor/, bench, withdrawals, journal, anchoring (roots of signed feeds),
                        feed_check, timetable (the agenda; timesheet: as a table; outlook: the next day; forecast: what it
                        comes to; planning, rounds: that in words), calendars (their import), status, consoling (who may log in);
                        of a wall: outputs (who has which display), calibrating (its history), simulating (what it would
                        receive), commissioning/ (the report), legibility and viewing (what can be read)
    command             what operators may order: one vocabulary for keys, command line and whatever comes
    supervisor          starts, watches and restarts processes; restart: when; ward: one process; heartbeat, notify; one_run:
                        one player at a time in a data folder; rank: who gives way to the show; siblings: which of them run
    settings, sections, schema    config.yaml and playlists to frozen values, or every problem with its line; places: where
                        files lie; in_force: which counts now; remarks: what is no mistake, and yet worth a look; secret,
                        reference: keys by reference; hashtag: what is refused as a source; repertoire: the playlists; rolls:
                        lists of names as files; films: films as files, what is known of them, what is said in them; feed_films:
                        those of feeds that may be shown
    calibration/        how outputs are shaped by hand: the editor, its drawing, the files of its history
    projector/          switches what throws the light with the schedule: one process
    alarms/             what a person should know at once, told where they read it; standby: the wait for anybody to tell
    console/            the operators' pages, and all of it for programs: what is on the wall, and whatever may be ordered; one
                        process, the only one that listens
    timekeeping         how far the machine's clock may be believed
    doorway             sockets in the data folder, by which processes reach each other
    units, errors       what every room shares; clock: the only reader of clocks; log: edges, not ticks;
                        loopback: which addresses are this machine
    publish/            left of everything: people's keys, drafts, the signer; a folder of static files comes out
    feed/               bytes to items: fetching, parsing and trust are files apart; signed/: what two people signed
    pictures/           a confined process per picture: bytes in, raw pixels out; the walls around it; the pool of them
    library/            two SQLite files and a folder that all processes share; the right to show; withdrawals and their receipts;
                        what reviewers say; the journal; the order as rows; trusted time
    ingest/             poll, listen, decide, fetch, prepare, commit, withdraw: one process
    schedule/           which show should be on when, and why: pure; ics/: calendars of other programs
    show/               playlist, order, layout, plan, scene: pure
    text/               fonts and typesetting
    staging             what of the canvas slides are laid out on
    render/             scenes to pixels, by the CPU; gl/: by a graphics card
    output/             the canvas onto outputs: warp, masks, blend, light, governor; test cards
    screen/             windows, frame loop, loader, writer, editing on the wall: one process, without network; still: one instant
                        as a file
    film/               films and streams: decoded in confined children, heard, and handed to the screen as frames in shared
                        memory; one process
    filming/            any stretch of the show as an MP4, drawn as the wall draws it; the running one as a stream (HLS), by a
                        process of its own that the screen hands pictures to; slides: planned or stored, without a screen
    demo/               draws the demonstration's pictures and its feed
    rehearsing/         a drawn ceremony, sent on this computer, with a player that shows it
    fleetlink           the beginning of the smallest process: without the command line; signalled: its end
    fleet/              one of many: what it says of itself by a broker, and obeys of what the centre has signed; one process
    centre/             the other end: who belongs to it, how all are, withdrawals confirmed, orders, programmes; ten
                        thousand simulated
    troupe              programs that a demonstration starts beside itself
"""

from typing import Final

__all__ = ["__version__"]

__version__: Final = "0.1.0"
