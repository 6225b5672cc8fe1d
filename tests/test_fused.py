"""One pass gives what several give: steps of optimizers with their state, and GELU with its slope."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator, Tensor
from torch.nn.functional import gelu

from makemore_core import fused
from makemore_core.fused import FusedGELU, is_fused, step_of
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
    monkeypatch.setattr(fused, "loops", lambda: None)
    joined = Joined(parameters())
    optimizer = AdamConfig().build({ALL: joined})
    assert step_of(optimizer, joined) == optimizer.step


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), st.floats(0.1, 30))
def test_gelu_and_its_slope_are_gpt2s(shape: list[int], scale: float) -> None:
    x = (scale * torch.randn(shape, generator=Generator().manual_seed(3))).requires_grad_()
    exact = x.detach().double().requires_grad_()
    assert is_fused(x)
    assert not is_fused(exact)
    weights = torch.randn(shape, generator=Generator().manual_seed(4))
    out, wanted = FusedGELU.apply(x), gelu(exact, approximate="tanh")
    torch.testing.assert_close(out.double(), wanted, atol=2e-6, rtol=2e-6)
    (slope,), (wanted_slope,) = (
        torch.autograd.grad(out, x, weights),
        torch.autograd.grad(wanted, exact, weights.double()),
    )
    torch.testing.assert_close(slope.double(), wanted_slope, atol=2e-5, rtol=2e-5)


def test_gelu_takes_what_does_not_lie_in_a_row() -> None:
    x = torch.randn((3, 4), generator=Generator().manual_seed(5)).requires_grad_()
    out = FusedGELU.apply(x.T)
    torch.testing.assert_close(out, gelu(x.T, approximate="tanh"), atol=2e-6, rtol=2e-6)
    out.sum().backward()
    assert x.grad is not None
    assert math.isfinite(x.grad.sum().item())
