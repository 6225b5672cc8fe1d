"""The table of all runs: filter, sort, choose; and what can be done with those that are chosen."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from makemore_core.comparison.listing import COLUMNS, NONE, found, in_order
from makemore_core.comparison.looks import Look
from makemore_core.errors import InputError
from makemore_core.training.rows import RunRow
from pages.ui import session
from pages.ui.literal import literal
from pages.ui.runs.actions import TO_RESTORE, actions
from pages.ui.runs.rows import MOST, Runs, all_runs, deleted_runs, label, spelled
from pages.ui.runs.runs_table import Head, Line, runs_table
from pages.ui.widgets import selectbox, text_field

FILTER, WHICH, SORT, PAGE = "runs_filter", "runs_which", "runs_sort", "runs_page"
NEWEST_FIRST = ("created", True)  # as the store lists them
ON_A_PAGE = 100
MOST_SETTINGS = 24  # columns of settings in which runs differ
RUNS, WITH_TRIALS, DELETED = "runs", "runs and trials", "deleted"
FIRST_COLUMNS = ("run", "state", "val", "best", "train", "steps", "seconds", "preset")
OWN_COLUMN = ("data.dataset", "max_steps")  # settings that have a column already
NOT_DRAWN = Look("")
NUMBERS = ("val", "best", "train", "steps", "seconds", "speed", "parameters")


def table() -> Runs:
    """Show it; all runs that are not deleted, for what stands below it."""
    every = all_runs()
    which = session.kept(WHICH, RUNS)
    _filters(every, which)
    shown = deleted_runs() if which == DELETED else every
    try:
        rows = _listed(shown, which)
    except InputError as error:
        rows = []
        st.caption(literal(str(error)))
    _lines(shown, rows, which)
    tags = {tag for row in every.rows for tag in row.tags}
    actions(_deleted_and_chosen(shown) if which == DELETED else every.chosen, tags, which == DELETED)
    return every


def _filters(every: Runs, which: str) -> None:
    """Words and comparisons, and which kind of runs."""
    sweeps = dict.fromkeys(row.sweep for row in every.rows if row.sweep)
    titles = {RUNS: "Runs", WITH_TRIALS: "Runs and trials"} | {s: f"Trials of {s}" for s in sweeps}
    titles |= {DELETED: "Deleted runs"}
    with st.container(key="runs_filters", horizontal=True, vertical_alignment="bottom", gap="small"):
        text_field(
            FILTER,
            "Find runs",
            session.kept(FILTER, ""),
            partial(_turn, FILTER),
            label_visibility="collapsed",
            placeholder="Find: words, tags, val < 2.2, seed = 7",
            width=330,
            icon=":material/search:",
        )
        if which not in titles:
            titles[which] = f"Trials of {which}"
        selectbox(
            WHICH,
            "Which runs",
            list(titles),
            which,
            partial(_turn, WHICH),
            format_func=lambda name: titles.get(name, str(name)),
            label_visibility="collapsed",
            width=190,
        )


def _turn(name: str, value: object) -> None:
    """Another filter begins at its first page."""
    session.select(name, value)
    session.select(PAGE, 0)


def _listed(shown: Runs, which: str) -> list[RunRow]:
    """The runs of this kind that the filter finds, in order."""
    kinds = {RUNS: lambda row: not row.sweep, WITH_TRIALS: _any, DELETED: _any}
    of_kind = kinds.get(which, lambda row: row.sweep == which)
    rows = found([row for row in shown.rows if of_kind(row)], shown.settings, session.kept(FILTER, ""))
    by, downwards = session.kept(SORT, NEWEST_FIRST)
    return rows if (by, downwards) == NEWEST_FIRST else in_order(rows, shown.settings, by, downwards)


def _any(row: RunRow) -> bool:
    return True


def _lines(shown: Runs, rows: Sequence[RunRow], which: str) -> None:
    """One page of the list, and how many there are."""
    paths = _columns_that_differ(shown, rows)
    pages = max(1, -(-len(rows) // ON_A_PAGE))
    page = min(session.kept(PAGE, 0), pages - 1)
    here = rows[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    last = [key for key in COLUMNS if key not in FIRST_COLUMNS and _says_something(key, rows)]
    keys = [*FIRST_COLUMNS, *paths, *last]
    runs_table(
        [_head(key, shown, here) for key in keys],
        [_line(row, keys, shown, which) for row in here],
        session.kept(SORT, NEWEST_FIRST),
        session.kept(TO_RESTORE, ()) if which == DELETED else [row.id for row in shown.chosen],
        on_choose=partial(_choose, which),
        on_sort=_sort,
        on_open=partial(_open, which),
    )
    with st.container(key="runs_pages", horizontal=True, vertical_alignment="center", gap="small"):
        first = page * ON_A_PAGE
        noun = "run" if len(rows) == 1 else "runs"
        span = f"{first + 1:,} to {first + len(here):,} of " if pages > 1 else ""
        st.caption(f"{span}{len(rows):,} {noun}" if rows else _nothing(shown, which))
        if pages > 1:
            _pager("Earlier", ":material/chevron_left:", page - 1, page == 0)
            _pager("Later", ":material/chevron_right:", page + 1, page == pages - 1)


def _pager(label: str, icon: str, page: int, disabled: bool) -> None:
    st.button(
        label,
        key=f"runs_{label.lower()}",
        icon=icon,
        type="tertiary",
        disabled=disabled,
        on_click=session.select,
        args=(PAGE, page),
    )


def _nothing(shown: Runs, which: str) -> str:
    if shown.rows and session.kept(FILTER, ""):
        return "No run is like this; clear the filter."
    return "Nothing was deleted." if which == DELETED else "No run yet. Press Play: it will stand here, and stay."


def _columns_that_differ(shown: Runs, rows: Sequence[RunRow]) -> list[str]:
    """The settings in which the listed runs differ."""
    return [path for path in shown.differing(rows) if path not in OWN_COLUMN][:MOST_SETTINGS]


def _says_something(key: str, rows: Sequence[RunRow]) -> bool:
    return key not in ("tags", "owner", "parent") or any(COLUMNS[key].value(row) for row in rows)


def _head(key: str, shown: Runs, rows: Sequence[RunRow]) -> Head:
    if key in COLUMNS:
        return Head(key, COLUMNS[key].label, COLUMNS[key].help, key in NUMBERS)
    is_word = any(isinstance(shown.settings[row.id].get(key), (bool, str)) for row in rows)
    return Head(key, label(key), key, not is_word)


def _line(row: RunRow, keys: Sequence[str], shown: Runs, which: str) -> Line:
    look = NOT_DRAWN if which == DELETED else shown.looks.get(row.id, NOT_DRAWN)
    settings = shown.settings[row.id]
    cells = tuple(COLUMNS[key].text(row) if key in COLUMNS else spelled(settings.get(key)) for key in keys)
    return Line(row.id, tuple(cell or NONE for cell in cells), look.color, look.dash, str(row.progress.state))


def _choose(which: str, runs: list[str]) -> None:
    if which == DELETED:
        return session.select(TO_RESTORE, tuple(runs))
    if len(runs) > MOST:
        session.notify(f"Up to {MOST} runs are compared at once; these are the first.")
    return session.compare_runs(runs[:MOST])


def _sort(by: str) -> None:
    """By another column, from its good end; the same column again turns it round."""
    before, downwards = session.kept(SORT, NEWEST_FIRST)
    session.select(SORT, (by, not downwards if by == before else by in ("created", "speed", "steps")))


def _open(which: str, run: str) -> None:
    """The run that the bar and every other page show."""
    if which != DELETED:
        session.choose_run(run)
        session.ask_for_rerun()


def _deleted_and_chosen(shown: Runs) -> list[RunRow]:
    chosen = session.kept(TO_RESTORE, ())
    return [row for row in shown.rows if row.id in chosen]
