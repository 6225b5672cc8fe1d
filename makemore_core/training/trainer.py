"""One run's steps: the four-line loop that everybody knows. No thread, no screen, no clock."""

import math
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.clipping import clip_gradients
from makemore_core.config import RunConfig
from makemore_core.cutting import Asked, CutShort, cut_short_when, whole
from makemore_core.datasets import Dataset
from makemore_core.devices import device_named, mixed
from makemore_core.diagnostics.step import Step
from makemore_core.engines import ENGINES, BulkEngine, Engine, name_of
from makemore_core.engines.one_pass import step_of
from makemore_core.gradcheck import in_dtype
from makemore_core.joined import ALL
from makemore_core.knobs import Value
from makemore_core.models.language_model import Cut
from makemore_core.sampling import sample
from makemore_core.training.marks import changed, check_trainable

LOOKS = {"name": (10, 20), "line": (5, 40)}  # how many at a look, and their most characters: an untrained net rambles


class Trainer:
    """Model, optimizer, data and generator of one run. step() looks at what it does, advance(k) does not.

    Runs compute in float32; in float64 one sees what of a difference is rounding.
    """

    def __init__(self, config: RunConfig, dataset: Dataset, dtype: torch.dtype = torch.float32) -> None:
        check_trainable(config)
        self.config, self.dataset = config, dataset
        self.generator = torch.Generator().manual_seed(config.seed)
        self.model = config.model.build(len(dataset.vocabulary), self.generator)
        if dtype != torch.float32:
            self.model = in_dtype(self.model, dtype)
        self.model.to(device_named(config.device))
        self.engine = ENGINES[config.engine](self.model)
        self.parameters = self.model.named_parameters()
        self.optimizer = config.optimizer.build({ALL: self.model.joined})
        tokens = dataset.tokens("train")
        self.x, self.y = self.model.layout.examples(tokens, self.model.block_size, dataset.is_text)
        self._cuts: dict[tuple[str, int | None], list[Cut]] = {}  # of splits that were evaluated
        self.number = 0  # steps done so far = number of the coming step
        self.best_val, self.best_step = math.inf, 0
        self.best: dict[str, Tensor] = {}  # the model's state there, while patience is asked for

    def advance(self, k: int) -> NDArray[np.float64]:
        """k optimization steps with nothing to look at; the loss (k) of each batch before its update."""
        if isinstance(self.engine, BulkEngine):
            return self._advance_at_once(self.engine, k)
        return np.array([self._update(self.engine) for _ in range(k)])

    def step(self) -> Step:
        """One optimization step, the same as in advance(), that can be looked at from all sides.

        The reference looks at the coming batch, and leaves no trace; then the engine takes the step. So a run is the
        same whenever it is looked at.
        """
        number = self.number
        before = {name: p.detach().clone() for name, p in self.parameters.items()}
        outputs, gradients = self.look()
        (loss,) = self.advance(1).tolist()
        with whole():  # the step is taken
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
            self._names_now,
        )

    def _update(self, engine: Engine) -> float:
        x, y = self.batch()
        self.optimizer.learning_rate = self.rate(self.number)
        with mixed(self.model.device, self.config.precision):
            loss = engine.loss(x, y)
        self.model.zero_grad()
        loss.backward()
        if self.config.clip:
            clip_gradients(self.parameters, self.config.clip)
        with whole():
            self._take_step()
            self.number += 1
            return loss.item()

    @cached_property
    def _take_step(self) -> Callable[[], None]:
        """The optimizer's step; an engine that updates the parameters itself never asks for it."""
        return step_of(self.optimizer, self.model.joined) if name_of(self.engine) == "fused" else self.optimizer.step

    def _advance_at_once(self, engine: BulkEngine, k: int) -> NDArray[np.float64]:
        rates = np.array([self.rate(number) for number in range(self.number, self.number + k)])
        losses = engine.advance(self.x, self.y, self.drawn(k), rates, self.optimizer, self.config.clip)
        self.optimizer.learning_rate = float(rates[-1])
        self.number += k
        return losses

    def look(self) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Every layer's output and every parameter's gradient in the coming step, by the reference; changes nothing."""
        put_back = self._put_back()
        x, y = self.batch()
        self.model.zero_grad()
        with self.model.watched() as outputs, mixed(self.model.device, self.config.precision):
            self.model.loss(x, y).backward()
        gradients = {name: p.grad for name, p in self.parameters.items() if p.grad is not None}
        put_back()
        return outputs, gradients

    def _put_back(self) -> Callable[[], None]:
        """What makes the generator and the layers' statistics again what they are now; a step has not moved more."""
        generator, buffers = self.generator.get_state(), {n: b.clone() for n, b in self.model.buffers().items()}

        def put_back() -> None:
            self.model.zero_grad()
            self.generator.set_state(generator)
            self.model.load(buffers)

        return put_back

    @contextmanager
    def cut_short_when(self, asked: Asked) -> Generator[None]:
        """What is computed in here ends with CutShort as soon as that is true: the step at hand never happened.

        What torch.compile has made of a net would have to be made anew for this, and goes through.
        """
        if name_of(self.engine) == "torch_compile":
            yield
            return
        put_back = self._put_back()
        try:
            with cut_short_when(asked):
                yield
        except CutShort:
            put_back()
            raise

    def change(self, settings: Mapping[str, Value]) -> None:
        """Other settings from the coming step on; InputError for one that a run cannot change."""
        before, self.config = self.config, changed(self.config, settings)
        if not before.patience:
            self.best_step = self.number  # from where on it waits

    def rate(self, number: int) -> float:
        """The learning rate at a step."""
        return self.config.optimizer.learning_rate * self.config.schedule.factor(number)

    def drawn(self, k: int) -> Tensor:
        """The numbers of the next k batches' examples (k, B): with replacement as the lectures do; or all, in order."""
        if not self.config.batch_size:
            return torch.arange(len(self.y)).expand(k, -1).contiguous()
        return draw(len(self.y), k, self.config.batch_size, self.generator)

    def batch(self) -> tuple[Tensor, Tensor]:
        """The coming step's examples."""
        x, y = self.x, self.y
        if self.config.batch_size:
            (drawn,) = self.drawn(1)
            x, y = self.model.layout.trimmed(x[drawn], y[drawn])
        return x.to(self.model.device), y.to(self.model.device)

    def evaluate(self, split: str, most: int | None = None) -> float:
        """The mean loss in nats over the tokens of a split, or over about so many of them."""
        if (split, most) not in self._cuts:
            self._cuts[split, most] = self.model.cut(self.dataset.tokens(split, most), self.dataset.is_text)
        judge = self.engine if isinstance(self.engine, BulkEngine) else self.model
        return judge.mean_nats(self._cuts[split, most])

    def judge(self, val: float) -> None:
        """Remember the net if this is its best val so far, where patience is asked for."""
        if self.config.patience and val < self.best_val:
            self.best_val, self.best_step = val, self.number
            self.best = {name: tensor.detach().clone() for name, tensor in self.model.state().items()}

    def take_best(self) -> None:
        """Go back to the best net that was judged."""
        if self.best:
            self.model.load(self.best)

    def sample(self, n: int) -> tuple[str, ...]:
        """n names that the model invents now, without touching the run's own generator."""
        return tuple(map(self.dataset.vocabulary.decode, sample(self.model, n, self.config.sampling)))

    def _names_now(self) -> tuple[str, ...]:
        """A few names for the live view, all drawn side by side: the lectures' sampler takes ten times as long."""
        many, longest = LOOKS[self.dataset.noun]
        fast = replace(self.config.sampling, draw="cumulative", longest=longest)
        return tuple(map(self.dataset.vocabulary.decode, sample(self.model, many, fast)))

    def state(self) -> dict[str, Tensor]:
        """All that a bit-exact resume needs: what goes on from here, and the best net so far if it is asked for."""
        if not self.config.patience:
            return self.here()
        best = {f"best.{name}": tensor for name, tensor in self.best.items()}
        best |= {"best_val": torch.tensor(self.best_val, dtype=torch.float64)}
        return self.here() | best | {"best_step": torch.tensor(self.best_step)}

    def here(self) -> dict[str, Tensor]:
        """All that goes on from here: parameters, buffers, optimizer, generator and step."""
        model = {f"model.{name}": tensor.detach() for name, tensor in self.model.state().items()}
        kept = self.model.joined.part_state(self.optimizer.state)
        optimizer = {f"optimizer.{name}": tensor for name, tensor in kept.items()}
        counters = {"step": torch.tensor(self.number), "optimizer_steps": torch.tensor(self.optimizer.steps)}
        return model | optimizer | counters | {"generator": self.generator.get_state()}

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Continue exactly where state() was taken."""
        self.model.load(below("model.", state))
        self.optimizer.state = self.model.joined.join_state(below("optimizer.", state))
        self.optimizer.steps = int(state["optimizer_steps"].item())
        self.generator.set_state(state["generator"])
        self.number = int(state["step"].item())
        self.best = below("best.", state)
        self.best_val = float(state["best_val"].item()) if "best_val" in state else math.inf
        self.best_step = int(state["best_step"].item()) if "best_step" in state else self.number


def reason_to_end(config: RunConfig, number: int, best_step: int, seconds: float) -> str | None:
    """Why a run that came so far is finished, where it is not for the number of its steps; None if it is not."""
    if number >= config.max_steps:
        return ""
    if config.patience and number - best_step >= config.patience:
        return f"Val was no better for {config.patience:,} steps: the net of step {best_step:,} is kept."
    if config.max_seconds and seconds >= config.max_seconds:
        return f"Its {config.max_seconds:g} seconds of training are over."
    return None


def draw(many: int, k: int, batch_size: int, generator: torch.Generator) -> Tensor:
    """k batches (k, B) out of so many examples, with replacement."""
    return torch.randint(0, many, (k, batch_size), generator=generator)


def below(prefix: str, state: Mapping[str, Tensor]) -> dict[str, Any]:
    """Copies of the entries under a prefix, by what follows it."""
    return {name.removeprefix(prefix): t.clone() for name, t in state.items() if name.startswith(prefix)}
