"""How often a page may refresh itself, so that all who look at runs that train are served and the training goes on."""

import time
from dataclasses import dataclass
from threading import Lock

AFFORDED = 8  # refreshes a second for all tabs together; each takes some 50 ms of Python's one interpreter
ROOM = 1.5  # times as long as is needed now, so that not each new tab changes the rhythm of all others
TOO_CALM = 3.0  # times as long as is needed: enough have left
MISSED = 3.0  # refreshes in a row after which a tab has left


@dataclass(frozen=True)
class Looker:
    """A tab that refreshes itself: the seconds that its page would like between two refreshes, and that it has."""

    wish: float
    seconds: float
    looked_at: float


class Audience:
    """The tabs that look at something that moves. Up to 8 a second have what they wish."""

    def __init__(self) -> None:
        self._lookers: dict[str, Looker] = {}
        self._lock = Lock()

    def seconds(self, tab: str, wish: float) -> float:
        """A tab refreshes itself now: when it should next."""
        with self._lock:
            now, before = time.monotonic(), self._lookers.get(tab)
            self._lookers = {tab: looker for tab, looker in self._lookers.items() if not _has_left(looker, now)}
            others = len(self._lookers.keys() - {tab})
            seconds = _seconds(wish, (others + 1) / AFFORDED, before)
            self._lookers[tab] = Looker(wish, seconds, now)
            return seconds


def _has_left(looker: Looker, now: float) -> bool:
    return now - looker.looked_at > MISSED * max(1.0, looker.seconds)


def _seconds(wish: float, needed: float, before: Looker | None) -> float:
    """A change draws the whole page anew, and so what a tab has is kept as long as it fits."""
    if needed <= wish:
        return wish
    if before and before.wish == wish and needed <= before.seconds <= TOO_CALM * needed:
        return before.seconds
    return round(ROOM * needed, 1)
