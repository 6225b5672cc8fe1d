"""The next character: its bars at the chosen step, all steps at once, and names that begin so."""

from functools import partial

import streamlit as st

from makemore_core.charts.characters import ORDERS, expectations_figure, next_character_figure, visible_text
from makemore_core.inspection.expectations import Expectations, entropy
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from makemore_core.vocabulary import shown
from pages.ui.forms import sampling_form
from pages.ui.inside.answers import moment
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.next_character.answers import Question, expected, names
from pages.ui.panels import names_list

NAMES, LINES = 12, 6
HIGH, ROW, MOST_HIGH = 330, 20, 560  # pixels


def draw(snapshot: Snapshot, trained: TrainedModel, question: Question) -> None:
    """The bars and what their sum hides, with the dice beside."""
    left, right = st.columns([3, 1])
    with right, st.container(key="next_names"):
        sampling = sampling_form(f"Other {trained.dataset.noun}s")
        n = LINES if trained.dataset.is_text else NAMES
        names_list(list(names(snapshot, trained, question.before, n, sampling)), trained.dataset)
    seen = expected(snapshot, trained, question.tokens, sampling)
    with left:
        by = choose_one_of_few("bars_by", "Order", ORDERS, label_visibility="collapsed")
        show_bars(snapshot, trained, question, seen, by)
        with st.container(key="next_facts"):
            st.markdown(facts(trained, question, seen))
        show_steps(snapshot, trained, question, seen)


def show_bars(snapshot: Snapshot, trained: TrainedModel, question: Question, seen: Expectations, by: str) -> None:
    """Bars of the next character at the chosen step."""
    before = question.text[: question.place]
    itos, i = trained.dataset.vocabulary.itos, question.place
    title = f"Next character after “{visible_text(before)}”, step {snapshot.step:,}"
    make = partial(next_character_figure, title, itos, seen.own[i], seen.drawn[i], question.came, by)
    version = (moment(snapshot), question, by, seen.drawn[i].tobytes())
    chart(snapshot, version, "next_character", make, HIGH)


def show_steps(snapshot: Snapshot, trained: TrainedModel, question: Question, seen: Expectations) -> None:
    """All steps of the word."""
    title = "The net's own probabilities at every step, and what came"
    make = partial(expectations_figure, title, trained.dataset.vocabulary.itos, seen, question.place)
    height = min(MOST_HIGH, 76 + ROW * len(seen.own))
    chart(snapshot, (moment(snapshot), question), "all_steps", make, height)


def facts(trained: TrainedModel, question: Question, seen: Expectations) -> str:
    """How open the question is, what was cut, and how surprising what came is."""
    own, drawn = seen.own[question.place], seen.drawn[question.place]
    bits, before = float(entropy(drawn)), float(entropy(own))
    told = f"Entropy **{bits:.2f} bits**, as open as {2**bits:.1f} equal choices"
    told += f"; the net's own is {before:.2f} bits." if abs(bits - before) > 0.005 else "."
    cut = int(((own > 0) & (drawn == 0)).sum())
    told += f" {cut:,} of {len(own):,} characters are cut." if cut else ""
    if question.came is None:
        return told
    letter, rank = trained.dataset.vocabulary.itos[question.came], 1 + int((own > own[question.came]).sum())
    place = "the likeliest" if rank == 1 else f"number {rank:,} of {len(own):,}"
    surprise = f"{seen.bits[question.place]:.2f} bits ({own[question.came]:.2%}), {place}."
    return f"{told} ‘{literal(shown(letter))}’ came: {literal(surprise)}"
