"""The centre: founds a fleet of players, watches it, and speaks to it with its signature. A room of its own, right of everything.

A folder holds all of it: its certificates and keys (founding, papers), what the broker is told (brokering), who belongs to it
(enrolling), and what was heard (store, one file). link is the one connection to the broker; collecting takes in what players
say, standing judges it, watching shows it. Pictures never pass here: players fetch the feed themselves, and go on without us.
"""
