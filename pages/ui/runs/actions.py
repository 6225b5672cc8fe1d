"""What can be done with the runs that are chosen: go on, stop, rename, tag, delete, and take that back."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import streamlit as st

from makemore_core.training.manager import RESUMABLE
from makemore_core.training.recorder import RunState
from makemore_core.training.rows import RunRow
from makemore_core.training.run import Command
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.widgets import multiselect, text_field

TO_RESTORE = "runs_to_restore"  # what is ticked among deleted runs
UNDO = "runs_gone"  # what was deleted last


def actions(rows: Sequence[RunRow], known_tags: Iterable[str], deleted: bool) -> None:
    """A row of buttons for these runs, and at its end what was deleted last."""
    with st.container(key="runs_actions", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{len(rows) or 'None'} chosen**")
        if deleted:
            _button("Restore", "restore", "undo", rows, _restore)
        else:
            _of_runs(rows, known_tags)
        _undo()


def _of_runs(rows: Sequence[RunRow], known_tags: Iterable[str]) -> None:
    waiting = [row for row in rows if row.progress.state in (*RESUMABLE, RunState.PAUSED)]
    living = [row for row in rows if row.progress.is_alive]
    _button("Go on", "go_on", "play_arrow", waiting, partial(_command, Command.PLAY))
    _button("Stop", "stop", "stop", living, partial(_command, Command.STOP))
    _rename(rows)
    _tags(rows, known_tags)
    _button("Delete", "delete", "delete", rows, _delete)


def _button(label: str, name: str, icon: str, rows: Sequence[RunRow], act: Callable[[list[str]], None]) -> None:
    """One press for all runs for which it makes sense; without any it rests."""
    runs = [row.id for row in rows]
    st.button(label, key=f"runs_{name}", icon=f":material/{icon}:", disabled=not runs, on_click=act, args=(runs,))


def _command(command: Command, runs: list[str]) -> None:
    for run in runs:
        session.attempt(partial(session.desk().command, run, command))
    session.ask_for_rerun()


def _rename(rows: Sequence[RunRow]) -> None:
    """One run by another name; a field for several would make no sense."""
    with st.popover("Rename", icon=":material/edit:", disabled=len(rows) != 1, key="runs_rename"):
        if len(rows) == 1:
            row = rows[0]
            text_field(f"run_name_{row.id}", "Name", row.title, partial(_call, row.id))
            st.caption(f"Letters a to z, digits and hyphens. Links keep its first name, {literal(row.id)}.")


def _call(run: str, name: str) -> None:
    session.attempt(partial(session.desk().rename, run, name.strip()))
    session.ask_for_rerun()


def _tags(rows: Sequence[RunRow], known: Iterable[str]) -> None:
    """The tags that all of these have: one that is added here goes to each, one that is taken away leaves each."""
    with st.popover("Tags", icon=":material/label:", disabled=not rows, key="runs_tags"):
        if rows:
            common = sorted(set.intersection(*(set(row.tags) for row in rows)))
            multiselect(
                "run_tags",
                "Tags of all that are chosen",
                sorted(known),
                common,
                partial(_tag, rows, common),
                accept_new_options=True,
                placeholder="Choose or type a tag",
            )


def _tag(rows: Sequence[RunRow], before: Iterable[str], now: Iterable[str]) -> None:
    for row in rows:
        tags = (set(row.tags) - set(before)) | set(now)
        session.attempt(partial(session.desk().tag, row.id, tags))


def _delete(runs: list[str]) -> None:
    """Each that can be: one that trains in another process cannot."""
    gone: dict[str, str] = {}  # what they are called

    def delete(run: str) -> None:
        title = run_manager().row(run).title
        session.desk().delete(run)
        gone[run] = title

    for run in runs:
        session.attempt(partial(delete, run))
    if gone:
        session.select(UNDO, gone)
    if compared := session.kept(session.RUNS, ()):
        session.compare_runs(run for run in compared if run not in gone)
    if session.current_run() in gone:
        session.choose_run(None)
    session.ask_for_rerun()


def _undo() -> None:
    """One press takes the last deletion back."""
    gone: dict[str, str] = session.kept(UNDO, {})
    if gone:
        st.markdown(f"Deleted {literal(*gone.values()) if len(gone) == 1 else f'{len(gone)} runs'}.")
        st.button("Undo", key="runs_undo", icon=":material/undo:", on_click=_restore, args=(list(gone),))


def _restore(runs: list[str]) -> None:
    for run in runs:
        session.attempt(partial(session.desk().restore, run))
    session.select(UNDO, {})
    session.select(TO_RESTORE, ())
    session.compare_runs((*session.kept(session.RUNS, ()), *runs))
    session.ask_for_rerun()
