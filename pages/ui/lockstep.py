"""Writings of one network trained side by side while one looks: losses on each other, what is between, and speeds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import streamlit as st

from makemore_core.charts.lockstep import PARTED, SPEEDS, losses_figure, parameters_figure, speeds_figure
from makemore_core.gradcheck import DTYPES
from makemore_core.tasks import Report
from makemore_core.training.lockstep import train_together
from makemore_core.training.recorder import Snapshot
from makemore_core.training.walks import Together, Walk, Writing
from pages.ui import session
from pages.ui.background import begin, in_background, leave
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.tasks import tasks

AS_MANY_AS_FIT = 0  # steps: those that take about ten seconds
STATUS = 62  # pixels
NOTHING = "—"
CHOICE, TALLEST = 82, 600  # pixels: the field above the parameters; the losses

Key = tuple[object, ...]


@dataclass(frozen=True)
class Asked:
    """Which writings, for how many steps, in which precision; `start` stands on the button that begins them."""

    panel: str
    writings: tuple[Writing, ...]
    steps: int
    precision: str = "float32"
    start: str = ""

    @property
    def key(self) -> Key:
        """All that the result depends on."""
        data = self.writings[0].config.data.load().sha256
        return "lockstep", data, self.writings, self.steps, self.precision


def choose_steps(panel: str, options: tuple[int, ...]) -> int:
    """How long: in steps, or as many as fit."""
    return choose_one_of_few(f"{panel}_steps", "Steps", options, _steps_in_words)


def _steps_in_words(steps: int) -> str:
    return f"{steps:,}" if steps else "about 10 s"


def lockstep(snapshot: Snapshot, asked: Asked, published: tuple[str, Mapping[str, float | None]] = ("", {})) -> None:
    """The state of the work, then the charts of what it has found so far. To be called in what live() draws.

    `published` are losses by split that somebody printed, and what to call them.
    """
    _drop_what_was_asked_before(asked)
    with st.container(key=f"{asked.panel}_status", height=STATUS, border=False):
        in_background(asked.panel, asked.key, _work(asked), partial(_done, asked), asked.start)
    task = tasks().find(asked.key)
    together: Together | None = (task.result or task.report.so_far) if task else None
    if task is None or (together is None and not task.is_running):
        return
    _charts(snapshot, asked, together)
    _words(asked, together)
    if together:
        _table(together, *published)
    else:
        _draw_table({"": [writing.name for writing in asked.writings], "steps/s": [NOTHING] * len(asked.writings)})


def _work(asked: Asked) -> Callable[[Report], Together]:
    def work(report: Report) -> Together:
        dataset = asked.writings[0].config.data.load()
        return train_together(asked.writings, dataset, asked.steps, report, dtype=DTYPES[asked.precision])

    return work


def _drop_what_was_asked_before(asked: Asked) -> None:
    """Nobody waits for the answer to another question any more; and two at once would slow each other."""
    before = session.kept(f"{asked.panel}_asked", None)
    if before != asked.key:
        leave(before)
    session.select(f"{asked.panel}_asked", asked.key)


def _done(asked: Asked, together: Together) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{together.steps:,}** steps by each, by turns.")
        st.button("Once more", key=f"{asked.panel}-again", icon=":material/refresh:", on_click=_again, args=(asked,))


def _again(asked: Asked) -> None:
    tasks().forget(asked.key)
    begin(asked.key, _work(asked))


def _charts(snapshot: Snapshot, asked: Asked, together: Together | None) -> None:
    version = (repr(asked.key), together.steps, together.first.seconds) if together else "nothing yet"
    speeds = 48 + SPEEDS * len(asked.writings)
    height = min(TALLEST, speeds + PARTED + (CHOICE if len(asked.writings) > 2 else 0))
    left, right = st.columns([3, 2])
    with left:
        chart(snapshot, version, f"{asked.panel}_losses", partial(losses_figure, together), height)
    with right:
        chart(snapshot, version, f"{asked.panel}_speeds", partial(speeds_figure, together), speeds)
        walk = _chosen(asked, together)
        name = walk.name if walk else ""
        make = partial(parameters_figure, together, walk)
        chart(snapshot, (version, name), f"{asked.panel}_parameters", make, PARTED)


def _chosen(asked: Asked, together: Together | None) -> Walk | None:
    """The writing whose parameters are shown."""
    others = together.others if together else ()
    names = [walk.name for walk in others]
    if len(asked.writings) > 2:
        name = choose_one_of_few(f"{asked.panel}_other", "Parameters of", names or [w.name for w in asked.writings[1:]])
        return next((walk for walk in others if walk.name == name), None)
    return others[0] if others else None


def _words(asked: Asked, together: Together | None) -> None:
    """What was measured, a sentence for each writing; and why others are not there. Before that, their names."""
    if together is None:
        others = asked.writings[1:]
        st.markdown("  \n".join(f":material/more_horiz: {literal(writing.name)}: no step yet" for writing in others))
        return
    lines = [
        f":material/{'check' if walk.is_equal else 'arrow_split'}: {literal(together.verdict(walk))}"
        for walk in together.others
    ]
    lines += [
        f":material/block: {literal(f'{name} is left out. {sentence}')}" for name, sentence in together.left_out.items()
    ]
    st.markdown("  \n".join(lines))


def _table(together: Together, printed_by: str, published: Mapping[str, float | None]) -> None:
    """The numbers, to the digit where they part; the published ones below, where there are any."""
    walks = together.walks
    is_done = bool(together.first.split_losses)
    rows = {
        "": [walk.name for walk in walks],
        "steps/s": [f"{walk.steps_per_second:,.0f}" for walk in walks],
        "times": [f"{together.times(walk):.2f}" for walk in walks],
        "parameters differ by": [_largest(walk) for walk in walks],
    }
    if is_done:
        of = f", {together.scored:,} characters" if together.scored else ""
        rows |= {f"{split}{of}": [f"{walk.split_losses[split]:.7f}" for walk in walks] for split in ("train", "val")}
    elif together.evaluated:
        rows[f"val after {together.evaluated[-1]:,}"] = [f"{walk.val[-1]:.7f}" for walk in walks]
    if is_done and any(published.values()):
        printed = {"": printed_by} | {split: f"{loss:g}" for split, loss in published.items() if loss is not None}
        rows = {label: [*cells, printed.get(label, NOTHING)] for label, cells in rows.items()}
    _draw_table(rows)


def _draw_table(rows: Mapping[str, list[str]]) -> None:
    with st.container(key="lockstep_table"):
        st.table(rows, border="horizontal", hide_index=True)


def _largest(walk: Walk) -> str:
    name, largest = walk.farthest
    return NOTHING if not name else f"{largest:.1e} in {name}" if largest else "0, equal to the bit"
