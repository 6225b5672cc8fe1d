"""How a row of characters becomes what a model sees: windows over the last characters, or whole sequences.

A row of words ends each word by 0, and no context reaches over a word's start. A running text is one long row.
"""

import math
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Tokens = NDArray[np.int64]
Batch = TypeVar("Batch", Tensor, Tokens)
MASKED = -1  # the target of padding, as in makemore.py: no loss is taken there
PREDICTED_AT_ONCE = 8192  # logits that a model gives at once when a split is scored


class Layout:
    """One way to cut examples out of tokens (N)."""

    def examples(self, tokens: Tokens, block_size: int, is_text: bool) -> tuple[Tensor, Tensor]:
        """All inputs x (M, T) and their targets y, each input's next characters."""
        raise NotImplementedError

    def trimmed(self, x: Batch, y: Batch) -> tuple[Batch, Batch]:
        """Examples of a batch without the places that are padding in all of them: same loss, less to compute."""
        return x, y

    def inputs(self, prefixes: Tokens, block_size: int) -> Tokens:
        """Inputs x (B, T) that end with the prefixes (B, L)."""
        raise NotImplementedError

    def batches(self, tokens: Tokens, block_size: int, is_text: bool) -> Iterator[tuple[Tensor, Tokens, Tokens]]:
        """Everything that predicts each of the tokens once, in parts, each distinct input once.

        Yields inputs x (U, T), the targets' numbers among the parts' logits (n), and the places in tokens (n).
        """
        raise NotImplementedError


class Windows(Layout):
    """The last T characters predict the next one: x (N, T), y (N), padded with 0 on the left. The lectures' layout."""

    def examples(self, tokens: Tokens, block_size: int, is_text: bool) -> tuple[Tensor, Tensor]:
        x, y = sliding_windows(tokens, block_size, is_text)
        return torch.from_numpy(x), torch.from_numpy(y)

    def inputs(self, prefixes: Tokens, block_size: int) -> Tokens:
        return _after_zeros(block_size, prefixes)[:, prefixes.shape[1] :]

    def batches(self, tokens: Tokens, block_size: int, is_text: bool) -> Iterator[tuple[Tensor, Tokens, Tokens]]:
        x, _ = sliding_windows(tokens, block_size, is_text)
        first, number = distinct_contexts(x)
        order = np.argsort(number, kind="stable")
        ordered = number[order]
        for start in range(0, len(first), PREDICTED_AT_ONCE):
            stop = start + PREDICTED_AT_ONCE
            low, high = np.searchsorted(ordered, (start, stop))
            here = order[low:high]
            yield torch.from_numpy(x[first[start:stop]]), number[here] - start, here


class Sequences(Layout):
    """Each place predicts its next character: x (M, T), y (M, T). The layout of makemore.py and of GPTs.

    A word is one row, x = 0 + word and y = word + 0, padded with 0 and masked; one longer than T continues in a
    row of its own. A text has a row for each place where one can start.
    """

    def examples(self, tokens: Tokens, block_size: int, is_text: bool) -> tuple[Tensor, Tensor]:
        if is_text:
            rows = torch.from_numpy(tokens).unfold(0, block_size + 1, 1)  # (N - T, T + 1), a view
            return rows[:, :-1], rows[:, 1:]
        x, place = word_rows(tokens, block_size)
        return torch.from_numpy(x), torch.from_numpy(np.where(place >= 0, tokens[place], MASKED))

    def trimmed(self, x: Batch, y: Batch) -> tuple[Batch, Batch]:
        longest = int((y != MASKED).any(0).sum())
        return x[:, :longest], y[:, :longest]

    def inputs(self, prefixes: Tokens, block_size: int) -> Tokens:
        return _after_zeros(1, prefixes)[:, -block_size:]

    def batches(self, tokens: Tokens, block_size: int, is_text: bool) -> Iterator[tuple[Tensor, Tokens, Tokens]]:
        x, place = text_rows(tokens, block_size) if is_text else word_rows(tokens, block_size)
        lengths = (place >= 0).sum(1)
        order = np.argsort(lengths, kind="stable")  # rows of about one length together, so that little is padding
        rows = max(1, PREDICTED_AT_ONCE // block_size)
        for start in range(0, len(x), rows):
            part = order[start : start + rows]
            longest = lengths[part[-1]]
            here = place[part, :longest].ravel()
            among = np.flatnonzero(here >= 0)
            yield torch.from_numpy(x[part, :longest]), among, here[among]


def sliding_windows(tokens: Tokens, block_size: int, is_text: bool = False) -> tuple[Tokens, Tokens]:
    """tokens (N) -> X (N, T), Y (N): row i predicts tokens[i] from the T characters before it, padded with 0.

    A context is the one before with one more character, and begins anew after the end of a word.

    >>> X, Y = sliding_windows(np.array([5, 13, 13, 1, 0]), block_size=3)  # emma.
    >>> for context, target in zip(X.tolist(), Y.tolist()):
    ...     print(context, "->", target)
    [0, 0, 0] -> 5
    [0, 0, 5] -> 13
    [0, 5, 13] -> 13
    [5, 13, 13] -> 1
    [13, 13, 1] -> 0
    """
    x = np.zeros((len(tokens), block_size), dtype=np.int64)
    goes_on = is_text | (tokens[:-1] > 0)
    for back in range(1, block_size + 1):
        before = x[:-1, block_size - back + 1] if back > 1 else tokens[:-1]
        np.multiply(before, goes_on, out=x[1:, block_size - back])
    return x, tokens


def word_rows(tokens: Tokens, block_size: int) -> tuple[Tokens, Tokens]:
    """Words in one row (N) -> x (M, T), and the place in tokens that each input predicts (M, T), -1 for padding."""
    offset = _place_in_word(tokens)
    row = np.cumsum(offset % block_size == 0) - 1
    x = np.zeros((int(row[-1]) + 1 if len(row) else 0, block_size), dtype=np.int64)
    place = np.full_like(x, -1)
    column = offset % block_size
    place[row, column] = np.arange(len(tokens))
    x[row, column] = np.where(offset > 0, tokens[np.arange(len(tokens)) - 1], 0)
    return x, place


def text_rows(tokens: Tokens, block_size: int) -> tuple[Tokens, Tokens]:
    """A text (N) -> x (M, T) in rows that do not overlap, and the place that each input predicts (M, T)."""
    n = -(-len(tokens) // block_size) * block_size
    place = np.where(np.arange(n) < len(tokens), np.arange(n), -1).reshape(-1, block_size)
    before = np.concatenate(([0], tokens[:-1], np.zeros(n - len(tokens), dtype=np.int64)))
    return before.reshape(-1, block_size), place


def distinct_contexts(x: Tokens) -> tuple[Tokens, Tokens]:
    """Where each of the U distinct rows of x (N, T) stands first (U), and which of them each row is (N).

    Rows become numbers, as many columns at once as fit into 63 bits: numbers are sorted twenty times as fast as rows.
    """
    first, row = np.zeros(1, dtype=np.int64), np.zeros(len(x), dtype=np.int64)
    base = max(2, int(x.max(initial=0)) + 1)
    some = max(1, int((63 - len(x).bit_length()) / math.log2(base)))
    for start in range(0, x.shape[1], some):
        columns = x[:, start : start + some]
        digits = base ** np.arange(columns.shape[1], -1, -1)
        number = row * digits[0] + columns @ digits[1:]
        _, first, row = np.unique(number, return_index=True, return_inverse=True)
    return first, row


def _after_zeros(n: int, rows: Tokens) -> Tokens:
    """Rows (B, L) with n zeros before each (B, n + L)."""
    x = np.zeros((len(rows), n + rows.shape[1]), dtype=np.int64)
    x[:, n:] = rows
    return x


def _place_in_word(tokens: Tokens) -> Tokens:
    """How many characters of its word stand before each token (N)."""
    starts = np.concatenate(([0], np.flatnonzero(tokens == 0)[:-1] + 1)) if len(tokens) else np.arange(0)
    lengths = np.diff(np.append(starts, len(tokens)))
    return np.arange(len(tokens)) - np.repeat(starts, lengths)


WINDOWS, SEQUENCES = Windows(), Sequences()
