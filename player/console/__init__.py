"""The operator's console: pages and JSON that say how the wall is, and buttons that leave orders for the screen.

A process of its own. It reads the data folder, writes orders, and listens on loopback unless it is told otherwise. What it
serves is a table (`table`); every request passes the guard before any of the rest is asked; whatever may wait, waits in a
thread (`lanes`).

    routes, rows, table      what is served, and which row a request is for
    app                      the desk, the guard and what answers for our own faults, put together
    guard                    what every request passes, with origin, cookies, intake, headers, crowd, refusal
    people/, limits          who may come in, and how often
    desk                     what handlers work at: reading (the library), ordering (the screen), lanes (threads)
    deciding                 the review desk, always as the person who asks
    strings, rendering       sentences in three languages, and the pages that they are put on; files: style sheets and scripts
    pages/, looks/           what people see, and what it is made of; live, topics: what goes on by itself; health: is all well
    at_centre, fleet/        the pages of all players, for a console that is started at the centre of a fleet
    section, certificate     `console:` in config.yaml, and what TLS is served by
    service, watch, house    the process, its configuration, and one open console; listening, wire: its socket and connections
"""
