"""The archive: a run with all that belongs to it as one file, alone or with others, and runs out of such a file."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from makemore_core.catalogue import CATALOGUE
from makemore_core.exports.archive import ENDING, MEDIA_TYPE, archive_of, file_name
from makemore_core.exports.arrival import bring_in
from makemore_core.exports.importing import Archive, read_archive
from makemore_core.tasks import Report
from makemore_core.training.recorder import Snapshot
from makemore_core.training.rows import RunRow
from pages.ui import session
from pages.ui.background import in_background
from pages.ui.literal import literal
from pages.ui.manager import run_manager
from pages.ui.take_home.files import is_there, offer, title
from pages.ui.widgets import multiselect, toggle

MOST_LISTED = 30  # runs of an archive, before they are brought in
OTHERS, WORDS, TIMES = "archive_others", "archive_words", "archive_times"  # a new number empties the upload


def draw(snapshot: Snapshot) -> None:
    """Out on the left, in on the right."""
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Out: one file with everything.** Curves, looks, snapshots, and the state to go on from.")
        if is_there(snapshot):
            _out(snapshot)
    with right:
        st.markdown("**In: runs from another lab.** All of a file is checked before anything is kept.")
        _in()


def _out(snapshot: Snapshot) -> None:
    titles = {row.id: row.title for row in session.newest_runs() if row.id != snapshot.run}
    options = list(titles)
    others = [run for run in session.kept(OTHERS, []) if run in options]
    is_own = session.config().data.dataset not in CATALOGUE
    with_words = is_own and session.kept(WORDS, True)
    runs = (snapshot.run, *others)
    offer(
        "archive", "Archive", snapshot, partial(archive_of, run_manager().store, runs, with_words),
        partial(_file, file_name((title(snapshot), *others))), (tuple(others), with_words),
    )  # fmt: skip
    multiselect(
        OTHERS, "With these runs", options, others, partial(session.select, OTHERS),
        format_func=lambda run: titles.get(run, str(run)), placeholder="This one alone", disabled=not options,
    )  # fmt: skip
    if is_own:
        toggle(WORDS, "With the words of its own data set", with_words, partial(session.select, WORDS))
    st.caption(
        "A ZIP file of JSON and safetensors, each part with its SHA-256. In another lab the run goes on bit for bit, "
        "on a data set that is known there or comes along."
    )


def _file(name: str, content: bytes | Callable[[], bytes]) -> None:
    st.download_button(
        "Archive", content, name, MEDIA_TYPE, key="download_archive", icon=":material/download:",
        on_click="ignore", type="primary",
    )  # fmt: skip


def _in() -> None:
    file = st.file_uploader(
        f"An archive, {ENDING}", type="zip", key=f"archive-{session.kept(TIMES, 0)}", label_visibility="collapsed"
    )
    if file:
        in_background("arrive", ("arrive", file.file_id), partial(_read, file.getvalue), _arrival)


def _read(content: Callable[[], bytes], report: Report) -> Archive:
    report(0.0, "checking the file")
    return read_archive(content())


def _arrival(archive: Archive) -> None:
    """What is in a file that was checked, and the button that keeps it."""
    columns: dict[str, Callable[[RunRow], str]] = {
        "run": lambda row: row.title,
        "preset": lambda row: row.preset or "own settings",
        "state": lambda row: str(row.progress.state),
        "steps": lambda row: f"{row.progress.step:,}",
        "words": lambda row: str(row.dataset["name"]),
    }
    rows = [whole.row for whole in archive.runs[:MOST_LISTED]]
    st.table({name: [literal(of(row)) for row in rows] for name, of in columns.items()}, hide_index=True)
    if len(archive.runs) > MOST_LISTED:
        st.caption(f"and {len(archive.runs) - MOST_LISTED:,} more")
    many = f"{len(archive.runs)} runs" if len(archive.runs) > 1 else "this run"
    st.button(f"Bring in {many}", key="bring_in", icon=":material/upload:", on_click=_bring, args=(archive,))


def _bring(archive: Archive) -> None:
    session.attempt(lambda: _show(archive))
    session.ask_for_rerun()


def _show(archive: Archive) -> None:
    """The first of the runs is the one that is looked at then."""
    arrived = bring_in(run_manager().store, archive, session.desk().bring_in)
    session.select(TIMES, session.kept(TIMES, 0) + 1)
    session.notify(" ".join((f"Brought in {', '.join(arrived.runs)}.", *arrived.sentences)))
    session.choose_run(arrived.runs[0])
