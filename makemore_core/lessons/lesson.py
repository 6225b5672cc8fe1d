"""What a lesson is: stations on the real pages, each done by one action, and challenges that the program checks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from makemore_core.config import RunConfig
from makemore_core.errors import choose_one_of
from makemore_core.knobs import Value
from makemore_core.lectures import Chapter
from makemore_core.presets import preset_named
from makemore_core.sharing import on_data_here
from makemore_core.training.recorder import Snapshot
from makemore_core.training.rows import RunRow


@dataclass(frozen=True)
class Situation:
    """What a tab shows and its user has chosen, at one moment.

    `choices` are those of the pages' own controls by name: the open view of a page, the smoothing of its counts.
    """

    page: str
    preset: str  # that the next run's settings began with
    draft: RunConfig  # the next run's settings
    lab: RunConfig | None = None  # the Init lab's
    row: RunRow | None = None  # of the chosen run
    config: RunConfig | None = None  # that it has now
    snapshot: Snapshot | None = None  # of what it has shown
    choices: Mapping[str, Any] = field(default_factory=dict[str, Any])
    name: str = ""  # the user's own
    is_mine: bool = True  # whether the chosen run is the user's

    @property
    def shown(self) -> RunConfig:
        """The settings of what the panels show: the chosen run's, else the next one's."""
        return self.config or self.draft

    @property
    def step(self) -> int:
        """How many steps the chosen run has taken; 0 before the first run."""
        return self.snapshot.progress.step if self.row and self.snapshot else 0


Rule = Callable[[Situation], bool]


@dataclass(frozen=True)
class Station:
    """A thought in the lecture's voice, one action on a real control, and how the program sees that it was done."""

    name: str
    page: str
    chapter: Chapter
    text: str
    action: str
    done: Rule


@dataclass(frozen=True)
class Finding:
    """Whether a challenge is met, with what was measured and what is missing in one sentence."""

    is_met: bool
    words: str


@dataclass(frozen=True)
class Challenge:
    """What the user's own run has to reach, and the measurement that says whether it did."""

    name: str
    sentence: str
    measure: Callable[[Situation], Finding]


@dataclass(frozen=True)
class Lesson:
    """A walk through one lecture: what one can do after it, how long it takes, what it starts from, and its parts."""

    name: str
    title: str
    lecture: Chapter
    minutes: int
    goal: str
    preset: str
    stations: tuple[Station, ...]
    challenges: tuple[Challenge, ...]
    changes: Mapping[str, Value] = field(default_factory=dict[str, Value])  # of the preset's settings

    @property
    def config(self) -> RunConfig:
        """The settings that it starts from, on data that is here."""
        return on_data_here(preset_named(self.preset).config.with_values(self.changes))

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of all there is to do, in their order."""
        return tuple(part.name for part in (*self.stations, *self.challenges))

    def station(self, name: str) -> Station:
        """A station by its name, or an InputError that lists the names."""
        found = {station.name: station for station in self.stations}
        if name not in found:
            raise choose_one_of("station", name, found)
        return found[name]
