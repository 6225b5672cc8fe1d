"""Our optimizers against torch's own, on torch tensors and on numpy arrays."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from makemore_core.optimizers import OPTIMIZERS, Adam, AdamConfig, OptimizerConfig, SGDConfig

STEPS = 50
PAIRS: dict[str, tuple[OptimizerConfig, Callable[[Iterable[Tensor]], torch.optim.Optimizer]]] = {
    "sgd": (SGDConfig(0.05), lambda p: torch.optim.SGD(p, 0.05)),
    "adam": (AdamConfig(0.02), lambda p: torch.optim.Adam(p, 0.02)),
    "adam-own": (AdamConfig(0.01, 0.5, 0.9, 1e-3), lambda p: torch.optim.Adam(p, 0.01, betas=(0.5, 0.9), eps=1e-3)),
}


def drawn(seed: int) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {"weight": torch.randn(4, 3, generator=generator), "bias": torch.randn(3, generator=generator)}


def leaves() -> dict[str, Tensor]:
    return {name: tensor.double().requires_grad_() for name, tensor in drawn(1).items()}


def loss(parameters: dict[str, Tensor]) -> Tensor:
    x = torch.linspace(-1, 1, 20, dtype=torch.float64).reshape(5, 4)
    return torch.tanh(x @ parameters["weight"] + parameters["bias"]).square().sum()


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_an_optimizer_walks_torchs_way(pair: tuple[OptimizerConfig, Callable[..., Any]]) -> None:
    ours, theirs = leaves(), leaves()
    optimizer, reference = pair[0].build(ours), pair[1](theirs.values())
    for _ in range(STEPS):
        for parameters, mover in ((ours, optimizer), (theirs, reference)):
            for parameter in parameters.values():
                parameter.grad = None
            loss(parameters).backward()
            mover.step()
    for name, parameter in ours.items():
        torch.testing.assert_close(parameter, theirs[name], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("config", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_the_same_optimizer_moves_numpy_arrays(config: type[OptimizerConfig]) -> None:
    tensors = leaves()
    arrays = {name: SimpleNamespace(data=t.detach().numpy().copy(), grad=None) for name, t in tensors.items()}
    on_torch, on_numpy = config().build(tensors), config().build(arrays)
    for step in range(STEPS):
        for name, gradient in drawn(step).items():
            tensors[name].grad = gradient.double()
            arrays[name].grad = gradient.double().numpy()
        on_torch.step()
        on_numpy.step()
    for name, tensor in tensors.items():
        np.testing.assert_allclose(arrays[name].data, tensor.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize("config", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_step_goes_against_the_gradient(config: type[OptimizerConfig]) -> None:
    parameter = torch.zeros(3, requires_grad=True)
    parameter.grad = torch.tensor([1.0, -2.0, 0.0])
    config().build({"p": parameter}).step()
    assert parameter.sign().tolist() == [-1, 1, 0]


def test_adams_first_step_is_the_learning_rate() -> None:
    # without bias, m / sqrt(v) is the gradient's sign after one step (Kingma & Ba 2015, section 2.1)
    optimizer = Adam({}, 0.25, beta1=0.9, beta2=0.999, epsilon=0)
    optimizer.steps = 1
    np.testing.assert_allclose(optimizer.change("p", np.array([3.0, -1e-3])), [-0.25, 0.25])
