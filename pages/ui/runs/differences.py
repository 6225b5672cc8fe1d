"""In what the runs that are compared differ: their settings, and their nets layer by layer."""

import html
from collections.abc import Sequence

import streamlit as st

from makemore_core.comparison.layers import LayerLine, beside, lines_of
from makemore_core.comparison.looks import Look
from makemore_core.comparison.settings import differences
from makemore_core.errors import InputError
from makemore_core.training.recorder import Snapshot
from makemore_core.training.rows import RunRow
from makemore_core.training.untrained import untrained_model
from pages.ui import session
from pages.ui.runs.rows import Runs, all_runs, config_at_start, label, spelled
from pages.ui.widgets import toggle

ALIKE = "runs_alike"
MOST = 8  # runs in a table


def draw(snapshot: Snapshot) -> None:
    """Settings first, then layers."""
    runs = all_runs()
    rows = runs.compared[:MOST]
    if len(rows) < 2:
        st.caption("Choose two runs or more in the table; here stands in what they differ.")
        return
    also_alike = bool(session.kept(ALIKE, False))
    toggle(ALIKE, "Also what is the same", also_alike, lambda on: session.select(ALIKE, on))
    if len(runs.compared) > MOST:
        st.caption(f"The first {MOST} of {len(runs.compared)} runs that are compared.")
    st.html(_settings_table(runs, rows, also_alike))
    st.html(_layers_table(runs, rows, also_alike))


def _settings_table(runs: Runs, rows: Sequence[RunRow], also_alike: bool) -> str:
    found = differences([runs.settings[row.id] for row in rows], also_alike)
    body = "".join(
        _row(
            label(d.path),
            [(spelled(value), changed) for value, changed in zip(d.values, d.changed, strict=True)],
            d.path,
        )
        for d in found
    )
    said = "Settings" if found else "Settings: all the same"
    return _table(f"{said}; what is not as in the first run is marked", rows, runs, body)


def _layers_table(runs: Runs, rows: Sequence[RunRow], also_alike: bool) -> str:
    nets = [_layers(row) for row in rows]
    body = "".join(
        _row(line.name, [(_what(layer), layer != line.layers[0]) for layer in line.layers])
        for line in beside(nets)
        if also_alike or line.differ
    )
    totals = [(f"{row.parameters:,}", row.parameters != rows[0].parameters) for row in rows]
    return _table("The nets, layer by layer, with their parameters", rows, runs, body + _row("parameters", totals))


def _layers(row: RunRow) -> tuple[LayerLine, ...]:
    try:
        return _lines(str(row.config), row.id)
    except InputError:
        return ()  # its data set is not here any more


@st.cache_data(max_entries=64, show_spinner=False)
def _lines(config: str, run: str) -> tuple[LayerLine, ...]:
    row = next(row for row in all_runs().rows if row.id == run)
    return lines_of(untrained_model(config_at_start(row)).model)


def _what(layer: LayerLine | None) -> str:
    if layer is None:
        return "–"
    return f"{layer.what} · {layer.parameters:,}" if layer.parameters else layer.what


def _table(caption: str, rows: Sequence[RunRow], runs: Runs, body: str) -> str:
    heads = "".join(f"<th scope='col'>{_swatch(runs.looks[row.id])}{html.escape(row.title)}</th>" for row in rows)
    return (
        f"<div class='differences'><table><caption>{html.escape(caption)}</caption>"
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _swatch(look: Look) -> str:
    return f"<i style='background:{look.color}'></i>"


def _row(title: str, cells: Sequence[tuple[str, bool]], path: str = "") -> str:
    marked = "".join(f"<td class='{'changed' if changed else ''}'>{html.escape(text)}</td>" for text, changed in cells)
    return f"<tr><th scope='row' title='{html.escape(path)}'>{html.escape(title)}</th>{marked}</tr>"
