"""What the net invents: how much of it stands in the data, which real name is nearest, and how that came about."""

import html
from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from makemore_core.charts.novelty import lengths_figure, shares_figure, shares_over_steps_figure
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.novelty import (
    HELD_BACK,
    KINDS,
    NEW,
    TRAIN,
    Neighbour,
    Novelty,
    invented,
    invented_by_counting,
    nearest_in_train,
    new_among_val,
    pieces,
)
from makemore_core.sampling import SamplingConfig
from makemore_core.tasks import Report
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.as_of import as_of, is_moving
from pages.ui.background import in_background
from pages.ui.forms import sampling_form
from pages.ui.inside.answers import moment
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.manager import run_manager
from pages.ui.my_name.past import Past, past, sample_the_past
from pages.ui.tasks import tasks

MANY = ("100", "1,000")
QUICK = 1.5e7  # characters times weights that 100 names may take at once; the worst net rambles up to 64 characters
MOST_COMPARED, MOST_LISTED = 300, 200
YARDSTICK_NAMES, YARDSTICK_SEED = 1_000, 42
MOMENTS, NAMES_THEN = 30, 200  # steps of the past, and names at each of them
ALL_KINDS = "all"


@dataclass(frozen=True)
class Invention:
    """Names that a net invented, and for the first of the new ones the nearest training name."""

    novelty: Novelty
    nearest: tuple[Neighbour, ...]


def draw(snapshot: Snapshot) -> None:
    """Names of the shown step; then how the shares of copied and new ones came about."""
    trained = session.trained_model()
    noun = trained.dataset.noun
    with st.container(key="novelty_controls", horizontal=True, vertical_alignment="center"):
        many = choose_one_of_few("novelty_many", f"{noun.capitalize()}s", MANY, label_visibility="collapsed")
        with st.popover("Sampling", icon=":material/tune:", key="novelty_sampling"):
            sampling = sampling_form(f"Other {noun}s")
    n = int(many.replace(",", ""))
    numbers = sum(p.numel() for p in trained.model.parameters()) * trained.model.block_size
    work = partial(_invent, trained, n, sampling)
    quick = n == 100 and numbers < QUICK and not is_moving(snapshot)
    show = partial(_draw, snapshot, trained)
    as_of("novelty", snapshot, ("novelty", n, sampling), work, show, quick=quick)
    with st.container(key="novelty_past"):
        over_the_steps(snapshot, trained, sampling)


def _invent(trained: TrainedModel, n: int, sampling: SamplingConfig, report: Report) -> Invention:
    novelty = invented(trained.model, trained.dataset, n, sampling, report)
    return Invention(novelty, tuple(nearest_in_train(novelty.distinct(NEW)[:MOST_COMPARED], trained.dataset, report)))


def _draw(snapshot: Snapshot, trained: TrainedModel, step: int, invention: Invention) -> None:
    left, right = st.columns([1, 1])
    with left:
        shares(snapshot, trained, step, invention)
        lengths(snapshot, trained, step, invention.novelty)
    with right:
        listed(trained, step, invention)


@dataclass(frozen=True)
class Yardsticks:
    """The shares of what a 4-gram invents, and those of val's own words."""

    counting: dict[str, float]
    val: dict[str, float]


@st.cache_resource(max_entries=4, show_spinner=False)
def _yardsticks(sha256: str, data: DataConfig, _dataset: Dataset) -> Yardsticks:
    counting = invented_by_counting(_dataset, YARDSTICK_NAMES, SamplingConfig(seed=YARDSTICK_SEED)).shares
    new = new_among_val(_dataset)
    return Yardsticks(counting, {TRAIN: 1 - new, HELD_BACK: new, NEW: 0.0})


def shares(snapshot: Snapshot, trained: TrainedModel, step: int, invention: Invention) -> None:
    """A bar that sums to 1, with those of a count table and of val under it."""
    novelty, noun = invention.novelty, trained.dataset.noun
    yardsticks = _yardsticks(trained.dataset.sha256, session.config().data, trained.dataset)
    rows = {"this net": novelty.shares, "a 4-gram": yardsticks.counting, "real val": yardsticks.val}
    title = f"Where its {len(novelty.names):,} {noun}s stand, step {step:,}"
    make = partial(shares_figure, title, rows)
    chart(snapshot, (moment(snapshot), step, novelty.names), "novelty_shares", make, 220)
    st.caption(f"{literal(_repeats(novelty, noun))} {_near(invention, noun)}")


def _repeats(novelty: Novelty, noun: str) -> str:
    if not novelty.repeats:
        return f"No {noun} comes twice."
    return f"Of these {len(novelty.names):,} {noun}s {novelty.repeats:,} came before."


def _near(invention: Invention, noun: str) -> str:
    if not invention.nearest:
        return ""
    distances = [neighbour.distance for neighbour in invention.nearest]
    near = distances.count(1) / len(distances)
    half = np.median(distances)
    return f"Of the new ones {near:.0%} are one letter away from a {noun} of train, half within {half:.0f}."


def lengths(snapshot: Snapshot, trained: TrainedModel, step: int, novelty: Novelty) -> None:
    """Whether it knows when to stop."""
    real = [len(word) for words in trained.dataset.lists.values() for word in words]
    title = f"Length in characters, step {step:,}"
    make = partial(lengths_figure, title, [len(name) for name in novelty.names], real)
    chart(snapshot, (moment(snapshot), step, novelty.names), "novelty_lengths", make, 230)


def listed(trained: TrainedModel, step: int, invention: Invention) -> None:
    """The names, of one kind or of all; beside a new one its nearest, with what differs marked."""
    noun, novelty = trained.dataset.noun, invention.novelty
    shown = {ALL_KINDS: ALL_KINDS} | {kind: f"{kind} {novelty.kinds.count(kind):,}" for kind in KINDS}
    kind = choose_one_of_few(
        "novelty_kind", "Show", list(shown), lambda kind: shown[kind], label_visibility="collapsed"
    )
    nearest = {neighbour.name: neighbour for neighbour in invention.nearest}
    pairs = zip(novelty.names, novelty.kinds, strict=True)
    rows = [_row(name, k, nearest.get(name)) for name, k in pairs if kind in (ALL_KINDS, k)]
    more = f", the first {MOST_LISTED}" if len(rows) > MOST_LISTED else ""
    header = f"<header>{html.escape(noun.capitalize())}s it invents{more}, step {step:,}</header>"
    body = "".join(rows[:MOST_LISTED]) or f"<p>None of these {noun}s is {kind}.</p>"
    st.html(f"<section class='inventions'>{header}<div>{body}</div></section>")


def _row(name: str, kind: str, neighbour: Neighbour | None) -> str:
    mine, theirs = html.escape(name) or "·", ""
    if neighbour:
        cut = pieces(name, neighbour.nearest)
        mine = "".join(_marked(a, a == b) for a, b in cut) or "·"
        theirs = "".join(_marked(b, a == b) for a, b in cut)
    edits = f"{neighbour.distance}" if neighbour else ""
    word = kind.removeprefix("in ")
    tag = f"<em class='{kind.split()[-1]}'>{word}</em>"
    return f"<div><code>{mine}</code>{tag}<code class='near'>{theirs}</code><span>{edits}</span></div>"


def _marked(piece: str, agrees: bool) -> str:
    escaped = html.escape(piece)
    return escaped if agrees or not piece else f"<mark>{escaped}</mark>"


def over_the_steps(snapshot: Snapshot, trained: TrainedModel, sampling: SamplingConfig) -> None:
    """The shares at the steps whose weights were kept, as far as they are known; the rest is being sampled."""
    noun = trained.dataset.noun
    run = session.current_run()
    steps = _thinned(session.weight_steps())
    if run is None or not steps:
        st.caption(f"Press Play: here it will stand how the share of new {noun}s came about, step by step.")
        return
    run, life, _ = moment(snapshot)
    known = past(run, life, sampling, NAMES_THEN)
    _go_on(known, run, life, sampling, [step for step in steps if step not in known])
    there = [(step, shares) for step, shares in sorted(known.items()) if step in steps]
    if not there:
        return
    title = f"{NAMES_THEN} {noun}s at each of {len(there)} kept steps"
    copied = _yardsticks(trained.dataset.sha256, session.config().data, trained.dataset).counting
    most, at = snapshot.progress.max_steps, snapshot.at
    x, y = [step for step, _ in there], [shares for _, shares in there]
    make = partial(shares_over_steps_figure, title, x, y, copied, most, at)
    chart(snapshot, (run, life, tuple(x), at, sampling), "novelty_over_steps", make, 290)
    st.caption(
        f"Always with the same dice. Who learns {noun}s hits real ones of train and of val; who learns by heart, those "
        "of train alone."
    )


def _thinned(steps: list[int]) -> tuple[int, ...]:
    return tuple(sorted({steps[i] for i in np.linspace(0, len(steps) - 1, MOMENTS).astype(int)})) if steps else ()


def _go_on(known: Past, run: str, life: str, sampling: SamplingConfig, missing: list[int]) -> None:
    """Sample the steps that are missing, beside the page."""
    if not missing:
        return
    key = ("novelty over the steps", run, life, sampling)
    task = tasks().find(key)
    if task and task.result is not None:
        tasks().forget(key)
    model_at = partial(run_manager().trained_model, run)
    work = partial(sample_the_past, known, missing, model_at, sampling, NAMES_THEN)
    in_background("novelty_past", key, work, lambda _: None)
