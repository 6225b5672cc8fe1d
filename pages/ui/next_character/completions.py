"""Completions: several beginnings at once, each with its likeliest ending and those that the dice draw."""

import html
import math
from functools import partial

import streamlit as st

from makemore_core.errors import InputError
from makemore_core.inspection.completions import Completion
from makemore_core.sampling import SamplingConfig
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.forms import sampling_form
from pages.ui.next_character.answers import Question, completed
from pages.ui.widgets import slider, text_field

MOST_PREFIXES, MOST_EACH, FEW = 8, 20, 5
SURE = math.log2(10)  # bits; what is likelier is said in percent


def draw(snapshot: Snapshot, trained: TrainedModel, question: Question) -> None:
    """The beginnings, then a list for each."""
    left, right = st.columns([3, 1])
    with right:
        sampling = sampling_form("Other completions")
        n = session.kept("completions", FEW)
        slider("completions", "How many of each", 1, MOST_EACH, n, partial(session.select, "completions"))
    with left:
        written = session.kept("prefixes", None)
        text = ", ".join(first_beginnings(trained)) if written is None else written
        text_field(
            "prefixes", "Beginnings, separated by commas", text, partial(session.select, "prefixes"),
            max_chars=200, live=True,
        )  # fmt: skip
        prefixes = beginnings(text)
        lists = [_list(snapshot, trained, prefix, n, sampling) for prefix in prefixes[:MOST_PREFIXES]]
        st.html(f"<section class='completions'>{''.join(lists)}</section>")
        more = f" The first {MOST_PREFIXES} beginnings are completed." if len(prefixes) > MOST_PREFIXES else ""
        st.caption(
            "First the likeliest ending of all, by beam search; below it what the dice draw. Bits and chance are the "
            f"net's own, at temperature 1, for what follows the beginning.{more}"
        )


def first_beginnings(trained: TrainedModel) -> list[str]:
    """Two letters of the first words, as long as nobody has typed others."""
    words = trained.dataset.words[:40]
    found = dict.fromkeys(word[:2] for word in words if "," not in word[:2] and word[:2].strip() == word[:2])
    return list(found)[:3]


def beginnings(text: str) -> list[str]:
    """What stands between the commas, each once; nothing is a beginning too."""
    return list(dict.fromkeys(part.strip() for part in text.split(",")))


def _list(snapshot: Snapshot, trained: TrainedModel, prefix: str, n: int, sampling: SamplingConfig) -> str:
    head = f"<header>{html.escape(prefix) or 'from the start'}</header>"
    try:
        tokens = trained.dataset.vocabulary.encode(prefix)
    except InputError as error:
        return f"<div>{head}<p>{html.escape(str(error))}</p></div>"
    best, drawn = completed(snapshot, trained, tokens, n, sampling)
    rows = _row(best, prefix, trained, "best"), *(_row(c, prefix, trained, "") for c in drawn)
    return f"<div>{head}{''.join(rows)}</div>"


def _row(completion: Completion, prefix: str, trained: TrainedModel, kind: str) -> str:
    """One completion: what was given is dim, what follows is bold."""
    name = trained.dataset.vocabulary.decode(list(completion.tokens))
    follows = html.escape(name[len(prefix) :]) + ("" if completion.ended else "…")
    title = " title='the likeliest of all'" if kind else ""
    return (
        f"<p class='{kind}'{title}><span><i>{html.escape(prefix)}</i><b>{follows or '·'}</b></span>"
        f"<small>{completion.bits:.1f} bits</small><small>{chance(completion.bits)}</small></p>"
    )


def chance(bits: float) -> str:
    """A probability of 2**-bits, as one says it."""
    if bits < SURE:
        return f"{2**-bits:.0%}"
    return f"1 in {2**bits:,.0f}" if bits < 24 else f"1 in 10^{bits * math.log10(2):.0f}"
