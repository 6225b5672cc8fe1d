"""Mistakes are told with value and way out."""

from collections.abc import Callable

import numpy as np
import pytest

from makemore_core.minitorch import Tensor, concatenate
from makemore_core.minitorch.nn import Embedding, cross_entropy

SINGLE, DOUBLE = Tensor(np.ones((2, 3), dtype=np.float32)), Tensor(np.ones((2, 3)))
MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "backward from many": (lambda: (DOUBLE * 2).backward(), r"one number, but got shape \(2, 3\); take \.sum\(\)"),
    "backward of a constant": (lambda: DOUBLE.detach().backward(), r"no graph; compute the loss from a Tensor"),
    "shapes": (lambda: DOUBLE + np.ones(2), r"`add` cannot take \(2, 3\) and \(2,\) .*; reshape"),
    "product": (lambda: DOUBLE @ np.ones((2, 3)), r"`matmul` cannot take \(2, 3\) and \(2, 3\) .*; reshape"),
    "vectors": (lambda: DOUBLE @ np.ones(3), r"`@` multiplies matrices, but got \(2, 3\) and \(3,\); give vectors"),
    "precision": (lambda: SINGLE + DOUBLE, r"one dtype, but got float32 and float64; convert"),
    "no tensor": (lambda: concatenate([]), r"but got no Tensor"),
    "integers": (lambda: Tensor(np.arange(3)), r"holds floats, but got int64; pass array\.astype"),
    "axis": (lambda: DOUBLE.sum(2), r"\(2, 3\) has no axis 2; count from 0 to 1"),
    "variance of one": (lambda: Tensor(np.ones((1, 3))).var(0), r"`1 < n` must hold for var\(\), but got n=1"),
    "token": (lambda: Embedding(np.ones((27, 2)))(np.array([[3, 27]])), r"`0 <= token < 27` must hold, but got 27"),
    "negative token": (lambda: Embedding(np.ones((27, 2)))(np.array([-1])), r"but got -1; use the vocabulary"),
    "target": (lambda: cross_entropy(DOUBLE, np.array([0, 3])), r"`0 <= target < 3` must hold, but got 3"),
    "target shape": (lambda: cross_entropy(DOUBLE, np.array([0])), r"want targets \(2,\), but got \(1,\); reshape"),
    "no targets": (lambda: cross_entropy(DOUBLE, np.array([-1, -1])), r"one target at least, but all 2 are -1"),
}


@pytest.mark.parametrize(("mistake", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_sentence(mistake: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        mistake()
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
