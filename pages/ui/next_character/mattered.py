"""Which letter mattered: each letter replaced in turn, and what that does to the next character."""

from functools import partial

import numpy as np
import streamlit as st

from makemore_core.charts.characters import visible_text
from makemore_core.charts.occlusion import divergence_figure, occlusion_figure, spoken_for_figure
from makemore_core.inspection.occlusion import STAND_INS, Occlusion, occlusion, price
from makemore_core.tasks import Report
from makemore_core.training.recorder import RunState, Snapshot
from makemore_core.training.untrained import TrainedModel
from makemore_core.vocabulary import shown
from pages.ui.background import in_background
from pages.ui.inside.answers import Moment, moment
from pages.ui.inside.choices import choose_from, choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.next_character.answers import Question

GLANCE = 6e8  # multiplications for which nobody has to wait
LIKELIEST = ""  # the option for the character that came, else the likeliest
HIGH = 250  # pixels
NOTHING = "Nothing stands before the first character that could matter: type one, or choose a later step above."
BUSY = "This net is too large to be asked so often: pause the run, or look back to one of its steps."


def draw(snapshot: Snapshot, trained: TrainedModel, question: Question) -> None:
    """What stands in, then the answer."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        stand_in = choose_one_of_few("stand_in", "In a letter's place stands", list(STAND_INS))
        itos = trained.dataset.vocabulary.itos
        first = "the one that came" if question.came is not None else "the likeliest"
        target = choose_from(
            "target", "What it speaks for", [LIKELIEST, *itos], lambda c: first if c == LIKELIEST else shown(c)
        )
    if not question.place:
        st.info(NOTHING, icon=":material/info:")
        return
    weights = STAND_INS[stand_in](trained.dataset)
    show = partial(show_answer, snapshot, trained, question, target, stand_in)
    if price(trained.model, question.before, weights) <= GLANCE:
        show(_asked(moment(snapshot), tuple(question.before), stand_in, trained))
    elif snapshot.progress.state == RunState.RUNNING and snapshot.at is None:
        st.info(BUSY, icon=":material/info:")
    else:
        key = ("occlusion", moment(snapshot), tuple(question.before), stand_in)
        in_background("occlusion", key, partial(_ask, trained, question.before, weights), show)


@st.cache_resource(max_entries=64, show_spinner=False)
def _asked(now: Moment, prefix: tuple[int, ...], stand_in: str, _trained: TrainedModel) -> Occlusion:
    return occlusion(_trained.model, list(prefix), STAND_INS[stand_in](_trained.dataset))


def _ask(trained: TrainedModel, prefix: list[int], weights: np.ndarray, report: Report) -> Occlusion:
    return occlusion(
        trained.model, prefix, weights, lambda share: report(share, "Replacing one letter after the other")
    )


def show_answer(
    snapshot: Snapshot, trained: TrainedModel, question: Question, target: str, stand_in: str, seen: Occlusion
) -> None:
    """The chosen character, then all of them."""
    vocabulary = trained.dataset.vocabulary
    otherwise = int(seen.own.argmax()) if question.came is None else question.came
    token = otherwise if target == LIKELIEST else vocabulary.stoi[target]
    letters = question.text[: question.place]
    version = (moment(snapshot), tuple(question.before), stand_in, token)
    after = f"after “{visible_text(letters)}”, step {snapshot.step:,}"
    left, right = st.columns(2)
    with left:
        title = f"What each letter adds to ‘{visible_text(vocabulary.itos[token])}’ {after}"
        make = partial(spoken_for_figure, title, letters, seen.change[:, token])
        chart(snapshot, version, "speaks_for", make, HIGH)
    with right:
        title = "How far all probabilities move without it (KL)"
        make = partial(divergence_figure, title, letters, seen.divergence)
        chart(snapshot, version, "divergence", make, HIGH)
    with st.container(key="occlusion_words"):
        st.markdown(literal(in_words(seen, letters, vocabulary.itos[token], token)))
    title = "Orange: speaks for it; blue: against"
    make = partial(occlusion_figure, title, letters, vocabulary.itos, seen)
    chart(snapshot, version, "occlusion", make, min(560, 90 + 26 * len(letters)))
    blind = question.place - seen.sight
    unseen = f" The first {blind} are out of the net's sight: it sees {seen.sight}." if blind else ""
    st.caption(f"Each letter in turn gives way to {stand_in}; log2 p with it minus without it.{unseen}")


def in_words(seen: Occlusion, letters: str, character: str, token: int) -> str:
    """The letter that mattered most, with the probability before and after."""
    bits = seen.change[:, token]
    most = int(np.abs(bits).argmax())
    own = float(seen.own[token])
    without = own / 2 ** float(bits[most])
    which = f"‘{shown(letters[most])}’, character {most + 1} of {len(letters)},"
    if not np.abs(bits).max() > 0.005:
        return f"No letter matters for ‘{shown(character)}’: its probability stays {own:.2%}."
    verb = "speaks for" if bits[most] > 0 else "speaks against"
    return (
        f"{which} {verb} ‘{shown(character)}’ most: {own:.2%} with it, {without:.2%} without ({bits[most]:+.2f} bits)."
    )
