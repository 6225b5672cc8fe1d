"""What the views of the Runs page show: the runs of the store with their settings, and those that are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from makemore_core.comparison.looks import Look, looks
from makemore_core.comparison.settings import Settings, SettingsOfRuns
from makemore_core.config import RunConfig
from makemore_core.training.rows import RunRow
from pages.ui import session
from pages.ui.labels import label_of
from pages.ui.manager import run_manager

FIRST = 4  # runs that are compared before anybody chooses: the newest
MOST = 40  # that are compared at once


@dataclass(frozen=True, eq=False)
class Runs:
    """All runs, the newest first, and the settings of each."""

    rows: list[RunRow]
    settings: Mapping[str, Settings]

    @cached_property
    def chosen(self) -> list[RunRow]:
        """Those that are ticked, in that order."""
        by_id = {row.id: row for row in self.rows}
        return [by_id[run] for run in session.kept(session.RUNS, ()) if run in by_id][:MOST]

    @cached_property
    def compared(self) -> list[RunRow]:
        """Those that are chosen; before that the newest with a loss, so that there is something to see."""
        return self.chosen or [row for row in self.rows if row.val is not None and not row.sweep][:FIRST]

    @cached_property
    def looks(self) -> dict[str, Look]:
        """How each run that is compared is drawn."""
        return looks(self.compared)

    def differing(self, rows: Sequence[RunRow]) -> list[str]:
        """The settings in which these runs differ, by path."""
        return known_settings().differing([self.settings[row.id] for row in rows])

    @property
    def compared_settings(self) -> dict[str, Settings]:
        """The settings of those that are compared."""
        return {row.id: self.settings[row.id] for row in self.compared}


def all_runs() -> Runs:
    """The runs of this moment."""
    rows = run_manager().runs()
    return Runs(rows, known_settings().now(rows, run_manager().store.changed_settings()))


def deleted_runs() -> Runs:
    """Those that can still come back, the last that was deleted first."""
    rows = run_manager().store.runs(deleted=True)
    return Runs(rows, known_settings().now(rows, run_manager().store.changed_settings()))


@st.cache_resource(show_spinner=False)
def known_settings() -> SettingsOfRuns:
    """Those of all tabs."""
    return SettingsOfRuns()


def config_at_start(row: RunRow) -> RunConfig:
    """What a run began with."""
    return RunConfig.from_dict(row.config)


def label(path: str) -> str:
    """A setting as a column's title; one of sampling says so, because there is another seed."""
    return ("sampling " if path.startswith("sampling.") else "") + label_of(path).lower()


def spelled(value: object) -> str:
    """A setting's value; nothing where a run has no such setting."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def told_apart(settings: Settings) -> str:
    """`hidden neurons 100, learning rate 0.1`."""
    return ", ".join(f"{label(path)} {spelled(value)}" for path, value in settings.items())
