"""The data's own names as the net sees them: the most and the least likely ones, and how it took to val."""

import math
from functools import partial

import numpy as np
import streamlit as st

from makemore_core.charts.surprise import splits_figure
from makemore_core.scoring import WordSurprise, bits_of
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.inside.answers import moment
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.live import chart
from pages.ui.my_name.rows import Row, rows_of_names
from pages.ui.my_name.your_name import EACH, MEASURES
from pages.ui.word_surprise import which, word_surprise

EXTREMES = 10
CUT = 28  # characters of a long line that have room
EVERY = "all"
GAP = 0.05  # bits per character; less is what two splits differ by chance
FEWEST = 100  # words of val in a selection, whose mean may stand for that of all


def draw(snapshot: Snapshot) -> None:
    """The extremes of all words or of a split, then the splits side by side."""
    trained = session.trained_model()
    word_surprise(snapshot, trained, partial(_draw, snapshot, trained))


def _draw(snapshot: Snapshot, trained: TrainedModel, step: int, words: WordSurprise) -> None:
    noun = trained.dataset.noun
    with st.container(key="real_controls", horizontal=True):
        each = choose_one_of_few("measure", "Compare by", MEASURES, label_visibility="collapsed") == EACH
        split = None
        if len(words.lists) > 1:
            options = (EVERY, *words.lists)
            chosen = choose_one_of_few("words_of", "Of", options, label_visibility="collapsed")
            split = None if chosen == EVERY else chosen
    where = f"{split}, step {step:,}" if split else f"step {step:,}"
    for column, most, title in zip(st.columns(2), (False, True), ("least", "most"), strict=True):
        with column:
            places = words.extremes(EXTREMES, each, split, most)
            rows = _rows(trained, words, places)
            uniform = math.log2(len(trained.dataset.vocabulary))
            rows_of_names(f"The {noun}s that surprise the net {title}, {where}", rows, uniform)
    st.caption(
        f"Of {which(words, noun)}, each by itself and with its end. "
        + ("Per character a sure ending makes a long one cheap." if each else f"In all, long {noun}s always cost more.")
    )
    memory(snapshot, words, noun, step)


def _rows(trained: TrainedModel, words: WordSurprise, places: list[int]) -> list[Row]:
    """The words at some places, with the bits of their first letters."""
    vocabulary = trained.dataset.vocabulary
    heads = [words.words[i][:CUT] for i in places]
    bits = bits_of(trained.model, [vocabulary.encode(head) for head in heads])
    rows: list[Row] = []
    for i, head, letters in zip(places, heads, bits, strict=True):
        whole = len(head) == len(words.words[i])
        characters = (*head, vocabulary.boundary) if whole else tuple(head)
        spent = tuple(zip(characters, letters[: len(characters)], strict=True))
        rows.append(Row(spent, float(words.bits[i]), int(words.sizes[i])))
    return rows


def memory(snapshot: Snapshot, words: WordSurprise, noun: str, step: int) -> None:
    """Train beside val: what the net knows better of words that it learned from."""
    means = {split: words.mean(split) for split in words.lists}
    values = {split: words.each[words.of(split)] for split in words.lists}
    title = f"Bits per character of each split's {noun}s, step {step:,}"
    make = partial(splits_figure, title, values, means)
    said = told(words, means, noun)
    chart(snapshot, (moment(snapshot), step, len(words.words)), "splits", make, 270)
    st.caption(said)


def told(words: WordSurprise, means: dict[str, float], noun: str) -> str:
    """What the means of the splits say, where enough words of val were scored to say it."""
    few = len(words.of("val")) if "val" in means else 0
    if len(words.words) < words.all_words and few < FEWEST:
        return f"Only {few} {noun}s of val are among these: too few to tell learning from learning by heart."
    return _gap(means, noun, trained_on_text=noun == "line")


def _gap(means: dict[str, float], noun: str, *, trained_on_text: bool) -> str:
    if "val" not in means:
        return f"All {noun}s are in train; nothing was held back to tell learning from learning by heart."
    gap = means["val"] - means["train"]
    nats = " and ".join(f"{split} {mean * math.log(2):.4f}" for split, mean in means.items() if split != "test")
    if not np.isfinite(gap):
        return f"Without smoothing some {noun}s of val are impossible to a table of counts."
    if gap < GAP:
        judged = f"It does not know the {noun}s of train any better: it has learned nothing by heart."
    else:
        judged = f"It knows {noun}s that it learned from {gap:.2f} bits a character better: so much it knows by heart."
    if trained_on_text:
        return f"{judged} Each line stands by itself here; the loss of a text reads on from line to line."
    return f"{judged} Times ln 2 the means are losses: {nats} nats."
