"""How much of what a run invented at its kept steps was new: sampled once, and shared by all tabs."""

from collections.abc import Callable

import streamlit as st

from makemore_core.novelty import invented
from makemore_core.sampling import SamplingConfig
from makemore_core.tasks import Report
from makemore_core.training.untrained import TrainedModel

Past = dict[int, dict[str, float]]  # the shares of the kinds by step


@st.cache_resource(max_entries=16, show_spinner=False)
def past(run: str, life: str, sampling: SamplingConfig, n: int) -> Past:
    """What is known so far of one life of a run; whoever samples more adds to it."""
    return {}


def sample_the_past(
    known: Past,
    steps: list[int],
    model_at: Callable[[int], TrainedModel],
    sampling: SamplingConfig,
    n: int,
    report: Report,
) -> int:
    """Add the shares among n names at each of the steps, always with the same dice; gives how many were added."""
    for i, step in enumerate(steps):
        report(i / len(steps), f"Sampling at {len(steps)} kept steps")
        trained = model_at(step)
        known[step] = invented(trained.model, trained.dataset, n, sampling).shares
    return len(steps)
