"""A text line by line, as lint and mends look at it: every line that counts, with its number in the file."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from makemore_core.catalogue import content_of, kind_of
from makemore_core.data.decoding import AUTO, decode
from makemore_core.data.own import TEXT
from makemore_core.datasets import DataConfig, Dataset, dataset_of

Numbered = tuple[int, str]  # a line's number, from 1, and what stands on it


@dataclass(frozen=True)
class Material:
    """A decoded text, and how it is to be read and split."""

    name: str
    text: str
    kind: str
    how: DataConfig

    @property
    def is_text(self) -> bool:
        return self.kind == TEXT

    @cached_property
    def lines(self) -> list[Numbered]:
        """All lines of a text; those of a list that hold more than spaces."""
        return [(i, line) for i, line in enumerate(self.text.split("\n"), 1) if self.is_text or line.strip(" ")]

    @cached_property
    def words(self) -> list[Numbered]:
        """The lines as words: without the spaces around them."""
        return [(i, line.strip(" ")) for i, line in self.lines]

    @cached_property
    def dataset(self) -> Dataset:
        """InputError where it cannot be read so."""
        return dataset_of(self.name, self.text, self.kind, self.how)

    @cached_property
    def frequency(self) -> Counter[str]:
        """How often each character occurs."""
        counts = Counter(self.text)
        counts.pop("\n", None)
        return counts

    def lines_where(self, holds: Callable[[str], bool]) -> list[Numbered]:
        """The lines of which something holds."""
        return [(i, line) for i, line in self.lines if holds(line)]

    def lines_with(self, characters: set[str]) -> list[Numbered]:
        """The lines with one of these characters."""
        return self.lines_where(lambda line: not characters.isdisjoint(line)) if characters else []


def material_of(how: DataConfig, encoding: str = AUTO) -> Material:
    """The data set that a config names."""
    text = decode(content_of(how.dataset), how.dataset, encoding)
    kind = kind_of(how.dataset) if how.kind == "auto" else how.kind
    return Material(how.dataset, text, kind, replace(how, kind=kind))
