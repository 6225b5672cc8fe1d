"""A worker's process: jobs and orders come in on one pipe, news go out on another, until the first ends."""

import os
import signal
import sys
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

from makemore_core.datasets import Dataset
from makemore_core.training.jobs import Job
from makemore_core.workers.body import Body, get_ready
from makemore_core.workers.processes import WORK
from makemore_core.workers.wire import read, write


def main() -> None:
    """Do one job after the other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the program that gives the jobs
    outbox = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what anybody prints goes to the log
    jobs: SimpleQueue[tuple[int, Job, Dataset | None]] = SimpleQueue()
    body = Body(lambda news: write(outbox, news))
    Thread(target=listen, args=(sys.stdin.buffer, jobs, body), name="orders", daemon=True).start()
    get_ready()
    dataset = None
    while True:
        number, job, another = jobs.get()
        dataset = dataset if another is None else another
        assert dataset is not None
        body.work(number, job, dataset)
        write(outbox, None)


def listen(inbox: IO[bytes], jobs: "SimpleQueue[Any]", body: Body) -> None:
    """Take what comes. At the pipe's end nobody wants anything any more, so the process ends in the middle of a job."""
    while True:
        try:
            kind, *message = read(inbox)
        except EOFError:
            os._exit(0)
        if kind == WORK:
            jobs.put(message)
        else:
            body.hear(*message)


if __name__ == "__main__":
    main()
