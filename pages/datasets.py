"""Datasets: what the net learns from. Look at it, find its faults and mend them, or bring your own."""

from pages.ui.opening import open_page

open_page("Datasets", "A net can only learn what stands in its data. Look closely, mend it, or bring your own.")

from functools import partial
from pathlib import Path

import streamlit as st

from makemore_core.catalogue import CATALOGUE, fetch, is_here
from makemore_core.training.recorder import Snapshot
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.datasets.add import add
from pages.ui.datasets.catalogue import ADD, catalogue, looked_at
from pages.ui.datasets.detail import detail
from pages.ui.literal import literal
from pages.ui.live import live
from pages.ui.page import or_say_why_not

name = looked_at()
source = CATALOGUE.get(name)
missing = source if source and not is_here(source) else None


def draw(snapshot: Snapshot) -> None:
    """A data set that is not on this machine is fetched when asked for."""
    if missing and is_here(missing):
        session.ask_for_rerun()
    elif missing:
        st.markdown(f"**{literal(missing.name)}** {literal(missing.about)} It is not on this machine.")
        work = partial(fetch, missing)
        in_background("fetch", ("fetch", missing.name), work, fetched, start=f"Fetch {literal(missing.name)}")
        st.caption(literal(f"From {missing.address}, checked by its SHA-256. Or put it into the folder MAKEMORE_DATA."))


def fetched(path: Path) -> None:
    """It came, and somebody has taken it away since."""
    st.info(f"{literal(str(path))} was fetched, but it is no longer there.", icon=":material/info:")


live(draw)
left, right = st.columns([1, 3], gap="medium")
with left:
    catalogue()
with right:
    if name == ADD:
        add()
    elif missing is None:
        or_say_why_not(partial(detail, name))
