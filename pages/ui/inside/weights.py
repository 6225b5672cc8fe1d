"""One parameter as a picture, and any of its numbers held at another value."""

from functools import partial

import streamlit as st

from makemore_core.charts.weights import matrix_figure, matrix_height
from makemore_core.inspection.edits import Weight
from makemore_core.inspection.weights import Axis, Matrix, matrix
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.inside.answers import moment
from pages.ui.inside.choices import choose_from, choose_number
from pages.ui.inside.what_if import add, what_if
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.widgets import number_field

NONE = "This model has no weights: it counts. The neural bigram learns the same table by gradient descent."


def draw(snapshot: Snapshot) -> None:
    """Choose a parameter, see it, and turn one of its numbers."""
    trained = session.trained_model()
    names = list(trained.model.named_parameters())
    if not names:
        st.info(NONE, icon=":material/info:")
        return
    with st.container(key="parameter_controls", horizontal=True, vertical_alignment="bottom", gap="small"):
        name = choose_from("parameter", "Parameter", names, width=320)
        table = matrix(trained.model, name, trained.dataset.vocabulary)
        st.markdown(literal(table.summary), width="content")
    title = f"{name}, step {snapshot.step:,}"
    make = partial(matrix_figure, title, table)
    chart(snapshot, (moment(snapshot), name), "weights", make, matrix_height(table))
    turn(snapshot, table)
    what_if(snapshot, trained)


def turn(snapshot: Snapshot, table: Matrix) -> None:
    """One number of the parameter, and the value at which it is held."""
    R, C = table.values.shape
    with st.container(key="turn", horizontal=True, vertical_alignment="bottom", gap="small"):
        row = 0 if table.is_vector else place("weight_row", "Row", table.rows, R)
        column = place("weight_column", "Column", table.columns, C)
        edit = partial(Weight, table.name, table.index(row, column))
        held = next((e for e in session.edits(snapshot.run) if isinstance(e, Weight) and e == edit(e.value)), None)
        value = held.value if held else session.kept("weight_value", 0.0)
        act = partial(_turned, snapshot.run, edit, held is not None)
        number_field("weight_value", "Hold at", None, None, value, act, step=0.1, format="%.4g", width=150)
        st.button(
            f"Hold it, now {table.values[row, column]:+.4f}",
            key="hold",
            icon=":material/edit:",
            on_click=_hold,
            args=(snapshot.run, edit, value),
        )


def _hold(run: str, edit: partial[Weight], value: float) -> None:
    add(run, edit(session.turned_to("weight_value", value)))


def _turned(run: str, edit: partial[Weight], is_held: bool, value: float) -> None:
    """A weight that is held follows its field at once."""
    session.select("weight_value", value)
    if is_held:
        add(run, edit(value))


def place(name: str, label: str, axis: Axis, n: int) -> int:
    """A row or a column: by its name where it has one of its own, else by number."""
    if not axis.groups or axis.each > 1:
        return choose_number(name, f"{label}, 0 to {n - 1}", n)
    options = list(map(str, range(n)))
    return int(choose_from(f"{name}_named", f"{label}: {axis.meaning}", options, lambda i: axis.label(int(i))))
