"""Work of seconds beside the pages: each task in a thread of its own, with its progress, its result, and a way to stop.

A page asks for a task by a key that names all that the result depends on. Whoever asks again, from whichever tab, gets
the same task, running or done; and it runs as long as somebody waits for it.
"""

import logging
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Event, Lock, Thread
from typing import Any

from makemore_core.closing import close_at_end, is_closed
from makemore_core.errors import InputError

log = logging.getLogger(__name__)

REMEMBERED = 32  # tasks that ended, with their results
PATIENCE = 15.0  # seconds that close() waits for tasks to notice; an import of torch ends by itself
SPEED_IS_KNOWN = 0.02  # the share that has to be done before the rest can be told


class TaskState(StrEnum):
    """Where a task stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CancelledError(Exception):
    """Raised inside a task's work once somebody cancelled it."""


@dataclass
class Report:
    """What the work tells of itself while it runs. Telling also asks whether it should go on."""

    share: float = 0.0
    words: str = ""
    so_far: Any = None  # frozen: what there is before it is done, where the work sets it
    cancelled: Event = field(default_factory=Event)

    def __call__(self, share: float, words: str = "") -> None:
        """A share between 0 and 1 is done, and this comes next. Raises CancelledError if nobody wants the result."""
        if self.cancelled.is_set():
            raise CancelledError
        self.share, self.words = share, words or self.words


Work = Callable[[Report], Any]


class Task:
    """One piece of work: `result` holds what it gave, `message` why it gave nothing."""

    def __init__(self, work: Work) -> None:
        self.state, self.message = TaskState.RUNNING, ""
        self.result: Any = None
        self.report = Report()
        self._begun = time.monotonic()
        self._waits: dict[str, bool] = {}  # by person, of all who came: not any more, once they have left
        self._thread = Thread(target=self._run, args=(work,), name="task", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self.state == TaskState.RUNNING

    @property
    def seconds_left(self) -> float | None:
        """What the rest will take if it goes on as it did; None before that can be told."""
        share = self.report.share
        if share < SPEED_IS_KNOWN:
            return None
        return (time.monotonic() - self._begun) * (1 - share) / share

    def cancel(self) -> None:
        """Ask it to end; it does at its next report."""
        self.report.cancelled.set()

    def join(self, who: str) -> None:
        """Somebody waits for it from now on."""
        self._waits[who] = True

    def leave(self, who: str) -> None:
        """Somebody waits no more; it ends once nobody does."""
        self._waits[who] = False
        if not self.is_awaited:
            self.cancel()

    def goes_on_without(self, who: str) -> bool:
        """Whether somebody has left it to others."""
        return not (self._waits.get(who, True) or self.report.cancelled.is_set())

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits who is told apart from others; where people are not, there is one."""
        return any(waits for who, waits in self._waits.items() if who)

    def wait(self, seconds: float | None = None) -> "Task":
        """Wait for the end, at most so long."""
        self._thread.join(seconds)
        return self

    def _run(self, work: Work) -> None:
        try:
            self.result = work(self.report)
            self.state = TaskState.DONE
        except CancelledError:
            self.state = TaskState.CANCELLED
        except InputError as error:
            self._failed(str(error))
        except Exception as error:
            log.exception("a task failed")
            self._failed(f"{type(error).__name__}: {error}")

    def _failed(self, message: str) -> None:
        self.message = message  # before the state: who sees that it failed can read why
        self.state = TaskState.FAILED


class Tasks:
    """All tasks of a process by key. Those that ended are remembered, the latest of them."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, Task] = {}
        self._lock = Lock()
        close_at_end(self.close)  # a daemon thread inside torch would abort the process

    def find(self, key: Hashable) -> Task | None:
        """The task of a key, if it was begun and is not forgotten."""
        return self._tasks.get(key)

    def begin(self, key: Hashable, work: Work) -> Task:
        """The task of a key: the one that runs or is done, else a new one."""
        with self._lock:
            found = self._tasks.pop(key, None)
            if found is None or found.state in (TaskState.FAILED, TaskState.CANCELLED):
                found = Task(work)
            self._tasks[key] = found  # the latest stands last
            self._forget()
            return found

    def forget(self, key: Hashable) -> None:
        """Let the next begin() of a key do its work anew, unless it runs right now."""
        with self._lock:
            if (found := self._tasks.get(key)) and not found.is_running:
                del self._tasks[key]

    def _forget(self) -> None:
        ended = [key for key, task in self._tasks.items() if not task.is_running]
        for key in ended[:-REMEMBERED]:
            del self._tasks[key]

    def close(self, patience: float = PATIENCE) -> None:
        """Cancel what runs, and wait for it, at most so many seconds."""
        is_closed(self.close)
        running = [task for task in self._tasks.values() if task.is_running]
        for task in running:
            task.cancel()
        end = time.monotonic() + patience
        for task in running:
            task.wait(max(0.0, end - time.monotonic()))
