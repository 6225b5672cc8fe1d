"""What a script is made of: parts with a heading, a few plain words, and pieces of code."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from makemore_core.eject.subject import Subject

DEFINITION = re.compile(r"(def|class) |@")


@dataclass(frozen=True)
class Part:
    """A section: what it is called, one or two sentences, its code, and the paths of the settings that it reads."""

    title: str
    words: str
    code: tuple[str, ...]
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelPart(Part):
    """The section of a model, and what the others must know of it."""

    over_sequences: bool = False  # whether it predicts at all places of a row
    switches: tuple[str, ...] = ()  # what is True in training and False in evaluation
    state: str = "parameters"  # the expression that holds all that it has learned
    loss: str = ""  # the line that computes it, where it is not the usual one
    counts: bool = False  # whether it learns by counting instead of by gradients
    mean_loss: str = ""  # the judge, where it is not the usual one
    fixes: Mapping[str, str] = field(default_factory=dict[str, str])  # what is written otherwise in the data's part


def source(piece: object, swaps: Mapping[str, str] | None = None, name: str = "") -> str:
    """A class or function of the folder lecture/ as it is written there, under another name if one is given.

    `swaps` exchanges words in it; one that does not occur is an error of ours.
    """
    text = inspect.getsource(piece).rstrip()  # pyright: ignore[reportArgumentType]
    text = text.replace("given.", "")
    if name:
        text = re.sub(r"^(def|class) \w+", rf"\1 {name}", text, count=1, flags=re.MULTILINE)
    for old, new in (swaps or {}).items():
        assert old in text, f"{old!r} does not stand in {text.splitlines()[0]!r}"
        text = text.replace(old, new)
    return text


def stacked(pieces: tuple[str, ...]) -> str:
    """Pieces of code one below the other, as a formatter spaces them."""
    text = pieces[0]
    for before, piece in pairwise(pieces):
        apart = any(DEFINITION.match(p) for p in (before, piece))
        text += ("\n\n\n" if apart else "\n\n") + piece
    return text


def block(*lines: str, indent: int = 0) -> str:
    """Lines of code, without those that are empty, indented by so many steps."""
    return "\n".join("    " * indent + line for line in lines if line)


def number(value: float) -> str:
    """A number as one writes it in a program: 200_000, 0.1."""
    return f"{value:_}" if isinstance(value, int) and value >= 10_000 else repr(value)


__all__ = ["ModelPart", "Part", "Subject", "block", "number", "source", "stacked"]
