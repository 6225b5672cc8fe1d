"""The tape: whether results remember their parents, and in which order backward() meets them."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, Self, TypeVar

_recording: ContextVar[bool] = ContextVar("recording", default=True)  # each thread has its own


class HasParents(Protocol):
    """A result that knows from what it was computed; nothing for a leaf."""

    @property
    def parents(self) -> tuple[Self, ...]: ...


Result = TypeVar("Result", bound=HasParents)


def is_recording() -> bool:
    """Whether results go on the tape."""
    return _recording.get()


@contextmanager
def no_grad() -> Generator[None]:
    """Inside, nothing is put on the tape: results have no parents."""
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


def topological_order(root: Result) -> list[Result]:
    """All that led to a result, each after its parents; without recursion, so that depth has no limit."""
    order: list[Result] = []
    seen: set[int] = set()
    stack = [(root, False)]
    while stack:
        result, parents_are_done = stack.pop()
        if parents_are_done:
            order.append(result)
        elif id(result) not in seen:
            seen.add(id(result))
            stack.append((result, True))
            stack.extend((parent, False) for parent in result.parents)
    return order
