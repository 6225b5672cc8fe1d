"""What can go wrong between the lab and its store, each as one sentence with the way out."""

import os
import sqlite3
from pathlib import Path
from threading import RLock
from types import TracebackType

from makemore_core.errors import InputError

CHECK = "`python -m makemore_core runs check --repair`"
DAMAGED = f"its bytes are damaged; {CHECK} mends it"
UNWRITABLE = "it may only be read; give yourself the right to write the file and its folder"
UNREADABLE = (sqlite3.Error, ValueError, TypeError, LookupError)  # no text, no JSON, another type, another shape
REASONS = {  # by SQLite's own name for it: why, and what to do
    "SQLITE_FULL": "its disk is full; make room there",
    "SQLITE_READONLY": UNWRITABLE,
    "SQLITE_CANTOPEN": UNWRITABLE,
    "SQLITE_PERM": UNWRITABLE,
    "SQLITE_BUSY": "another program has locked it; end that one",
    "SQLITE_IOERR": "its disk reports an error; make room there, or look after the disk",
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
}


class CannotWriteError(InputError):
    """Nothing was written, and nothing that was there before is lost."""


class TakenOverError(InputError):
    """Another process trains the run now, or it was deleted: this one must not write it any more."""


class Door:
    """Lets one thread at a time to the store. What cannot be read comes out as a sentence."""

    def __init__(self, path: Path) -> None:
        self._path, self.lock = path, RLock()

    def __enter__(self) -> None:
        self.lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lock.release()
        if isinstance(error, UNREADABLE) and not isinstance(error, InputError):
            why = reason(error) if isinstance(error, sqlite3.Error) else DAMAGED
            raise InputError(f"The store {str(self._path)!r} cannot be read: {why}.") from error


def is_read_only(store: Path) -> bool:
    """Whether the file is there, and it or its folder may not be written by this user."""
    return store.exists() and not all(os.access(place, os.W_OK) for place in (store, store.parent))


def is_fault(error: BaseException) -> bool:
    """Whether it comes from the file or its disk, not from what was asked for: SQLite may quote what is no text."""
    return type(error) in (sqlite3.OperationalError, sqlite3.DatabaseError, UnicodeDecodeError)


def is_damage(error: BaseException) -> bool:
    """Whether the bytes are wrong, and not the moment or the disk: another program's lock is over at some time."""
    name = getattr(error, "sqlite_errorname", "")
    return is_fault(error) and REASONS.get(_kind(name), DAMAGED) == DAMAGED


def reason(error: BaseException) -> str:
    """Why the store could not be used, and what to do."""
    return REASONS.get(_kind(getattr(error, "sqlite_errorname", "")), f"{error}; {CHECK} tells more")


def _kind(name: str) -> str:
    """`SQLITE_IOERR` of `SQLITE_IOERR_WRITE`."""
    return "_".join(name.split("_")[:2])
