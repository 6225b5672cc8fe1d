"""What a term of the glossary is, and where it can find the numbers of a run."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.training.recorder import Snapshot


@dataclass(frozen=True, eq=False)
class Here:
    """The run that is shown, at the step that is shown."""

    config: RunConfig
    snapshot: Snapshot
    dataset: Dataset


Number = Callable[[Here], str]


@dataclass(frozen=True)
class Term:
    """A word with one sentence about it; `code` is `module:qualified.name` below makemore_core, empty where none is.

    `also` are other spellings under which it stands in texts; `number` says it of a run, or nothing.
    """

    name: str
    about: str
    formula: str = ""  # LaTeX
    code: str = ""
    source: str = ""
    related: tuple[str, ...] = ()
    number: Number | None = None
    also: tuple[str, ...] = ()
    group: str = ""

    @property
    def slug(self) -> str:
        """Its name in an address."""
        return slug_of(self.name)

    @property
    def words(self) -> tuple[str, ...]:
        """Under what it is found in a text."""
        return (self.name, *self.also)


def slug_of(name: str) -> str:
    """`Update : data` is `update-data`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
