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
    """All that led to a result, each after its parents, the first parent first; no recursion, so no limit of depth."""
    order: dict[Result, None] = {}  # a set that remembers who came first
    seen: set[Result] = set()
    stack = [root]
    while stack:
        result = stack[-1]
        if result in seen:  # so its parents, which lay above it, are done
            order[stack.pop()] = None
        else:
            seen.add(result)
            stack.extend(reversed(result.parents))
    return list(order)
