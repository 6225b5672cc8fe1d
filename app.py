"""The dashboard's front door: page config, whom it is open to, and navigation. `streamlit run app.py` starts it."""

import streamlit as st

from pages.ui.arrival import open_lab
from pages.ui.mode import require_a_mode

st.set_page_config(page_icon="pages/ui/icon.svg", layout="wide")
require_a_mode()
# off in config.toml, so that the very first message of a server does not list file names
st.set_option("client.showSidebarNavigation", True)
open_lab(
    {
        "": [
            st.Page("pages/train.py", title="Train", icon=":material/play_circle:", default=True),
            st.Page("pages/lessons.py", title="Lessons", icon=":material/school:"),
            st.Page("pages/datasets.py", title="Datasets", icon=":material/database:"),
            st.Page("pages/take_home.py", title="Take it home", icon=":material/redeem:"),
        ],
        "What it learned": [
            st.Page("pages/embeddings.py", title="Embeddings", icon=":material/scatter_plot:"),
            st.Page("pages/next_character.py", title="Next character", icon=":material/abc:"),
            st.Page("pages/my_name.py", title="My name", icon=":material/badge:"),
        ],
        "How it learns": [
            st.Page("pages/counting.py", title="Counting", icon=":material/grid_on:"),
            st.Page("pages/inside.py", title="Inside", icon=":material/troubleshoot:"),
            st.Page("pages/init_lab.py", title="Init lab", icon=":material/experiment:"),
            st.Page("pages/backprop.py", title="Backprop", icon=":material/undo:"),
            st.Page("pages/minitorch.py", title="minitorch", icon=":material/account_tree:"),
            st.Page("pages/three_forms.py", title="Three forms", icon=":material/view_column:"),
        ],
        "Many runs": [
            st.Page("pages/runs.py", title="Runs", icon=":material/table_rows:"),
            st.Page("pages/search.py", title="Search", icon=":material/tune:"),
        ],
        "This lab": [
            st.Page("pages/glossary.py", title="Glossary", icon=":material/dictionary:"),
            st.Page("pages/health.py", title="Health", icon=":material/monitor_heart:"),
        ],
    }
)
