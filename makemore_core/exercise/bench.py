"""Where answers are tried: a network of lecture 4 with a few examples, and its double of random numbers."""

from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor

from makemore_core.backprop.lecture_4 import Values
from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.exercise.judge import Verdict, judge
from makemore_core.exercise.problems import Problem
from makemore_core.exercise.worlds import SEED, World, autograd_gradients, like, world
from makemore_core.gradcheck import LECTURE_4, is_lecture_4
from makemore_core.models.language_model import LanguageModel
from makemore_core.presets import preset_named
from makemore_core.training.trainer import Trainer

EXAMPLES = 32  # as in the lecture
MOST_LOGITS = 200_000  # a huge alphabet gets fewer examples
MOST_PARAMETERS = 1_000_000
NEURONS = 64  # as in the lecture


@dataclass(frozen=True, eq=False)
class Bench:
    """The values on the screen, what autograd finds there, and the other network that tells luck from knowledge."""

    shown: World
    autograd: Values
    other: World

    def judge(self, text: str, problem: Problem) -> Verdict:
        """The verdict on a typed answer."""
        return judge(text, problem, self.shown, self.autograd[problem.name], self.other)


def bench(model: LanguageModel, x: Tensor, y: Tensor) -> Bench:
    """A network that suits(), on x (B, T), y (B) of at least two examples."""
    named = model.named_parameters()
    parameters = {short: named[name].detach().cpu().float() for short, name in LECTURE_4.items()}
    shown = world(parameters, x, y)
    return Bench(shown, autograd_gradients(parameters, x, y), like(shown))


def suits(model: LanguageModel) -> bool:
    """Whether the exercise can be done on this very network: it is lecture 4's, and not too large."""
    return is_lecture_4(model) and sum(p.numel() for p in model.named_parameters().values()) <= MOST_PARAMETERS


def stand_in(config: RunConfig) -> RunConfig:
    """Lecture 4's network on the data of a run that has another one."""
    lecture = preset_named("lecture4-manual").config.with_values({"model.n_hidden": NEURONS})
    return replace(lecture, data=config.data)


def examples(config: RunConfig, dataset: Dataset) -> tuple[Tensor, Tensor]:
    """A few training examples, x (B, T) and y (B), always the same."""
    trainer = Trainer(replace(config, engine="autograd", device="cpu"), dataset)
    n = max(2, min(EXAMPLES, MOST_LOGITS // len(dataset.vocabulary)))
    chosen = torch.randint(0, len(trainer.y), (n,), generator=Generator().manual_seed(SEED))
    return trainer.x[chosen], trainer.y[chosen]
