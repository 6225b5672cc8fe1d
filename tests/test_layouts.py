"""Windows and sequences: what the lectures' and makemore.py's own loops make, and each token predicted once."""

from itertools import chain

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.layouts import MASKED, SEQUENCES, WINDOWS, Layout, distinct_contexts, sliding_windows

WORDS = st.lists(st.lists(st.integers(1, 26), max_size=7), min_size=1)
TOKENS = st.lists(st.lists(st.integers(1, 26)).map(lambda word: [*word, 0])).map(
    lambda words: np.array([*chain(*words)], dtype=np.int64)
)


def lecture_examples(tokens: list[int], block_size: int) -> tuple[list[list[int]], list[int]]:
    """makemore part 2's own loop; a token 0 ends the word."""
    x: list[list[int]] = []
    y: list[int] = []
    context = [0] * block_size
    for token in tokens:
        x.append(context)
        y.append(token)
        context = [*context, token][1:] if token else [0] * block_size
    return x, y


@given(TOKENS, st.integers(1, 16))
def test_sliding_windows_equal_the_lectures_loop(tokens: np.ndarray, block_size: int) -> None:
    x, y = sliding_windows(tokens, block_size)
    naive_x, naive_y = lecture_examples(tokens.tolist(), block_size)
    assert x.shape == (len(tokens), block_size)
    assert x.tolist() == naive_x
    assert y.tolist() == naive_y


def test_a_context_of_0_characters_is_empty() -> None:
    x, y = sliding_windows(np.array([1, 2, 0]), 0)
    assert x.shape == (3, 0)
    assert y.tolist() == [1, 2, 0]


@given(TOKENS.filter(len), st.integers(0, 5))
def test_distinct_contexts_equal_numpys_unique_rows(tokens: np.ndarray, block_size: int) -> None:
    x, _ = sliding_windows(tokens, block_size)
    first, row = distinct_contexts(x)
    assert np.array_equal(x[first][row], x)
    assert len(first) == len({tuple(context) for context in x.tolist()})
    assert np.array_equal(x[first], np.unique(x, axis=0, return_index=True)[0]) or block_size == 0


def makemore_row(word: list[int], block_size: int) -> tuple[list[int], list[int]]:
    """makemore.py's CharDataset: x = 0 + word, y = word + 0, the rest of y masked."""
    x, y = [0] * block_size, [MASKED] * block_size
    x[1 : len(word) + 1] = word
    y[: len(word) + 1] = [*word, 0]
    return x, y


@given(WORDS)
def test_sequences_equal_makemores_rows(words: list[list[int]]) -> None:
    tokens = np.array([token for word in words for token in (*word, 0)], dtype=np.int64)
    x, y = SEQUENCES.examples(tokens, 8, is_text=False)
    rows = [makemore_row(word, 8) for word in words]
    assert x.tolist() == [row[0] for row in rows]
    assert y.tolist() == [row[1] for row in rows]


def test_a_text_has_a_row_for_each_start() -> None:
    x, y = SEQUENCES.examples(np.arange(10), 4, is_text=True)
    assert x.shape == y.shape == (6, 4)  # as many as nanoGPT draws from: len(data) - block_size
    assert x[5].tolist() == [5, 6, 7, 8]
    assert torch.equal(y, x + 1)


@pytest.mark.parametrize("layout", [WINDOWS, SEQUENCES])
@given(tokens=TOKENS.filter(len), block_size=st.integers(1, 9), is_text=st.booleans())
def test_each_token_is_predicted_once_from_those_before_it(
    layout: Layout, tokens: np.ndarray, block_size: int, is_text: bool
) -> None:
    places: list[int] = []
    for x, among, here in layout.batches(tokens, block_size, is_text):
        ends = x.flatten() if layout is SEQUENCES else x[:, -1]  # the character before each prediction
        for end, place in zip(ends[among].tolist(), here.tolist(), strict=True):
            starts_anew = place == 0 or (not is_text and tokens[place - 1] == 0)
            assert end == (0 if starts_anew else tokens[place - 1])
        places += here.tolist()
    assert sorted(places) == list(range(len(tokens)))


@given(WORDS)
def test_a_trimmed_batch_ends_with_its_longest_word(words: list[list[int]]) -> None:
    tokens = np.array([token for word in words for token in (*word, 0)], dtype=np.int64)
    x, y = SEQUENCES.examples(tokens, 8, is_text=False)
    shorter_x, shorter_y = SEQUENCES.trimmed(x, y)
    longest = 1 + max(map(len, words))  # with the 0 that ends it
    assert shorter_x.tolist() == x[:, :longest].tolist()
    assert shorter_y.tolist() == y[:, :longest].tolist()


@pytest.mark.parametrize(("layout", "is_text"), [(WINDOWS, False), (SEQUENCES, True)])
def test_what_has_no_padding_stays_as_it_is(layout: Layout, is_text: bool) -> None:
    x, y = layout.examples(np.array([1, 2, 3, 0, 4, 5, 6, 0]), 3, is_text)
    trimmed_x, trimmed_y = layout.trimmed(x, y)
    assert torch.equal(trimmed_x, x)
    assert torch.equal(trimmed_y, y)


@given(WORDS)
def test_a_split_is_scored_in_parts_no_wider_than_their_longest_word(words: list[list[int]]) -> None:
    tokens = np.array([token for word in words for token in (*word, 0)], dtype=np.int64)
    for x, among, _ in SEQUENCES.batches(tokens, 8, is_text=False):
        assert (among % x.shape[1]).max() == x.shape[1] - 1


@pytest.mark.parametrize(("layout", "least"), [(WINDOWS, 0), (SEQUENCES, 1)])
@given(prefix=st.lists(st.integers(1, 26), max_size=6), n=st.integers(1, 3), more=st.integers(0, 4))
def test_inputs_end_with_the_prefix(layout: Layout, least: int, prefix: list[int], n: int, more: int) -> None:
    x = layout.inputs(np.array([prefix] * n, dtype=np.int64), least + more)
    begun = [0] * (least + more) + prefix  # a word begins after 0
    assert x.shape[0] == n
    assert least <= x.shape[1] <= least + more
    assert x.tolist() == [begun[len(begun) - x.shape[1] :]] * n
