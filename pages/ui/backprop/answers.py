"""What is known about the lines of the shown net on the batch that it learns from next: worked out once for a step."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from makemore_core.backprop.long_form import has_long_form
from makemore_core.backprop.short_forms import Compared, Race, compared, race, stages_with_short_form
from makemore_core.backprop.walk import Walk, walk
from makemore_core.config import RunConfig
from makemore_core.gradcheck import DTYPES, Row, compare
from makemore_core.models.language_model import LanguageModel
from makemore_core.training.batches import Batches
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import untrained_model
from pages.ui import session
from pages.ui.inside.answers import Moment, moment
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.manager import run_manager

AHEAD = "backprop_ahead"  # under which name is kept how many batches further one looks
MOST_NUMBERS, FEWEST = 750_000, 32  # in all values of a walk; and examples that it has at least, if the batch has them
LECTURE_4 = "lecture4-manual"

Key = tuple[Moment, int, int, str]  # of which net, its coming step, how many batches further, with which precision


@dataclass(frozen=True, eq=False)
class Seen:
    """The walk, its comparison row by row, and the batch behind it."""

    key: Key
    walk: Walk
    rows: list[Row]
    itos: tuple[str, ...]
    contexts: list[str]
    batch: int  # examples of the batch; the walk may have fewer

    @property
    def step(self) -> int:
        """The step that takes this batch."""
        return self.key[1] + self.key[2]

    @property
    def after(self) -> int:
        """The step after which the net is shown; 0 before the first, too."""
        return max(0, self.key[1] - 1)

    @property
    def examples(self) -> int:
        return len(self.targets)

    @property
    def targets(self) -> list[int]:
        return self.walk.values["y"].tolist()


def with_lines(snapshot: Snapshot, show: Callable[[Seen], None]) -> None:
    """Show what is seen, or say that this net is not one by hand, and offer one that is."""
    config = session.config()
    if has_long_form(untrained_model(config).model):
        show(seen(snapshot))
        return
    title = getattr(config.model, "title", config.model.name)
    st.info(
        f"{title} is not derived by hand here: that is done for MLP, Deep MLP and WaveNet. "
        "Lecture 4's network shows the same idea on your data.",
        icon=":material/info:",
    )
    lecture_4_button()


def lecture_4_button() -> None:
    """Lecture 4's network, untrained, on the data that is shown."""
    st.button(
        "Lecture 4's network",
        key="open_lecture_4",
        icon=":material/school:",
        on_click=lambda: session.choose_preset_on(LECTURE_4, session.config().data),
    )


def choose_batch(seen: Seen) -> None:
    """Which numbers: precision, and the batch of which step."""
    with st.container(key="batch_controls", horizontal=True, vertical_alignment="center", gap="small"):
        choose_one_of_few("backprop_precision", "Precision", list(DTYPES), label_visibility="collapsed")
        st.button("Another batch", key="another_batch", icon=":material/casino:", on_click=_look_further)
        if _ahead():
            st.button("Coming batch", key="coming_batch", icon=":material/undo:", on_click=_look_here)
        if session.current_run() is None and session.draft().preset != LECTURE_4:
            lecture_4_button()
        st.caption(_batch_in_words(seen))


def _batch_in_words(seen: Seen) -> str:
    some = f"the first {seen.examples:,} of {seen.batch:,}" if seen.examples < seen.batch else f"{seen.batch:,}"
    off = "" if math.isfinite(loss(seen)) else ": the net ran off, and what goes back is no number"
    return f"Batch of step {seen.step:,}: {some} examples, as the run draws them · loss {loss(seen):.4f}{off}"


def loss(seen: Seen) -> float:
    """Of the batch, in nats."""
    return seen.walk.values["loss"].item()


def _ahead() -> int:
    return int(session.kept(AHEAD, 0))


def _look_further() -> None:
    session.select(AHEAD, _ahead() + 1)


def _look_here() -> None:
    session.select(AHEAD, 0)


def seen(snapshot: Snapshot) -> Seen:
    """The shown net's lines on the batch that comes next, or on one after it."""
    precision = session.selected("backprop_precision", list(DTYPES))
    return _seen((moment(snapshot), _coming(snapshot), _ahead(), precision), snapshot)


def _coming(snapshot: Snapshot) -> int:
    """The step that the shown weights take next."""
    if session.current_run() is None:
        return 0
    is_latest = snapshot.at is None and not snapshot.progress.is_alive
    return snapshot.progress.step if is_latest else snapshot.step + 1


@st.cache_resource(max_entries=8, show_spinner=False)
def _seen(key: Key, _snapshot: Snapshot) -> Seen:
    trained = session.trained_model()
    x, y = _batches(_snapshot.run, session.current_run()).of_step(key[1] + key[2], _snapshot.marks)
    few = _affordable(_snapshot.run, trained.model, x, y)
    walked = walk(trained.model, x[:few], y[:few], DTYPES[key[3]])
    vocabulary = trained.dataset.vocabulary
    contexts = ["".join(vocabulary.itos[i] for i in row) for row in x[:few].tolist()]
    rows = compare(walked.gradients, walked.autograd)
    return Seen(key, walked, rows, tuple(vocabulary.itos), contexts, len(x))


@st.cache_resource(max_entries=4, show_spinner=False)
def _batches(run: str, id: str | None) -> Batches:
    """Of a run as it began; or of the draft, whose name in `run` says all its settings."""
    config = RunConfig.from_dict(run_manager().row(id).config) if id else session.config()
    return Batches(config, session.dataset())


@st.cache_data(max_entries=64, show_spinner=False)
def _affordable(run: str, _model: LanguageModel, _x: Tensor, _y: Tensor) -> int:
    """As many examples of a batch as there is time for: the same at each step of a run."""
    taste = walk(_model, _x[:2], _y[:2])
    each = sum(taste.values[line.name].numel() for line in taste.form.forward) / 2
    return max(FEWEST, int(MOST_NUMBERS / each))


def derived(seen: Seen, title: str) -> list[Compared]:
    """The derivation of a stage's short form, with the numbers of this batch."""
    stage = next(stage for stage in stages_with_short_form(seen.walk) if stage.title == title)
    return compared(seen.walk, stage)


def raced(seen: Seen, title: str) -> Race:
    """How long both forms of a stage take, on this machine; measured once for a run."""
    (run, *_), *_ = seen.key
    return _raced(run, seen.key[3], title, seen.examples, seen)


@st.cache_resource(max_entries=64, show_spinner=False)
def _raced(run: str, precision: str, title: str, examples: int, _seen: Seen) -> Race:
    stage = next(stage for stage in stages_with_short_form(_seen.walk) if stage.title == title)
    return race(_seen.walk, stage)
