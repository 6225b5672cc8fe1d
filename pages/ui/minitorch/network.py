"""A network: the model that is shown, on minitorch, for a few examples: its layers, its graph, its gradients judged."""

from functools import partial

import pandas as pd
import streamlit as st

from makemore_core.charts.graph import drawing
from makemore_core.charts.style import layer_color
from makemore_core.charts.tape import held_figure
from makemore_core.inspection.network_tape import NetworkTape, check_known, examples_of, network_tape
from makemore_core.minitorch import source
from makemore_core.minitorch.ops import OPS
from makemore_core.minitorch.words import shape
from makemore_core.tasks import Report
from makemore_core.training.recorder import Snapshot
from makemore_core.training.untrained import TrainedModel
from pages.ui import session
from pages.ui.as_of import as_of
from pages.ui.literal import literal
from pages.ui.live import chart
from pages.ui.minitorch.graph import tape_graph
from pages.ui.page import or_say_why_not

QUICK = 20_000_000  # parameters times characters that are walked at once
PICTURE = 260  # pixels
MOST_ROWS, TALL = 10, 364  # of a table that does not scroll; the height in pixels of one that does
STEP, NODE = "network_step", "network_node"


def draw(snapshot: Snapshot) -> None:
    """What one small batch leaves on the tape."""
    or_say_why_not(lambda: _draw(snapshot))


def _draw(snapshot: Snapshot) -> None:
    trained = session.trained_model()
    check_known(trained.model)
    x, _ = examples_of(trained.model, trained.dataset)
    parameters = sum(parameter.numel() for parameter in trained.model.parameters())
    is_quick = parameters * x.numel() <= QUICK
    as_of("network_tape", snapshot, "tape", partial(_walk, trained), partial(_show, snapshot), quick=is_quick)


def _walk(trained: TrainedModel, report: Report) -> tuple[NetworkTape, dict[str, object]]:
    tape = network_tape(trained.model, *examples_of(trained.model, trained.dataset))
    n = len(tape.layers)
    colors = [layer_color(i, n) for i in tape.layer_of]
    return tape, drawing(tape.nodes, tape.labels, tape.steps, colors) if tape.nodes else {}


def _show(snapshot: Snapshot, step: int, found: tuple[NetworkTape, dict[str, object]]) -> None:
    tape, drawn = found
    _say(step, tape)
    if drawn:
        _graph(tape, drawn)
    else:
        st.caption(f"{len(tape.layer_of):,} nodes are too many to draw; the layers below say where they are.")
    left, right = st.columns(2, gap="medium")
    with left:
        _layers(tape)
    with right:
        title = f"Held on the tape until backward(), step {step:,}"
        version = (step, tape.layers)
        chart(snapshot, version, "held", partial(held_figure, title, tape.layers), PICTURE)
    _judge(tape)


def _say(step: int, tape: NetworkTape) -> None:
    operations = sum(layer.nodes for layer in tape.layers)
    st.markdown(
        f"Step **{step:,}**: {tape.examples} examples of train leave **{operations}** operations with "
        f"**{_size(tape.bytes)}** of numbers on the tape, beside {_size(tape.parameter_bytes)} of parameters. "
        f"Their loss is **{tape.loss:.4f}** nats."
    )


def _graph(tape: NetworkTape, drawn: dict[str, object]) -> None:
    steps = tape.steps
    at = session.kept(STEP, None)
    node = session.kept(NODE, None)
    chosen = min(steps[-1].at if node is None else node, len(tape.nodes) - 1)
    graph = " ".join(node.op for node in tape.nodes)
    at = at if at is None else min(at, len(steps) - 1)

    def walked(step: int) -> None:
        session.select(STEP, step)
        session.select(NODE, steps[min(step, len(steps) - 1)].at)

    tape_graph(drawn, graph, at, chosen, walked, partial(session.select, NODE))
    found, label = tape.nodes[chosen], tape.labels[chosen]
    layer = tape.layers[tape.layer_of[chosen]]
    where = f"in `{layer.name}` ({layer.kind})"
    if found.op in OPS:
        with st.expander(f"The source of {found.op}, {literal(label.name)} {where}", icon=":material/code:"):
            st.code(source(found.op), language="python", wrap_lines=True)
    else:
        st.caption(f"{literal(label.name)} {where}: {'a parameter' if found.op == 'leaf' else 'a constant'}.")


def _layers(tape: NetworkTape) -> None:
    rows = [
        {
            "layer": f"{layer.name}: {layer.kind}",
            "operations": ", ".join(name if n == 1 else f"{n} {name}" for name, n in layer.operations),
            "gives": shape(layer.shape),
            "holds": _size(layer.bytes) if layer.bytes else "a view",
        }
        for layer in tape.layers
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, width="stretch", height=TALL if len(rows) > MOST_ROWS else "content"
    )


def _judge(tape: NetworkTape) -> None:
    """Each parameter's gradient beside torch's."""
    double = {row.name: row for row in tape.double}
    rows = [
        {
            "gradient of": row.name,
            "equal up to rounding": double[row.name].close,
            "apart in double precision": f"{double[row.name].max_diff:.1e}",
            "apart as it trains": f"{row.max_diff:.1e}",
        }
        for row in tape.single
    ]
    close = sum(row.close for row in tape.double)
    st.markdown(f"Beside torch's autograd: **{close} of {len(rows)}** gradients are equal up to rounding.")
    with st.container(key="network_gradients"):
        st.dataframe(
            pd.DataFrame(rows), hide_index=True, width="stretch", height=TALL if len(rows) > MOST_ROWS else "content"
        )


def _size(size: int) -> str:
    if size < 1024:
        return f"{size} bytes"
    return f"{size / 1024:,.1f} KiB" if size < 2**20 else f"{size / 2**20:,.1f} MiB"
