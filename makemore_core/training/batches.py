"""The batches of a run, drawn once more from its own generator: the very examples that any of its steps learns from."""

from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.training.marks import Mark, config_after
from makemore_core.training.trainer import Trainer

AT_ONCE = 1_000_000  # numbers drawn and thrown away in one go


class Batches:
    """Those of a run that began with these settings. What is asked for in the order of the steps costs little."""

    def __init__(self, config: RunConfig, dataset: Dataset) -> None:
        self._config = replace(config, engine="autograd", device="cpu")
        self._trainer = Trainer(self._config, dataset)
        self._first = self._trainer.generator.get_state()

    def of_step(self, step: int, marks: Sequence[Mark] = ()) -> tuple[Tensor, Tensor]:
        """The examples x (B, T), y (B) of a step, counted from 0; marks say where the size of a batch was changed."""
        trainer = self._trainer
        if step < trainer.number:
            trainer.generator.set_state(self._first)
            trainer.number = 0
        while trainer.number < step:
            self._pass_by(step, marks)
        trainer.config = config_after(self._config, [mark for mark in marks if mark.step <= step])
        after = trainer.generator.get_state()
        batch = trainer.batch()
        trainer.generator.set_state(after)
        return batch

    def _pass_by(self, step: int, marks: Sequence[Mark]) -> None:
        """Draw the next batches up to a step, or up to where the settings change."""
        trainer = self._trainer
        trainer.config = config_after(self._config, [mark for mark in marks if mark.step <= trainer.number])
        size = trainer.config.batch_size
        ends = [step, *(mark.step for mark in marks if mark.step > trainer.number)]
        steps = min(min(ends) - trainer.number, max(1, AT_ONCE // size) if size else step)
        if size:
            trainer.drawn(steps)
        trainer.number += steps
