"""What the Embeddings page shows: which vectors, by which way into the plane, in which colours."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from makemore_core.charts.letter_map import COLORINGS, NO_COLOR
from makemore_core.inspection.vectors import POSITIONS, vectors_by_kind
from makemore_core.projections.recipe import (
    METHODS,
    PCA,
    UMAP,
    UMAP_COMMAND,
    Recipe,
    neighbours_range,
    umap_is_here,
    usual_neighbours,
)
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.embeddings.answers import MOST, Asked, asked
from pages.ui.inside.choices import choose_from, choose_one_of_few
from pages.ui.literal import literal
from pages.ui.widgets import number_field

NUMBER_WIDTH = 130  # pixels


def controls(
    snapshot: Snapshot,
    trained: TrainedModel,
    methods: tuple[str, ...],
    row: DeltaGenerator,
    with_details: bool = True,
) -> Asked:
    """The choices, in a row that holds others, and what they ask for; the details are neighbours and colour."""
    kinds = {kind: tensor.shape for kind, tensor in vectors_by_kind(trained.model).items()}
    with row:
        kind = choose_from("vectors", "Vectors", list(kinds), width=190)
        n, width = kinds[kind]
        names = {method: METHODS[method].title for method in methods} | ({PCA: "Direct"} if width == 2 else {})
        method = choose_one_of_few("method", "Into the plane by", methods, names.__getitem__)
        recipe = Recipe(method, _neighbours(method, min(n, MOST)) if with_details else 0)
        has_color = with_details and kind != POSITIONS
        coloring = choose_from("coloring", "Colour by", list(COLORINGS), width=180) if has_color else NO_COLOR
    if method == UMAP and not umap_is_here():
        st.info("UMAP needs umap-learn, which is not installed. This command installs it:", icon=":material/info:")
        st.code(UMAP_COMMAND, language="bash")
    found = asked(snapshot, trained, kind, recipe, coloring)
    if found.of > len(found.rows):
        which = "first" if kind == POSITIONS else "most frequent"
        st.caption(f"The {len(found.rows)} {which} of {found.of:,} {found.noun} are shown.")
    return found


def _neighbours(method: str, n: int) -> int:
    """How many neighbours each point looks at; the range depends on how many points there are."""
    label = METHODS[method].number
    if not label:
        return 0
    low, high = neighbours_range(n)
    name = f"{method} of {n}"
    now = min(max(low, session.kept(name, usual_neighbours(n))), high)
    number_field(name, label, low, high, now, partial(session.select, name), step=1, width=NUMBER_WIDTH)
    return now


def about_method(found: Asked) -> str:
    """What one may read from such a map, and where it comes from."""
    if found.is_direct:
        return "Two numbers each: the map is the vectors themselves."
    method = METHODS[found.recipe.method]
    return literal(f"{method.about[:-1]} ({method.source}).")
