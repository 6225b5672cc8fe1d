"""How a server ends: all that was opened is closed, and then the process is gone at once.

Threads that draw a page or import torch hear no request to end. Python would end them where they are: inside torch,
which aborts the process, or with the lock of all imports in their hands, for which the process would wait for ever.
"""

import os
import sys
from functools import cache
from threading import Thread, main_thread

from streamlit.runtime import exists

from makemore_core.closing import close_all
from makemore_core.tasks import Tasks
from pages.ui.tasks import tasks

NOTICED_WITHIN = 0.5  # seconds; whatever runs then ends with the process


@cache
def end_at_once() -> None:
    """From the first page on; the command that started the server is done when somebody has told it to end."""
    # a page's own thread is a daemon
    Thread(target=_end, args=(tasks(),), name="end of the server", daemon=False).start()


def _end(tasks: Tasks) -> None:
    main_thread().join()
    if exists():  # a test without a server tells by its exit code how it went
        tasks.close(NOTICED_WITHIN)
        close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
