"""All parameters as one vector: the same steps, and the same state under the same names."""

import pytest
import torch
from torch import Generator, Tensor

from makemore_core.joined import ALL, Joined
from makemore_core.optimizers import OPTIMIZERS, OptimizerConfig

SHAPES = {"hidden.weight": (4, 3), "hidden.bias": (3,), "scale": ()}
each_optimizer = pytest.mark.parametrize("config", OPTIMIZERS.values(), ids=OPTIMIZERS)


def drawn(seed: int) -> dict[str, Tensor]:
    generator = Generator().manual_seed(seed)
    return {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}


def parameters() -> dict[str, Tensor]:
    return {name: tensor.requires_grad_() for name, tensor in drawn(1).items()}


def walk(step: OptimizerConfig, together: bool) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Parameters and what the optimizer keeps, after three steps."""
    mine = parameters()
    joined = Joined(mine)
    optimizer = step.build({ALL: joined} if together else mine)
    for seed in (2, 3, 4):
        for name, gradient in drawn(seed).items():
            mine[name].grad = gradient
        optimizer.step()
    return mine, joined.part_state(optimizer.state) if together else optimizer.state


@each_optimizer
def test_one_step_of_all_is_a_step_of_each(config: type[OptimizerConfig]) -> None:
    (together, kept), (apart, kept_apart) = (walk(config(weight_decay=0.1), t) for t in (True, False))
    assert kept.keys() == kept_apart.keys()
    assert all(torch.equal(together[name], apart[name]) for name in SHAPES)
    assert all(torch.equal(kept[name], kept_apart[name]) for name in kept)


def test_parameters_are_views_of_the_vector() -> None:
    mine = parameters()
    joined = Joined(mine)
    assert torch.equal(joined.data, torch.cat([tensor.flatten() for tensor in drawn(1).values()]))
    joined.data.zero_()
    assert not any(parameter.any() for parameter in mine.values())


def test_a_state_comes_back_from_its_parts() -> None:
    joined = Joined(parameters())
    state = {f"{ALL}.m": torch.arange(16.0), f"{ALL}.v": -torch.arange(16.0)}
    back = joined.join_state(joined.part_state(state))
    assert back.keys() == state.keys()
    assert all(torch.equal(back[name], state[name]) for name in state)


def test_a_parameter_that_is_not_part_of_the_loss_has_gradient_0() -> None:
    mine = parameters()
    mine["hidden.bias"].grad = torch.ones(3)
    gradient = Joined(mine).grad
    assert gradient is not None
    assert gradient.tolist() == [0.0] * 12 + [1.0] * 3 + [0.0]


def test_before_the_first_loss_there_is_no_gradient() -> None:
    assert Joined(parameters()).grad is None


def test_no_parameters_are_an_empty_vector() -> None:
    joined = Joined({})
    assert joined.data.tolist() == []
    assert joined.grad is None
    assert joined.part_state({}) == joined.join_state({}) == {}
