"""One writing on its way through lockstep: its trainer, its clock, and how far it is from the first writing."""

import time
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.datasets import Dataset
from makemore_core.engines import name_of
from makemore_core.errors import InputError
from makemore_core.training.curve import Curve, regridded
from makemore_core.training.trainer import Trainer
from makemore_core.training.walks import Walk, Writing

UNTIMED = 2  # steps: the first ones compile kernels and fill caches
LEAST = 1e-6  # nats; a smaller loss has no share to speak of
POINTS = 64  # of a curve in an octave

Losses = NDArray[np.float64]
Pair = tuple[str, Tensor, Tensor]  # a parameter by the first writing's name, there and in another writing


class Walker:
    """A writing on its way: its trainer, its clock, and its differences from the first."""

    def __init__(self, writing: Writing, dataset: Dataset, dtype: torch.dtype) -> None:
        self.name, self.trainer = writing.name, Trainer(writing.config, dataset, dtype)
        self.losses, self.apart, self.relative_apart = Curve(), Curve(), 0.0
        self.pairs: list[Pair] = []
        self.parameters: dict[str, list[float]] = {}
        self.relative: dict[str, float] = {}
        self.first_loss: int | None = None
        self.first_update: int | None = None
        alone = writing.config.device == "cpu" and writing.config.threads == 1
        self.clock = time.thread_time if alone else time.perf_counter
        self.steps, self.seconds, self.step_seconds = 0, 0.0, float("inf")
        self.val: list[float] = []
        self.split_losses: dict[str, float] = {}

    def follow(self, first: "Walker") -> None:
        """Be compared with another from here on; InputError if they are not the same network."""
        self.pairs = matched(first.trainer.parameters, self.trainer.parameters)
        self.parameters = {name: [] for name, _, _ in self.pairs}
        if self.trainer.x.shape == first.trainer.x.shape and self.trainer.y.shape == first.trainer.y.shape:
            self.trainer.x, self.trainer.y = first.trainer.x, first.trainer.y  # one copy of the examples for all

    def advance(self, k: int) -> Losses:
        """k steps, and how long they took: by the processor's time if it can be told, for others work as well."""
        number, started, began = self.trainer.number, time.perf_counter(), self.clock()
        losses = self.trainer.advance(k)
        seconds, worked = time.perf_counter() - started, self.clock() - began
        self.step_seconds = min(seconds / k, 1.05 * self.step_seconds)
        if number >= UNTIMED:
            self.steps, self.seconds = self.steps + k, self.seconds + worked
        broken = np.flatnonzero(~np.isfinite(losses))
        if len(broken):
            raise InputError(
                f"{self.name}: the loss is no longer a number at step {number + broken[0]:,}; choose a lower rate."
            )
        self.losses.extend(number, losses)
        return losses

    def compare(self, number: int, losses: Losses, firsts: Losses) -> None:
        """Note where the losses of the steps from a number on differ from the first writing's."""
        apart = np.abs(losses - firsts)
        self.apart.extend(number, apart)
        self.relative_apart = max(self.relative_apart, float((apart / np.maximum(np.abs(firsts), LEAST)).max()))
        other = np.flatnonzero(losses != firsts)
        if self.first_loss is None and len(other):
            self.first_loss = number + int(other[0])

    def measure(self) -> None:
        """Note how far each parameter is from the first writing's."""
        for name, theirs, mine in self.pairs:
            largest = (mine.detach() - theirs.detach()).abs().max().item()
            self.parameters[name].append(largest)
            self.relative[name] = largest / max(theirs.detach().abs().max().item(), torch.finfo(theirs.dtype).tiny)

    @property
    def has_equal_parameters(self) -> bool:
        return all(torch.equal(theirs, mine) for _, theirs, mine in self.pairs)

    def kept(self) -> dict[str, Tensor]:
        """The trainer's state, on its own."""
        return {name: tensor.clone() for name, tensor in self.trainer.here().items()}

    def walk(self) -> Walk:
        """A frozen copy."""
        return Walk(
            self.name,
            name_of(self.trainer.engine),
            regridded(self.losses.rows(), POINTS),
            regridded(self.apart.rows(), POINTS),
            self.relative_apart,
            {name: tuple(values) for name, values in self.parameters.items()},
            dict(self.relative),
            self.first_loss,
            self.first_update,
            self.steps,
            self.seconds,
            tuple(self.val),
            dict(self.split_losses),
        )


def matched(first: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> list[Pair]:
    """Parameters side by side: by their names, or where the names are others by order. InputError if shapes differ."""
    names = list(first) if first.keys() == other.keys() else list(other)
    pairs = [(name, mine, other[of]) for (name, mine), of in zip(first.items(), names, strict=False)]
    if len(first) != len(other) or any(mine.shape != theirs.shape for _, mine, theirs in pairs):
        raise InputError(
            f"Writings of one network have equal parameters, but got {_shapes(first)} and {_shapes(other)}; "
            "compare equal sizes."
        )
    return pairs


def _shapes(parameters: Mapping[str, Tensor]) -> str:
    return ", ".join("x".join(map(str, parameter.shape)) for parameter in parameters.values()) or "none"
