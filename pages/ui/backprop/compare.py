"""Lecture 4's cmp: each gradient by hand beside autograd's, on the shown parameters and batch."""

import html
import math
from collections.abc import Sequence

import streamlit as st

from makemore_core.gradcheck import Row
from makemore_core.training.recorder import Snapshot
from pages.ui.backprop.answers import Seen, choose_batch, with_lines

ROUNDING = {"float32": 1e-6, "float64": 1e-14}  # of gradients that are at most about 1
FEW_ZEROS = 0.02
YES, NO = "check", "close"
NOTES = {
    "logprobs": "0 but at the right characters: the loss asks for no others",
    "probs": "boosted where the right character got little",
    "logit_maxes": "about 0: what is taken from all scores alike does not change the loss",
    "logits": "each row sums to 0: as much is pulled up as is pushed down",
    "C": "0 for characters that stand in no context of this batch",
}


def draw(snapshot: Snapshot) -> None:
    """The whole table."""
    with_lines(snapshot, _show)


def _show(seen: Seen) -> None:
    choose_batch(seen)
    exact, close = sum(row.exact for row in seen.rows), sum(row.close for row in seen.rows)
    worst = max(seen.rows, key=lambda row: row.max_diff if math.isfinite(row.max_diff) else math.inf)
    st.markdown(
        f"**{len(seen.rows)}** gradients: **{exact}** exact, **{close}** close; "
        f"largest difference **{worst.max_diff:.1e}**, at `{worst.name}`."
    )
    with st.container(key="cmp"):
        st.html(table(seen, seen.rows))
    st.caption(
        "Exact: all bits are equal. Close: by `torch.allclose`, equal but for rounding, as sums in another order round "
        "otherwise. In float64 the differences shrink by about nine digits; a mistake would stay as large as it is."
    )


def table(seen: Seen, rows: Sequence[Row]) -> str:
    """A row for each of these gradients."""
    head = "".join(f"<th>{title}</th>" for title in ("gradient", "shape", "exact", "close", "largest difference"))
    more = "".join(f"<th>{title}</th>" for title in ("largest gradient", "exactly 0", "what to see"))
    shapes = {line.at: line.shape for line in seen.walk.form.backward}
    body = "".join(_row(seen, row, shapes[row.name]) for row in rows)
    many = f"{len(rows)} of {len(seen.rows)} gradients compared with autograd's"
    return (
        f"<table class='cmp'><caption>{many}</caption><thead><tr>{head}{more}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(seen: Seen, row: Row, shape: str) -> str:
    gradient = seen.walk.gradients[row.name]
    zeros, largest = (gradient == 0).float().mean().item(), gradient.abs().max().item()
    cells = (
        f"<code>d{html.escape(row.name)}</code>",
        html.escape(shape),
        _sign(row.exact),
        _sign(row.close),
        "0" if row.max_diff == 0 else f"{row.max_diff:.1e}",
        f"{largest:.3g}",
        f"{zeros:.0%}" if zeros else "",
        _note(seen, row, zeros, largest),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _sign(holds: bool) -> str:
    word = "yes" if holds else "no"
    return f"<i class='{word}' role='img' aria-label='{word}'>{YES if holds else NO}</i>"


def _note(seen: Seen, row: Row, zeros: float, largest: float) -> str:
    """What learners look for: what is 0, and why; and what is rounding, though torch.allclose is stricter."""
    rounding = ROUNDING[seen.key[3]]
    if not row.close and row.max_diff <= rounding * largest:
        return "only rounding: less than a millionth of the largest gradient"
    if row.name in NOTES:
        return NOTES[row.name]
    if row.name.startswith("b") and largest <= rounding:
        return "0 to rounding: BatchNorm takes the mean away, and this bias with it"
    return "0 where nothing passes the gate" if zeros > FEW_ZEROS else ""
