"""The exercise's network and its verdicts: worked out once for a step, and shared by all tabs."""

from collections.abc import Hashable

import streamlit as st
from torch import Tensor

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.exercise import bench as benches
from makemore_core.exercise.bench import EXAMPLES, NEURONS, Bench
from makemore_core.exercise.judge import Verdict
from makemore_core.exercise.problems import PROBLEMS
from makemore_core.models.language_model import LanguageModel
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import untrained_model
from pages.ui import session
from pages.ui.inside.answers import moment

OWN = f"Each is tried on this run's own network and {EXAMPLES} examples of its data."
STAND_IN = (
    f"This net is not lecture 4's (embedding, linear, BatchNorm, tanh, linear): one of {NEURONS} neurons on the same "
    "data, untrained, stands in."
)


def bench_of(snapshot: Snapshot) -> tuple[Bench, Hashable, str]:
    """Where answers are tried now, the key of what is known about it, and a sentence that says which net it is."""
    trained, config = session.trained_model(), session.config()
    own = benches.suits(trained.model)
    now: Hashable = moment(snapshot)
    if not own:
        config = benches.stand_in(config)
        now = "stand-in", config.data, trained.dataset.sha256
    model = trained.model if own else untrained_model(config).model
    return _bench(now, model, config, trained.dataset), now, OWN if own else STAND_IN


def judged(now: Hashable, bench: Bench, number: int, text: str) -> Verdict:
    """The verdict on an answer to a problem."""
    return _judged(now, number, text, bench)


@st.cache_resource(max_entries=8, show_spinner=False)
def _bench(now: Hashable, _model: LanguageModel, _config: RunConfig, _dataset: Dataset) -> Bench:
    x, y = _examples((_config.data, _dataset.sha256, _config.model.block_size), _config, _dataset)
    return benches.bench(_model, x, y)


@st.cache_resource(max_entries=8, show_spinner=False)
def _examples(key: Hashable, _config: RunConfig, _dataset: Dataset) -> tuple[Tensor, Tensor]:
    return benches.examples(_config, _dataset)


@st.cache_resource(max_entries=16, show_spinner=False)
def _judged(now: Hashable, number: int, text: str, _bench: Bench) -> Verdict:
    return _bench.judge(text, PROBLEMS[number])
