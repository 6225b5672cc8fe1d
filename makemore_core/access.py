"""Who may do what: one person on their own machine may do all, of a class each what concerns their own runs.

Nobody has an account. In a class every browser has a key of its own, of which only the SHA-256 is known here, and
whoever sits before it says a name.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from makemore_core.errors import InputError, choose_one_of

MODE = "MAKEMORE_MODE"  # the variable by which `serve` tells the server
LONGEST_NAME = 40


class AccessError(InputError):
    """Somebody may not do this; the sentence says who may."""


class Mode(StrEnum):
    """How many people a server is for."""

    LOCAL = "local"
    CLASSROOM = "classroom"


class Action(StrEnum):
    """All that changes something, in the words of the sentence that refuses it."""

    START = "start a run"
    FORK = "fork a run"
    BRING_IN = "bring runs in"
    BEGIN_SWEEP = "begin a sweep"
    PLAY = "go on with this run"
    STEP = "take a step with this run"
    PAUSE = "pause this run"
    STOP = "stop this run"
    TRAIN_ON = "train on this run"
    CHANGE = "change this run"
    REWIND = "rewind this run"
    SET_PACE = "set the speed of this run"
    RENAME = "rename this run"
    TAG = "tag this run"
    DELETE = "delete this run"
    RESTORE = "bring back this run"
    STOP_SWEEP = "stop this sweep"
    RESUME_SWEEP = "go on with this sweep"
    ADOPT = "adopt a trial of this sweep"
    DELETE_SWEEP = "delete this sweep"
    RESTORE_SWEEP = "bring back this sweep"
    KEEP_DATA = "keep a data set"
    DELETE_DATA = "delete this data set"
    RESTORE_DATA = "bring back this data set"
    LEARN = "keep your progress"
    END_WORK = "end this work"


BEGINNINGS = (
    Action.START,
    Action.FORK,
    Action.BRING_IN,
    Action.BEGIN_SWEEP,
    Action.KEEP_DATA,
    Action.LEARN,
)  # of what is one's own then
WAYS_OUT = {
    "this run": "fork it to go on with it as your own",
    "this sweep": "begin one of your own",
    "this data set": "leave it, and choose another",
    "this work": "it goes on for those who still wait for it",
}


@dataclass(frozen=True)
class Actor:
    """Somebody before a browser: the SHA-256 of its key, and the name that they said."""

    key: str = ""
    name: str = ""
    is_teacher: bool = False

    @property
    def as_owner(self) -> str:
        """How the store names them; empty where people are not told apart."""
        return f"{self.key} {self.name}" if self.key else ""

    def owns(self, owner: str) -> bool:
        return bool(self.key) and owner.partition(" ")[0] == self.key


def authorize(mode: Mode, actor: Actor, action: Action, owner: str = "", other_server: str = "") -> None:
    """Refuse what this person may not do with what belongs to `owner`.

    `other_server` says who else writes the store, if anybody does: then all can be seen here, and nothing changed.
    """
    if other_server:
        raise AccessError(f"{other_server} To {action}, end that one first.")
    if mode == Mode.LOCAL or actor.is_teacher:
        return
    if not (actor.key and actor.name):
        raise AccessError(f"Who are you? Say your name at the top of the page, then you may {action}.")
    if action not in BEGINNINGS and not actor.owns(owner):
        raise AccessError(f"Only {_who(owner)} may {action}; {_way_out(action)}.")


def _who(owner: str) -> str:
    name = name_of(owner)
    return f"{name} or the teacher" if name else "the teacher"


def _way_out(action: Action) -> str:
    return next(way for thing, way in WAYS_OUT.items() if action.endswith(thing))


def name_of(owner: str) -> str:
    """What an owner is called; empty where people were not told apart."""
    return owner.partition(" ")[2]


def key_of(secret: str) -> str:
    """All that is known here of a browser's key."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def clean_name(text: str) -> str:
    """A name that somebody said, without what cannot be seen; InputError for none, or a long one."""
    name = " ".join("".join(c if c.isprintable() else " " for c in text[: 10 * LONGEST_NAME]).split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise InputError(f"A name has 1 to {LONGEST_NAME} characters, but this one has {len(name):,}; shorten it.")
    return name


def chosen_mode(environment: Mapping[str, str] = os.environ) -> Mode | None:
    """The mode that a server was started in; None if nobody chose."""
    word = environment.get(MODE, "")
    if word and word not in tuple(Mode):
        raise choose_one_of("mode", word, Mode)
    return Mode(word) if word else None
