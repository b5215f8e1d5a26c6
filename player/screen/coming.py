"""What comes next: as what it was asked for, for which slot if its show is in step, and whether it is ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from player.screen.billing import Billing, is_same
from player.screen.chooser import alone
from player.screen.footing import Aside, Footing
from player.screen.instep import Entry, Slot, Standing
from player.screen.loader import Loader
from player.screen.ready import Ready
from player.screen.strip import Strip
from player.show.on_air import Billed, Playing
from player.timekeeping import Trust
from player.units import Nanos


class Coming:
    """Asks for the next slide, and asks anew when it is another one's turn."""

    def __init__(
        self, loader: Loader, billing: Billing, strip: Strip, footing: Footing, going_back: Sequence[Callable[[str], None]]
    ) -> None:
        """Ask *loader*; while anybody waits for *going_back*, nothing else is asked for."""
        self._loader, self._billing, self._strip, self._footing = loader, billing, strip, footing
        self._going_back = going_back
        self.ready: Ready | None = None
        self.billed: Billed | None = None
        """As what it was asked for."""
        self.asks_at: Nanos | None = None
        """When it is to be asked for; None: it was."""
        self.is_urgent = False
        """A person wants it now."""
        self.wants_photo = False
        """Somebody may be shown at last."""
        self._is_doubted = False
        """What was made last may not be shown: the loader is to open the library anew."""

    def ask(self, t: Nanos) -> None:
        """Ask for the next slide now; while the one before is being looked for, as soon as it is found."""
        billed, entry = self.next(t)
        self.billed = billed
        if self._going_back or self._footing.is_unknown(billed.plays):
            self.asks_at = t
            return
        self.asks_at = None
        self._footing.ask(entry, t)
        if self._take_aside(entry, billed):
            return
        place = self._billing.place(billed.show)
        if billed.plays != self._billing.playing and self._strip.cue.slide:
            place = replace(place, on_screen=alone(self._strip.cue.slide))
        if self.wants_photo:
            place = replace(place, wants_photo=True)
        begins = max(t, billed.due(self._strip.cue.end))
        self._loader.ask(place, billed, at=begins, slot=entry.slot if entry else None, anew=self._is_doubted)
        self._is_doubted = False

    def rebill(self, t: Nanos) -> None:
        """Ask for another slide, if it is another show's turn than when the next one was asked for, or another slot's."""
        free, waits = self.free(t), self.asks_at
        billed, entry = self.next(t)
        if self.billed and self._is_as_asked(billed, entry, t, free):
            return
        if waits is not None and not self.is_urgent and (billed.plays == self._billing.playing or billed.since > waits):
            return  # it is asked for in a moment, and as it is then
        self.drop()
        self.ask(t)

    def _is_as_asked(self, billed: Billed, entry: Entry | None, t: Nanos, free: Nanos) -> bool:
        before = self.billed
        if before is None or (entry is None and self._footing.asked is None):
            return before is not None and is_same(billed, before, max(t, free), t)
        if entry is None or (billed.plays, billed.is_still) != (before.plays, before.is_still):
            return False
        return self._footing.is_as_asked(entry, t)

    def decline(self, t: Nanos) -> None:
        """What was made ready may not be shown any more, or would not be true."""
        self.drop()
        self._is_doubted = True
        self.ask(t)

    def free(self, t: Nanos) -> Nanos:
        """Return when what is up has had its time."""
        return t if self.is_urgent or self._strip.cue.length == 0 else self._strip.cue.end

    def next(self, t: Nanos) -> tuple[Billed, Entry | None]:
        """Return what comes after the slide that is up, and which slot it takes, if its show goes by any."""
        on = self._entry(self._billing.on.plays, t)
        free = self.free(t) if on is None else max(t, on.enters or t)
        is_hurried = self.is_urgent or (self._strip.cue.length == 0 and (on is None or on.is_cut))
        billed = self._billing.next(t, free, is_urgent=is_hurried)
        return billed, on if billed.plays == self._billing.on.plays else self._entry(billed.plays, t, since=billed.since)

    def _entry(self, plays: Playing, t: Nanos, *, since: Nanos = 0) -> Entry | None:
        footing = self._footing
        if self._billing.belief.trust is Trust.UNTRUSTED:
            return None
        standing = Standing(
            t=t,
            cue=self._strip.cue,
            slot=footing.slot,
            lost=footing.lost,
            since=since,
            is_urgent=self.is_urgent,
            goes_on=plays == self._billing.playing,
            not_before=footing.not_before,
            is_by_hand=footing.is_by_hand or (self._strip.current is not None and self._strip.current.stored is not None),
        )
        return footing.entry(plays, standing)

    def slot_on(self, t: Nanos) -> Slot | None:
        """Return the slot that is on at *t* for what is; None: that goes by none."""
        is_believed = self._billing.belief.trust is not Trust.UNTRUSTED
        return self._footing.on(self._billing.on.plays, t) if is_believed else None

    def drop(self) -> None:
        """Give back what is ready: something else is to come."""
        if self.ready:
            self._loader.give_back(self.ready)
            self.ready = None

    # What waits for its slot while the one before is replaced

    def put_aside(self) -> None:
        """Keep what is ready for the next slot, if anything is, until the one before is replaced."""
        self.drop_aside()
        asked, lost = self._footing.asked, self._footing.lost
        if self.ready and self.ready.slot and self.billed and asked and lost and asked.slot.start <= lost.end:
            self._footing.aside, self.ready = Aside(self.ready, asked, self.billed), None
        self.drop()

    def _take_aside(self, entry: Entry | None, billed: Billed) -> bool:
        """Take what was put aside, if that is what is wanted now; let go of it, if it never will be. Return whether it is."""
        aside = self._footing.aside
        if aside is None or (entry and entry.is_cut):
            return False
        if entry and entry.slot == aside.entry.slot and billed.plays == aside.billed.plays:
            self.put_back(aside)
            return True
        self.drop_aside()
        return False

    def put_back(self, aside: Aside) -> None:
        """Let what was put aside be what comes next."""
        self.ready, self._footing.asked, self.billed = aside.ready, aside.entry, aside.billed
        self._footing.aside, self.asks_at = None, None

    def drop_aside(self) -> None:
        """Give it back: it will not be shown."""
        if self._footing.aside:
            self._loader.give_back(self._footing.aside.ready)
            self._footing.aside = None
