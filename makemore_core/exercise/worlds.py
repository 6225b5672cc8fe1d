"""The numbers on which an answer is tried: those on the screen, and others of the same shapes, drawn at random.

An answer that is equal on the screen alone is luck: a gain that still is 1 everywhere can be left out unseen.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Generator, Tensor

from makemore_core.backprop.lecture_4 import BACKWARD, PARAMETERS, Values, forward, run
from makemore_core.exercise.problems import Problem
from makemore_core.expressions import Table, torch_functions

SEED = 2147483647  # the lectures'
VANISHING = 1e-12  # a gradient that is 0 whatever the numbers are, up to rounding in double precision


@dataclass(frozen=True, eq=False)
class World:
    """All values of lecture 4's network and its gradients found by hand, by name; for one batch."""

    values: Values

    @property
    def functions(self) -> Table:
        """What to compute with, in this world's precision."""
        return torch_functions(self.values["logits"].dtype)

    def known(self, problem: Problem) -> dict[str, Tensor | float]:
        """What an answer may use."""
        sizes = {"n": float(len(self.values["x"])), "V": float(len(self.values["C"]))}
        return {name: sizes[name] if name in sizes else self.values[name] for name in problem.allowed}

    def right(self, problem: Problem) -> Tensor:
        """The gradient that is asked for."""
        return self.values[problem.name]

    def with_other_gradients(self, problem: Problem, names: Iterable[str]) -> "World":
        """The same where these gradients are random numbers, and what the lecture finds after them follows."""
        generator = Generator().manual_seed(SEED)
        values = dict(self.values)
        replaced = set(names)
        for line in BACKWARD[: problem.number + 1]:
            if line.name in replaced:
                values[line.name] = _randn(self.values[line.name].shape, generator, values["logits"].dtype)
            else:
                values[line.name] = line.of(values)
        return World(values)


def world(parameters: Mapping[str, Tensor], x: Tensor, y: Tensor) -> World:
    """Parameters by the lecture's names, x (B, T) and y (B) of at least two examples."""
    with torch.no_grad():
        return World(run(BACKWARD, forward({name: p.detach() for name, p in parameters.items()}, x, y)))


def autograd_gradients(parameters: Mapping[str, Tensor], x: Tensor, y: Tensor) -> Values:
    """What torch finds: the 26 gradients under the names of the problems."""
    values = forward({name: p.detach().requires_grad_() for name, p in parameters.items()}, x, y)
    gradients = torch.autograd.grad(values["loss"], [values[line.at] for line in BACKWARD])
    return {line.name: gradient for line, gradient in zip(BACKWARD, gradients, strict=True)}


def like(shown: World) -> World:
    """A network of the same sizes with other numbers, in double precision: C, W1 and so on are drawn at random."""
    return _drawn(tuple(tuple(shown.values[name].shape) for name in (*PARAMETERS, "x")))


@lru_cache(maxsize=4)
def _drawn(shapes: tuple[tuple[int, ...], ...]) -> World:
    generator = Generator().manual_seed(SEED)
    of = dict(zip((*PARAMETERS, "x"), shapes, strict=True))
    (V, _), (B, T) = of["C"], of["x"]
    parameters = {name: _randn(of[name], generator, torch.float64) for name in PARAMETERS}
    parameters["W1"] /= len(parameters["W1"]) ** 0.5
    parameters["W2"] /= len(parameters["W2"]) ** 0.5
    other_x = torch.randint(0, V, (B, T), generator=generator)
    other_y = torch.randint(0, V, (B,), generator=generator)
    return world(parameters, other_x, other_y)


def vanishes(world: World, problem: Problem) -> bool:
    """Whether the gradient is 0 for every batch, as those of a bias before BatchNorm and of the rows' maxima are."""
    return float(world.right(problem).abs().max()) < VANISHING


def _randn(shape: Iterable[int], generator: Generator, dtype: torch.dtype) -> Tensor:
    return torch.randn(tuple(shape), generator=generator, dtype=dtype)
