"""Attention: on a text of your own, which characters each head of each layer looks at."""

import copy
from functools import partial

import streamlit as st

from makemore_core.charts.attention import head_figure, heads_figure
from makemore_core.inspection.attention import Attention, attention, has_attention, most_looked_at
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from makemore_core.vocabulary import shown
from pages.ui import session
from pages.ui.inside.answers import moment
from pages.ui.inside.choices import choose_number
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.page import or_say_why_not

NONE = "Only the Transformer has attention: the other models mix their context by fixed weights or by a state."
LARGE = 520  # pixels


def draw(snapshot: Snapshot) -> None:
    """A text, all heads on it, and one of them large."""
    trained = session.trained_model()
    if not has_attention(trained.model):
        st.info(NONE, icon=":material/info:")
        return
    noun = "text" if trained.dataset.is_text else "name"
    text = st.text_input(f"A {noun} to look at", key="my_name", max_chars=40, live=True, persist_state="session")
    or_say_why_not(lambda: show(snapshot, trained, text))


def show(snapshot: Snapshot, trained: TrainedModel, text: str) -> None:
    """All heads, then the chosen one with its sentence."""
    seen = attention(copy.deepcopy(trained.model), trained.dataset.vocabulary, text)
    all_heads, one = st.columns(2)
    with one, st.container(horizontal=True, gap="small"):
        layer = choose_number("attention_layer", f"Layer, 1 to {seen.layers}", seen.layers, first=1) - 1
        head = choose_number("attention_head", f"Head, 1 to {seen.heads}", seen.heads, first=1) - 1
    with all_heads:
        title = f"Attention at step {snapshot.step:,}"
        chart(snapshot, (moment(snapshot), text), "heads", partial(heads_figure, title, seen), LARGE + 76)
    with one:
        sentence = in_words(seen, layer, head)
        title = f"Layer {layer + 1}, head {head + 1}, step {snapshot.step:,}"
        make = partial(head_figure, title, seen, layer, head)
        chart(snapshot, (moment(snapshot), text, layer, head), "head", make, LARGE)
    sees = f" The model sees the last {len(seen.characters)} characters only." if seen.cut else ""
    st.markdown(literal(sentence + sees))


def in_words(seen: Attention, layer: int, head: int) -> str:
    """What the latest character looks at most."""
    place, share = most_looked_at(seen.shares[layer, head, -1])
    here, there = (shown(seen.characters[i]) for i in (-1, place))
    which = (
        "itself" if place == len(seen.characters) - 1 else f"‘{there}’, character {place + 1} of {len(seen.characters)}"
    )
    return f"At ‘{here}’, head {head + 1} of layer {layer + 1} looks most at {which} ({share:.0%})."
