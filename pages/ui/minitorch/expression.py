"""One expression: type it, see its graph, walk the tape back, look at each operation's source, and go downhill."""

from collections.abc import Hashable
from functools import partial

import numpy as np
import streamlit as st

from makemore_core.charts.tape import nudges_figure, slope_figure, values_figure
from makemore_core.errors import InputError
from makemore_core.expressions.examples import EXAMPLES
from makemore_core.expressions.playing import Played
from makemore_core.expressions.programs import text_of
from makemore_core.minitorch import source
from makemore_core.minitorch.ops import OPS
from makemore_core.minitorch.words import number, shape
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.inside.choices import choose_one_of_few
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.minitorch import state
from pages.ui.minitorch.answers import judged, over_one_number, played, program
from pages.ui.minitorch.graph import tape_graph
from pages.ui.minitorch.state import OWN, State
from pages.ui.widgets import multiselect, number_field, selectbox, text_area, text_field

RATES = (0.01, 0.05, 0.1, 0.5)
MANY = 20  # steps at one press
LINES, LINE = (3, 8), 24  # of the field for an expression, and their height in pixels
PICTURE, CODE = 260, 170  # pixels; longer code scrolls
BESIDE = (240, 514)  # pixels for the chosen node, of numbers alone and with tables, so that nothing jumps on the walk


def draw(snapshot: Snapshot) -> None:
    """What is typed, its graph, and what there is to know about the chosen node."""
    now = state.state()
    left, right = st.columns([1, 1.8], gap="medium")
    with left:
        _type(now)
    try:
        found, drawing = played(now.text, now.values)
    except InputError as error:
        with right:
            _leaves(now)
        _say_what_is_wrong(error)
        return
    with right:
        _leaves(now)
        _downhill(now)
    steps, last = found.steps, len(found.steps) - 1
    at = state.step()
    node = state.node()
    chosen = min(steps[-1].at if node is None else node, len(found.nodes) - 1)
    with st.container(key="tape_and_node"):
        graph, beside = st.columns([2.1, 1], gap="medium")
    with graph:
        tape_graph(drawing, now.text, at if at is None else min(at, last), chosen, partial(_walked, found), _clicked)
        _say_how_far_apart(now, found)
    has_tables = any(node.data.size > 1 for node in found.nodes)
    with beside, st.container(height=BESIDE[has_tables], border=False):
        _node(snapshot, now, found, chosen)
    _charts(snapshot, now, found, chosen)


def _say_what_is_wrong(error: InputError) -> None:
    """The sentence, and where the mistake stands."""
    st.info(literal(str(error)), icon=":material/info:")
    picture = getattr(error, "picture", "")
    if picture:
        st.code(picture, language=None)


def _say_how_far_apart(now: State, found: Played) -> None:
    """Our gradients before two judges."""
    finite, torch = judged(now.text, now.values)
    slopes = f"at most {_apart(finite)} from finite differences, " if finite is not None else ""
    many = "" if slopes else " There are too many numbers to move each by itself."
    st.caption(
        f"Gradients checked: {slopes}at most {_apart(torch)} from torch's autograd on the same lines. "
        f"The tape holds {len(found.nodes)} nodes.{many}"
    )


def _apart(difference: float) -> str:
    return f"{difference:.1e}" if difference else "0"


def _type(now: State) -> None:
    names = [*EXAMPLES, OWN]
    selectbox("expression_example", "Begin with", names, now.example, state.begin_with)
    lines = min(LINES[1], max(LINES[0], len(now.text.splitlines()) + 1))
    text_area("expression_text", "Lines; the last is the output", now.text, state.type_text, height=40 + LINE * lines)
    says = (
        EXAMPLES[now.example].says
        if now.example in EXAMPLES
        else "New names begin with a number, capitals with a table."
    )
    st.caption(says)


def _leaves(now: State) -> None:
    """A field for each value."""
    with st.container(key="leaves", horizontal=True, gap="small"):
        for name, value in now.values.items():
            key = f"leaf_{name}_{now.example}"
            if value.ndim == 0:
                act = partial(state.turn_number, name)
                number_field(key, literal(name), None, None, float(value), act, step=0.1, format="%.4g", width=116)
            else:
                typed = text_of(value)
                width = min(420, max(128, 34 + 8 * len(typed)))
                text_field(
                    key,
                    f"{literal(name)} {shape(value.shape)}",
                    typed,
                    partial(state.type_value, name),
                    width=width,
                )

    if state.complaint():
        st.info(literal(state.complaint()), icon=":material/info:")


def _downhill(now: State) -> None:
    """Steps of gradient descent, and the way back."""
    still = not now.moves
    with st.container(key="downhill", horizontal=True, vertical_alignment="bottom", gap="small"):
        rate = choose_one_of_few("nudge_rate", "Step size", RATES, lambda rate: f"{rate:g}")
        st.button("Nudge", key="nudge", icon=":material/south_east:", on_click=_nudge, args=(1, rate), disabled=still)
        more = f"{MANY} nudges"
        st.button(
            more, key="nudge_many", icon=":material/fast_forward:", on_click=_nudge, args=(MANY, rate), disabled=still
        )
        st.button("Undo", key="nudge_undo", icon=":material/undo:", on_click=state.undo, disabled=not now.past)
        st.button(
            "Reset", key="nudge_reset", icon=":material/restart_alt:", on_click=state.reset, disabled=not now.past
        )
    leaves = program(now.text).leaves
    if len(leaves) > 1:
        multiselect("nudge_moves", "A nudge moves", leaves, now.moves, state.choose_moves)


def _nudge(times: int, rate: float) -> None:
    """Each leaf a little against its gradient."""
    state.step_down(times, session.turned_to("nudge_rate", rate))


def _walked(found: Played, step: int) -> None:
    state.look_at(step, found.steps[min(step, len(found.steps) - 1)].at)


def _clicked(node: int) -> None:
    state.look_at(state.step(), node)


def _charts(snapshot: Snapshot, now: State, found: Played, chosen: int) -> None:
    """The slope of the output over one leaf, and the way downhill."""
    left, right = st.columns(2, gap="medium")
    with left:
        _slope(snapshot, now, found, chosen)
    with right:
        outputs = [*(past.output for past in now.past), found.output]
        title = f"{program(now.text).output} is {number(outputs[-1])}"
        make = partial(nudges_figure, f"{title}, change by change", outputs)
        chart(snapshot, tuple(outputs), "nudges", make, PICTURE)


def _node(snapshot: Snapshot, now: State, found: Played, chosen: int) -> None:
    """What the table says of the operation, and the numbers where there are many."""
    node, label = found.nodes[chosen], found.labels[chosen]
    what = label.name if label.name == label.formula else f"{label.name} = {label.formula}"
    if node.op in OPS:
        st.markdown(f"**{literal(what)}**, the operation `{node.op}`: {literal(OPS[node.op].formula)}")
        with st.container(height=CODE, border=False):
            st.code(source(node.op), language="python", wrap_lines=True)
    else:
        kind = (
            "a leaf: nothing flows on from here"
            if node.op == "leaf"
            else "a number of the expression: it has no gradient"
        )
        st.markdown(f"**{literal(label.name)}**, {kind}.")
    if node.data.size > 1:
        version: Hashable = (now.text, chosen, node.data.tobytes(), b"" if node.grad is None else node.grad.tobytes())
        make = partial(values_figure, label.name, node.data, node.grad)
        chart(snapshot, version, "node_values", make, PICTURE)


def _slope(snapshot: Snapshot, now: State, found: Played, chosen: int) -> None:
    """The output over one number of a leaf: the one that was chosen, else the first that moves it."""
    ids = found.ids
    leaves = sorted(ids, key=lambda name: (ids[name] != chosen, not np.any(found.gradients[name]), ids[name]))
    leaf = leaves[0]
    gradient = found.gradients[leaf]
    place = tuple(int(i) for i in np.unravel_index(int(np.abs(gradient).argmax()), gradient.shape))
    name = leaf + (f"[{', '.join(map(str, place))}]" if place else "")
    numbers, outputs = over_one_number(now.text, now.values, leaf, place)
    slope = float(gradient[place])
    title = f"{program(now.text).output} over {name}: slope {number(slope)}"
    here = (float(now.values[leaf][place]), found.output, slope)
    make = partial(slope_figure, title, name, numbers, outputs, here)
    chart(snapshot, (title, outputs.tobytes(), here), "slope", make, PICTURE)
