"""Which process trains a run: its name in the store, by which another process can tell whether it still lives."""

import os
import re
import secrets
import socket
from pathlib import Path

NAMED = re.compile(r"(.+):([1-9][0-9]{0,18}):([0-9]*)\.[0-9a-f]+")


def own_name() -> str:
    """`host:pid:token`, another each time: two stores that are open in one process are told apart too."""
    return f"{socket.gethostname()}:{os.getpid()}:{_began(os.getpid())}.{secrets.token_hex(4)}"


def in_words(name: str) -> str:
    """`process 1234 on ada`."""
    found = NAMED.fullmatch(name)
    return f"process {found[2]} on {found[1]}" if found else "another process"


def is_gone(name: str) -> bool:
    """Whether a process certainly has ended; False for one of another machine, of which nobody here can know."""
    found = NAMED.fullmatch(name)
    if found is None or found[1] != socket.gethostname() or os.name != "posix":
        return False
    pid, began = int(found[2]), found[3]
    return not _lives(pid) or began != _began(pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it is somebody else's
        return True
    return True


def _began(pid: int) -> str:
    """When a process began, in ticks since the machine did: a later one of the same number began later.

    Empty where the system has no /proc, and for a process that is not there.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
