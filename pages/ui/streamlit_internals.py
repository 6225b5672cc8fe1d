"""What Streamlit 1.67 needs and does not offer in public, gathered here so that an upgrade has one file to check."""

import functools
import inspect
from pathlib import Path

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime import exists, get_instance
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner, get_script_run_ctx


def require_app() -> None:
    """Start app.py if Streamlit runs this page without it.

    Where a folder pages/ lies beside app.py, the sessions that come first after a server's start run their page alone,
    until st.navigation has been called once. An address such as /inside would never get there.
    """
    context = get_script_run_ctx()
    manager = context.pages_manager if context else None
    scripts = [Path(page["script_path"]) for page in manager.get_pages().values()] if manager else []
    if manager and Path(manager.main_script_path) in scripts:  # Streamlit's own list of pages has it, app.py's has not
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


def hide_page(page: StreamlitPage) -> None:
    """Leave a page out of the navigation, while its address still opens; in public one says so when it is made."""
    page._visibility = "hidden"


def open_tabs() -> int:
    """How many browsers' tabs are connected."""
    sessions = getattr(get_instance(), "_session_mgr", None) if exists() else None  # a test without a browser has none
    return len(sessions.list_active_sessions()) if sessions else 0


def this_tab() -> str:
    """What the tab that is being drawn is known by."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def _keep_unsent_messages() -> None:
    """Let the page's last elements arrive where a refresh waits for the page's script to end.

    The refresh drops what its fragment has not sent yet, but not the word that the script is complete. The browser
    then removes the charts and gets them back 50 ms later: 8 times in 200 clicks beside a refresh every .3 s.
    """
    clear = inspect.unwrap(ForwardMsgQueue.clear)

    @functools.wraps(clear)
    def clear_unless_complete(
        self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        complete = any(message.WhichOneof("type") == "script_finished" for message in self._queue)
        if fragment_ids_this_run and complete:
            self._delta_index_map = {}  # newer elements queue up behind instead of replacing the old ones
        else:
            clear(self, retain_lifecycle_msgs, fragment_ids_this_run)

    ForwardMsgQueue.clear = clear_unless_complete


def _leave_alone_what_was_left() -> None:
    """Let no refresh of a page be drawn once another page is open.

    One that waited while a button opened the other page would follow it, under the name of its own page: the browser
    clears the other page then, finds no place for what comes, and stays blank. It was so in 1 of 15 changes of page.
    """
    run_script = inspect.unwrap(ScriptRunner._run_script)

    @functools.wraps(run_script)
    def run_unless_left(self: ScriptRunner, rerun_data: RerunData) -> None:
        is_refresh = bool(rerun_data.fragment_id_queue)
        if not is_refresh or rerun_data.page_script_hash == self._pages_manager.current_page_script_hash:
            run_script(self, rerun_data)

    ScriptRunner._run_script = run_unless_left


_keep_unsent_messages()
_leave_alone_what_was_left()
