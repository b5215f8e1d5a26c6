"""The page of all players, for a console that is started at a centre: `weremember console serve --fleet FOLDER`.

A console without that loads nothing of this room, and serves none of its rows.

    table                 what is served besides: pages, what goes on by itself, and the same for programs
    centre                the centre's folder, looked into by threads of its own; what collects, while nobody else does
    seen                  whose last picture may be seen: none that may show what was withdrawn
    roster, member        players a page at a time; all there is to be said of one
    progress              how far withdrawals have come, and who has not confirmed them
    acting                orders and withdrawals, always as the person who asks
    telling               all of it in words
    pages/, api, shapes   what people see, and programs are given; figures: what Prometheus is told
"""
