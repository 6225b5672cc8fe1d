"""What the shown model answers when it is asked about a text: worked out once for a step, and shared by all tabs."""

from dataclasses import dataclass, replace

import streamlit as st

from makemore_core.inspection import completions
from makemore_core.inspection.completions import Completion
from makemore_core.inspection.expectations import Expectations, expectations
from makemore_core.inspection.sample import affordable
from makemore_core.sampling import Roll, SamplingConfig, rolls, sample
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui.inside.answers import Moment, moment

LONGEST = {"name": 20, "line": 40}  # characters: an untrained net rambles
BUDGET = 5e8  # multiplications for what is drawn at one refresh
NARROWEST = 4  # beginnings that a search keeps at least


@dataclass(frozen=True)
class Question:
    """The text being typed, its tokens, and the step that is looked at: before the character at this place."""

    text: str
    tokens: tuple[int, ...]
    place: int

    @property
    def before(self) -> list[int]:
        """The tokens that the net has seen at this step."""
        return list(self.tokens[: self.place])

    @property
    def came(self) -> int | None:
        """The token that came; None after the last."""
        return self.tokens[self.place] if self.place < len(self.tokens) else None


def expected(
    snapshot: Snapshot, trained: TrainedModel, tokens: tuple[int, ...], sampling: SamplingConfig
) -> Expectations:
    """What the shown model expects at every step of some tokens."""
    return _expected(moment(snapshot), tokens, sampling, trained)


@st.cache_resource(max_entries=64, show_spinner=False)
def _expected(now: Moment, tokens: tuple[int, ...], sampling: SamplingConfig, _trained: TrainedModel) -> Expectations:
    return expectations(_trained.model, list(tokens), sampling)


def names(
    snapshot: Snapshot, trained: TrainedModel, prefix: list[int], n: int, sampling: SamplingConfig
) -> tuple[str, ...]:
    """n names that begin with a prefix."""
    return _names(moment(snapshot), tuple(prefix), n, within(sampling, trained, n), trained)


@st.cache_resource(max_entries=64, show_spinner=False)
def _names(
    now: Moment, prefix: tuple[int, ...], n: int, sampling: SamplingConfig, _trained: TrainedModel
) -> tuple[str, ...]:
    drawn = sample(_trained.model, n, sampling, list(prefix))
    return tuple(map(_trained.dataset.vocabulary.decode, drawn))


def thrown(snapshot: Snapshot, trained: TrainedModel, prefix: list[int], sampling: SamplingConfig) -> tuple[Roll, ...]:
    """The throws behind the first of these names."""
    return _thrown(moment(snapshot), tuple(prefix), within(sampling, trained, 1), trained)


@st.cache_resource(max_entries=32, show_spinner=False)
def _thrown(now: Moment, prefix: tuple[int, ...], sampling: SamplingConfig, _trained: TrainedModel) -> tuple[Roll, ...]:
    return rolls(_trained.model, sampling, list(prefix))


def completed(
    snapshot: Snapshot, trained: TrainedModel, prefix: list[int], n: int, sampling: SamplingConfig
) -> tuple[Completion, tuple[Completion, ...]]:
    """The likeliest completion of a prefix, and n that the dice draw."""
    return _completed(moment(snapshot), tuple(prefix), n, within(sampling, trained, n), trained)


@st.cache_resource(max_entries=128, show_spinner=False)
def _completed(
    now: Moment, prefix: tuple[int, ...], n: int, sampling: SamplingConfig, _trained: TrainedModel
) -> tuple[Completion, tuple[Completion, ...]]:
    longest = sampling.longest
    width = int(affordable(_trained.model.layers, BUDGET) / (longest**2 / 2))  # what a page can wait for
    (best,) = completions.likeliest(
        _trained.model, list(prefix), longest=longest, width=max(NARROWEST, min(completions.WIDTH, width))
    )
    return best, completions.drawn(_trained.model, list(prefix), n, sampling)


def within(sampling: SamplingConfig, trained: TrainedModel, n: int) -> SamplingConfig:
    """The same dice for n names as long as a page can wait for: at least 8 characters of them."""
    longest = LONGEST[trained.dataset.noun]
    share = min(1.0, affordable(trained.model.layers, BUDGET) / (n * longest**2 / 2)) ** 0.5
    return replace(sampling, draw="cumulative", longest=min(sampling.longest, max(8, int(longest * share))))
