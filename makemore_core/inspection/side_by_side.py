"""Two models before the same question: their probabilities character by character, and where their names part."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from makemore_core.vocabulary import Vocabulary

P = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SideBySide:
    """The probabilities (V) of both over the characters of either; the first label is the boundary."""

    labels: tuple[str, ...]
    first: P
    second: P
    only_first: tuple[str, ...]  # characters that the other does not know
    only_second: tuple[str, ...]

    @property
    def shared(self) -> float:
        """How much probability they give to the same characters: 1 if they agree, 0 if they have nothing in common."""
        return float(np.minimum(self.first, self.second).sum())


def side_by_side(first: Vocabulary, p: P, second: Vocabulary, q: P) -> SideBySide:
    """Probabilities p and q over two alphabets, on both at once."""
    letters = sorted(set(first.characters) | set(second.characters))
    labels = (first.boundary, *letters)
    return SideBySide(
        labels,
        _over(letters, first, p),
        _over(letters, second, q),
        tuple(c for c in letters if c not in second.characters),
        tuple(c for c in letters if c not in first.characters),
    )


def _over(letters: list[str], vocabulary: Vocabulary, p: P) -> P:
    known = vocabulary.characters
    return np.array([p[0], *(p[vocabulary.stoi[c]] if c in known else 0 for c in letters)], dtype=np.float32)


def parting(first: str, second: str) -> int:
    """How many characters two names have in common before they part."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(first), len(second)))
