"""Maps that take seconds, made in a process of their own: it holds no lock of ours, and is ended at once."""

import io
import json
import os
import queue
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import IO

import numpy as np

from makemore_core.errors import InputError
from makemore_core.projections.job import Job, npy
from makemore_core.projections.plane import Points
from makemore_core.tasks import Report

ROOT = Path(__file__).parents[2]
LISTEN = 0.05  # seconds between two looks whether anybody still wants the maps


def make_maps(frames: Points, jobs: Sequence[Job], report: Report) -> Points:
    """The points (jobs, N, 2) of vectors (F, N, E). Cancelled, it ends the process; an InputError says what failed."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-W", "ignore", "-m", "makemore_core.projections"]
    with TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment, cwd=ROOT
        )
        try:
            return _followed(process, frames, jobs, report)
        except EOFError:
            errors.seek(0)
            lines = errors.read().decode(errors="replace").strip().splitlines()
            raise InputError(f"The map could not be made ({lines[-1] if lines else 'no reason given'}).") from None
        finally:
            process.kill()
            process.wait()


def _followed(process: "subprocess.Popen[bytes]", frames: Points, jobs: Sequence[Job], report: Report) -> Points:
    """Pass the process's words on until its points are there."""
    heard: queue.SimpleQueue[str | bytes] = queue.SimpleQueue()
    assert process.stdin is not None
    assert process.stdout is not None
    Thread(target=_write, args=(process.stdin, frames, jobs), daemon=True).start()
    Thread(target=_read, args=(process.stdout, heard), daemon=True).start()
    while True:
        report(report.share)  # raises once nobody wants the maps
        try:
            said = heard.get(timeout=LISTEN)
        except queue.Empty:
            continue
        if isinstance(said, bytes):
            if not said:
                raise EOFError
            return np.load(io.BytesIO(said))
        share, _, words = said.partition(" ")
        report(float(share), words)


def _write(pipe: IO[bytes], frames: Points, jobs: Sequence[Job]) -> None:
    try:
        with pipe:
            pipe.write(json.dumps([asdict(job) for job in jobs]).encode() + b"\n")
            pipe.write(npy(frames))
    except OSError:  # it has ended; why is told where its words are read
        return


def _read(pipe: IO[bytes], heard: "queue.SimpleQueue[str | bytes]") -> None:
    """Every line, and last the points' bytes; none where it ended before."""
    with pipe:
        for line in pipe:
            if line == b"points\n":
                break
            heard.put(line.decode().strip())
        heard.put(pipe.read())
