"""Who waits for what, in words; and the queue before the places at which runs train at the same time."""

from threading import Lock
from typing import Protocol


def waits(what: str, before: int | None = None) -> str:
    """`Waits for a worker; 2 before it.`"""
    return f"Waits for {what}; {before:,} before it." if before else f"Waits for {what}."


class Waiter(Protocol):
    """Who stands in a queue."""

    def wake(self) -> None:
        """The queue has moved; called by another's thread."""
        ...


class Queue:
    """So many places, taken in the order in which they were asked for, and kept until they are left."""

    def __init__(self, places: int) -> None:
        self.places, self._lock = places, Lock()
        self._row: list[Waiter] = []  # those who have a place stand first

    def join(self, who: Waiter) -> None:
        """Ask for a place; once is enough."""
        with self._lock:
            if who not in self._row:
                self._row.append(who)

    def before(self, who: Waiter) -> int | None:
        """How many wait that have asked earlier; None for one that has a place."""
        with self._lock:
            place = self._row.index(who) - self.places
        return place if place >= 0 else None

    def leave(self, who: Waiter) -> None:
        """Give a place back, or wait no longer; the others come forward."""
        with self._lock:
            if who not in self._row:
                return
            self._row.remove(who)
            waiting = self._row[self.places - 1 :]
        for other in waiting:
            other.wake()
