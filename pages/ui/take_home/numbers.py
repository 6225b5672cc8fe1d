"""The numbers: every point that the run has kept, as one tidy table, and as a log folder for TensorBoard."""

import streamlit as st

from makemore_core.exports.event_files import INSTALL_COMMAND, tensorboard_is_here
from makemore_core.exports.metrics import split_table
from makemore_core.training.recorder import Snapshot
from pages.ui.take_home.files import download, is_there, title

ROWS = 8
LOOKS = {"step": "localized", "train": "%.4f", "val": "%.4f", "steps/s": "localized"}
READ = 'pandas.read_csv("{}.csv")'


def draw(snapshot: Snapshot) -> None:
    """The table on the left, TensorBoard on the right."""
    if not is_there(snapshot):
        return
    left, right = st.columns(2, gap="large")
    with left:
        _table(snapshot)
    with right:
        _tensorboard(snapshot)


def _table(snapshot: Snapshot) -> None:
    st.markdown("**One tidy table.** Each row is one number: step, steps that it stands for, metric, part, value.")
    download("csv", "CSV", snapshot)
    st.dataframe(
        split_table(snapshot, ROWS),
        key="last_losses",
        hide_index=True,
        column_config={name: st.column_config.NumberColumn(format=look) for name, look in LOOKS.items()},
    )
    st.caption(
        f"The last losses of the splits; the file has {len(snapshot.losses):,} points of the batch losses too, the "
        "learning rate, the speed, and what each diagnostic measured in each layer, with all digits."
    )
    st.code(READ.format(title(snapshot)), language="python")


def _tensorboard(snapshot: Snapshot) -> None:
    st.markdown("**TensorBoard.** The same curves, the histograms of each layer, the names and the settings.")
    if not tensorboard_is_here():
        st.info("Event files need tensorboard, which is not installed. This command installs it:")
        st.code(INSTALL_COMMAND, language="bash")
        return
    download("tensorboard", "TensorBoard", snapshot, is_main=False)
    st.caption("Unpack it, and look at it with one command:")
    st.code(f"tensorboard --logdir {title(snapshot)}-tensorboard", language="bash")
