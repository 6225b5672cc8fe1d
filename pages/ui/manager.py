"""The one run manager of this server, shared by all tabs: to look at for every page, to act on by a person's desk.

Nothing else lives here: Streamlit re-imports an edited file, and an edit of this one would make a second manager.
"""

import os
from typing import TYPE_CHECKING

import streamlit as st

from makemore_core.access import Actor, Mode, chosen_mode
from makemore_core.engines import warm_up_in_background
from makemore_core.places import store_path
from makemore_core.teacher import Teacher
from makemore_core.training.desk import Rules, RunDesk
from makemore_core.training.jobs import Place
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import RunReader
from makemore_core.training.serving import Seat
from makemore_core.training.store import RunStore
from makemore_core.workers import all_workers

if TYPE_CHECKING:
    from makemore_core.lessons.desk import LearningDesk


@st.cache_resource(show_spinner=False, on_release=RunManager.close)
def acting_manager() -> RunManager:
    """All runs of this process and of the store. The fast engine gets ready meanwhile. Pages go by run_desk()."""
    warm_up_in_background()
    return RunManager(RunStore(store_path()), all_workers())


def run_manager() -> RunReader:
    """All runs, to look at."""
    return acting_manager()


def run_desk(actor: Actor) -> RunDesk:
    """All that somebody may do with runs."""
    return RunDesk(acting_manager(), rules(), actor)


def learning_desk(actor: Actor) -> "LearningDesk":
    """Where somebody's progress through the lessons is kept; only who takes a lesson loads them."""
    from makemore_core.lessons.desk import LearningDesk

    return LearningDesk(acting_manager(), rules(), actor)


def places() -> list[Place]:
    """Where runs can train."""
    return acting_manager().places()


@st.cache_resource(show_spinner=False)
def rules() -> Rules:
    """What holds for all tabs."""
    return Rules(chosen_mode(os.environ) or Mode.LOCAL, _other_server)


@st.cache_resource(show_spinner=False, on_release=Seat.leave)
def _seat() -> Seat:
    return Seat(store_path())


def _other_server() -> str:
    seat = _seat()
    return "" if seat.is_taken_by_us else seat.holder


@st.cache_resource(show_spinner=False)
def teacher() -> Teacher:
    """Who knows the teacher's key, and in which browsers it was entered."""
    return Teacher(os.environ)
