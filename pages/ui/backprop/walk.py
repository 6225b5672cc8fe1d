"""The walk through the lines: the graph, the chosen line and its numbers, and the comparison as it fills."""

import html
from functools import partial

import numpy as np
import streamlit as st
from torch import Tensor

from makemore_core.backprop.line import Line, spelled
from makemore_core.charts.backprop import PICTURE, numbers_figure, unknown_figure
from makemore_core.charts.style import at_step
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.backprop.answers import Seen, choose_batch, with_lines
from pages.ui.backprop.compare import table
from pages.ui.backprop.graph import graph
from pages.ui.literal import literal
from pages.ui.live import chart

TABLE = 350  # pixels
TIMES = {1: "once", 2: "twice", 3: "three times"}


def draw(snapshot: Snapshot) -> None:
    """From line to line, forward and back."""
    with_lines(snapshot, partial(_show, snapshot))


def _show(snapshot: Snapshot, seen: Seen) -> None:
    choose_batch(seen)
    form = seen.walk.form
    lines = form.forward + form.backward
    at = min(int(session.kept(session.GRAPH, 0)), len(lines) - 1)
    left, right = st.columns([3, 2], gap="large")
    with left:
        graph(seen.walk, at)
    with right, st.container(key="line", gap="small"):
        _line(seen, lines[at])
    found = {line.at for line in lines[: at + 1] if line.is_gradient}
    for column, picture in zip(st.columns(2), (_value, _gradient), strict=True):
        with column:
            picture(snapshot, seen, lines[at], lines[at].at in found)
    with st.container(key="cmp_so_far", height=TABLE, border=False):
        st.html(table(seen, [row for row in reversed(seen.rows) if row.name in found]))


def _line(seen: Seen, line: Line) -> None:
    """Words, formula, code and numbers of a line."""
    values = seen.walk.gradients if line.is_gradient else seen.walk.values
    name = f"`{line.name}`" + (f" · the gradient at `{line.at}`" if line.is_gradient else "")
    st.markdown(f"##### {name}")
    st.markdown(literal(line.words))
    st.latex(_equation(line))
    st.code(f"{line.name} = {line.code}", language="python", wrap_lines=True)
    st.markdown(_branches(seen, line))
    st.html(numbers(line.shape, values[line.at]))


def _equation(line: Line) -> str:
    """A gradient's formula with its name before it, where it does not begin with that."""
    if not line.is_gradient or line.formula.startswith(spelled(line.name)):
        return line.formula
    return f"{spelled(line.name)} = {line.formula}"


def _branches(seen: Seen, line: Line) -> str:
    """Where a value goes, or from where its gradients come."""
    uses = seen.walk.form.uses(line.at)
    named = " and ".join(f"`{use}`" for use in uses)
    times = TIMES.get(len(uses), f"{len(uses)} times")
    if not uses:
        return "The end: its own gradient is 1, and from here all others go back."
    if not line.is_gradient:
        return f"Used {times}, for {named}." + (" As many gradients will come back." if len(uses) > 1 else "")
    return f"Used {times}, for {named}: **the gradients add up**." if len(uses) > 1 else f"Comes back from {named}."


def numbers(shape: str, values: Tensor) -> str:
    """Shape, range, mean and the share of zeros of a value, as a small table."""
    sizes = " × ".join(f"{size:,}" for size in values.shape) or "one number"
    zeros = (values == 0).float().mean().item()
    facts = {
        "shape": f"{shape} = {sizes}" if values.shape else sizes,
        "smallest": _signed(values.min()),
        "mean": _signed(values.mean()),
        "largest": _signed(values.max()),
        "exactly 0": f"{zeros:.3g}" if zeros in (0, 1) else f"{zeros:.1%}",
    }
    cells = "".join(f"<span>{name}</span><b>{html.escape(fact)}</b>" for name, fact in facts.items())
    return f"<div class='numbers'>{cells}</div>"


def _signed(value: Tensor) -> str:
    return "no number" if value.isnan() else f"{value.item():+.3g}"


def _value(snapshot: Snapshot, seen: Seen, line: Line, _is_found: bool) -> None:
    _picture(snapshot, seen, line, "backprop_value", line.at, seen.walk.values[line.at])


def _gradient(snapshot: Snapshot, seen: Seen, line: Line, is_found: bool) -> None:
    """Beside the value; on the way there nobody knows it yet."""
    if is_found:
        _picture(snapshot, seen, line, "backprop_gradient", f"d{line.at}", seen.walk.gradients[line.at])
        return
    words = "1: the way back begins here" if line.at == "loss" else "not yet known: it comes on the way back"
    make = partial(unknown_figure, f"d{line.at}", words)
    chart(snapshot, ("unknown", line.at), "backprop_gradient", make, PICTURE)


def _picture(snapshot: Snapshot, seen: Seen, line: Line, key: str, name: str, values: Tensor) -> None:
    rows, columns = axes(seen, line.shape)
    title = at_step(f"{name} {line.shape}", seen.after)
    make = partial(numbers_figure, title, values.numpy().astype(np.float32), rows, columns)
    chart(snapshot, (seen.key, name), key, make, PICTURE)


def axes(seen: Seen, shape: str) -> tuple[list[str], list[str]]:
    """The names of rows and columns: characters, or the contexts of the examples; the others go by numbers."""
    letters = shape[1:-1].split(", ")
    known = {"V": list(seen.itos), "B": seen.contexts}
    rows = known.get(letters[0], []) if len(letters) > 1 else []
    return rows, known["V"] if letters[-1] == "V" and len(letters) < 3 else []
