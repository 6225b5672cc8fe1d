"""What a tab has chosen to look at, by name: the run and its step, views, layers, places in a text, edits."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st

from makemore_core.charts.loss import LossView
from makemore_core.datasets import Dataset
from makemore_core.inspection.edits import Edit
from pages.ui.session.answers import said

STRIP, HERO, GRAPH = "layer_strip", "hero", "backprop_graph"
LAYER = "Layer"  # the view of one layer, and under which name that is remembered
FIRST_LETTERS = 2  # of the data's first word: what is typed before anybody types
T = TypeVar("T")


def selected(name: str, options: Sequence[T]) -> T:
    """What was chosen under a name, if it is among these options; else the first of them."""
    chosen = st.session_state.get("selected", {}).get(name)
    return chosen if chosen in options else options[0]


def kept(name: str, otherwise: Any) -> Any:
    """What was chosen under a name, whatever it is."""
    return st.session_state.get("selected", {}).get(name, otherwise)


def choices() -> Mapping[str, Any]:
    """Everything that was chosen so far, by name."""
    return st.session_state.get("selected", {})


def select(name: str, option: object) -> None:
    """Choose something under a name; it survives a page change."""
    st.session_state.setdefault("selected", {})[name] = option


def current_run() -> str | None:
    """The run that all panels show; None before the first."""
    return st.session_state["run"]


def choose_run(id: str | None) -> None:
    """Show another run, or the untrained net of the draft, as it is now."""
    st.session_state["run"] = id
    look_back(None)


def step() -> int | None:
    """The step of the chosen run that all panels look back to; None is the present."""
    return st.session_state.get("looked_at")


def look_back(step: int | None) -> None:
    """Show the run as it was after a step; None returns to the present."""
    st.session_state["looked_at"] = step


def loss_view() -> LossView:
    """How this tab draws the loss."""
    return LossView(**st.session_state.get("loss_chart", {}))


def set_loss_view(**changes: Any) -> None:
    """Draw the loss in another way."""
    st.session_state["loss_chart"] = st.session_state.get("loss_chart", {}) | changes


def prefix(dataset: Dataset) -> str:
    """How the name begins that is being typed; before that, how the first of the data's does."""
    return kept("prefix", dataset.words[0][:FIRST_LETTERS])


def type_prefix(text: str) -> None:
    """Begin with something else, and look at what comes after it."""
    select("prefix", text)
    select(HERO, None)


def place(length: int) -> int:
    """Before which of so many characters one looks: after the last, until another was chosen."""
    chosen = kept(HERO, None)
    return length if chosen is None or chosen > length else chosen


def letter_chosen() -> None:
    """The callback of the word being typed: look at the step before this character."""
    chosen = said(HERO, "place")
    if chosen is not None:
        select(HERO, int(chosen))


def line_chosen() -> None:
    """The callback of the graph of lines: walk to this one."""
    line = said(GRAPH, "line")
    if line is not None:
        select(GRAPH, int(line))


def edits(run: str) -> tuple[Edit, ...]:
    """What this tab has changed in its copies of a run's net."""
    return st.session_state.get("edits", {}).get(run, ())


def edit(run: str, edits: tuple[Edit, ...]) -> None:
    """Change other things in the copies of this run's net; what was changed in another run's is taken back."""
    st.session_state["edits"] = {run: edits}
