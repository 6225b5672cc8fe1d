"""Where things are kept on this machine: the store of the runs, and the user's own data sets beside it."""

import os
from pathlib import Path

import platformdirs


def store_path() -> Path:
    """MAKEMORE_STORE, or a file in the user's own data folder."""
    chosen = os.environ.get("MAKEMORE_STORE")
    return Path(chosen) if chosen else platformdirs.user_data_path("makemore-lab") / "runs.sqlite"


def own_data_folder() -> Path:
    """The folder of one's own data sets, one folder for each."""
    return store_path().parent / "data-sets"
