"""The weights: which tensors the file holds, and how any program with torch opens it."""

import streamlit as st

from makemore_core.exports import FORMATS
from makemore_core.exports.weights import loader, tensors_of
from makemore_core.training.recorder import Snapshot
from pages.ui.manager import run_manager
from pages.ui.take_home.files import download, is_there, title


def draw(snapshot: Snapshot) -> None:
    """The tensors on the left, the lines that load them on the right."""
    if not is_there(snapshot):
        return
    tensors, lines = _about(snapshot.run, title(snapshot))
    left, right = st.columns([2, 3], gap="large")
    with left:
        download("safetensors", "Weights", snapshot)
        counts = {"numbers": st.column_config.NumberColumn(format="localized")}
        st.dataframe(tensors, key="tensors", hide_index=True, column_config=counts)
    with right:
        st.markdown("**A safetensors file:** names, shapes and numbers, and nothing that runs when it is opened.")
        st.code(lines, language="python")
        st.caption(
            "torch alone reads it; so does `safetensors.torch.load_file`. Its metadata hold settings, alphabet, "
            "last losses, and the SHA-256 of the data set."
        )


@st.cache_data(max_entries=32, show_spinner=False)
def _about(run: str, title: str) -> tuple[list[dict[str, object]], str]:
    """The same at every step of a run."""
    model = run_manager().trained_model(run).model
    return tensors_of(model), loader(model, f"{title}{FORMATS['safetensors'].ending}")
