"""Alarms: what a person should know at once is told where they read it, once when it begins and once when it ends.

`rules` decides and `post` keeps what is to be sent: both pure. `facts` looks, `sending` tells, each in its own thread, and
`service` is the loop between them: a process of its own, which needs neither the screen nor ingest.
"""
