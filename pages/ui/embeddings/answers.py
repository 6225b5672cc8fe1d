"""What is known of a model's vectors: read once for a step, cut to what a map has room for, shared by all tabs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from makemore_core.charts.letter_map import Look, letters_look, places_look
from makemore_core.datasets import Dataset
from makemore_core.inspection.vectors import POSITIONS, plain_vectors
from makemore_core.letters import LetterFacts, letter_facts
from makemore_core.projections.plane import Points
from makemore_core.projections.recipe import Recipe
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui.inside.answers import Moment, moment

MOST = 300  # letters or places on a map


@dataclass(frozen=True, eq=False)
class Asked:
    """What the page's controls ask for: which vectors (N, E) of a moment, their way into the plane, and their look.

    `rows` are those that are shown, of `of` in all.
    """

    now: Moment
    kind: str
    recipe: Recipe
    coloring: str
    vectors: Points
    rows: tuple[int, ...]
    of: int
    look: Look

    @property
    def question(self) -> tuple[str, str, str, Recipe]:
        """All that a map depends on, but the step."""
        return (*self.now[:2], self.kind, self.recipe)

    @property
    def is_direct(self) -> bool:
        """Whether the vectors are points already."""
        return self.vectors.shape[1] == 2 and not self.recipe.is_slow

    @property
    def noun(self) -> str:
        """What the points are."""
        return "places" if self.kind == POSITIONS else "characters"


def asked(snapshot: Snapshot, trained: TrainedModel, kind: str, recipe: Recipe, coloring: str) -> Asked:
    """Read the vectors of a kind, and cut them."""
    whole = plain_vectors(trained.model, kind)
    rows = shown_rows(trained.dataset, kind, len(whole))
    look = _look(trained.dataset, kind, rows, coloring)
    return Asked(moment(snapshot), kind, recipe, coloring, whole[list(rows)], rows, len(whole), look)


def shown_rows(dataset: Dataset, kind: str, n: int) -> tuple[int, ...]:
    """All, or the most frequent characters, or the first places."""
    if n <= MOST:
        return tuple(range(n))
    if kind == POSITIONS:
        return tuple(range(MOST))
    return tuple(sorted(np.argsort(-facts_of(dataset).frequency, kind="stable")[:MOST].tolist()))


def facts_of(dataset: Dataset) -> LetterFacts:
    """Frequencies and places of a data set's characters."""
    return _facts(dataset.sha256, len(dataset.parts["train"]), dataset)


@st.cache_resource(max_entries=8, show_spinner=False)
def _facts(sha256: str, words: int, _dataset: Dataset) -> LetterFacts:
    return letter_facts(_dataset)


def _look(dataset: Dataset, kind: str, rows: tuple[int, ...], coloring: str) -> Look:
    if kind == POSITIONS:
        return places_look(len(rows))
    return letters_look(dataset.vocabulary.itos, rows, facts_of(dataset), coloring)


def past(
    asked: Asked, steps: list[int], model_at: Callable[[int], TrainedModel], most_new: int
) -> list[tuple[int, NDArray[np.float64]]]:
    """The vectors (N, E) after these steps; steps that nobody has looked at yet are added, at most so many at once."""
    known = _known(*asked.now[:2], asked.kind)
    for step in [step for step in steps if step not in known][-most_new:]:
        known[step] = vectors_of(model_at(step), asked)
    return [(step, known[step]) for step in steps if step in known]


@st.cache_resource(max_entries=16, show_spinner=False)
def _known(run: str, life: str, kind: str) -> dict[int, NDArray[np.float64]]:
    return {}


def vectors_of(trained: TrainedModel, asked: Asked) -> NDArray[np.float64]:
    """What is asked for, of another moment's model."""
    return plain_vectors(trained.model, asked.kind)[list(asked.rows)]
