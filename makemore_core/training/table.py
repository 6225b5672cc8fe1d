"""What the store's tables beside the runs have in common: its connection, its lock and its transactions."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager

from makemore_core.training.faults import Door


class Table:
    """Shares them with the store; a transaction may be told which runs it is about."""

    def __init__(
        self,
        db: sqlite3.Connection,
        lock: Door,
        transaction: Callable[..., AbstractContextManager[sqlite3.Connection]],
    ) -> None:
        self._db, self._lock, self._transaction = db, lock, transaction
