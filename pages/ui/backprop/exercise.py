"""Write it yourself: lecture 4's 26 gradients, each typed, judged, and hung beside the one that autograd finds."""

import math
from collections.abc import Hashable
from functools import partial

import streamlit as st

from makemore_core.charts.exercise import HEIGHT, gradient_figure, no_figure, reach_of
from makemore_core.exercise.bench import Bench
from makemore_core.exercise.judge import Verdict
from makemore_core.exercise.problems import PROBLEMS, Problem
from makemore_core.exercise.progress import OPEN, REVEALED, Progress
from makemore_core.expressions.mistakes import picture
from makemore_core.expressions.shapes import said
from makemore_core.gradcheck import Row
from makemore_core.training.recorder import Snapshot
from pages.ui.backprop import exercise_state as state
from pages.ui.backprop.answer_field import answer_field, answer_names
from pages.ui.backprop.exercise_answers import bench_of, judged
from pages.ui.backprop.exercise_strip import exercise_strip
from pages.ui.literal import literal
from pages.ui.live import chart

ALL_DONE = "All 26 are done: you have written a whole backward pass yourself."
THE_LOSS_ITSELF = "Nothing comes back but the loss itself, whose slope is 1."


def draw(snapshot: Snapshot) -> None:
    """The row of problems, then the open one: what is asked, the line to type, the verdict and the pictures."""
    bench, now, sentence = bench_of(snapshot)
    number = state.chosen()
    problem, text = PROBLEMS[number], state.answer(number)
    verdict = judged(now, bench, number, text) if text.strip() else None
    if verdict and verdict.is_right:
        state.keep(state.progress().with_found(number))
    progress = state.progress()
    _head(progress, sentence)
    exercise_strip(progress, number)
    typing, seeing = st.columns([3, 2], gap="large")
    with typing:
        _ask(problem, bench)
        caret = picture(text, *verdict.place) if verdict and verdict.place else ""
        answer_field(problem, text, caret)
        with st.container(key="exercise_verdict", gap="xsmall"):
            _say(verdict, progress, problem)
            _hints(problem)
        _buttons(problem, progress)
        answer_names(problem, bench.shown)
    with seeing:
        _pictures(snapshot, (now, number), bench, problem, verdict, text)


def _head(progress: Progress, sentence: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="exercise_head"):
        found, revealed = len(progress.found), len(progress.revealed)
        looked_up = f", {revealed} looked up" if revealed else ""
        st.markdown(f"**{found} of {len(PROBLEMS)}** found{looked_up}. {literal(sentence)}", width="stretch")
        if state.can_take_back():
            st.button("Undo", key="exercise_undo", icon=":material/undo:", on_click=state.take_back)
        else:
            st.button(
                "Start again",
                key="exercise_restart",
                icon=":material/restart_alt:",
                on_click=state.start_again,
                disabled=not progress.spelled,
                help="The address of this page keeps what was found: a reload or a copied link finds it again.",
            )


def _ask(problem: Problem, bench: Bench) -> None:
    """What is looked for, the lines forward that use the value, and what comes back to it."""
    values = bench.shown.values
    shapes = {name: said(values[name].shape) for name in problem.allowed if name in values}
    with st.container(key="exercise_question", gap="xsmall"):
        st.markdown(f"**{problem.name}**: how the loss changes with `{problem.at}` {literal(shapes[problem.at])}")
        for line in problem.uses:
            needs = ", ".join(f"{name} {shapes[name]}" for name in line.needs)
            st.markdown(f"`{line.name} = {line.code}` $\\quad {line.formula}$  \n:gray[{literal(needs)}]")
        coming = ", ".join(f"`{name}` {literal(shapes[name])}" for name in problem.coming)
        st.markdown(f"Comes back: {coming}" if coming else THE_LOSS_ITSELF)


def _say(verdict: Verdict | None, progress: Progress, problem: Problem) -> None:
    """The verdict in a sentence, with what the lecture's cmp prints."""
    if verdict is None:
        revealed = progress.state(problem.number) == REVEALED
        solved = progress.state(problem.number) != OPEN
        words = "Looked up before." if revealed else "Found before." if solved else "Type it and press Enter."
        st.markdown(f":material/edit: {words}")
        return
    told = f" {_as_cmp_tells(verdict.row)}" if verdict.row else ""
    icon, color = ("check_circle", "green") if verdict.is_right else ("lightbulb", "orange")
    st.markdown(f":{color}[:material/{icon}:] {literal(verdict.sentence)}{literal(told)}")


def _as_cmp_tells(row: Row) -> str:
    """What the lecture's cmp prints: exact, close, the largest difference."""
    if row.exact:
        return "Exact: every bit is autograd's."
    if math.isnan(row.max_diff):
        return "On this run's own weights it is no number."
    return f"Largest difference {row.max_diff:.2g}, {'close' if row.close else 'not close'}."


def _hints(problem: Problem) -> None:
    """The hints that were asked for, and the solution if it was."""
    shown = state.hints(problem.number)
    needs = ", ".join(f"`{name}`" for name in problem.line.needs)
    for hint in (literal(problem.line.words), f"{needs} are enough: ${problem.line.formula}$")[:shown]:
        st.markdown(hint)
    if state.progress().state(problem.number) == REVEALED:
        st.markdown(f"One right answer: `{problem.name} = {problem.solution}`")


def _buttons(problem: Problem, progress: Progress) -> None:
    number = problem.number
    following = progress.next_open(number)
    done = progress.state(number) != OPEN
    with st.container(horizontal=True, gap="small", key="exercise_buttons"):
        if following is None:
            st.markdown(ALL_DONE)
        else:
            name = PROBLEMS[following].name
            st.button(
                f"Next: {name}",
                key="exercise_next",
                icon=":material/arrow_forward:",
                type="primary" if done else "secondary",
                on_click=state.choose,
                args=(following,),
            )
        st.button(
            "Another hint",
            key="exercise_hint",
            icon=":material/lightbulb:",
            on_click=state.ask_for_hint,
            disabled=done or state.hints(number) >= state.MOST_HINTS,
        )
        st.button(
            "Show the answer",
            key="exercise_reveal",
            icon=":material/visibility:",
            on_click=state.reveal,
            disabled=done,
        )


def _pictures(
    snapshot: Snapshot, version: Hashable, bench: Bench, problem: Problem, verdict: Verdict | None, text: str
) -> None:
    """The learner's gradient over autograd's, on one scale."""
    right = bench.autograd[problem.name].numpy()
    reach = reach_of(right)
    yours, theirs = f"Yours: {problem.name}", f"Autograd's: {problem.name}"
    if verdict and verdict.row and verdict.result is not None:
        make = partial(gradient_figure, yours, verdict.result.numpy(), reach)
    else:
        make = partial(no_figure, yours, "another shape" if verdict and verdict.result is not None else "nothing yet")
    chart(snapshot, (version, text), "exercise_yours", make, HEIGHT)
    make = partial(gradient_figure, theirs, right, reach)
    chart(snapshot, version, "exercise_right", make, HEIGHT)
