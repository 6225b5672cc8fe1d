"""A sentence in the place of a panel that cannot be shown, and whether a data set stands in for another."""

from collections.abc import Callable

import streamlit as st

from makemore_core.catalogue import CATALOGUE, SHIPPED, is_here
from makemore_core.errors import InputError
from makemore_core.presets import PRESETS
from pages.ui.literal import literal


def or_say_why_not(show: Callable[[], None]) -> None:
    """Show a panel, or the sentence that says why it cannot be shown."""
    try:
        show()
    except InputError as error:
        st.info(literal(str(error)), icon=":material/info:")


def stands_in(preset: str) -> bool:
    """Whether the shipped list stands in for the preset's own data set, which is not on this machine."""
    dataset = PRESETS[preset].config.data.dataset
    return dataset != SHIPPED and not is_here(CATALOGUE[dataset])
