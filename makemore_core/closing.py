"""What has to be closed before the program is gone: the last opened first, whoever says that it ends."""

import atexit
import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

_open: list[Callable[[], None]] = []


def close_at_end(close: Callable[[], None]) -> None:
    """Have this called at the end, before all that was opened earlier, by us or by others."""
    _open.append(close)
    atexit.unregister(close_all)
    atexit.register(close_all)


def is_closed(close: Callable[[], None]) -> None:
    """It was called already; the end need not."""
    while close in _open:
        _open.remove(close)


def close_all() -> None:
    """The end. What cannot be closed is told, and holds nothing else up."""
    while _open:
        try:
            _open.pop()()
        except Exception:
            log.exception("something could not be closed")
