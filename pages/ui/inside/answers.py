"""What a net answers when it is asked about its neurons: worked out once for a step, and shared by all tabs.

Each question goes to a copy, because an untrained net is shared by all who look at it.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.inspection.edits import Edit, edited, importance, silence, split_at
from makemore_core.inspection.history import LayerMoment, layer_moment
from makemore_core.inspection.neurons import width
from makemore_core.inspection.sample import Sample, affordable, outputs, sample_of
from makemore_core.models.language_model import Cut, LanguageModel
from makemore_core.sampling import SamplingConfig, sample
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel

# characters times weights that a question may cost
LOOK, GLANCE, RANKING = 3e8, 2e7, 1e10
LIVE, FINISHED = 5e8, 2e10
JUDGED = 25_000  # characters of val, as a run judges itself while it trains
HISTORY = 2_000  # contexts at each moment of the past
BATCH = 256  # examples behind a gradient of the past
FEWEST_RANKED = 16
NAMES, LINES = (12, 20), (4, 40)  # how many, and their most characters


@dataclass(frozen=True)
class Judged:
    """What a net is worth: its loss in nats on so many characters of val, and what it invents."""

    loss: float
    characters: int
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Ranking:
    """How much the loss rises without each of some neurons, on so many characters of val."""

    neurons: tuple[int, ...]
    rises: NDArray[np.float64]
    characters: int


Moment = tuple[str, str, int]  # which run, in which of its lives, after which step


def moment(snapshot: Snapshot) -> Moment:
    """What is shown, as the key of what is known about it. A run that was rewound comes to the same steps anew."""
    return snapshot.run, " ".join(f"{mark.step} {mark.text}" for mark in snapshot.marks), snapshot.step


@st.cache_resource(max_entries=4, show_spinner=False)
def the_sample(run: str, _trained: TrainedModel) -> Sample:
    """The contexts on which a run's neurons are compared."""
    model = _trained.model
    return sample_of(model, _trained.dataset, affordable(model.layers, LOOK))


@st.cache_resource(max_entries=4, show_spinner=False)
def neuron_outputs(now: Moment, layer: str, _trained: TrainedModel) -> NDArray[np.float32]:
    """What a layer's neurons say to each context of the sample (N, H)."""
    return outputs(copy.deepcopy(_trained.model), layer, the_sample(now[0], _trained)).numpy()


def judged(snapshot: Snapshot, trained: TrainedModel, edits: tuple[Edit, ...], sampling: SamplingConfig) -> Judged:
    """The shown net with some edits; the longer it may take, the less there is to wait for."""
    budget = LIVE if snapshot.progress.is_alive else FINISHED
    most = affordable(trained.model.layers, budget, JUDGED)
    return _judged(moment(snapshot), most, edits, sampling, trained)


@st.cache_resource(max_entries=64, show_spinner=False)
def _judged(
    now: Moment, most: int, edits: tuple[Edit, ...], sampling: SamplingConfig, _trained: TrainedModel
) -> Judged:
    model = edited(_trained.model, edits, the_sample(now[0], _trained)) if edits else _trained.model
    cuts = _val(now[0], most, _trained)
    return Judged(model.mean_nats(cuts), _counted(cuts), _names(model, _trained, sampling))


@st.cache_resource(max_entries=8, show_spinner=False)
def _val(run: str, most: int, _trained: TrainedModel) -> list[Cut]:
    return _trained.model.cut(_trained.dataset.tokens("val", most), _trained.dataset.is_text)


def _counted(cuts: list[Cut]) -> int:
    return int(sum(cut.times.sum() for cut in cuts))


def _names(model: LanguageModel, trained: TrainedModel, sampling: SamplingConfig) -> tuple[str, ...]:
    """What it invents; fewer and shorter ones where each character takes long."""
    many, longest = LINES if trained.dataset.is_text else NAMES
    cost = many * longest**2 / 2
    share = min(1.0, affordable(model.layers, LIVE) / cost) ** 0.5
    fast = SamplingConfig(
        sampling.temperature, sampling.top_k, sampling.top_p, longest=max(8, int(longest * share)), seed=sampling.seed
    )
    drawn = sample(model, max(2, int(many * share)), fast)
    return tuple(map(trained.dataset.vocabulary.decode, drawn))


@st.cache_resource(max_entries=8, show_spinner="Silencing one neuron after the other …")
def ranking(now: Moment, layer: str, says: str, _trained: TrainedModel) -> Ranking:
    """All neurons of a layer, each silenced alone; of a large net those that move most, because each takes long."""
    model, n = copy.deepcopy(_trained.model), width(_trained.model, layer)
    spread = neuron_outputs(now, layer, _trained).std(axis=0)
    behind = split_at(model, layer)[1]
    ranked = min(n, max(FEWEST_RANKED, affordable(behind, RANKING / 200, n)))
    neurons = np.sort(np.argsort(-spread, kind="stable")[:ranked]).tolist()
    cuts = _val(now[0], affordable(behind, RANKING / ranked, JUDGED), _trained)
    values = silence(model, layer, says, the_sample(now[0], _trained))
    return Ranking(tuple(neurons), importance(model, layer, neurons, values, cuts), _counted(cuts))


def history(
    now: Moment, layer: str, steps: list[int], model_at: Callable[[int], TrainedModel], most_new: int
) -> list[tuple[int, LayerMoment]]:
    """A layer at these steps; moments that nobody has looked at yet are added, at most so many at once."""
    run, life, _ = now
    known = _moments(run, life, layer)
    for step in [step for step in steps if step not in known][:most_new]:
        known[step] = _layer_moment(run, layer, model_at(step))
    return [(step, known[step]) for step in steps if step in known]


@st.cache_resource(max_entries=16, show_spinner=False)
def _moments(run: str, life: str, layer: str) -> dict[int, LayerMoment]:
    return {}


def _layer_moment(run: str, layer: str, trained: TrainedModel) -> LayerMoment:
    contexts, x, y = history_sample(run, trained)
    model = copy.deepcopy(trained.model)
    return layer_moment(model, layer, outputs(model, layer, contexts), x, y)


@st.cache_resource(max_entries=4, show_spinner=False)
def history_sample(run: str, _trained: TrainedModel) -> tuple[Sample, Tensor, Tensor]:
    """Few contexts, and a batch from the beginning of the training set, the same at every step."""
    model, dataset = _trained.model, _trained.dataset
    contexts = sample_of(model, dataset, affordable(model.layers, GLANCE, HISTORY))
    x, y = model.layout.examples(dataset.tokens("train", 20 * BATCH), model.block_size, dataset.is_text)
    rows = max(1, min(BATCH, affordable(model.layers, GLANCE, BATCH * x.shape[1]) // x.shape[1]))
    return contexts, x[:rows], y[:rows]
