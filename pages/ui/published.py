"""The author's printed numbers beside ours, for runs of a published preset."""

import streamlit as st

from makemore_core.presets import PRESETS, Published
from makemore_core.training.curve import LAST, STEP
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.manager import run_manager
from pages.ui.page import stands_in


def published_panel(snapshot: Snapshot) -> None:
    """First loss, train and val: what was printed, and what this run has reached."""
    run = session.current_run()
    name = run_manager().row(run).preset if run else session.draft().preset
    preset = PRESETS.get(name)
    if preset is None or preset.published == Published():
        return
    st.markdown(f"**Published** in {preset.source}")
    rows = _comparison(preset.published, snapshot)
    st.table(
        {"": [row[0] for row in rows], "published": [row[1] for row in rows], "ours": [row[2] for row in rows]},
        border="horizontal",
        hide_index=True,
    )
    if preset.remark:
        st.caption(preset.remark)
    if stands_in(name):
        st.caption("They hold for makemore's names.txt, which is not on this machine: us-names-2018 stands in.")


def _comparison(published: Published, snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """Rows of label, printed number, our number; a dash where there is none yet."""
    first = {int(row[STEP]): float(row[LAST]) for row in snapshot.losses[:1]}
    last = snapshot.evaluations[-1] if snapshot.evaluations else None
    after = f" after {last.step:,} steps" if last else ""
    rows = [(f"loss at step {k}", printed, first.get(k)) for k, printed in published.loss_at.items()]
    rows += [
        (f"train{after}", published.train, last.train if last else None),
        (f"val{after}", published.val, last.val if last else None),
    ]
    return [(label, _digits(printed), _digits(ours)) for label, printed, ours in rows]


def _digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
