"""Is the end of a list like its beginning? A chi-squared test of what a forgotten shuffle does to val and test."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

LEAST_EXPECTED = 5.0  # in a cell of a chi-squared test; rarer values are counted together (Cochran 1954)
SURE = 1e-3  # the chance that a shuffled list passes for an ordered one
SMALLEST_EFFECT = 0.03  # Cramér's V; below, a long list's order is of no account
FEATURES: dict[str, Callable[[str], str]] = {
    "the first letter is": lambda word: word[0],
    "the last letter is": lambda word: word[-1],
    "the number of letters is": lambda word: str(len(word)),
}


@dataclass(frozen=True)
class OrderTest:
    """A chi-squared test of whether the end of a list is like its beginning, in one feature of its words."""

    feature: str
    chi_squared: float
    freedom: int  # what a shuffled list gives on average
    effect: float  # Cramér's V, between 0 and 1
    chance: float  # of so large a value in a shuffled list
    value: str  # that whose share differs most
    shares: tuple[float, float]  # its share in the first part, and in the rest

    @property
    def tells(self) -> bool:
        """Whether the order matters: surely, and by enough."""
        return self.chance < SURE / len(FEATURES) and self.effect > SMALLEST_EFFECT


def order_test(words: Sequence[str], train_share: float = 0.8) -> OrderTest | None:
    """Pearson's chi-squared test of homogeneity between the first part of a list and the rest: the surest feature.

    None where there is too little to test.
    """
    first = round(train_share * len(words))
    tests = [test for name, of in FEATURES.items() if (test := _order_test(name, [*map(of, words)], first))]
    return min(tests, key=lambda test: (test.chance, -test.effect), default=None)


def _order_test(feature: str, values: list[str], first: int) -> OrderTest | None:
    n = len(values)
    smaller = min(first, n - first) / max(1, n)
    usual = [value for value, count in Counter(values).items() if count * smaller >= LEAST_EXPECTED]
    place = {value: i for i, value in enumerate(usual)}
    counts = np.zeros((2, len(usual) + 1))
    for part, some in enumerate((values[:first], values[first:])):
        counts[part] = np.bincount([place.get(value, len(usual)) for value in some], minlength=len(usual) + 1)
    counts = counts[:, counts.sum(0) > 0]
    freedom = counts.shape[1] - 1
    if freedom < 1 or not usual or not 0 < first < n:
        return None
    expected = counts.sum(1, keepdims=True) * counts.sum(0) / n
    chi_squared = float(((counts - expected) ** 2 / expected).sum())
    chance = float(torch.special.gammaincc(torch.tensor(freedom / 2).double(), torch.tensor(chi_squared / 2).double()))
    shares = counts / counts.sum(1, keepdims=True)
    most = int(np.abs(shares[0] - shares[1])[: len(usual)].argmax())
    beside = (float(shares[0, most]), float(shares[1, most]))
    return OrderTest(feature, chi_squared, freedom, (chi_squared / n) ** 0.5, chance, usual[most], beside)
