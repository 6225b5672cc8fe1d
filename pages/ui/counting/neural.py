"""The neural bigram on its way to the counted table, and its decay beside the counts' smoothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from makemore_core.charts.counting import (
    TABLE,
    apart_figure,
    bigram_losses_figure,
    convergence_figure,
    decay_figure,
    table_figure,
)
from makemore_core.count_losses import Numbers
from makemore_core.models.bigram import BigramConfig
from makemore_core.neural_counts import (
    MOST_SOLVED,
    Decayed,
    Match,
    PairCounts,
    closest,
    decays,
    distance,
    smoothed,
    softmax_table,
    table_loss,
)
from makemore_core.presets import PRESETS
from makemore_core.tasks import Report
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from makemore_core.vocabulary import shown
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.counting.answers import MOST, Counted, alpha, counted, nats, pairs
from pages.ui.counting.grid import alpha_slider
from pages.ui.inside.answers import moment
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.published import published_panel

LECTURE = "lecture1-neural"
ON_TRAIN, ON_ALL = "on train", "on all, as in lecture 1"
DECAYS, STEPS = (0.0, 0.001, 0.01, 0.1, 1.0), (100, 1000, 10_000)
MOMENTS, NEW_MOMENTS = 60, 6  # of a run; new ones in one refresh while it trains
MOST_NUMBERS = 6_000_000  # in all tables that are remembered of a run
PICTURE = 320  # pixels


@dataclass(frozen=True, eq=False)
class Learned:
    """The neural table after a step, and its losses in nats."""

    table: Numbers  # (V, V)
    train: float
    val: float


@dataclass(frozen=True, eq=False)
class Beside:
    """The neural table that is shown beside the counted one."""

    of: Counted
    counts: PairCounts
    alpha: float
    counted: Learned
    neural: Learned
    moments: Sequence[tuple[int, Learned]]  # of the run
    match: Match | None


def draw(snapshot: Snapshot) -> None:
    """Train it, and see it come to the counts."""
    of = counted()
    _train_controls()
    trained = session.trained_model()
    table = softmax_table(trained.model)
    if table is None:
        what = "The run shown" if session.current_run() else "What would be trained now"
        st.info(f"{what} is no neural bigram; the button trains one.", icon=":material/info:")
        _show_decays(of, None)
        return
    alpha_slider()
    beside = _beside(snapshot, of, trained, table)
    _say(beside)
    _tables(snapshot, beside)
    _over_time(snapshot, beside)
    published_panel(snapshot)
    l2 = float(getattr(session.config().model, "l2", 0.0))
    _show_decays(of, (l2, beside.match) if beside.match else None)


def _beside(snapshot: Snapshot, of: Counted, trained: TrainedModel, table: Numbers) -> Beside:
    counts, now = pairs(of), alpha()
    neural = _judged(table, counts)
    moments = _moments(snapshot, counts)
    if snapshot.at is None and (not moments or moments[-1][0] < snapshot.step):
        moments.append((snapshot.step, neural))
    match = closest(table, counts) if len(table) <= MOST_SOLVED else None
    return Beside(of, counts, now, _judged(smoothed(counts.train, now), counts), neural, moments, match)


def _train_controls() -> None:
    with st.container(key="neural_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        choose_one_of_few("neural_decay", "Decay (l2)", DECAYS, lambda l2: f"{l2:g}")
        choose_one_of_few("neural_steps", "Steps", STEPS, lambda steps: f"{steps:,}")
        choose_one_of_few("neural_data", "Learns", (ON_TRAIN, ON_ALL))
        st.button("Train the neural bigram", key="train_bigram", icon=":material/play_arrow:", on_click=_train)


def _train() -> None:
    """Lecture 1's run with the chosen decay and length, on the data set that is shown."""
    l2 = session.turned_to("neural_decay", session.selected("neural_decay", DECAYS))
    steps = session.turned_to("neural_steps", session.selected("neural_steps", STEPS))
    learns = session.turned_to("neural_data", session.selected("neural_data", (ON_TRAIN, ON_ALL)))
    data = session.config().data
    if learns == ON_ALL or data.split == "whole":
        data = replace(data, split="whole" if learns == ON_ALL else "lectures")
    config = replace(PRESETS[LECTURE].config, data=data, model=BigramConfig(l2=l2), max_steps=steps)
    name = next((preset.name for preset in PRESETS.values() if preset.config == config), "")
    session.attempt(lambda: session.start_run(config, name))
    session.ask_for_rerun()


def _moments(snapshot: Snapshot, counts: PairCounts) -> list[tuple[int, Learned]]:
    """The tables at steps whose weights were kept."""
    kept = session.weight_steps()
    many = max(2, min(MOMENTS, MOST_NUMBERS // counts.train.size))
    steps = sorted({kept[i] for i in np.linspace(0, len(kept) - 1, many).astype(int)}) if kept else []
    known = _known(*moment(snapshot)[:2])
    new = [step for step in steps if step not in known]
    for step in new[: NEW_MOMENTS if snapshot.progress.is_alive else MOMENTS]:
        table = softmax_table(session.trained_model_at(step).model)
        if table is not None:
            known[step] = _judged(table, counts)
    return [(step, known[step]) for step in steps if step in known]


@st.cache_resource(max_entries=8, show_spinner=False)
def _known(run: str, life: str) -> dict[int, Learned]:
    return {}


def _judged(table: Numbers, counts: PairCounts) -> Learned:
    return Learned(table, table_loss(table, counts.train), table_loss(table, counts.val))


def _say(beside: Beside) -> None:
    """The numbers of this moment in words."""
    itos, apart = beside.of.dataset.vocabulary.itos, distance(beside.neural.table, beside.counted.table)
    where = f"“{literal(shown(itos[apart.row]))}” then “{literal(shown(itos[apart.column]))}”"
    words = (
        f"Largest difference **{apart.largest:.2%}** at {where}, mean **{apart.mean:.3%}**. "
        f"Train: neural **{beside.neural.train:.4f}**, counted **{nats(beside.counted.train)}**; "
        f"val: **{beside.neural.val:.4f}** and **{nats(beside.counted.val)}** with alpha {beside.alpha:g}."
    )
    if beside.match:
        alpha, apart = beside.match.alpha, beside.match.divergence
        words += f" Closest to this net is alpha **{alpha:.3g}**, {apart:.5f} nats a character apart."
    with st.container(key="bigram_facts"):
        st.markdown(words)


def _most_frequent(beside: Beside) -> tuple[list[str], tuple[NDArray[np.int64], ...]]:
    """The characters of a picture, and their rows and columns in a table."""
    most = np.sort(np.argsort(-beside.counts.share, kind="stable")[:MOST])
    itos = beside.of.dataset.vocabulary.itos
    return [itos[i] for i in most], np.ix_(most, most)


def _tables(snapshot: Snapshot, beside: Beside) -> None:
    """Both tables on one scale, of large alphabets their most frequent characters."""
    labels, cut = _most_frequent(beside)
    highest = float(beside.counted.table[cut].max())
    version = (beside.of.key, *moment(snapshot), beside.alpha)
    titles = f"Counted, alpha {beside.alpha:g}", f"Neural: softmax(W) at step {snapshot.step:,}"
    tables = zip(("counted_table", "neural_table"), titles, (beside.counted, beside.neural), strict=True)
    for column, (name, title, learned) in zip(st.columns(2), tables, strict=True):
        with column:
            make = partial(table_figure, title, learned.table[cut], labels, highest)
            chart(snapshot, version, name, make, TABLE)
    itos = beside.of.dataset.vocabulary.itos
    if len(labels) < len(itos):
        st.caption(f"The {MOST} most frequent of {len(itos):,} characters; all differences are over the whole tables.")


def _over_time(snapshot: Snapshot, beside: Beside) -> None:
    """Where the two differ, how far, and at what loss, step by step."""
    version = (beside.of.key, *moment(snapshot), tuple(step for step, _ in beside.moments), snapshot.at, beside.alpha)
    left, right = st.columns(2)
    with left:
        labels, cut = _most_frequent(beside)
        title = f"Neural less counted at step {snapshot.step:,}"
        apart = (beside.neural.table - beside.counted.table)[cut]
        chart(snapshot, version, "table_apart", partial(apart_figure, title, apart, labels), TABLE)
    with right:
        most = snapshot.progress.max_steps
        distances = [(step, distance(learned.table, beside.counted.table)) for step, learned in beside.moments]
        make = partial(convergence_figure, distances, most, snapshot.at)
        chart(snapshot, version, "bigram_apart", make, TABLE // 2)
        losses = [(step, learned.train, learned.val) for step, learned in beside.moments]
        known = beside.counted.train, beside.counted.val
        make = partial(bigram_losses_figure, losses, known, most, snapshot.at)
        chart(snapshot, version, "bigram_losses", make, TABLE // 2)
    st.caption(
        "A row's gradient is weighed by how often its character comes: rare rows learn last. Without decay "
        "the net goes on to the counts as they are, alpha 0."
    )


def _show_decays(of: Counted, here: tuple[float, Match] | None) -> None:
    """The end of training for each decay, and the smoothing that does the same."""
    st.markdown("**Decay is smoothing**")
    st.caption(
        "A decay pulls W to 0, where softmax is even; alpha pulls the counts to the same. Each decay is solved to its "
        "end by Newton's method, then the alpha whose table is closest is looked for (least KL)."
    )
    if len(of.dataset.vocabulary) > MOST_SOLVED:
        st.info(f"Solved for up to {MOST_SOLVED} characters; this alphabet is larger.", icon=":material/info:")
        return
    in_background("decays", ("decays", of.key), partial(_solve, of), lambda found: _decays(of, found, here))


def _solve(of: Counted, report: Report) -> tuple[Decayed, ...]:
    report(0.0, "Solving for each decay")
    return decays(pairs(of))


def _decays(of: Counted, found: tuple[Decayed, ...], here: tuple[float, Match] | None) -> None:
    left, right = st.columns([2, 3])
    with left:
        chart(
            session.snapshot(),
            (of.key, here),
            "decay_and_alpha",
            partial(decay_figure, found, here),
            PICTURE + 60,
        )
    with right, st.container(key="decay_table"):
        st.table(
            {
                "decay": [f"{d.l2:g}" for d in found],
                "its train / val": [f"{d.train:.4f} / {d.val:.4f}" for d in found],
                "mean W²": [f"{d.mean_square:.3g}" for d in found],
                "alpha": [f"{d.match.alpha:.3g}" for d in found],
                "its train, val": [f"{d.matched_train:.4f} / {d.matched_val:.4f}" for d in found],
                "apart, nats": [f"{d.match.divergence:.5f}" for d in found],
            },
            border="horizontal",
            hide_index=True,
        )
