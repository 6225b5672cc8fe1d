"""Next character: type how a name begins, and see at each step what the net expects, why, and what the dice make."""

from pages.ui.opening import open_page

open_page(
    "Next character",
    "Type how a name begins: each letter stands over its surprise in bits, with a line at what the net expected. "
    "Choose a letter, and look into that step.",
)

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from makemore_core.inspection.expectations import AS_IT_IS
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.live import live
from pages.ui.next_character import attention, bars, completions, dice, mattered, two_models
from pages.ui.next_character.answers import Question, expected
from pages.ui.next_character.hero import hero
from pages.ui.page import or_say_why_not
from pages.ui.views import choose_view
from pages.ui.widgets import text_field

VIEWS: dict[str, Callable[[Snapshot, TrainedModel, Question], None]] = {
    "Next": bars.draw,
    "Which letter mattered": mattered.draw,
    "Attention": attention.draw,
    "Dice": dice.draw,
    "Two models": two_models.draw,
    "Completions": completions.draw,
}


def draw(snapshot: Snapshot) -> None:
    """The word being typed, then the chosen view; only what is visible is computed."""
    trained = session.trained_model()
    text = session.prefix(trained.dataset)
    label = f"A {trained.dataset.noun} begins with"
    typed, word = st.columns([1, 4])
    with typed:
        text_field("prefix", label, text, session.type_prefix, max_chars=40, live=True)
    or_say_why_not(lambda: show(snapshot, trained, text, word))


def show(snapshot: Snapshot, trained: TrainedModel, text: str, word: DeltaGenerator) -> None:
    """The hero and the view on its chosen step."""
    tokens = tuple(trained.dataset.vocabulary.encode(text))
    question = Question(text, tokens, session.place(len(tokens)))
    with word:
        hero(trained, question, expected(snapshot, trained, tokens, AS_IT_IS))
    view = choose_view(session.NEXT, VIEWS)
    VIEWS[view](snapshot, trained, question)


live(draw)
