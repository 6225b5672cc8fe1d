"""Who writes a store, of several servers that were started on it: the one that has the seat; the others only look.

The seat is an operating system's lock on a file beside the store, so that it is free at once when its holder ends,
however that was. Commands beside a server need no seat: SQLite's transactions keep their runs apart.
"""

import os
import socket
import time
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from makemore_core.errors import InputError
from makemore_core.training.faults import UNWRITABLE, is_read_only


class Seat:
    """A server's place at a store: its own, or somebody else's until that one ends."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._about = store.with_name(f"{store.name}.seat.json")  # the lock's own file is emptied by who tries it
        self._lock = FileLock(store.with_name(f"{store.name}.seat"), timeout=0, thread_local=False)

    @property
    def is_taken_by_us(self) -> bool:
        """Whether this server may write; asking takes the seat over once it is free."""
        return self._lock.is_locked or self._take()

    @property
    def holder(self) -> str:
        """Who writes this store, and since when, in one sentence."""
        if self.is_taken_by_us:
            return "This server writes the store."
        if is_read_only(self._store):
            return f"Nobody writes the store {str(self._store)!r} from here: {UNWRITABLE}."
        try:
            about = orjson.loads(self._about.read_bytes())
            since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(about["since"]))
            return f"Process {about['pid']} on {about['host']} writes the store since {since}; here you can look."
        except (OSError, ValueError, LookupError, TypeError):
            return "Another server writes the store; here you can look."

    def leave(self) -> None:
        """Let another server write."""
        self._lock.release()

    def _take(self) -> bool:
        try:
            if is_read_only(self._store):
                return False
            self._store.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except (Timeout, OSError):
            return False
        about = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}
        try:
            self._about.write_bytes(orjson.dumps(about))
        except OSError:  # a full disk: the lock holds without it
            self._about.unlink(missing_ok=True)
        return True


def check_seat(seat: Seat) -> None:
    """An InputError with who writes, where that is another."""
    if not seat.is_taken_by_us:
        raise InputError(f"{seat.holder} End that one first.")
