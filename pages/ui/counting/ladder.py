"""Longer contexts: each length with the smoothing that val likes best, one look at test, and the published tables."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from makemore_core.catalogue import CATALOGUE, is_here
from makemore_core.charts.counting import ladder_figure
from makemore_core.count_losses import ADDED, FORMS, HIGHEST, SHORTER, Rung, ladder, loss_on_test
from makemore_core.datasets import Dataset, load_dataset
from makemore_core.ngrams import LONGEST_CONTEXT
from makemore_core.presets import PRESETS
from makemore_core.presets.count_tables import KNOWN_TABLES, KnownTable, Losses, recounted
from makemore_core.tasks import Report
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.counting.answers import Counted, counted
from pages.ui.counting.looks import Look, looks
from pages.ui.inside.choices import choose_number, choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.manager import run_manager

NETS = ("lecture3-batchnorm", "lecture5-wavenet")  # as yardsticks, where they learn from the same split
FIRST_LONGEST = 5
HEIGHT = 460  # pixels
NAMES = "names"


def draw(snapshot: Snapshot) -> None:
    """The ladder, a look at test, and what others have printed."""
    of = counted()
    with st.container(key="ladder_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        longest = choose_longest()
        form = choose_one_of_few("ladder_form", "Smoothed by", FORMS)
    work = partial(_count, of.dataset, longest)
    in_background("ladder", ("ladder", of.key, longest), work, lambda rungs: _show(snapshot, of, rungs, form))
    _published()


def choose_longest() -> int:
    """How many characters the longest context has."""
    if session.kept("ladder_longest", None) is None:
        session.select("ladder_longest", FIRST_LONGEST)
    return choose_number("ladder_longest", "Longest context", LONGEST_CONTEXT, first=1)


def _count(dataset: Dataset, longest: int, report: Report) -> tuple[Rung, ...]:
    report(0.0, "Counting")
    return ladder(dataset, longest, report)


def _show(snapshot: Snapshot, of: Counted, rungs: Sequence[Rung], form: str) -> None:
    best = min(rungs, key=lambda rung: rung.losses[form]["val"])
    taken = looks().get(of.key, [])
    lines = _nets(snapshot)
    tested = [(look.context, look.form, look.test) for look in taken if look.context < len(rungs)]
    version = (of.key, len(rungs), tuple(lines.items()), len(tested))
    chart(snapshot, version, "count_ladder", partial(ladder_figure, rungs, lines, tested), HEIGHT)
    st.caption(
        "Added alpha pulls a rare context to a blind guess, so the longest are worse again. Pulled to what the shorter "
        "context says instead (MacKay & Peto 1995), more context helps until nothing is left to learn from it."
    )
    with st.container(key="ladder_table"):
        _table(rungs)
    _look(of, rungs[: best.context + 1], form, taken)


def _nets(snapshot: Snapshot) -> dict[str, float]:
    """The published nets of this split, and the best run of this server."""
    data = session.config().data
    presets = [PRESETS[name] for name in NETS if PRESETS[name].config.data == data]
    lines = {f"{p.name}, published": p.published.val for p in presets if p.published.val is not None}
    best = run_manager().store.best_val(data.to_dict(), "")
    return lines | ({f"best run so far, {best[0]}": best[1]} if best else {})


def _table(rungs: Sequence[Rung]) -> None:
    """Sizes and losses, rung by rung."""
    st.table(
        {
            "context": [f"{rung.context}" for rung in rungs],
            "seen in train": [f"{rung.contexts:,}" for rung in rungs],
            "cells": [f"{rung.cells:,}" for rung in rungs],
            "not zero": [f"{rung.pairs / rung.cells:.1%}" for rung in rungs],
            "val after unseen": [f"{rung.strange:.1%}" for rung in rungs],
            "alpha": [f"{rung.smoothing[ADDED]:.2g}" for rung in rungs],
            "train / val": [_both(rung, ADDED) for rung in rungs],
            "counts from shorter": [_strength(rung) for rung in rungs],
            "train, val": [_both(rung, SHORTER) for rung in rungs],
        },
        border="horizontal",
        hide_index=True,
    )


def _strength(rung: Rung) -> str:
    """How many counts of the shorter context are added; at the end of the range its own no longer matter."""
    strength = rung.smoothing[SHORTER]
    return "nothing but these" if strength > 0.9 * HIGHEST else f"{strength:.3g}"


def _both(rung: Rung, form: str) -> str:
    return f"{rung.losses[form]['train']:.4f} / {rung.losses[form]['val']:.4f}"


def _look(of: Counted, rungs: Sequence[Rung], form: str, taken: Sequence[Look]) -> None:
    """The table that val likes best, and its one look at test."""
    best = rungs[-1]
    name = f"{best.context + 1}-gram smoothed by {form}"
    st.markdown(f"Val likes best the **{name}** with {best.smoothing[form]:.3g}: {best.losses[form]['val']:.4f} nats.")
    if of.dataset.parts["val"] == of.dataset.parts["test"]:
        st.caption(
            "Here test is the same text as val, on which the smoothing was chosen: there is nothing left to look at."
        )
        return
    is_new = not any((look.context, look.form) == (best.context, form) for look in taken)
    with st.container(key="look", horizontal=True, vertical_alignment="center"):
        st.button(
            "Look at test, once",
            key="look_at_test",
            icon=":material/visibility:",
            on_click=_take,
            args=(of, rungs, form),
            disabled=not is_new,
        )
        st.markdown(_said(taken))
    for i, look in enumerate(taken, start=1):
        words = f"{look.context + 1}-gram smoothed by {look.form}"
        st.markdown(f"Look {i}: {words}: val {look.val:.4f}, test **{look.test:.4f}** nats.")


def _said(taken: Sequence[Look]) -> str:
    if not taken:
        return "Looks at test so far: **0** since this server started."
    if len(taken) == 1:
        return "Looks at test so far: **1** since this server started. It says what to expect of new names."
    return f"Looks at test so far: **{len(taken)}** since this server started. Choosing among them would be cheating."


def _take(of: Counted, rungs: Sequence[Rung], form: str) -> None:
    best = rungs[-1]
    test = loss_on_test(of.dataset, rungs, form)
    look = Look(best.context, form, best.smoothing[form], best.losses[form]["val"], test)
    looks().setdefault(of.key, []).append(look)


def _published() -> None:
    """The tables that others have printed, counted again."""
    st.markdown("**Printed elsewhere, counted here**")
    if not is_here(CATALOGUE[NAMES]):
        st.caption("They hold for makemore's names.txt, which is not on this machine; `data fetch names` brings it.")
        return
    in_background("known_tables", "known_tables", _recount, _known_tables, start="Count them again")


Recounted = list[tuple[KnownTable, Losses]]


def _recount(report: Report) -> Recounted:
    names = load_dataset(NAMES)
    done: Recounted = []
    for known in KNOWN_TABLES:
        report(len(done) / len(KNOWN_TABLES), known.title)
        done.append((known, recounted(known, names)))
    return done


def _known_tables(found: Recounted) -> None:
    rows = [
        (known, split, printed, ours[split], ours.get("exact"))
        for known, ours in found
        for split, printed in known.printed.items()
    ]
    with st.container(key="known_tables"):
        st.table(
            {
                "source": [literal(known.source) for known, *_ in rows],
                "table": [literal(known.title) for known, *_ in rows],
                "split": [split for _, split, *_ in rows],
                "printed": [f"{printed:.{known.digits}f}" for known, _, printed, *_ in rows],
                "ours": [f"{ours:.{known.digits}f}" for known, _, _, ours, _ in rows],
                "added exactly": ["–" if exact is None else f"{exact:.6f}" for *_, exact in rows],
            },
            border="horizontal",
            hide_index=True,
        )
    st.caption(
        "Lecture 1 adds 228,146 logarithms in float32, which costs the fourth digit; ours are added the same way. "
        "EurekaLabs' ngram has a split of its own, and contexts that reach into the name before."
    )
