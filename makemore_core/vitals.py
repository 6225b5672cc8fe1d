"""How a server is: what it and its machine have left, and what it did in the last minutes.

A reading costs little and is taken whenever anybody looks at anything; a ring keeps them, one every two seconds.
"""

import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

EVERY = 2.0  # seconds between two readings
KEPT = 300  # readings: ten minutes
LONGEST_GAP = 10.0  # seconds without a reading after which the curve is broken
CGROUP = Path("/sys/fs/cgroup")
CGROUPS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))


@dataclass(frozen=True)
class Vitals:
    """One moment: seconds since 1970, bytes of the server with its workers, share of the processors, steps a second."""

    time: float
    memory: int
    processors: float
    steps_per_second: float


@dataclass(frozen=True)
class Machine:
    """What there is in all, and what is left: bytes, and the number of processors."""

    memory: int
    memory_left: int
    processors: int
    disk_left: int


class Pulse:
    """The readings of the last minutes."""

    def __init__(self) -> None:
        self.since = time.time()
        self._process = psutil.Process()
        self._ring: deque[Vitals] = deque(maxlen=KEPT)
        self._felt_at = 0.0

    def is_due(self) -> bool:
        return time.monotonic() - self._felt_at >= EVERY

    def feel(self, steps_per_second: float) -> None:
        """Take a reading."""
        self._felt_at = time.monotonic()
        share = self._process.cpu_percent() / 100 / (psutil.cpu_count() or 1)
        self._ring.append(Vitals(time.time(), self._memory(), share, steps_per_second))

    def _memory(self) -> int:
        total = 0
        for process in (self._process, *self._process.children(recursive=True)):
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:  # a worker that has just ended
                continue
        return total

    @property
    def readings(self) -> Sequence[Vitals]:
        """The oldest first."""
        return tuple(self._ring)


def machine(store: Path) -> Machine:
    """What is left where the store lies."""
    folder = next(folder for folder in store.absolute().parents if folder.exists())
    return Machine(*memory(), psutil.cpu_count() or 1, psutil.disk_usage(str(folder)).free)


def memory() -> tuple[int, int]:
    """Bytes that there are in all, and those that this process may still take: of the machine, or of its container."""
    there = psutil.virtual_memory()
    total, left = there.total, there.available
    for most, now in CGROUPS:
        with suppress(OSError, ValueError):  # no such group, or "max"
            allowed, taken = (int((CGROUP / name).read_text()) for name in (most, now))
            total, left = min(total, allowed), min(left, allowed - taken)
    return total, left


def size_of_store(store: Path) -> int:
    """Bytes of its file, and of what SQLite keeps beside it."""
    files = [store, *(store.with_name(f"{store.name}{ending}") for ending in ("-wal", "-shm", "-journal"))]
    return sum(file.stat().st_size for file in files if file.is_file())


def in_bytes(number: float) -> str:
    """`812 MB`, `3.4 GB`, `21 GB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 999.5:
            return f"{number:.1f} {unit}" if unit == "GB" and number < 9.95 else f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:,.1f} TB"
