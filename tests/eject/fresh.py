"""Ejected scripts, each executed with a namespace of its own in a process that knows nothing of this project."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from makemore_core.eject import Ejected

LONGEST = 4 * 3600.0  # seconds: a hundred steps of ten million parameters on a busy machine
RUNNER = """
import contextlib, io, json, runpy, sys

for path in sys.argv[1:]:
    out, message = io.StringIO(), ""
    with contextlib.redirect_stdout(out):
        try:
            runpy.run_path(path)
        except SystemExit as end:
            message = str(end)
    print(json.dumps([out.getvalue(), message]), flush=True)
assert "makemore_core" not in sys.modules
"""


class Told(NamedTuple):
    """What a script printed: the loss by step, the loss by split, the names; or why it would not begin."""

    loss_at: dict[int, str]
    splits: dict[str, str]
    names: list[str]
    message: str = ""


def told(out: str, message: str = "") -> Told:
    loss_at = {int(step): loss for step, loss in re.findall(r"^step +(\d+): loss (\S+)$", out, re.MULTILINE)}
    splits = dict(re.findall(r"^(train|val|test) +loss (\S+)$", out, re.MULTILINE))
    names = re.split(r"^(?:train|val|test) +loss .*\n", out, flags=re.MULTILINE)[-1].split("\n")[:-1]
    return Told(loss_at, splits, names, message)


def run_fresh(paths: Iterable[Path]) -> list[Told]:
    """Run scripts one after the other in one fresh process: torch is imported once."""
    command = [sys.executable, "-I", "-c", RUNNER, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
    assert done.returncode == 0, done.stderr
    return [told(*json.loads(line)) for line in done.stdout.splitlines()]


def written(ejected: Iterable[Ejected], folder: Path) -> list[Path]:
    """Each in a folder of its own: the scripts' paths."""
    return [e.write(folder / str(i))[0] for i, e in enumerate(ejected)]
