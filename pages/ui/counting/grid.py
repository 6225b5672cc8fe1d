"""The grid of counts: choose a context, click a cell, see the words behind it, and smooth."""

import html
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from makemore_core.charts.counting import GRID, grid_figure, shares_figure, smoothing_figure
from makemore_core.contexts import Behind, CountGrid, Marked
from makemore_core.count_losses import Unseen
from makemore_core.datasets import Dataset
from makemore_core.training.recorder import Snapshot
from makemore_core.vocabulary import shown
from pages.ui import session
from pages.ui.counting.answers import (
    ALPHA,
    ALPHAS,
    MOST,
    Counted,
    alpha,
    behind,
    counted,
    curves,
    grid_after,
    nats,
    numbers_of,
    row_after,
)
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.page import or_say_why_not
from pages.ui.widgets import select_slider, selectbox, text_field

COUNTS, PROBABILITIES = "Counts", "Probabilities"
PREFIX, ROW, NEXT = "count_prefix", "count_row", "count_next"
POINTED = "count_pointed"  # the row under the pointer
LONGEST = 7  # characters of a prefix
BARS = 250  # pixels


def draw(snapshot: Snapshot) -> None:
    """Which contexts, then their grid with the words behind a cell, then what smoothing does."""
    of = counted()
    with st.container(key="grid_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        text = session.kept(PREFIX, "")
        select = partial(session.select, PREFIX)
        text_field(
            PREFIX,
            "Context begins with",
            text,
            select,
            max_chars=LONGEST,
            live=True,
            width=170,
            placeholder="any, or em",
        )
        shows = choose_one_of_few("count_shows", "Cells show", (COUNTS, PROBABILITIES))
        itos = of.dataset.vocabulary.itos
        cell = _chosen(of, text)
        for name, label, now in zip((ROW, NEXT), ("then", "followed by"), cell, strict=True):
            selectbox(name, label, itos, itos[now], partial(_choose, name), format_func=shown, width=120)
    or_say_why_not(lambda: _show(snapshot, of, numbers_of(text, of.dataset.vocabulary), cell, shows))


def _chosen(of: Counted, text: str) -> tuple[int, int]:
    """The cell that was clicked or chosen; at first the likeliest beginning."""
    vocabulary = of.dataset.vocabulary
    row = vocabulary.stoi.get(session.kept(ROW, ""), 0)
    following = vocabulary.stoi.get(session.kept(NEXT, ""))
    return row, int(row_after(of, (row,)).argmax()) if following is None else following


def _show(snapshot: Snapshot, of: Counted, prefix: tuple[int, ...], cell: tuple[int, int], shows: str) -> None:
    grid, itos = grid_after(of, prefix), of.dataset.vocabulary.itos
    left, right = st.columns([5, 2])
    with left:
        smoothed = None if shows == COUNTS else alpha()
        version = (of.key, prefix, smoothed, cell)
        make = partial(grid_figure, grid, itos, smoothed, cell)
        click, hover = partial(_clicked, grid, itos), partial(_hovered, grid, itos)
        chart(snapshot, version, "count_grid", make, GRID, click, hover)
        if len(grid.characters) < len(itos):
            st.caption(f"The {MOST} most frequent of {len(itos):,} characters; the fields above reach all of them.")
    with right:
        _words(of, (*prefix, cell[0]), cell[1])
    _smooth(snapshot, of, prefix, cell)


def _choose(name: str, character: str) -> None:
    session.select(name, character)
    session.select(POINTED, None)


def _clicked(grid: CountGrid, itos: Sequence[str], point: dict[str, Any]) -> None:
    for name, place in ((ROW, point["y"]), (NEXT, point["x"])):
        _choose(name, itos[grid.characters[int(place)]])


def _hovered(grid: CountGrid, itos: Sequence[str], point: dict[str, Any]) -> None:
    session.select(POINTED, itos[grid.characters[int(point["y"])]])


def _words(of: Counted, context: tuple[int, ...], following: int) -> None:
    """The training words behind the chosen cell, the pair marked in each."""
    found, dataset = behind(of, context, following), of.dataset
    itos = dataset.vocabulary.itos
    pair = f"<code>{_shown(itos[i] for i in context)}</code> then <code>{_shown(itos[following])}</code>"
    items = "".join(f"<li>{_marked(marked)}</li>" for marked in found.first)
    header = f"<header>{pair}<small>{_how_many(found, dataset)}</small></header>"
    look = f"class='behind of-{dataset.noun}s' style='height:{GRID}px' tabindex='0'"
    st.html(f"<section {look}>{header}<ul tabindex='0'>{items}</ul></section>")


def _how_many(found: Behind, dataset: Dataset) -> str:
    times = f"{found.times:,} time{'s' * (found.times != 1)} in train"
    many = f", the first {len(found.first)}" if found.words > len(found.first) else ""
    return times + (many if dataset.is_text else f", in {found.words:,} name{'s' * (found.words != 1)}{many}")


def _marked(marked: Marked) -> str:
    """Each character literally, those of the pair marked."""
    inside = {i for start, stop in marked.marks for i in range(start, stop)}
    pieces = [
        f"<mark>{html.escape(shown(c))}</mark>" if i in inside else html.escape(shown(c))
        for i, c in enumerate(marked.text)
    ]
    return "".join(pieces).replace("</mark><mark>", "")


def _shown(characters: Any) -> str:
    return html.escape("".join(map(shown, characters)))


def _smooth(snapshot: Snapshot, of: Counted, prefix: tuple[int, ...], cell: tuple[int, int]) -> None:
    """Alpha, what it does to the loss, and what to the chosen row."""
    now = alpha()
    alpha_slider()
    left, right = st.columns(2)
    with left:
        _losses(snapshot, of, len(prefix) + 1, now)
    with right:
        vocabulary = of.dataset.vocabulary
        row = vocabulary.stoi.get(session.kept(POINTED, None), cell[0])
        _shares(snapshot, of, "count_row_shares", (*prefix, row), cell[1], vocabulary.itos)
        if prefix:
            _shares(snapshot, of, "count_prefix_shares", prefix, row, vocabulary.itos)


def alpha_slider() -> None:
    """What is added to every count, from nothing to so much that the counts drown in it."""
    select_slider(
        ALPHA,
        "alpha, added to every count",
        ALPHAS,
        alpha(),
        partial(session.select, ALPHA),
        format_func=lambda value: f"{value:,.6g}",
    )


def _losses(snapshot: Snapshot, of: Counted, context: int, now: float) -> None:
    found = curves(of, context)
    place = ALPHAS.index(now)
    make = partial(smoothing_figure, ALPHAS, found.train, found.val, place, found.known.best)
    words = f"alpha {now:g}: train {nats(found.train[place])}, val {nats(found.val[place])}"
    chart(snapshot, (of.key, context, now), "count_losses", make, 300)
    st.markdown(f"{context + 1}-gram, {words}; val is best at {found.known.best:.2g}.")
    unseen = found.known.unseen
    if now == 0 and unseen:
        st.markdown(_why_infinite(unseen, of.dataset))
    else:
        st.caption("Too little smoothing trusts what was seen once; too much forgets the counts: a blind guess.")


def _why_infinite(unseen: Unseen, dataset: Dataset) -> str:
    itos = dataset.vocabulary.itos
    context = literal("".join(shown(itos[i]) for i in unseen.context))
    pairs = "1 pair" if unseen.pairs == 1 else f"{unseen.pairs:,} pairs"
    return (
        f"With alpha 0 the loss on val is infinite: {pairs} of it never stand in train, such as “{context}” followed "
        f"by “{literal(shown(itos[unseen.following]))}”. Whatever got probability 0 must not happen."
    )


def _shares(
    snapshot: Snapshot, of: Counted, name: str, context: tuple[int, ...], chosen: int, itos: Sequence[str]
) -> None:
    """What follows one context."""
    counts, now = row_after(of, context), alpha()
    text = "".join(itos[i] for i in context)
    if not counts.sum() and not now:
        said = literal("".join(map(shown, text)))
        st.info(f"“{said}” never stands in train: with alpha 0 there is nothing to say.", icon=":material/info:")
        return
    make = partial(shares_figure, text, counts, now, itos, MOST, chosen)
    chart(snapshot, (of.key, context, now, chosen), name, make, BARS)
