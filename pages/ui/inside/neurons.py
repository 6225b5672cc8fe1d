"""One neuron: what fires it, what it listens to and votes for, its history, and what the net is without it."""

import html
from functools import partial

import numpy as np
import streamlit as st

from makemore_core.charts.neurons import importance_figure, norms_figure, says_figure
from makemore_core.charts.style import ACCENT, PLAIN
from makemore_core.charts.weights import effect_figure, effect_height
from makemore_core.inspection.edits import SILENCES, Silence
from makemore_core.inspection.neurons import listens_to, most_and_least, votes_for, width
from makemore_core.inspection.sample import NOTHING
from makemore_core.inspection.wiring import carries_on, neuron_layers
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from makemore_core.vocabulary import shown, shown_text
from pages.ui import session
from pages.ui.inside.answers import history, moment, neuron_outputs, ranking, the_sample
from pages.ui.inside.choices import choose_from, choose_number, choose_one_of_few
from pages.ui.inside.what_if import add, what_if
from pages.ui.live import chart

EXTREMES = 10
MOMENTS, NEW_MOMENTS = 30, 4  # of the history; new ones in one refresh of a run that trains
LONGEST_CONTEXT = 16  # characters that are written down
NONE = "This model has no hidden neurons that could be watched; the MLP and all later ones have."


def draw(snapshot: Snapshot) -> None:
    """Choose a neuron, silence it, and see its card."""
    trained = session.trained_model()
    layers = list(neuron_layers(trained.model))
    if not layers:
        st.info(NONE, icon=":material/info:")
        return
    layer, neuron = controls(snapshot, trained, layers)
    if carries_on(trained.model, layer):
        st.caption("Silent means: for the layer behind it. What its state carries on to the next character stays.")
    what_if(snapshot, trained)
    fires(snapshot, trained, layer, neuron)
    with st.container(key="connections"):
        connections(snapshot, trained, layer, neuron)
    past(snapshot, trained, layer, neuron)
    matters_most(snapshot, trained, layer, neuron)


def controls(snapshot: Snapshot, trained: TrainedModel, layers: list[str]) -> tuple[str, int]:
    """Which neuron, and silence for it."""
    with st.container(key="neuron_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        layer = choose_from("neuron_layer", "Layer", layers)
        n = width(trained.model, layer)
        neuron = choose_number("neuron", f"Neuron, 0 to {n - 1}", n)
        says = choose_one_of_few("says", "Silent, it says", SILENCES)
        st.button(
            "Silence it",
            key="silence",
            icon=":material/volume_off:",
            on_click=_silence,
            args=(snapshot.run, layer, neuron, says),
        )
    return layer, neuron


def _silence(run: str, layer: str, neuron: int, says: str) -> None:
    add(run, Silence(layer, session.turned_to("neuron", neuron), session.turned_to("says", says)))


def fires(snapshot: Snapshot, trained: TrainedModel, layer: str, neuron: int) -> None:
    """The contexts at both ends, with what follows them most often."""
    sample = the_sample(snapshot.run, trained)
    values = neuron_outputs(moment(snapshot), layer, trained)[:, neuron]
    most, least = most_and_least(values, EXTREMES)
    reach = float(np.abs(values).max(initial=1e-6))
    itos = trained.dataset.vocabulary.itos
    columns = st.columns(2)
    for column, title, chosen in zip(columns, ("fire it most", "fire it least"), (most, least), strict=True):
        rows = [
            _firing(_letters(sample.contexts[i], itos), shown(itos[sample.following[i]]), float(values[i]), reach)
            for i in chosen
        ]
        header = f"<header>Contexts that {title}, step {snapshot.step:,}</header>"
        column.html(f"<section class='firing'>{header}{''.join(rows)}</section>")
    st.caption(
        f"Of {len(values):,} distinct contexts of the training set, always the same ones. Beside each stands what "
        "follows it most often, and what the neuron says at its end."
    )


def _letters(context: np.ndarray, itos: tuple[str, ...]) -> str:
    letters = "".join(itos[i] for i in context if i != NOTHING)
    return shown_text(letters if len(letters) <= LONGEST_CONTEXT else "…" + letters[-LONGEST_CONTEXT:])


def _firing(context: str, following: str, value: float, reach: float) -> str:
    """One context with its bar, to the right of the middle if the neuron says more than 0."""
    share = 50 * abs(value) / reach
    side = f"left:50%;background:{ACCENT}" if value > 0 else f"right:50%;background:{PLAIN}"
    bar = f"<span class='bar'><i style='{side};width:{share:.1f}%'></i></span>"
    letters = f"<code>{html.escape(context)}</code><code class='next'>{html.escape(following)}</code>"
    return f"<div>{letters}{bar}<span>{value:+.3f}</span></div>"


def connections(snapshot: Snapshot, trained: TrainedModel, layer: str, neuron: int) -> None:
    """What comes in and what goes out."""
    vocabulary = trained.dataset.vocabulary
    votes = votes_for(trained.model, layer, neuron, vocabulary)
    effects = listens_to(trained.model, layer, neuron, vocabulary) + ([votes] if votes else [])
    for i, effect in enumerate(effects):
        title = f"{effect.title}, step {snapshot.step:,}"
        make = partial(effect_figure, title, effect)
        version = (moment(snapshot), layer, neuron)
        chart(snapshot, version, f"effect{i}", make, effect_height(effect))
        st.caption(effect.about)


def past(snapshot: Snapshot, trained: TrainedModel, layer: str, neuron: int) -> None:
    """How it came about, over the steps whose weights were kept."""
    kept = session.weight_steps()
    steps = sorted({kept[i] for i in np.linspace(0, len(kept) - 1, MOMENTS).astype(int)}) if kept else [snapshot.step]
    model_at = session.trained_model_at if kept else lambda _: trained
    moments = history(moment(snapshot), layer, steps, model_at, NEW_MOMENTS if snapshot.progress.is_alive else MOMENTS)
    version = (moment(snapshot)[1], tuple(step for step, _ in moments), snapshot.at, layer, neuron)
    most = snapshot.progress.max_steps
    left, right = st.columns(2)
    with left:
        make = partial(says_figure, moments, neuron, most, snapshot.at)
        chart(snapshot, version, "neuron_says", make, 270)
    with right:
        make = partial(norms_figure, moments, neuron, most, snapshot.at)
        chart(snapshot, version, "neuron_norms", make, 270)
    st.caption(f"On the same contexts and the same batch at {len(moments)} steps whose weights were kept.")


def matters_most(snapshot: Snapshot, trained: TrainedModel, layer: str, neuron: int) -> None:
    """Every neuron silenced in turn, when asked for; the answer stays while the run goes on."""
    says = session.selected("says", SILENCES)
    question = (*moment(snapshot)[:2], layer, says)
    st.button(
        "Which neurons matter most?",
        key="rank",
        icon=":material/leaderboard:",
        on_click=session.select,
        args=("ranked", (question, None, None)),
    )
    asked, step, found = session.kept("ranked", (None, None, None))
    if asked != question:
        return
    if found is None:
        step, found = snapshot.step, ranking(moment(snapshot), layer, says, trained)
        session.select("ranked", (question, step, found))
    title = f"Rise of the loss without it, in nats, step {step:,}"
    make = partial(importance_figure, title, found.neurons, found.rises, neuron)
    chart(snapshot, (*question, step, neuron), "importance", make, 240)
    many = len(found.neurons)
    every = "Each" if many == width(trained.model, layer) else f"Each of the {many} liveliest"
    helps = int((found.rises < 0).sum())
    st.caption(
        f"{every} silenced alone, over {found.characters:,} characters of val; "
        f"without {helps} of them the loss is lower."
    )
