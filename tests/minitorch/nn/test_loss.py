"""The loss against its derivation in lecture 4."""

import numpy as np
import torch

from makemore_core.minitorch import Tensor, gradcheck
from makemore_core.minitorch.nn import (
    cross_entropy,
)
from tests.minitorch.against_torch import drawn

B, T, E, H, V = 6, 4, 8, 5, 7


def test_cross_entropys_gradient_is_softmax_minus_onehot() -> None:
    logits, targets = Tensor(drawn(B, V)), np.array([0, 1, -1, 2, 6, -1])
    cross_entropy(logits, targets).backward()
    by_hand = torch.softmax(torch.from_numpy(logits.data), 1).numpy()
    by_hand[np.arange(B), targets] -= 1
    by_hand[targets == -1] = 0
    assert logits.grad is not None
    np.testing.assert_allclose(logits.grad, by_hand / 4, atol=1e-15)
    assert gradcheck(lambda logits: cross_entropy(logits, targets), drawn(B, V)) < 1e-9


def test_rows_that_lie_far_apart_are_as_surprising_as_each_alone() -> None:
    row = drawn(1, V)
    alone, apart = (
        cross_entropy(Tensor(rows), np.full(len(rows), 3)) for rows in (row, np.concatenate([row, row + 1e4]))
    )
    np.testing.assert_allclose(apart.data, alone.data, atol=1e-9)
