"""Long work that is cut short when somebody asks for it: an exception between two of its operations.

Nothing from outside can interrupt torch. But each of its functions can be made to pass through here, and so can each
tensor that backward() comes back to. What computes without torch says by its name where it may be left.
"""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any

from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.overrides import TorchFunctionMode

BETWEEN = ("apply", "_flow_back", "_operation")  # of minitorch, forward and back, and of the kernel taken in pieces

Asked = Callable[[], bool]


def _never() -> bool:
    return False


_asked: ContextVar[Asked] = ContextVar("asked", default=_never)  # each thread has its own


class CutShort(Exception):  # noqa: N818
    """Nothing went wrong: somebody does not want to wait for the end of this."""


class _BetweenFunctions(TorchFunctionMode):
    """Torch comes here before each of its functions, in the thread in which it is entered."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if args and isinstance(args[0], Tensor):  # others open and close contexts, which must not be left open
            _leave_if_asked()
        return func(*args, **(kwargs or {}))


@contextmanager
def cut_short_when(asked: Asked) -> Generator[None]:
    """Work in here ends with CutShort as soon as that is true, once: the tidying up after it is not disturbed."""
    token, profile = _asked.set(asked), sys.getprofile()
    sys.setprofile(_at_a_call)
    try:
        with _BetweenFunctions(), saved_tensors_hooks(_on_the_way, _on_the_way):
            yield
    finally:
        sys.setprofile(profile)
        _asked.reset(token)


@contextmanager
def whole() -> Generator[None]:
    """Work in here is never cut short: what changes numbers in place is done to its end."""
    token = _asked.set(_never)
    try:
        yield
    finally:
        _asked.reset(token)


def _at_a_call(frame: FrameType, event: str, arg: object) -> None:
    if event == "call" and frame.f_code.co_name in BETWEEN:
        _leave_if_asked()


def _on_the_way(tensor: Tensor) -> Tensor:
    _leave_if_asked()
    return tensor


def _leave_if_asked() -> None:
    if _asked.get()():
        _asked.set(_never)
        raise CutShort
