"""One run's steps: the four-line loop that everybody knows. No thread, no screen, no clock."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.diagnostics.step import Step
from makemore_core.errors import InputError
from makemore_core.sampling import sample

CONTEXTS_AT_ONCE = 8192
SAMPLES = 10  # names at each look
LONGEST_LOOK = 20  # characters of a name at a look; an untrained net hardly ever ends one


class Trainer:
    """Model, optimizer, data and generator of one run. step() looks at what it does, advance(k) does not."""

    def __init__(self, config: RunConfig, dataset: Dataset) -> None:
        if config.batch_size == 1 and getattr(config.model, "batch_norm", False):
            raise InputError("`2 <= batch_size` must hold where batch_norm measures a spread, but got batch_size=1.")
        self.config, self.dataset = config, dataset
        self.generator = Generator().manual_seed(config.seed)
        self.model = config.model.build(len(dataset.vocabulary), self.generator)
        self.parameters = self.model.named_parameters()
        self.optimizer = config.optimizer.build(self.parameters)
        x, y = dataset.examples("train", self.model.block_size)
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
        self.counts: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        self.number = 0  # steps done so far = number of the coming step

    def advance(self, k: int) -> NDArray[np.float64]:
        """k optimization steps with nothing to look at; the loss (k) of each batch before its update."""
        return np.array([self._update().item() for _ in range(k)])

    def step(self) -> Step:
        """One optimization step, the same as in advance(), that can be looked at from all sides."""
        number = self.number
        before = {name: p.detach().clone() for name, p in self.parameters.items()}
        with self.model.watched() as outputs:
            loss = self._update().item()
        gradients = {name: p.grad for name, p in self.parameters.items() if p.grad is not None}
        updates = {name: p.detach() - before[name] for name, p in self.parameters.items()}
        return Step(
            number,
            loss,
            self.optimizer.learning_rate,
            self.dataset.vocabulary,
            self.model,
            outputs,
            gradients,
            updates,
            self._names_now(),
        )

    def _update(self) -> Tensor:
        batch = torch.randint(0, len(self.y), (self.config.batch_size,), generator=self.generator)
        x, y = self.x[batch], self.y[batch]
        self.optimizer.learning_rate = self.config.optimizer.learning_rate * self.config.schedule.factor(self.number)
        loss = self.model.loss(x, y)
        self.model.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.number += 1
        return loss

    def evaluate(self, split: str) -> float:
        """The loss of a whole split in nats, over its distinct contexts weighted by their counts."""
        if split not in self.counts:
            self.counts[split] = self.dataset.context_counts(split, self.model.block_size)
        contexts, counts = self.counts[split]
        total = 0.0
        with self.model.evaluating():
            for start in range(0, len(contexts), CONTEXTS_AT_ONCE):
                part = slice(start, start + CONTEXTS_AT_ONCE)
                log_p = torch.log_softmax(self.model(torch.from_numpy(contexts[part])), dim=1).double()
                follows = counts[part] > 0  # what never follows may be impossible: 0 * -inf is no number
                total -= float(log_p.numpy()[follows] @ counts[part][follows])
        return total / int(counts.sum())

    def sample(self, n: int) -> tuple[str, ...]:
        """n names that the model invents now, without touching the run's own generator."""
        return tuple(map(self.dataset.vocabulary.decode, sample(self.model, n, self.config.sampling)))

    def _names_now(self) -> tuple[str, ...]:
        """A few names for the live view, all drawn side by side: the lectures' sampler takes ten times as long."""
        fast = replace(self.config.sampling, draw="cumulative", longest=LONGEST_LOOK)
        return tuple(map(self.dataset.vocabulary.decode, sample(self.model, SAMPLES, fast)))

    def state(self) -> dict[str, Tensor]:
        """All that a bit-exact resume needs: parameters, buffers, optimizer, generator and step."""
        model = {f"model.{name}": tensor.detach() for name, tensor in self.model.state().items()}
        optimizer = {f"optimizer.{name}": tensor for name, tensor in self.optimizer.state.items()}
        counters = {"step": torch.tensor(self.number), "optimizer_steps": torch.tensor(self.optimizer.steps)}
        return model | optimizer | counters | {"generator": self.generator.get_state()}

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Continue exactly where state() was taken."""
        self.model.load(below("model.", state))
        self.optimizer.state = below("optimizer.", state)
        self.optimizer.steps = int(state["optimizer_steps"].item())
        self.generator.set_state(state["generator"])
        self.number = int(state["step"].item())


def below(prefix: str, state: Mapping[str, Tensor]) -> dict[str, Any]:
    """Copies of the entries under a prefix, by what follows it."""
    return {name.removeprefix(prefix): t.clone() for name, t in state.items() if name.startswith(prefix)}
