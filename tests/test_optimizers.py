"""Our optimizers against torch's own, on torch tensors and on numpy arrays."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from makemore_core.optimizers import (
    OPTIMIZERS,
    Adam,
    AdamConfig,
    AdamWConfig,
    MomentumConfig,
    Optimizer,
    OptimizerConfig,
    RMSPropConfig,
    SGDConfig,
)

STEPS = 10
Reference = Callable[[Iterable[Tensor]], torch.optim.Optimizer]
TORCHS: dict[str, tuple[OptimizerConfig, Reference]] = {
    "sgd": (SGDConfig(0.05), lambda p: torch.optim.SGD(p, 0.05)),
    "sgd-decay": (SGDConfig(0.05, weight_decay=0.1), lambda p: torch.optim.SGD(p, 0.05, weight_decay=0.1)),
    "momentum": (MomentumConfig(), lambda p: torch.optim.SGD(p, 0.01, momentum=0.9)),
    "momentum-none": (MomentumConfig(0.05, 0), lambda p: torch.optim.SGD(p, 0.05)),
    "momentum-decay": (
        MomentumConfig(0.02, 0.8, weight_decay=0.1),
        lambda p: torch.optim.SGD(p, 0.02, momentum=0.8, weight_decay=0.1),
    ),
    "nesterov": (MomentumConfig(0.02, 0.8, True), lambda p: torch.optim.SGD(p, 0.02, momentum=0.8, nesterov=True)),
    "nesterov-decay": (
        MomentumConfig(0.02, 0.8, True, weight_decay=0.1),
        lambda p: torch.optim.SGD(p, 0.02, momentum=0.8, nesterov=True, weight_decay=0.1),
    ),
    "rmsprop": (RMSPropConfig(), torch.optim.RMSprop),
    "rmsprop-own": (
        RMSPropConfig(0.02, 0.9, 1e-3, weight_decay=0.1),
        lambda p: torch.optim.RMSprop(p, 0.02, alpha=0.9, eps=1e-3, weight_decay=0.1),
    ),
    "adam": (AdamConfig(), torch.optim.Adam),
    "adam-own": (
        AdamConfig(0.01, 0.5, 0.9, 1e-3, weight_decay=0.1),
        lambda p: torch.optim.Adam(p, 0.01, betas=(0.5, 0.9), eps=1e-3, weight_decay=0.1),
    ),
    "adamw": (AdamWConfig(), torch.optim.AdamW),
    "adamw-own": (  # makemore.py's betas
        AdamWConfig(5e-2, 0.9, 0.99, 1e-8, weight_decay=0.2),
        lambda p: torch.optim.AdamW(p, 5e-2, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.2),
    ),
}
TOLERANCE = {torch.float64: 1e-12, torch.float32: 1e-6}


class Tensors:
    """Parameters and gradients as torch holds them."""

    @staticmethod
    def parameter(start: Tensor) -> Any:
        return start.clone().requires_grad_()

    @staticmethod
    def gradient(tensor: Tensor) -> Any:
        return tensor.clone()


class Arrays:
    """Parameters and gradients as numpy holds them."""

    @staticmethod
    def parameter(start: Tensor) -> Any:
        return SimpleNamespace(data=start.numpy().copy(), grad=None)

    @staticmethod
    def gradient(tensor: Tensor) -> Any:
        return tensor.numpy().copy()


each_pair = pytest.mark.parametrize("pair", TORCHS.values(), ids=TORCHS)
each_optimizer = pytest.mark.parametrize("config", OPTIMIZERS.values(), ids=OPTIMIZERS)
each_kind = pytest.mark.parametrize("kind", [Tensors, Arrays])


def drawn(dtype: torch.dtype = torch.float64) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return {
        "weight": torch.randn(4, 3, generator=generator).to(dtype),
        "bias": torch.randn(3, generator=generator).to(dtype),
    }


def gradients(parameters: dict[str, Any]) -> dict[str, Tensor]:
    """Of a small net's squared outputs, by torch, whichever kind the parameters are."""
    leaves = {name: torch.as_tensor(p.data).detach().clone().requires_grad_() for name, p in parameters.items()}
    x = torch.linspace(-1, 1, 20, dtype=leaves["bias"].dtype).reshape(5, 4)
    loss = torch.tanh(x @ leaves["weight"] + leaves["bias"]).square().sum()
    return dict(zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True))


def parameters_of(kind: type[Any], dtype: torch.dtype = torch.float64) -> dict[str, Any]:
    return {name: kind.parameter(start) for name, start in drawn(dtype).items()}


def walk(optimizer: Optimizer, kind: type[Any], steps: int) -> None:
    for _ in range(steps):
        for name, gradient in gradients(optimizer.parameters).items():
            optimizer.parameters[name].grad = kind.gradient(gradient)
        optimizer.step()


def numbers(optimizer: Optimizer) -> dict[str, Any]:
    return {name: array_of(parameter.data) for name, parameter in optimizer.parameters.items()}


def array_of(tensor: Any) -> Any:
    return torch.as_tensor(tensor).detach().numpy().copy()


def test_every_optimizer_has_its_torch_twin() -> None:
    assert {config.name for config, _ in TORCHS.values()} == set(OPTIMIZERS)


@each_pair
@each_kind
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_an_optimizer_walks_torchs_way(
    pair: tuple[OptimizerConfig, Reference], kind: type[Any], dtype: torch.dtype
) -> None:
    ours, theirs = pair[0].build(parameters_of(kind, dtype)), parameters_of(Tensors, dtype)
    reference = pair[1](theirs.values())
    walk(ours, kind, STEPS)
    for _ in range(STEPS):
        for name, gradient in gradients(theirs).items():
            theirs[name].grad = gradient
        reference.step()
    for name, array in numbers(ours).items():
        assert array.dtype == theirs[name].detach().numpy().dtype
        np.testing.assert_allclose(array, theirs[name].detach().numpy(), rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@each_pair
@each_kind
def test_a_kept_state_walks_on_bit_for_bit(pair: tuple[OptimizerConfig, Reference], kind: type[Any]) -> None:
    one = pair[0].build(parameters_of(kind))
    walk(one, kind, STEPS)
    other = pair[0].build({name: kind.parameter(torch.from_numpy(array)) for name, array in numbers(one).items()})
    other.state, other.steps = deepcopy(one.state), one.steps
    walk(one, kind, STEPS)
    walk(other, kind, STEPS)
    for name, array in numbers(one).items():
        assert np.array_equal(array, numbers(other)[name])


@each_pair
@each_kind
def test_a_state_is_kept_in_tensors_of_the_parameters_shape(
    pair: tuple[OptimizerConfig, Reference], kind: type[Any]
) -> None:
    optimizer = pair[0].build(parameters_of(kind))
    walk(optimizer, kind, 1)
    for name, kept in optimizer.state.items():
        parameter = optimizer.parameters[name.rpartition(".")[0]]
        assert type(kept) is type(parameter.data)
        assert kept.shape == parameter.data.shape


@each_pair
@each_kind
def test_a_state_does_not_follow_a_gradient_that_is_used_again(
    pair: tuple[OptimizerConfig, Reference], kind: type[Any]
) -> None:
    optimizer = pair[0].build(parameters_of(kind))
    walk(optimizer, kind, 1)
    before = deepcopy(optimizer.state)
    for parameter in optimizer.parameters.values():
        parameter.grad *= 0  # as zero_grad(set_to_none=False) does
    for name, kept in optimizer.state.items():
        assert np.array_equal(array_of(kept), array_of(before[name]))


@each_pair
@each_kind
def test_a_parameter_without_a_gradient_stays(pair: tuple[OptimizerConfig, Reference], kind: type[Any]) -> None:
    optimizer = pair[0].build(parameters_of(kind))
    before = numbers(optimizer)
    optimizer.parameters["weight"].grad = kind.gradient(drawn()["weight"])
    optimizer.step()
    assert np.array_equal(numbers(optimizer)["bias"], before["bias"])
    assert not np.array_equal(numbers(optimizer)["weight"], before["weight"])
    assert all(name.startswith("weight.") for name in optimizer.state)


@each_optimizer
def test_a_step_goes_against_the_gradient(config: type[OptimizerConfig]) -> None:
    parameter = torch.zeros(3, requires_grad=True)
    parameter.grad = torch.tensor([1.0, -2.0, 0.0])
    config().build({"p": parameter}).step()
    assert parameter.sign().tolist() == [-1, 1, 0]


@each_optimizer
def test_weight_decay_alone_pulls_towards_zero(config: type[OptimizerConfig]) -> None:
    parameter = torch.tensor([1.0, -1.0], requires_grad=True)
    parameter.grad = torch.zeros(2)
    config(weight_decay=0.1).build({"p": parameter}).step()
    assert parameter.sign().tolist() == [1, -1]
    assert (parameter.abs() < 1).all()


def test_only_adamws_decay_is_independent_of_the_gradients_size() -> None:
    # Adam divides what is added to the gradient by the gradient's size (Loshchilov & Hutter 2019, section 2)
    def shrinkage(config: OptimizerConfig, size: float) -> float:
        pair = [torch.tensor([w], dtype=torch.float64, requires_grad=True) for w in (0.0, 1.0)]
        optimizer = config.build({str(i): p for i, p in enumerate(pair)})
        for sign in (1, -1) * 5:
            for p in pair:
                p.grad = torch.tensor([sign * size], dtype=torch.float64)
            optimizer.step()
        return (1 + pair[0] - pair[1]).item()

    small, large = (shrinkage(AdamWConfig(weight_decay=0.1), size) for size in (1.0, 100.0))
    assert small == pytest.approx(1 - (1 - 1e-3 * 0.1) ** 10) == pytest.approx(large)
    small, large = (shrinkage(AdamConfig(weight_decay=0.1), size) for size in (1.0, 100.0))
    assert large < small / 10


def test_sgd_is_the_lectures_line() -> None:
    # p.data += -lr * p.grad, bit for bit: the published losses depend on it
    parameter, expected = (torch.randn(100, generator=torch.Generator().manual_seed(1)) for _ in range(2))
    gradient = torch.randn(100, generator=torch.Generator().manual_seed(2))
    SGDConfig(0.1).build({"p": SimpleNamespace(data=parameter, grad=gradient)}).step()
    expected += -0.1 * gradient
    assert torch.equal(parameter, expected)


def test_adams_first_step_is_the_learning_rate() -> None:
    # without bias, m / sqrt(v) is the gradient's sign after one step (Kingma & Ba 2015, section 2.1)
    optimizer = Adam({}, 0.25, beta1=0.9, beta2=0.999, epsilon=0, weight_decay=0)
    optimizer.steps = 1
    np.testing.assert_allclose(optimizer.change("p", np.array([3.0, -1e-3])), [-0.25, 0.25])


def test_a_steady_gradient_reaches_its_terminal_velocity() -> None:
    # the sum of a geometric series: learning_rate * gradient / (1 - momentum)
    optimizer = MomentumConfig(0.01, 0.5).build({})
    changes = [optimizer.change("p", np.array([3.0])) for _ in range(60)]
    np.testing.assert_allclose(changes[-1], [-0.06])


def test_positions_of_the_published_configs_stay() -> None:
    assert AdamConfig(1e-3, 0.9, 0.999, 1e-8) == AdamConfig()
    assert (SGDConfig(0.1).weight_decay, AdamConfig(1e-3).weight_decay, AdamWConfig().weight_decay) == (0, 0, 0.01)
