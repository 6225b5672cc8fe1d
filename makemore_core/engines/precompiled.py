"""Compiled loops come from the disk, always: a process of its own compiles them once, and all others load.

The same function rounds otherwise when it was compiled a moment ago than when it was loaded from Numba's cache, because
the linker then takes another copy of what it calls. Where all processes load, equal runs are equal bit for bit: here,
in a worker, and after a restart. It also keeps half a minute's compiling off the interpreter's lock.
"""

import hashlib
import logging
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from threading import Lock

log = logging.getLogger(__name__)

COMPILING = "MAKEMORE_COMPILING"  # set in the process that compiles
SCRIPT = "from makemore_core.engines.precompiled import compile_all; compile_all()"
LONGEST = 600.0  # seconds
_LOCK = Lock()


def compile_all() -> None:
    """Call every compiled loop once, so that Numba puts it into its cache."""
    from makemore_core.engines import compiled, one_pass, products

    (compiled.warm_up if products.is_available() else one_pass.warm_up)()


def be_compiled() -> None:
    """See that the loops can be loaded; where that fails, Numba compiles them here when they are called."""
    if COMPILING not in os.environ:
        with _LOCK:
            _be_compiled()


@lru_cache(maxsize=1)
def _be_compiled() -> None:
    from makemore_core.engines import loops

    stamp = Path(loops.tanh.stats.cache_path) / f"compiled-{_version()}.stamp"
    if stamp.exists():
        return
    root = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    environment = os.environ | {COMPILING: "1", "PYTHONPATH": paths}
    try:
        subprocess.run([sys.executable, "-c", SCRIPT], env=environment, timeout=LONGEST, check=True)
        stamp.touch()
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("the compiled loops could not be compiled beforehand: %s", error)


def _version() -> str:
    """Of the sources, of Numba, and of the processor."""
    import numba
    from llvmlite.binding import get_host_cpu_name

    digest = hashlib.sha256(f"{numba.__version__} {get_host_cpu_name()} {sys.version}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
