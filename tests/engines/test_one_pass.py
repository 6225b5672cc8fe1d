"""A step of an optimizer in one pass gives what several give, and keeps the same state."""

import pytest
import torch
from torch import Generator, Tensor

from makemore_core.engines import one_pass
from makemore_core.engines.one_pass import step_of
from makemore_core.joined import ALL, Joined
from makemore_core.optimizers import AdamConfig, AdamWConfig, OptimizerConfig, RMSPropConfig, SGDConfig

SEVERAL_PASSES: dict[str, OptimizerConfig] = {
    "adam": AdamConfig(1e-2, weight_decay=0.1),
    "adamw": AdamWConfig(1e-2, weight_decay=0.1),
    "rmsprop": RMSPropConfig(1e-2),
}


def parameters() -> dict[str, Tensor]:
    generator = Generator().manual_seed(1)
    return {name: torch.randn(shape, generator=generator) for name, shape in {"w": (5, 4), "b": (4,)}.items()}


def walk(config: OptimizerConfig, switch: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Ten steps, in one pass each until a step and operation by operation from there: parameters, and what is kept."""
    mine, generator = parameters(), Generator().manual_seed(2)
    joined = Joined(mine)
    optimizer = config.build({ALL: joined})
    step = step_of(optimizer, joined)
    for number in range(10):
        for parameter in mine.values():
            parameter.grad = torch.randn(parameter.shape, generator=generator)
        step() if number < switch else optimizer.step()
    assert optimizer.steps == 10
    return mine, optimizer.state


@pytest.mark.parametrize("switch", [5, 10])
@pytest.mark.parametrize("config", SEVERAL_PASSES.values(), ids=SEVERAL_PASSES)
def test_a_step_in_one_pass_is_the_optimizers_own(config: OptimizerConfig, switch: int) -> None:
    (ours, kept), (theirs, kept_theirs) = walk(config, switch), walk(config, 0)
    for name, parameter in theirs.items():
        torch.testing.assert_close(ours[name], parameter, atol=5e-6, rtol=0, msg=name)  # each step moves by 1e-2
    assert kept.keys() == kept_theirs.keys()
    for name, tensor in kept_theirs.items():
        torch.testing.assert_close(kept[name], tensor, atol=1e-6, rtol=1e-5, msg=name)


def test_one_pass_stays_what_it_is() -> None:
    joined = Joined(parameters())
    optimizer = SGDConfig().build({ALL: joined})
    assert step_of(optimizer, joined) == optimizer.step


def test_without_numba_the_optimizer_steps_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_pass, "loops", lambda: None)
    joined = Joined(parameters())
    optimizer = AdamConfig().build({ALL: joined})
    assert step_of(optimizer, joined) == optimizer.step
