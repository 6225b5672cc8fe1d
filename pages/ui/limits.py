"""What a teacher's link takes away: pages, controls, the freedom to turn them. It is no lock: links can be edited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from makemore_core.config import CHOICES, RunConfig
from makemore_core.errors import InputError
from makemore_core.sharing import all_settings, known_words, words_of

PAGES, HIDE, LOCK = "pages", "hide", "lock"
PARAMETERS = (PAGES, HIDE, LOCK)
PRESET, MORE, ALL = "preset", "more", "all"  # beside the paths of settings: the choice of presets, all under More, all
SET_BY_TEACHER = "Set by your teacher."


@dataclass(frozen=True)
class Limits:
    """The pages that are shown (all, if none is named), the settings that are not, and those that cannot be turned."""

    pages: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()

    def shows(self, page: str) -> bool:
        return not self.pages or page in self.pages

    def hides(self, path: str) -> bool:
        return path in self.hidden

    def locks(self, path: str) -> bool:
        return path in self.locked or ALL in self.locked

    def refuse(self, *paths: str) -> None:
        """The one rule for widgets, links and buttons: an InputError where one of the settings is locked."""
        for path in paths:
            if self.locks(path):
                raise InputError(f"`{path}` is set by your teacher; See everything, on the left, opens the whole lab.")

    def held(self, new: RunConfig, now: RunConfig) -> RunConfig:
        """New settings in which all that is locked, and is there, stays as it is now."""
        fixed = {path: value for path, value in now.settings().items() if self.locks(path)}
        new = new.with_values({path: value for path, value in fixed.items() if path in CHOICES})
        there = new.settings()
        return new.with_values({path: value for path, value in fixed.items() if path in there})

    @property
    def parameters(self) -> dict[str, str]:
        """What a link says of them."""
        lists = {PAGES: self.pages, HIDE: self.hidden, LOCK: self.locked}
        return {parameter: ",".join(words) for parameter, words in lists.items() if words}


def limits_of(link: Mapping[str, str], pages: Iterable[str]) -> tuple[Limits, list[str]]:
    """What a link's parameters take away, and a sentence on each of its lists with a word that nobody knows."""
    sentences: list[str] = []
    known = {PAGES: tuple(pages), HIDE: (PRESET, MORE, *all_settings()), LOCK: (PRESET, ALL, *all_settings())}
    nouns = {PAGES: "page", HIDE: "setting to hide", LOCK: "setting to lock"}
    lists = (known_words(nouns[p], words_of(link.get(p, "")), known[p], sentences) for p in PARAMETERS)
    return Limits(*lists), sentences
