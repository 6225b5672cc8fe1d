"""The engine by hand against torch's autograd: the same gradients, the same losses, the same running statistics.

Differences are absolute. BatchNorm divides by the spread of the batch. Among few or equal examples that may be next to
nothing: digits get lost either way, layer after layer. So deep nets with BatchNorm are compared on mixed batches.
"""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy

from makemore_core.engines.by_hand import ByHand
from makemore_core.engines.engine import Engine
from makemore_core.errors import InputError
from makemore_core.gradcheck import check_engine, in_dtype
from makemore_core.layouts import MASKED, SEQUENCES
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import (
    BatchNorm1d,
    Embedding,
    Flatten,
    FlattenConsecutive,
    Layer,
    Linear,
    Tanh,
)
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import AdamConfig, OptimizerConfig, SGDConfig
from tests.engines.nets import (
    LARGEST_DIFFERENCE,
    batch,
    check,
    few_or_many,
    largest_difference,
    lecture_4s_mlps,
    mixed,
    seeds,
    with_batch_norm,
    with_lecture_5s_bug,
    without_batch_norm,
)

# one of each way to build a model out of the layers that have a rule
NETS: dict[str, ModelConfig] = {
    "lecture 3": MLPConfig(n_hidden=12, n_embd=4),
    "lecture 3, BatchNorm by hand": MLPConfig(n_hidden=12, n_embd=4, batch_norm=True),
    "lecture 4": MLPConfig(n_hidden=12, n_embd=4, batch_norm=True, norm_noise=0.1),
    "deep": DeepMLPConfig(n_hidden=12, n_embd=4, n_layers=3),
    "seed 001": DeepMLPConfig(n_hidden=12, n_embd=4, n_layers=3, activation="leaky-relu", bias=True),
    "lecture 5": WaveNetConfig(n_hidden=12, n_embd=4),
    "lecture 5's bug": WaveNetConfig(n_hidden=12, n_embd=4, norm_positions=False),
}


@pytest.mark.parametrize("dtype", LARGEST_DIFFERENCE, ids=str)
@given(config=without_batch_norm, V=st.integers(2, 30), B=st.integers(1, 40), seed=seeds)
def test_gradients_equal_autograds(config: ModelConfig, V: int, B: int, seed: int, dtype: torch.dtype) -> None:
    assert largest_difference(check(ByHand, config, V, B, seed, dtype)) <= LARGEST_DIFFERENCE[dtype]


@pytest.mark.parametrize("dtype", LARGEST_DIFFERENCE, ids=str)
@given(config=st.one_of(with_batch_norm, with_lecture_5s_bug), **mixed)
def test_gradients_through_batch_norm_equal_autograds(
    config: ModelConfig, V: int, B: int, seed: int, dtype: torch.dtype
) -> None:
    assert largest_difference(check(ByHand, config, V, B, seed, dtype)) <= LARGEST_DIFFERENCE[dtype]


@given(config=lecture_4s_mlps, **few_or_many)
def test_two_examples_are_enough_for_one_batch_norm(config: ModelConfig, V: int, B: int, seed: int) -> None:
    rows = check(ByHand, config, V, B, seed, torch.float64)
    assert all(row.close for row in rows)
    assert largest_difference(rows) <= 1e-12


def lecture_5s_net(V: int, E: int, H: int, generator: Generator) -> LanguageModel:
    """Embedding, three times FlattenConsecutive, Linear, BatchNorm1d and Tanh, and Linear, built as in the notebook."""
    layers: list[Layer] = [Embedding(V, E, generator)]
    for fan_in in (E, H, H):
        linear = Linear.scaled(2 * fan_in, H, generator, bias=False)
        layers += [FlattenConsecutive(2), linear, BatchNorm1d(H), Tanh()]
    layers.append(Linear.scaled(H, V, generator))
    return LanguageModel({str(i): layer for i, layer in enumerate(layers)}, block_size=8)


@given(E=st.integers(2, 12), H=st.integers(4, 40), **mixed)
def test_layers_in_a_row_need_no_config(E: int, H: int, V: int, B: int, seed: int) -> None:
    generator = Generator().manual_seed(seed)
    model = in_dtype(lecture_5s_net(V, E, H, generator), torch.float64)
    rows = check_engine(ByHand, model, *batch(B, 8, V, generator))
    assert {row.name for row in rows} == {*model.named_parameters(), *model.layers}
    assert largest_difference(rows) <= 1e-12


def walk(
    make_engine: type[ByHand] | None, config: ModelConfig, optimizer: OptimizerConfig, steps: int
) -> tuple[list[float], LanguageModel]:
    """The losses of a short training on drawn batches, and the model after it."""
    generator = Generator().manual_seed(1)
    model = config.build(9, generator)
    engine: Engine = make_engine(model) if make_engine else model
    moves = optimizer.build(model.named_parameters())
    losses: list[float] = []
    for _ in range(steps):
        loss = engine.loss(*batch(16, config.block_size, 9, generator))
        model.zero_grad()
        loss.backward()
        moves.step()
        losses.append(loss.item())
    return losses, model


@pytest.mark.parametrize("name", NETS)
def test_200_steps_walk_autograds_curve(name: str) -> None:
    by_hand, hand_model = walk(ByHand, NETS[name], SGDConfig(0.05), 200)
    autograd, model = walk(None, NETS[name], SGDConfig(0.05), 200)
    assert by_hand == pytest.approx(autograd, abs=1e-5)
    for key, tensor in model.state().items():  # parameters and running statistics
        torch.testing.assert_close(hand_model.state()[key], tensor, rtol=1e-4, atol=1e-5)


def test_any_optimizer_moves_the_parameters() -> None:
    by_hand, _ = walk(ByHand, NETS["lecture 3"], AdamConfig(1e-3), 50)
    assert by_hand == pytest.approx(walk(None, NETS["lecture 3"], AdamConfig(1e-3), 50)[0], abs=1e-5)


@pytest.mark.parametrize("name", NETS)
def test_the_loss_is_torchs_cross_entropy(name: str) -> None:
    generator = Generator().manual_seed(1)
    model = in_dtype(NETS[name].build(27, generator), torch.float64)
    x, y = batch(32, model.block_size, 27, generator)
    assert ByHand(model).loss(x, y).item() == pytest.approx(cross_entropy(model(x), y).item(), rel=1e-12)


@pytest.mark.parametrize("name", NETS)
def test_running_statistics_follow(name: str) -> None:
    one, other = (in_dtype(NETS[name].build(27, Generator().manual_seed(1)), torch.float64) for _ in range(2))
    generator = Generator().manual_seed(2)
    for _ in range(5):
        x, y = batch(32, one.block_size, 27, generator)
        ByHand(one).loss(x, y)
        other.loss(x, y)
    torch.testing.assert_close(one.state(), other.state(), rtol=1e-12, atol=1e-14)


def test_autograd_stays_out_of_it() -> None:
    model = NETS["deep"].build(27, Generator().manual_seed(1))
    with model.watched() as outputs:
        ByHand(model).loss(*batch(4, 3, 27, Generator().manual_seed(2))).backward()
    assert not any(out.requires_grad for out in outputs.values())
    assert all(p.is_leaf and p.grad is not None and p.grad.grad_fn is None for p in model.parameters())


def test_two_batches_add_their_gradients() -> None:
    # as in torch, until zero_grad: mean of the halves = gradient of the whole
    model = in_dtype(NETS["lecture 3"].build(27, Generator().manual_seed(1)), torch.float64)
    x, y = batch(32, 3, 27, Generator().manual_seed(2))
    for half in (slice(0, 16), slice(16, 32)):
        ByHand(model).loss(x[half], y[half]).backward()
    halves = [p.grad for p in model.parameters()]
    model.zero_grad()
    ByHand(model).loss(x, y).backward()
    for half, p in zip(halves, model.parameters(), strict=True):
        assert half is not None
        torch.testing.assert_close(half / 2, p.grad, rtol=1e-12, atol=1e-15)


def test_what_a_text_masks_pulls_at_nothing() -> None:
    generator = Generator().manual_seed(1)
    layers: dict[str, Layer] = {"embedding": Embedding(9, 4, generator), "output": Linear.scaled(4, 9, generator)}
    model = in_dtype(LanguageModel(layers, 5, SEQUENCES), torch.float64)
    x, y = (torch.randint(0, 9, (8, 5), generator=generator) for _ in range(2))
    y[:, 3:] = MASKED
    rows = check_engine(ByHand, model, x, y)
    assert ByHand(model).loss(x, y).item() == pytest.approx(model.loss(x, y).item(), rel=1e-12)
    assert largest_difference(rows) <= 1e-12


def test_evaluation_is_the_models_own() -> None:
    model = NETS["deep"].build(27, Generator().manual_seed(1))
    before = {name: tensor.clone() for name, tensor in model.state().items()}
    x, y = batch(1, 3, 27, Generator().manual_seed(2))
    with model.evaluating():
        assert ByHand(model).loss(x, y).item() == model.loss(x, y).item()
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state().items())


class Doubled(Layer):
    """A layer that nobody derived."""

    def forward(self, x: Tensor) -> Tensor:
        return 2 * x


def test_a_layer_without_a_rule_is_refused() -> None:
    layers: dict[str, Layer] = {"embedding": Embedding(27, 2, Generator().manual_seed(1)), "flatten": Flatten()}
    with pytest.raises(InputError, match=r"^Gradients by hand exist for Embedding, .*, but got Doubled; choose .*\.$"):
        ByHand(LanguageModel(layers | {"doubled": Doubled()}, block_size=3))
