"""Widgets that choose something to look at: the same on every refresh, and kept when the page changes."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from pages.ui import session
from pages.ui.widgets import number_field, one_of_few, selectbox

T = TypeVar("T")
WIDE, NARROW = 240, 150  # pixels


def choose_from(
    name: str, label: str, options: Sequence[str], show: Callable[[str], str] = str, width: int = WIDE, **look: Any
) -> str:
    """A list to choose from."""
    now = session.selected(name, options)
    selectbox(name, label, options, now, partial(session.select, name), format_func=show, width=width, **look)
    return now


def choose_number(name: str, label: str, n: int, first: int = 0) -> int:
    """A field for one of n numbers in a row."""
    now = session.selected(name, range(first, first + n))
    number_field(name, label, first, first + n - 1, now, partial(session.select, name), step=1, width=NARROW)
    return now


def choose_one_of_few(name: str, label: str, options: Sequence[T], show: Callable[[T], str] = str, **look: Any) -> T:
    """Options side by side."""
    now = session.selected(name, options)
    one_of_few(name, label, options, now, partial(session.select, name), format_func=show, **look)
    return now
