"""Lecture 4's 26 gradients against torch's autograd, and what a page can tell about each of them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy, one_hot

from makemore_core.backprop.lecture_4 import BACKWARD, FORWARD, PARAMETERS, SHAPES, Line, backward, forward
from makemore_core.gradcheck import check_long_form

# the order of the lecture's cell, makemore part 4, exercise 1
LECTURE = (
    "logprobs probs counts_sum_inv counts_sum counts norm_logits logit_maxes logits h W2 b2 "
    "hpreact bngain bnbias bnraw bnvar_inv bnvar bndiff2 bndiff bnmeani hprebn embcat W1 b1 emb C"
)

Parameters = dict[str, Tensor]


def drawn(V: int, E: int, T: int, H: int, B: int, seed: int, dtype: torch.dtype) -> tuple[Parameters, Tensor, Tensor]:
    """Parameters as the lecture draws them, and a batch."""
    generator = Generator().manual_seed(seed)

    def randn(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=dtype)

    parameters = {
        "C": randn(V, E),
        "W1": randn(T * E, H) * (5 / 3) / (T * E) ** 0.5,
        "b1": randn(H) * 0.1,
        "W2": randn(H, V) * 0.1,
        "b2": randn(V) * 0.1,
        "bngain": randn(H) * 0.1 + 1,
        "bnbias": randn(H) * 0.1,
    }
    x, y = torch.randint(0, V, (B, T), generator=generator), torch.randint(0, V, (B,), generator=generator)
    return parameters, x, y


widths = {"E": st.integers(2, 12), "H": st.integers(2, 64), "seed": st.integers(0, 2**32)}


@given(V=st.integers(2, 30), T=st.integers(1, 8), B=st.integers(2, 40), **widths)
def test_26_gradients_equal_autograds(V: int, E: int, T: int, H: int, B: int, seed: int) -> None:
    parameters, x, y = drawn(V, E, T, H, B, seed, torch.float64)
    rows = check_long_form(**parameters, x=x, y=y)
    assert " ".join(row.name for row in rows) == LECTURE
    assert all(row.close for row in rows)
    assert max(row.max_diff for row in rows) <= 1e-12


# mixed batches: among few or equal examples a neuron's spread is next to nothing, and dbnvar divides by its third power
@given(V=st.integers(12, 30), T=st.integers(2, 8), B=st.integers(8, 40), **widths)
def test_26_gradients_equal_autograds_in_float32(V: int, E: int, T: int, H: int, B: int, seed: int) -> None:
    parameters, x, y = drawn(V, E, T, H, B, seed, torch.float32)
    assert max(row.max_diff for row in check_long_form(**parameters, x=x, y=y)) <= 1e-6


@pytest.mark.parametrize("H", [64, 200])  # seed 002, lecture 4
@pytest.mark.parametrize("seed", range(5))
def test_the_lectures_own_net_is_close_in_all_rows(H: int, seed: int) -> None:
    parameters, x, y = drawn(27, 10, 3, H, 32, seed, torch.float32)
    rows = check_long_form(**parameters, x=x, y=y)
    assert all(row.close for row in rows)
    assert all(row.exact for row in rows[:11])  # as the notebook prints: "exact: True" down to b2, where tanh begins


def test_the_loss_is_torchs_cross_entropy() -> None:
    parameters, x, y = drawn(27, 10, 3, 64, 32, 1, torch.float64)
    values = forward(parameters, x, y)
    assert values["loss"].item() == pytest.approx(cross_entropy(values["logits"], y).item(), rel=1e-12)


def test_the_short_form_is_what_the_long_one_comes_to() -> None:
    # exercise 2: dlogits = (softmax - onehot) / n
    parameters, x, y = drawn(27, 10, 3, 64, 32, 1, torch.float64)
    values = forward(parameters, x, y)
    short = (torch.softmax(values["logits"], 1) - one_hot(y, 27)) / len(y)
    torch.testing.assert_close(backward(values)["logits"], short, rtol=0, atol=1e-15)


def test_a_bias_before_batch_norm_learns_nothing() -> None:
    parameters, x, y = drawn(27, 10, 3, 64, 32, 1, torch.float64)
    assert backward(forward(parameters, x, y))["b1"].abs().max() < 1e-15


def test_every_value_but_the_loss_has_its_gradient() -> None:
    assert len(BACKWARD) == 26
    assert {line.at for line in BACKWARD} == {*PARAMETERS, *(line.name for line in FORWARD)} - {"loss"}


@pytest.mark.parametrize("line", FORWARD + BACKWARD, ids=lambda line: line.name)
def test_a_line_can_be_told(line: Line) -> None:
    """Its words, its formula, the code that is run, and a shape that is true."""
    V, E, T, H, B = 27, 10, 3, 64, 32
    parameters, x, y = drawn(V, E, T, H, B, 1, torch.float64)
    values = forward(parameters, x, y)
    known = values | {f"d{name}": gradient for name, gradient in backward(values).items()}
    sizes = {"V": V, "E": E, "T": T, "H": H, "B": B}
    assert line.words.endswith(".")
    assert line.formula
    assert torch.equal(eval(line.code, {"torch": torch, "one_hot": one_hot}, known), line.of(known))
    shape = eval(line.shape.replace(")", ",)") if line.shape != "()" else "()", sizes)
    assert tuple(known[line.name].shape) == shape


def test_a_line_needs_only_what_stands_before_it() -> None:
    known = {*PARAMETERS, "x", "y"}
    for line in FORWARD + BACKWARD:
        assert known.issuperset(line.needs)
        known.add(line.name)
    assert set(SHAPES) == {*PARAMETERS, *(line.name for line in FORWARD)}
