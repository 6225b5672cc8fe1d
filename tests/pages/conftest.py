"""The dashboard without a browser: Streamlit's AppTest runs app.py in this process, with a store of its own."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from pages.ui.session import notices

APP = Path(__file__).parents[2] / "app.py"
LONGEST_RUN = 60.0  # seconds; the first one imports torch

Opener = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def store_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The store of the pages. Clearing the cache closes their manager, which stops its runs."""
    path = tmp_path / "runs.sqlite"
    monkeypatch.setenv("MAKEMORE_STORE", str(path))
    st.cache_resource.clear()
    yield path
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def notices_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a notice says something about the press before it, however fast a test presses."""
    monkeypatch.setattr(notices, "READ_WITHIN", 0.0)


@pytest.fixture(scope="session", autouse=True)
def packages_are_scanned_once() -> Iterator[None]:
    """Each AppTest looks through all installed packages for components, which takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def open_page() -> Opener:
    """Open a page in a new tab, with what its address says after the question mark."""

    def opened(page: str = "pages/train.py", **parameters: object) -> AppTest:
        tab = AppTest.from_file(APP, default_timeout=LONGEST_RUN)
        tab.switch_page(page)
        tab.query_params.update({path: str(value) for path, value in parameters.items()})
        return tab.run()

    return opened


def widget(tab: AppTest, name: str) -> Any:
    """The widget of that name, of whatever kind, in its present generation (pages.ui.session.widget_key)."""
    return next(w for w in widgets(tab) if name_of(w) == name)


def widgets(block: Any) -> list[Any]:
    numbers = (*block.select_slider, *block.slider, *block.number_input)
    return [*block.selectbox, *numbers, *block.text_input, *block.toggle]


def name_of(widget: Any) -> str:
    """A key without its generation."""
    return (widget.key or "").rpartition("-")[0]
