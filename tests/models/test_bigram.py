"""The neural bigram arrives where counting arrives: lecture 1's run, and the mathematics behind it."""

import math
from contextlib import nullcontext

import pytest
import torch
from torch import Generator, Tensor

from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.layouts import SEQUENCES, WINDOWS
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.language_model import LanguageModel
from makemore_core.optimizers import SGDConfig

V = 4
LECTURE_1 = 2147483647


def descend(model: LanguageModel, x: Tensor, y: Tensor, learning_rate: float, steps: int) -> list[float]:
    """The loss before each of the steps, and after the last one."""
    optimizer = SGDConfig(learning_rate).build(model.named_parameters())
    losses: list[float] = []
    for _ in range(steps):
        loss = model.loss(x, y)
        model.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return [*losses, model.loss(x, y).item()]


@pytest.mark.parametrize(("l2", "first", "last"), [(0.0, 3.758953, 2.472876), (0.01, 3.768619, 2.490130)])
def test_lecture_1s_run(names: Dataset, l2: float, first: float, last: float) -> None:
    model = BigramConfig(l2=l2).build(27, Generator().manual_seed(LECTURE_1))
    x, y = WINDOWS.examples(names.vocabulary.encode_lines(names.words), model.block_size, is_text=False)
    assert len(y) == 228_146
    losses = descend(model, x, y, learning_rate=50, steps=99)
    assert losses[0] == pytest.approx(first, abs=1e-5)
    assert losses[99] == pytest.approx(last, abs=1e-5)  # the notebook prints each loss before its update


PAIRS = torch.tensor([[0, 1], [0, 1], [0, 2], [1, 0], [2, 0], [2, 2], [2, 0], [3, 3]])


def test_it_learns_the_counts() -> None:
    model = BigramConfig().build(V, Generator().manual_seed(1))
    x, y = PAIRS[:, :1], PAIRS[:, 1]
    counts = torch.zeros(V, V).index_put((x[:, 0], y), torch.tensor(1.0), accumulate=True)
    of_counts = -(counts / counts.sum(1, keepdim=True))[x[:, 0], y].log().mean().item()
    assert descend(model, x, y, learning_rate=10, steps=500)[-1] == pytest.approx(of_counts, abs=0.005)


def test_the_stronger_l2_is_the_smaller_are_the_logits() -> None:
    squares: list[float] = []
    for l2 in (0.01, 0.1, 1.0, 10.0):
        model = BigramConfig(l2=l2).build(V, Generator().manual_seed(1))
        descend(model, PAIRS[:, :1], PAIRS[:, 1], learning_rate=0.5, steps=200)
        squares.append(model.parameters()[0].square().mean().item())
    assert squares == sorted(squares, reverse=True)
    assert squares[-1] < math.log(V) / 10  # else a table of zeros, which loses ln V, would be better


def test_l2_adds_the_mean_square_to_the_loss_alone() -> None:
    plain, pulled = (BigramConfig(l2=l2).build(V, Generator().manual_seed(1)) for l2 in (0.0, 0.5))
    x, y = PAIRS[:, :1], PAIRS[:, 1]
    mean_square = plain.parameters()[0].square().mean().item()
    assert pulled.loss(x, y).item() == pytest.approx(plain.loss(x, y).item() + 0.5 * mean_square)
    tokens = PAIRS.flatten().numpy()
    assert pulled.nats(tokens).tolist() == plain.nats(tokens).tolist()


@pytest.mark.parametrize("l2", [0.0, 0.1])
def test_counted_pairs_have_the_loss_and_the_gradient_of_their_examples(l2: float) -> None:
    x, y = PAIRS[:, :1].repeat(3, 1), PAIRS[:, 1].repeat(3)  # 24 examples, 16 cells
    losses, gradients = [], []
    for watch in (False, True):  # who watches sees every example
        model = BigramConfig(l2=l2).build(V, Generator().manual_seed(1))
        with model.watched() if watch else nullcontext({}) as seen:
            loss = model.loss(x, y)
        loss.backward()
        assert ("table" in seen) == watch
        losses.append(loss.item())
        gradients.append(model.parameters()[0].grad)
    assert losses[0] == pytest.approx(losses[1], rel=1e-6)
    assert torch.allclose(*gradients, atol=1e-7)


def test_makemores_table_starts_uniform() -> None:
    model = BigramConfig(init="zeros").build(V, Generator().manual_seed(1))
    assert model.loss(PAIRS[:, :1], PAIRS[:, 1]).item() == pytest.approx(math.log(V))


def test_both_layouts_are_the_same_bigram() -> None:
    windows = BigramConfig().build(V, Generator().manual_seed(1))
    sequences = BigramConfig(layout="sequences", block_size=8).build(V, Generator().manual_seed(1))
    assert (windows.layout, sequences.layout) == (WINDOWS, SEQUENCES)
    row = PAIRS.flatten()
    assert torch.equal(sequences(row[None])[0], windows(row[:, None]))


def test_a_window_of_more_than_one_character_is_refused() -> None:
    with pytest.raises(InputError, match=r"^`block_size == 1` must hold in windows, .* got block_size=16; .* is 1, or"):
        BigramConfig(block_size=16).build(V, Generator())
