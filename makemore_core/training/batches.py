"""The batches of a run, drawn once more from its own generator: the very examples that any of its steps learns from."""

from collections.abc import Sequence
from dataclasses import replace

from torch import Generator, Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.training.marks import Mark, config_after
from makemore_core.training.trainer import Trainer, draw

AT_ONCE = 1_000_000  # numbers drawn and thrown away in one go


class Batches:
    """Those of a run that began with these settings. What is asked for in the order of the steps costs little."""

    def __init__(self, config: RunConfig, dataset: Dataset) -> None:
        self._config = replace(config, engine="autograd", device="cpu")
        trainer = Trainer(self._config, dataset)
        self._x, self._y, self._layout = trainer.x, trainer.y, trainer.model.layout
        self._first = trainer.generator.get_state()
        self._latest = (0, self._first, tuple[Mark, ...]())  # a step, the generator before it, and under which marks

    def of_step(self, step: int, marks: Sequence[Mark] = ()) -> tuple[Tensor, Tensor]:
        """The examples x (B, T), y (B) of a step, counted from 0; marks say where a batch's size or the seed changed.

        Raises InputError for a step before a fork that learns from other data.
        """
        number, state, then = self._latest
        if number > step or then != tuple(marks):
            number, state = self._begin(step, marks)
        generator = Generator()
        generator.set_state(state)
        while number < step:
            number += self._pass_by(number, step, marks, generator)
        self._latest = step, generator.get_state(), tuple(marks)
        size = self._size(step, marks)
        if not size:
            return self._x, self._y
        (drawn,) = draw(len(self._y), 1, size, generator)
        return self._layout.trimmed(self._x[drawn], self._y[drawn])

    def _begin(self, step: int, marks: Sequence[Mark]) -> tuple[int, Tensor]:
        """The last step up to this one at which a generator began, and its state there."""
        if any(mark.step > step and "data.dataset" in mark.settings for mark in marks):
            raise InputError(f"At step {step:,} it was its parent, on other data; look back to it there.")
        seeds = [(mark.step, mark.settings["seed"]) for mark in marks if mark.step <= step and "seed" in mark.settings]
        return (seeds[-1][0], Generator().manual_seed(int(seeds[-1][1])).get_state()) if seeds else (0, self._first)

    def _pass_by(self, number: int, step: int, marks: Sequence[Mark], generator: Generator) -> int:
        """Draw the next batches up to a step, or up to where the settings change; how many they were."""
        size = self._size(number, marks)
        end = min([step, *(mark.step for mark in marks if mark.step > number)])
        steps = min(end - number, max(1, AT_ONCE // size)) if size else end - number
        if size:
            draw(len(self._y), steps, size, generator)
        return steps

    def _size(self, step: int, marks: Sequence[Mark]) -> int:
        return config_after(self._config, [mark for mark in marks if mark.step <= step]).batch_size
