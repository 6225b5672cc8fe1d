"""The comparison table itself: it sees what is wrong, and leaves what it checks alone."""

import pytest
import torch
from torch import Generator, Tensor

from makemore_core.backprop.lecture_4 import BACKWARD
from makemore_core.engines.by_hand import ByHand, LossByHand
from makemore_core.gradcheck import check_engine, compare, gradcheck, in_dtype
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import LanguageModel, Loss
from makemore_core.models.mlp import MLPConfig

LECTURE_4 = MLPConfig(n_hidden=16, batch_norm=True, norm_noise=0.1)
DEEP = DeepMLPConfig(n_hidden=16, n_layers=2)


def batch() -> tuple[Tensor, Tensor]:
    generator = Generator().manual_seed(2)
    return torch.randint(0, 27, (32, 3), generator=generator), torch.randint(0, 27, (32,), generator=generator)


def model(config: MLPConfig | DeepMLPConfig) -> LanguageModel:
    return config.build(27, Generator().manual_seed(1))


def test_a_row_is_what_lecture_4_prints() -> None:
    one = torch.tensor([1.0, 2.0])
    near, far = one + torch.tensor([0.0, 1e-6]), one + torch.tensor([0.0, 0.5])
    rows = compare({"same": one, "near": near, "far": far}, {"same": one, "near": one, "far": one})
    assert [(row.name, row.exact, row.close) for row in rows] == [
        ("same", True, True),
        ("near", False, True),
        ("far", False, False),
    ]
    assert [row.max_diff for row in rows] == pytest.approx([0, 1e-6, 0.5], rel=0.1)


def test_what_is_no_number_is_not_close() -> None:
    (row,) = compare({"p": torch.tensor([torch.nan])}, {"p": torch.tensor([1.0])})
    assert not row.exact
    assert not row.close


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_lecture_4s_net_has_26_rows(dtype: torch.dtype) -> None:
    rows = gradcheck(ByHand, model(LECTURE_4), *batch(), dtype)
    assert [row.name for row in rows] == [line.at for line in BACKWARD]
    assert all(row.close for row in rows)


@pytest.mark.parametrize("config", [MLPConfig(n_hidden=16), MLPConfig(n_hidden=16, batch_norm=True), DEEP])
def test_other_nets_have_a_row_for_each_parameter_and_layer(config: MLPConfig | DeepMLPConfig) -> None:
    net = model(config)
    rows = gradcheck(ByHand, net, *batch(), torch.float64)
    assert [row.name for row in rows] == [*net.named_parameters(), *reversed(net.layers)]
    assert all(row.close for row in rows)


class Confused(ByHand):
    """An engine that confuses one target in 32."""

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        confused = y.clone()
        confused[0] = (y[0] + 1) % 27
        return super().loss(x, confused)


def test_a_wrong_engine_is_found_out() -> None:
    rows = check_engine(Confused, in_dtype(model(DEEP), torch.float64), *batch())
    assert not any(row.close for row in rows if row.name == "embedding.weight" or row.name.startswith("linear_output"))


class Idle(ByHand):
    """An engine whose backward() does nothing."""

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        return LossByHand([], self.model(x).detach(), y)


def test_a_gradient_that_an_engine_forgets_counts_as_0() -> None:
    assert not any(row.close for row in check_engine(Idle, model(DEEP), *batch()))


def test_the_checked_model_does_not_notice() -> None:
    net = model(DEEP)
    before = {name: tensor.detach().clone() for name, tensor in net.state().items()}
    gradcheck(ByHand, net, *batch())
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.state().items())
    assert all(p.grad is None for p in net.parameters())


def test_a_copy_in_float64_has_the_same_numbers() -> None:
    net = model(DEEP)
    copy = in_dtype(net, torch.float64)
    assert all(tensor.dtype == torch.float64 for tensor in copy.state().values())
    assert all(p.is_leaf and p.requires_grad for p in copy.parameters())
    assert all(torch.equal(copy.state()[name].float(), tensor) for name, tensor in net.state().items())
