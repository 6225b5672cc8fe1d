"""What a script is written about: settings, data, and what was changed while the run trained."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property

from makemore_core.catalogue import CATALOGUE, content_of
from makemore_core.config import RunConfig
from makemore_core.data.decoding import decode
from makemore_core.datasets import Dataset
from makemore_core.errors import InputError
from makemore_core.knobs import Value
from makemore_core.training.marks import Mark, config_after

LIMITS = ("max_steps", "max_seconds", "engine", "device")  # that say how far and where, not what is computed
CONFIG_CHANGES = ("optimizer.learning_rate", "batch_size", "patience")  # that a script repeats at their step


@dataclass(frozen=True)
class Subject:
    """A run or a preset, and in `about` some sentences on what it is.

    Of a run: `ended_at` is the step at which it ended early, and `was_stopped` says that somebody stopped it, so that
    it never went back to its best net.
    """

    name: str
    about: tuple[str, ...]
    config: RunConfig  # as it began
    dataset: Dataset
    marks: tuple[Mark, ...] = ()
    ended_at: int | None = None
    was_stopped: bool = False

    @cached_property
    def last_config(self) -> RunConfig:
        """The settings after all changes."""
        return config_after(self.config, self.marks)

    @property
    def max_steps(self) -> int:
        return self.last_config.max_steps if self.ended_at is None else self.ended_at

    @property
    def vocab_size(self) -> int:
        return len(self.dataset.vocabulary)

    @cached_property
    def changes(self) -> dict[int, dict[str, Value]]:
        """By step, what else than before holds from there on."""
        found: dict[int, dict[str, Value]] = {}
        now = self.config
        for mark in self.marks:
            then = now.with_values(mark.settings)
            settings = {path: value for path, value in then.differences(now).items() if path in CONFIG_CHANGES}
            if settings:
                found[mark.step] = found.get(mark.step, {}) | settings
            now = then
        return found

    def values(self, path: str) -> list[Value]:
        """All values that a setting has on the way, the first one first."""
        later = [settings[path] for settings in self.changes.values() if path in settings]
        return [self.config.settings()[path], *later]

    def check_repeatable(self) -> None:
        """An InputError for a fork with other settings than a run can change on its way."""
        for mark in self.marks:
            others = [path for path in mark.settings if path not in (*CONFIG_CHANGES, *LIMITS)]
            if others:
                raise InputError(
                    f"A script takes all its steps alike, but {self.name!r} was forked with another {others[0]}; "
                    "eject the run that it was forked from."
                )

    def begins_to_wait(self, step: int) -> bool:
        """Whether patience is asked for from a step on, and was not before."""
        before = [settings["patience"] for s, settings in self.changes.items() if s < step and "patience" in settings]
        return bool(self.changes[step].get("patience")) and not [self.config.patience, *before][-1]

    @property
    def keeps_best(self) -> bool:
        """Whether val is asked on the way, and the best net is taken at the end."""
        return any(self.values("patience")) and not self.was_stopped

    @cached_property
    def file_name(self) -> str:
        """What the data's file is called: plain letters, whatever the data set's own name is."""
        source = CATALOGUE.get(self.config.data.dataset)
        if source and source.file:
            return source.file
        plain = re.sub(r"[^A-Za-z0-9]+", "-", self.dataset.name.removesuffix(".txt")).strip("-").lower()
        return f"{plain[:60] or 'data'}.txt"

    @property
    def sha256(self) -> str:
        """Of the file as it is written beside the script."""
        return hashlib.sha256(self.content).hexdigest()

    @cached_property
    def content(self) -> bytes:
        """The data set's own file where the script's plain reading gives the same; else written anew in UTF-8."""
        content = content_of(self.config.data.dataset)
        if self.dataset.is_text:
            return decode(content, self.dataset.name).encode()
        words = "\n".join((*self.dataset.words, "")).encode()
        return content if _plainly_read(content) == self.dataset.words else words


def _plainly_read(content: bytes) -> tuple[str, ...]:
    """A list of words as the script reads it."""
    try:
        return tuple(word for word in content.decode().split("\n") if word)
    except UnicodeDecodeError:
        return ()
