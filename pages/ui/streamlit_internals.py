"""The few things that Streamlit's public interface cannot do, gathered here so that an upgrade has one file to check."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.runtime.pages_manager import PagesManager


def require_app() -> None:
    """Run app.py if Streamlit ran this page by itself; the first lines of every page call it.

    The first session after a server's start decides whether the folder pages/ is read in the old way, without app.py.
    Only st.navigation in app.py turns that off, and an address such as /inside never gets there.
    """
    if PagesManager.uses_pages_directory:
        PagesManager.uses_pages_directory = False
        st.rerun()


def serve_folder(name: str, folder: Path) -> str:
    """Serve the files of a folder, wherever it lies, and return their address below /_stcore/bidi-components/."""
    component = f"makemore_lab.{name}"
    manager = get_bidi_component_manager()
    if manager.get(component) is None:
        config = ComponentConfig(name, asset_dir=folder.name)
        manager.register_from_manifest(ComponentManifest("makemore_lab", "1", [config]), folder.parent)
    return component
