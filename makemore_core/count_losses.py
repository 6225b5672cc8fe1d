"""What count tables cost, for any smoothing: from how often each pair was seen, not from the examples.

Two ways to smooth. Adding alpha to each count pulls a row towards a blind guess. Adding `strength` counts in the
proportions of the context that is one character shorter pulls it towards what that one says (MacKay & Peto 1995,
"A hierarchical Dirichlet language model"): what was seen too rarely is answered by the shorter context.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from makemore_core.contexts import context_at, looking_back
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.layouts import Tokens
from makemore_core.ngrams import LONGEST_CONTEXT
from makemore_core.tasks import Report

Numbers = NDArray[np.float64]
LOWEST, HIGHEST = 1e-6, 1e6  # between which smoothing is tuned
CANDIDATES, ROUNDS = 41, 5  # on a logarithmic grid, each round between the neighbours of the best
MOST_CHARACTERS = 3_000_000  # of a split; a longer one is cut
ADDED, SHORTER = "added alpha", "shorter contexts"
FORMS = (ADDED, SHORTER)


@dataclass(frozen=True, eq=False)
class Pairs:
    """The distinct pairs (n) of context and next character in some splits, for contexts of one length."""

    context: Tokens  # (n) which context, numbered from 0
    following: Tokens  # (n)
    times: dict[str, NDArray[np.int64]]  # (n) by split
    first: Tokens  # (n) where it comes first, in all splits one after the other
    shorter: Tokens | None  # (n) its number among the pairs whose contexts are one character shorter
    vocab_size: int

    @property
    def hits(self) -> NDArray[np.int64]:
        """How often each pair was counted."""
        return self.times["train"]

    @cached_property
    def totals(self) -> NDArray[np.int64]:
        """How often each pair's context was counted (n)."""
        return np.bincount(self.context, weights=self.hits).astype(np.int64)[self.context]

    @property
    def contexts_seen(self) -> int:
        return len(np.unique(self.context[self.hits > 0]))

    def tally(self, split: str) -> "Tally":
        """What this split asks of the table that train filled."""
        return tallied(self.hits, self.totals, self.times[split], self.vocab_size)


@dataclass(frozen=True, eq=False)
class Tally:
    """How many characters ask for a cell with so many hits, in a row with such a total; each combination once."""

    hits: NDArray[np.int64]
    totals: NDArray[np.int64]
    times: NDArray[np.int64]
    vocab_size: int

    def losses(self, alphas: Sequence[float] | Numbers) -> Numbers:
        """Mean negative log-likelihood in nats for each alpha (A); infinite where a pair has probability 0."""
        alpha = np.asarray(alphas, dtype=np.float64)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            nats = np.log(self.totals + alpha * self.vocab_size) - np.log(self.hits + alpha)
            nats = np.where(self.hits + alpha > 0, nats, np.inf)
        return nats @ self.times / self.times.sum()


def tallied(hits: NDArray[np.int64], totals: NDArray[np.int64], times: NDArray[np.int64], vocab_size: int) -> Tally:
    """Combine all cells with the same hits and the same total."""
    asked = times > 0
    key = hits[asked] * (int(totals.max(initial=0)) + 1) + totals[asked]
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return Tally(
        hits[asked][first], totals[asked][first], np.bincount(which, weights=times[asked]).astype(np.int64), vocab_size
    )


def pairs_of(splits: dict[str, Tokens], longest: int, vocab_size: int, is_text: bool) -> Iterator[Pairs]:
    """The pairs of all splits after contexts of 0, 1, ... `longest` characters.

    A context is numbered as the one that is a character shorter together with that character, so that numbers stay
    small however long contexts are. InputError for lengths that nobody needs.
    """
    if not 0 <= longest <= LONGEST_CONTEXT:
        raise InputError(f"`0 <= context <= {LONGEST_CONTEXT}` must hold, but got context={longest}.")
    following = np.concatenate(list(splits.values()))
    backs = [looking_back(tokens, is_text) for tokens in splits.values()]
    split_of = np.repeat(np.arange(len(splits)), [len(tokens) for tokens in splits.values()])
    context, pair_before = np.zeros(len(following), dtype=np.int64), None
    for length in range(longest + 1):
        if length:
            before = np.concatenate([next(back) for back in backs])
            context = np.unique(context * vocab_size + before, return_inverse=True)[1]
        number, first, pair = np.unique(context * vocab_size + following, return_index=True, return_inverse=True)
        times = np.bincount(split_of * len(number) + pair, minlength=len(splits) * len(number))
        by_split = dict(zip(splits, times.reshape(len(splits), -1), strict=True))
        shorter = None if pair_before is None else pair_before[first]
        yield Pairs(number // vocab_size, number % vocab_size, by_split, first, shorter, vocab_size)
        pair_before = pair


def splits_of(dataset: Dataset, *names: str) -> dict[str, Tokens]:
    """These splits, each cut to a length that can be counted in seconds."""
    return {name: dataset.tokens(name, MOST_CHARACTERS) for name in names}


@dataclass(frozen=True)
class Unseen:
    """What makes a loss infinite without smoothing: pairs of val that train lacks, and the most frequent of them."""

    pairs: int
    characters: int  # of val
    context: tuple[int, ...]
    following: int


@dataclass(frozen=True, eq=False)
class Smoothing:
    """What there is to know for choosing alpha on val, for contexts of one length."""

    train: Tally
    val: Tally
    unseen: Unseen | None
    best: float  # the alpha with the lowest loss on val


def smoothing(dataset: Dataset, context: int) -> Smoothing:
    """A table fitted on train, and what train and val ask of it."""
    splits = splits_of(dataset, "train", "val")
    *_, pairs = pairs_of(splits, context, len(dataset.vocabulary), dataset.is_text)
    train, val = (pairs.tally(split) for split in splits)
    return Smoothing(train, val, _unseen(pairs, splits, context, dataset.is_text), tuned(val.losses))


def _unseen(pairs: Pairs, splits: dict[str, Tokens], context: int, is_text: bool) -> Unseen | None:
    times = np.where(pairs.hits == 0, pairs.times["val"], 0)
    if not times.any():
        return None
    worst = int(times.argmax())
    place = int(pairs.first[worst]) - len(splits["train"])  # train lacks it, so it comes first in val
    before = context_at(splits["val"], place, context, is_text)
    return Unseen(int((times > 0).sum()), int(times.sum()), before, int(pairs.following[worst]))


def tuned(losses: Callable[[Numbers], Numbers]) -> float:
    """The smoothing with the lowest loss: on a logarithmic grid, then on ever finer ones around the best."""
    low, high = np.log10([LOWEST, HIGHEST])
    best = 0.0
    for _ in range(ROUNDS):
        grid = np.linspace(low, high, CANDIDATES)
        best = float(grid[np.argmin(losses(10**grid))])
        width = (high - low) / (CANDIDATES - 1)
        low, high = max(np.log10(LOWEST), best - width), min(np.log10(HIGHEST), best + width)
    return 10**best


@dataclass(frozen=True)
class Rung:
    """One length of context: the size of its table, and for each form its tuned smoothing and its losses in nats."""

    context: int
    contexts: int  # seen in train
    pairs: int  # cells that are not zero
    vocab_size: int
    strange: float  # the share of val's characters whose context train lacks
    smoothing: dict[str, float]
    losses: dict[str, dict[str, float]]  # by form, then by split

    @property
    def cells(self) -> int:
        """The size of a table with a row for each context seen."""
        return self.contexts * self.vocab_size


def ladder(dataset: Dataset, longest: int, report: Report | None = None) -> tuple[Rung, ...]:
    """Contexts of 0 to `longest` characters, each smoothed as val likes it best. The test split is not touched."""
    splits = splits_of(dataset, "train", "val")
    rungs: list[Rung] = []
    p = np.full(len(dataset.vocabulary), 1 / len(dataset.vocabulary))  # of a guess before the first context
    for context, pairs in enumerate(pairs_of(splits, longest, len(dataset.vocabulary), dataset.is_text)):
        rung, p = _rung(context, pairs, p)
        rungs.append(rung)
        if report:
            report((context + 1) / (longest + 1), f"Counted after {context} characters")
    return tuple(rungs)


def _rung(context: int, pairs: Pairs, p_shorter: Numbers) -> tuple[Rung, Numbers]:
    """One rung, and what its second form gives each pair."""
    train, val = pairs.tally("train"), pairs.tally("val")
    alpha = tuned(val.losses)
    p_below = p_shorter[pairs.following if pairs.shorter is None else pairs.shorter]
    strength = tuned(
        lambda many: np.array([mean_nats(interpolated(pairs, p_below, s), pairs.times["val"]) for s in many])
    )
    p = interpolated(pairs, p_below, strength)
    losses = {
        ADDED: {"train": float(train.losses([alpha])[0]), "val": float(val.losses([alpha])[0])},
        SHORTER: {split: mean_nats(p, pairs.times[split]) for split in ("train", "val")},
    }
    strange = float(pairs.times["val"] @ (pairs.totals == 0) / pairs.times["val"].sum())
    sizes = (pairs.contexts_seen, int((pairs.hits > 0).sum()), pairs.vocab_size)
    return Rung(context, *sizes, strange, {ADDED: alpha, SHORTER: strength}, losses), p


def interpolated(pairs: Pairs, p_shorter: Numbers, strength: float) -> Numbers:
    """The probability of each pair (n), with `strength` counts added in the proportions of a shorter context."""
    return (pairs.hits + strength * p_shorter) / (pairs.totals + strength)


def mean_nats(p: Numbers, times: NDArray[np.int64]) -> float:
    """The mean surprise of a split that has each pair (n) so many times."""
    asked = times > 0
    return float(-np.log(p[asked]) @ times[asked] / times.sum())


def loss_on_test(dataset: Dataset, rungs: Sequence[Rung], form: str) -> float:
    """The loss on test of the last of these rungs, with the smoothing that val chose. Look once."""
    splits = splits_of(dataset, "train", "test")
    p = np.full(len(dataset.vocabulary), 1 / len(dataset.vocabulary))
    loss = 0.0
    every = pairs_of(splits, rungs[-1].context, len(dataset.vocabulary), dataset.is_text)
    for rung, pairs in zip(rungs, every, strict=True):
        p = interpolated(pairs, p[pairs.following if pairs.shorter is None else pairs.shorter], rung.smoothing[SHORTER])
        if rung is rungs[-1]:
            added = pairs.tally("test").losses([rung.smoothing[ADDED]])[0]
            loss = float(added) if form == ADDED else mean_nats(p, pairs.times["test"])
    return loss
