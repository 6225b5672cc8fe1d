"""One data set in detail: what it is, what stands in it, and how it is split."""

from dataclasses import replace
from functools import partial

import streamlit as st

from makemore_core.access import Action
from makemore_core.catalogue import CATALOGUE
from makemore_core.data.own import delete, find_own
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.lint.facts import samples_of
from pages.ui import session
from pages.ui.datasets.answers import facts, figures, findings, split_bar
from pages.ui.datasets.catalogue import look_at
from pages.ui.datasets.faults import faults
from pages.ui.datasets.literally import literally
from pages.ui.forms import knob_widget
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live_chart import live_chart

LOOK, SPLIT, LINT = "Look", "Split", "Lint"
SPLIT_KNOBS = ("shuffles", "train_share", "val_share", "split_seed", "split", "most_words", "copies")
FIRST_WORDS = 8


def detail(name: str) -> None:
    """Everything about one data set that is here."""
    how = replace(session.draft().config.data, dataset=name, kind="auto")
    dataset = how.load()
    _headline(name, dataset)
    found = findings(how)
    faulty = sum(finding.level > 0 for finding in found)
    titles = {LINT: f"{LINT} · {faulty}" if faulty else LINT}
    view = choose_one_of_few(
        "data_view", "View", (LOOK, SPLIT, LINT), lambda view: titles.get(view, view), label_visibility="collapsed"
    )
    {LOOK: _look, SPLIT: _split, LINT: faults}[view](how)


def _headline(name: str, dataset: Dataset) -> None:
    """Where it comes from, and what can be done with it."""
    own = find_own(name)
    about = f"Your own, from {own.origin}." if own else CATALOGUE[name].about
    with st.container(key="data_headline", horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{literal(name)}** {literal(about)}  \n:gray[:small[{_origin(name, dataset)}]]", width="stretch")
        if own:
            act = partial(session.attempt, partial(_delete, name))
            st.button("Delete", key="delete_data", icon=":material/delete:", on_click=act)
        pressed = st.button(
            "Train on this", key="train_on", type="primary", icon=":material/play_circle:",
            on_click=session.train_on, args=(name,),
        )  # fmt: skip
    if pressed:
        st.switch_page("pages/train.py")


def _origin(name: str, dataset: Dataset) -> str:
    source = CATALOGUE.get(name)
    address = f", {literal(source.address)}" if source and source.address else ""
    return f"SHA-256 {dataset.sha256[:16]}…{address}"


def _delete(name: str) -> None:
    with session.desk().may(Action.DELETE_DATA):
        delete(name)
    session.forget_data(name)
    look_at(session.draft().config.data.dataset)


def _look(how: DataConfig) -> None:
    """Counts, charts and some words."""
    dataset, look = how.load(), facts(how)
    noun, drawn = dataset.noun, figures(look, dataset.noun)
    what = f"{look.words:,} {noun}s" + ("" if look.distinct == look.words else f", {look.distinct:,} of them distinct")
    st.markdown(
        f"{what}; {look.characters:,} characters, {look.vocab_size:,} different ones with the {noun}'s end; "
        f"{look.shortest} to {look.longest} long, {look.mean_length:.1f} on average."
    )
    left, right = st.columns(2)
    with left:
        live_chart(drawn["lengths"], key="lengths", height=230)
    with right:
        live_chart(drawn["first_letters"], key="first_letters", height=230)
    live_chart(drawn["letters"], key="letters", height=230)
    _samples(dataset)


def _samples(dataset: Dataset) -> None:
    seed: int = session.kept("samples", 0)
    shown = "".join(f"<i>{literally(word)}</i> " for word in samples_of(dataset, seed))
    st.html(f"<section class='names {dataset.noun}s samples'><div class='list'><p>{shown}</p></div></section>")
    st.button(
        f"Other {dataset.noun}s", key="other_samples", icon=":material/casino:",
        on_click=session.select, args=("samples", seed + 1),
    )  # fmt: skip


def _split(how: DataConfig) -> None:
    """The three parts, and the knobs of the next run that cut them."""
    dataset = how.load()
    unit = "character" if dataset.is_text else dataset.noun
    parts = facts(how).parts
    live_chart(split_bar(parts, unit), key="split_bar", height=110)
    if dataset.is_text:
        st.caption("A text is split by place: the first 90 % to learn from, the rest to test on. Nothing is shuffled.")
        return
    st.caption("Learn from train, choose by val, and look at test once. These knobs are those of the next run.")
    with st.container(key="split_knobs"):
        for column, name in zip(st.columns(len(SPLIT_KNOBS)), SPLIT_KNOBS, strict=True):
            with column:
                knob_widget(f"data.{name}", session.draft().config, of="split.")
    rows = "".join(
        f"<div><span>{name}, first {FIRST_WORDS}</span><p>{' '.join(f'<i>{literally(w)}</i>' for w in words)}</p></div>"
        for name, part in dataset.parts.items()
        for words in [part[:FIRST_WORDS]]
    )
    st.html(f"<section class='names first-words'>{rows}</section>")
