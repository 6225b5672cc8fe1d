"""All that a run has kept up to a step, gathered once: what every export is made of."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.models.language_model import LanguageModel
from makemore_core.training.marks import config_after
from makemore_core.training.reader import RunReader
from makemore_core.training.recorder import Evaluation, Snapshot
from makemore_core.training.rows import RunRow


@dataclass(frozen=True)
class Kept:
    """A run's row, its curves and readings, and the net after so many steps."""

    row: RunRow
    config: RunConfig  # that it began with
    snapshot: Snapshot
    step: int
    model: LanguageModel
    dataset: Dataset

    @property
    def config_now(self) -> RunConfig:
        """With what was changed on its way."""
        return config_after(self.config, self.snapshot.marks)

    @property
    def evaluation(self) -> Evaluation | None:
        """The last losses of the splits that were measured up to there."""
        return next((e for e in reversed(self.snapshot.evaluations) if e.step <= self.step), None)

    @cached_property
    def fingerprint(self) -> str:
        """The SHA-256 of all weights and buffers, in the order of their names."""
        return sha256_of(self.model.state())


def gather(manager: RunReader, run: str, step: int | None = None) -> Kept:
    """What a run has kept by now, or the same with the net as it was after a step whose weights were kept.

    Raises InputError for an unknown run, for a step without weights, and where the data set has changed.
    """
    while True:  # until no look of a run that trains came between
        before, trained, after = manager.snapshot(run), manager.trained_model(run, step), manager.snapshot(run)
        if after and (step is not None or (before and before.step == after.step)):
            break
    row, snapshot = manager.row(run), replace(after, at=step)
    config = RunConfig.from_dict(row.config)
    return Kept(row, config, snapshot, _steps_done(manager, snapshot), trained.model, trained.dataset)


def _steps_done(manager: RunReader, snapshot: Snapshot) -> int:
    """By the net that trained_model() gives: a run that trains shows that of its latest look."""
    if snapshot.at is not None or (snapshot.progress.is_alive and snapshot.observations):
        return snapshot.step + 1
    checkpoint = manager.store.checkpoint(snapshot.run)
    return int(checkpoint["step"].item()) if checkpoint else 0


def sha256_of(state: Mapping[str, Tensor]) -> str:
    """The SHA-256 of tensors' names, types, shapes and bytes, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()
