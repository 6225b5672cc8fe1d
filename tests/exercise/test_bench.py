"""Where answers are tried: on the run's own net where it is lecture 4's, else on one of that form on the same data."""

from dataclasses import replace

import pytest
import torch

from makemore_core.backprop.lecture_4 import BACKWARD
from makemore_core.config import RunConfig
from makemore_core.exercise.bench import EXAMPLES, MOST_LOGITS, bench, examples, stand_in, suits
from makemore_core.exercise.problems import PROBLEMS
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.untrained import untrained_model

LECTURE_4 = MLPConfig(n_hidden=8, batch_norm=True, norm_noise=0.1, hidden_bias_scale=0.1)


@pytest.mark.parametrize(
    ("model", "is_own"),
    [(LECTURE_4, True), (MLPConfig(n_hidden=8), False), (replace(LECTURE_4, n_hidden=1024, n_embd=128), True)],
)
def test_lecture_4s_network_is_used_itself(model: MLPConfig, is_own: bool, config: RunConfig) -> None:
    assert suits(untrained_model(replace(config, model=model)).model) == is_own


def test_another_net_has_a_stand_in_on_the_same_data(config: RunConfig) -> None:
    other = stand_in(config)
    assert other.data == config.data
    assert suits(untrained_model(other).model)


def test_the_examples_are_the_same_each_time(config: RunConfig) -> None:
    trained = untrained_model(config)
    first, again = (examples(config, trained.dataset) for _ in range(2))
    assert len(first[1]) == EXAMPLES
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


def test_a_huge_alphabet_gets_fewer_examples(config: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    trained = untrained_model(config)
    monkeypatch.setattr("makemore_core.exercise.bench.MOST_LOGITS", 5 * len(trained.dataset.vocabulary))
    assert MOST_LOGITS > EXAMPLES * 1000  # a thousand characters are no huge alphabet
    assert len(examples(config, trained.dataset)[1]) == 5


def test_autograd_finds_a_gradient_for_every_problem(config: RunConfig) -> None:
    other = stand_in(config)
    trained = untrained_model(other)
    found = bench(trained.model, *examples(other, trained.dataset))
    assert list(found.autograd) == [line.name for line in BACKWARD]
    assert all(found.judge(problem.solution, problem).is_right for problem in PROBLEMS)
