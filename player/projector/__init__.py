"""The projectors' process: each is on and dark before the show, open while it is on, dark after it, and then off.

`wanted` says what a projector should be, by the schedule and by what was ordered by hand; `steps` says which command comes next,
as a table; `pjlink` is the protocol, bytes in and out: all three are pure. `call` asks one question after another, `wire` is the
socket, `keeper` visits one projector in a thread of its own, `service` is the process. The screen knows nothing of it: a
projector that is silent, lies or refuses costs a sentence in `projectors.json`, and the show goes on.
"""
