"""A process that trains a run and may be killed at any moment: forked from one that has torch in it already."""

import math
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.recurrent import GRUConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import AdamConfig, SGDConfig
from makemore_core.training import run as run_module
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import Pace
from makemore_core.training.store import RunStore

MOST_TOLD = 1_000  # times that it says how far it came: more would fill a pipe that nobody reads
FAMILIES: dict[str, dict[str, Any]] = {
    "mlp": {"model": MLPConfig(n_hidden=8, n_embd=4, batch_norm=True), "optimizer": SGDConfig(0.1)},
    "deep-mlp": {"model": DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=2), "optimizer": AdamConfig(1e-2)},
    "bigram": {"model": BigramConfig(), "optimizer": SGDConfig(1.0), "patience": 1_000_000},
    "transformer": {
        "model": TransformerConfig(n_embd=8, n_head=2, n_layers=1, block_size=8),
        "optimizer": AdamConfig(1e-3),
    },
    "gru": {"model": GRUConfig(n_hidden=8, n_embd=4), "optimizer": AdamConfig(1e-2), "clip": 1.0},
    "wavenet": {"model": WaveNetConfig(n_hidden=8, n_embd=4), "optimizer": SGDConfig(0.1)},
}


def forked() -> Any:
    """Where such processes come from; the first one takes as long as torch does, later ones a few milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.reliability.warm", "pytest"])
    return context


def begin(task: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    """A process that does a task, and the end of its pipe; the task gets the other end first."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = forked().Process(target=task, args=(there, *arguments), daemon=True)
    with pytest.MonkeyPatch.context() as patch:  # it must not run the main program, which may be another test's page
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        process.start()
    there.close()
    return process, here


def train(
    told: Connection,
    store: Path,
    id: str,
    config: RunConfig,
    pace: float = math.inf,
    often: bool = False,
    fatal: int = 0,
) -> None:
    """Begin a run or go on with it, and say when, then its seconds again and again.

    With `fatal`, fall dead before that statement of SQL.
    """
    torch.set_num_threads(1)
    if often:
        run_module.SAVE_EVERY, run_module.SAVE_SHARE = 0.01, 1.0
    opened = RunStore(store)
    manager = RunManager(opened)
    if fatal:
        opened._db.set_trace_callback(_fall_dead_at(fatal))
    known = id in opened.taken()
    run = manager.resume(id, paused=True) if known else manager.start(config, name=id, paused=True)
    run.pace = Pace(pace)
    run.send(run_module.Command.PLAY)
    told.send(id)
    for _ in range(MOST_TOLD):
        if run.is_alive and (snapshot := run.snapshot()):
            told.send(snapshot.progress.seconds)
        run.join(0.01)
    run.join(None)
    manager.close()
    opened.close()


def _fall_dead_at(fatal: int) -> Callable[[str], None]:
    seen = 0

    def trace(statement: str) -> None:
        nonlocal seen
        seen += 1
        if seen == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    return trace
