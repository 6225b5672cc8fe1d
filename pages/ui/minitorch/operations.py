"""The operations: every row of the table with its source, its picture, and the judgement of finite differences."""

from functools import partial

import pandas as pd
import streamlit as st

from makemore_core.charts.tape import curve_figure, example_figure
from makemore_core.minitorch import OPS, source
from makemore_core.minitorch.demos import DEMOS, curve, example
from makemore_core.minitorch.derivatives import LOCAL, derivative
from makemore_core.minitorch.labels import LETTERS
from makemore_core.minitorch.words import pretty
from makemore_core.training.recorder import Snapshot
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.minitorch.answers import operation_checks

PICTURE = 340  # pixels


def draw(snapshot: Snapshot) -> None:
    """Choose one, see it; below all of them."""
    name = choose_one_of_few("operation", "Operation", list(OPS), label_visibility="collapsed")
    left, right = st.columns(2, gap="medium")
    op, checked = OPS[name], operation_checks()
    with left:
        st.markdown(f"**{literal(name)}**: {literal(pretty(op.formula))}")
        for which in range(len(op.gradients)):
            to = "each input" if op.takes_any_number else LETTERS.get(name, ("a", "b"))[which]
            st.markdown(f"gradient of {to}: {literal(_becomes(name, which))}")
        st.code(source(name), language="python", wrap_lines=True)
        st.caption(f"Its gradient and finite differences are at most {checked[name]:.1e} apart, on the numbers shown.")
    with right:
        _picture(snapshot, name)
    _table(checked)


def _picture(snapshot: Snapshot, name: str) -> None:
    demo = DEMOS[name]
    if demo.reach:
        make = partial(curve_figure, demo.says, curve(demo))
    else:
        make = partial(example_figure, demo.says, example(demo))
    chart(snapshot, name, "operation_picture", make, PICTURE)
    if demo.reach:
        st.caption("Number by number: each gets g times the dotted derivative at its place.")
    else:
        st.caption("Above forward, below backward: g counts 1, 2, 3 …, so that one sees where each number goes.")


def _becomes(name: str, which: int) -> str:
    """What becomes of g on its way to an input."""
    text = pretty(derivative(name, which))
    return f"g times {text}" if name in LOCAL else text


def _table(checked: dict[str, float]) -> None:
    rows = [
        {
            "operation": name,
            "formula": pretty(op.formula),
            "what becomes of g": "   |   ".join(_becomes(name, i) for i in range(len(op.gradients))),
            "apart from finite differences": f"{checked[name]:.1e}",
        }
        for name, op in OPS.items()
    ]
    with st.container(key="operations_table"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height="content")
