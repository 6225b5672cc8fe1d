"""Two models, the same beginning and the same dice: how their names part, and how they see the next character."""

import html
from dataclasses import replace
from functools import partial

import streamlit as st

from makemore_core.charts.characters import FIRST, SECOND, two_models_figure, visible_text
from makemore_core.inspection.side_by_side import SideBySide, parting, side_by_side
from makemore_core.sampling import SamplingConfig
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel, untrained_model, untrained_snapshot
from makemore_core.vocabulary import shown
from pages.ui import session
from pages.ui.forms import sampling_form
from pages.ui.inside.answers import Moment, moment
from pages.ui.inside.choices import choose_from
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.manager import run_manager
from pages.ui.next_character.answers import Question, expected, names
from pages.ui.page import or_say_why_not
from pages.ui.run_bar import in_picker

NAMES, LINES = 12, 6
HIGH = 330  # pixels
NOW = "as it is now"
UNTRAINED = "the untrained net of the settings"
MOST_NAMED = 8  # characters that only one of them knows


def draw(snapshot: Snapshot, trained: TrainedModel, question: Question) -> None:
    """Choose the other, then see both."""
    left, right = st.columns([3, 1])
    with right:
        sampling = sampling_form("Other dice")
    with left:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            run = choose_run()
            step = choose_step(run)
        or_say_why_not(lambda: show(snapshot, trained, question, sampling, run, step))


def choose_run() -> str:
    """Which run stands beside; the shown one may stand beside itself, at another step."""
    shown_run = session.current_run()
    runs = {row.id: in_picker(row) for row in session.newest_runs()}
    order = ([shown_run] if shown_run in runs else []) + [id for id in runs if id != shown_run]
    titles = runs | {UNTRAINED: UNTRAINED, shown_run: "this run, at another step"}
    return choose_from("beside", "Beside it", [*order, UNTRAINED], lambda id: titles.get(id, id), width=320)


def choose_step(run: str) -> int | None:
    """Which step of it; None is now. A run beside itself begins at its first step."""
    if run == UNTRAINED:
        return None
    kept = [f"step {step:,}" for step in session.weight_steps(run)]
    options = [*kept, NOW] if run == session.current_run() else [NOW, *reversed(kept)]
    chosen = choose_from(f"beside_step_{run}", "As it was", options, width=180)
    return None if chosen == NOW else int(chosen.removeprefix("step ").replace(",", ""))


def other_model(run: str, step: int | None) -> tuple[Snapshot, TrainedModel]:
    """The other model, with the moment that it is of."""
    if run == UNTRAINED:
        config = session.draft().config
        return untrained_snapshot(config), untrained_model(config)
    found = run_manager().snapshot(run)
    snapshot = found if found and found.observations else replace(untrained_snapshot(session.draft().config), run=run)
    snapshot = replace(snapshot, at=step)
    return snapshot, _model(moment(snapshot), step, snapshot.progress.is_alive)


@st.cache_resource(max_entries=4, show_spinner=False)
def _model(now: Moment, step: int | None, is_alive: bool) -> TrainedModel:
    return run_manager().trained_model(now[0], step)


def show(
    snapshot: Snapshot, trained: TrainedModel, question: Question, sampling: SamplingConfig, run: str, step: int | None
) -> None:
    """The bars of both, then the names of both."""
    other_snapshot, other = other_model(run, step)
    before = question.text[: question.place]
    tokens = tuple(other.dataset.vocabulary.encode(before))
    p = expected(snapshot, trained, question.tokens, sampling).drawn[question.place]
    q = expected(other_snapshot, other, tokens, sampling).drawn[-1]
    both = side_by_side(trained.dataset.vocabulary, p, other.dataset.vocabulary, q)
    titles = (title(snapshot), title(other_snapshot))
    heading = f"Next character after “{visible_text(before)}”"
    make = partial(two_models_figure, heading, both, titles)
    version = (moment(snapshot), moment(other_snapshot), before, p.tobytes(), q.tobytes())
    agree = f"They agree on {both.shared:.0%} of the probability."
    chart(snapshot, version, "two_models", make, HIGH)
    st.markdown(f"{agree} {literal(strangers(both))}")
    n = min(LINES if d.is_text else NAMES for d in (trained.dataset, other.dataset))
    mine = names(snapshot, trained, question.before, n, sampling)
    theirs = names(other_snapshot, other, list(tokens), n, sampling)
    st.html(table(titles, mine, theirs, len(before)))
    st.caption(
        "The same numbers fall for both, row by row. What they have in common is dim; they part where it is bold."
    )


def title(snapshot: Snapshot) -> str:
    """A run and its step."""
    untrained = snapshot.run.startswith("untrained ")
    return "untrained" if untrained else f"{run_manager().row(snapshot.run).title}, step {snapshot.step:,}"


def strangers(both: SideBySide) -> str:
    """One honest sentence where the alphabets differ."""
    told = [
        f"only the {which} knows {_listed(letters)}"
        for which, letters in (("first", both.only_first), ("second", both.only_second))
        if letters
    ]
    if not told:
        return ""
    return (
        f"Their alphabets differ: {', '.join(told)}. So the same number may hit another letter even where they agree."
    )


def _listed(letters: tuple[str, ...]) -> str:
    more = f" and {len(letters) - MOST_NAMED:,} more" if len(letters) > MOST_NAMED else ""
    return " ".join(map(shown, letters[:MOST_NAMED])) + more


def table(titles: tuple[str, str], mine: tuple[str, ...], theirs: tuple[str, ...], given: int) -> str:
    """Names in two columns, row by row."""
    heads = "".join(
        f"<header style='--run:{color}'>{html.escape(title)}</header>"
        for title, color in zip(titles, (FIRST, SECOND), strict=True)
    )
    rows = [_pair(a, b, max(given, parting(a, b))) for a, b in zip(mine, theirs, strict=True)]
    return f"<section class='beside'>{heads}{''.join(rows)}</section>"


def _pair(first: str, second: str, common: int) -> str:
    cells = (
        f"<p><i>{html.escape(name[:common])}</i><b>{html.escape(name[common:])}</b></p>" for name in (first, second)
    )
    return "".join(cells)
