"""Next character: ask the net what comes next, and how surprising a name is to it."""

import math

import streamlit as st

from makemore_core.charts.characters import next_character_figure, surprise_figure
from makemore_core.sampling import SamplingConfig, next_character, sample
from makemore_core.scoring import surprise
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.forms import sampling_form
from pages.ui.live import live
from pages.ui.live_chart import live_chart
from pages.ui.page import literal, open_page, or_say_why_not
from pages.ui.panels import names_list
from pages.ui.word_surprise import word_surprise

NAMES, LINES = 12, 6

open_page("Next character", "Type how a name begins and see what the net expects next; then ask it about your own.")


def draw(snapshot: Snapshot) -> None:
    """What comes next, names from here on, and the surprise of a whole name."""
    trained = session.trained_model()
    noun = trained.dataset.noun
    question, dice = st.columns([3, 2])
    with dice:
        sampling = sampling_form(f"Other {noun}s")
    with question:
        prefix = st.text_input(f"A {noun} begins with", key="prefix", max_chars=40, live=True, persist_state="session")
        or_say_why_not(lambda: show_next(trained, prefix, sampling))
    with dice:
        or_say_why_not(lambda: show_names(trained, prefix, sampling))
    name = st.text_input(f"Your {noun}", key="my_name", max_chars=40, live=True, persist_state="session")
    or_say_why_not(lambda: show_surprise(trained, name, snapshot))


def show_next(trained: TrainedModel, prefix: str, sampling: SamplingConfig) -> None:
    """Bars of the next character after the prefix."""
    vocabulary = trained.dataset.vocabulary
    p = next_character(trained.model, vocabulary.encode(prefix), sampling)
    likeliest = vocabulary.itos[max(range(len(p)), key=p.__getitem__)]
    figure = next_character_figure(prefix, vocabulary.itos, p)
    live_chart(figure, key="next_character", height=330, alt=f"After {prefix!r} the likeliest is {likeliest!r}.")


def show_names(trained: TrainedModel, prefix: str, sampling: SamplingConfig) -> None:
    """Names that begin with the prefix."""
    vocabulary = trained.dataset.vocabulary
    n = LINES if trained.dataset.is_text else NAMES
    names = sample(trained.model, n, sampling, vocabulary.encode(prefix))
    names_list([vocabulary.decode(name) for name in names], trained.dataset)


def show_surprise(trained: TrainedModel, name: str, snapshot: Snapshot) -> None:
    """Bits letter by letter, and where the name stands among the real ones."""
    vocabulary = trained.dataset.vocabulary
    scored = surprise(name, trained.model, vocabulary, word_surprise(trained, snapshot))
    characters, bits = zip(*scored.per_character, strict=True)
    blind = math.log2(len(vocabulary))
    others = f"{scored.percentile:.0f} % of the data set's {trained.dataset.noun}s"
    verdict = f"{scored.bits:.1f} bits in all: {others} surprise the net less."
    live_chart(surprise_figure(characters, bits, blind), key="surprise", height=260, alt=f"{name}: {verdict}")
    st.markdown(f"**{literal(name)}** costs {verdict} A blind guess costs {blind * len(bits):.1f} bits.")


live(draw)
