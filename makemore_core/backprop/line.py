"""One line of a network in the long form: a function, its formula, and what this network calls its names."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from torch import Tensor

Values = dict[str, Tensor]
Names = Mapping[str, str]
Numbers = Mapping[str, Any]

# Of lecture 4's names: B examples, T characters of E numbers each, H neurons, V characters to choose from
SHAPES = (
    {"C": "(V, E)", "W1": "(T*E, H)", "b1": "(H)", "W2": "(H, V)", "b2": "(V)", "bngain": "(H)", "bnbias": "(H)"}
    | {"emb": "(B, T, E)", "embcat": "(B, T*E)", "loss": "()"}
    | dict.fromkeys(("hprebn", "bndiff", "bndiff2", "bnraw", "hpreact", "h"), "(B, H)")
    | dict.fromkeys(("bnmeani", "bnvar", "bnvar_inv"), "(1, H)")
    | dict.fromkeys(("logits", "norm_logits", "counts", "probs", "logprobs"), "(B, V)")
    | dict.fromkeys(("logit_maxes", "counts_sum", "counts_sum_inv"), "(B, 1)")
)


@dataclass(frozen=True)
class Line:
    """A function that takes what it needs by name; where `gives` is empty, it is named after what it computes.

    Functions and formulas use lecture 4's names; `names` and `letters` say what stands for them in another network.
    """

    compute: Callable[..., Tensor]
    formula_there: str  # LaTeX; i is an example, j a neuron or a character, L the loss
    gives: str = ""
    names: Names = field(default_factory=dict[str, str], hash=False)
    letters: Names = field(default_factory=dict[str, str], hash=False)  # of shapes
    numbers: Numbers = field(default_factory=dict[str, Any], hash=False)  # fixed by the layer

    def among(self, names: Names, letters: Names, numbers: Numbers) -> "Line":
        """The same line in another network."""
        return replace(self, names=names, letters=letters, numbers=numbers)

    @property
    def in_lecture(self) -> str:
        """What the lecture calls what this line gives."""
        return self.gives or self.compute.__name__

    @property
    def name(self) -> str:
        return self.names.get(self.in_lecture, self.in_lecture)

    @property
    def at(self) -> str:
        """The value that this line gives, or whose gradient: `probs` for both probs and dprobs."""
        return self.names.get(self._at_in_lecture, self._at_in_lecture)

    @property
    def is_gradient(self) -> bool:
        return self.in_lecture not in SHAPES

    @property
    def shape(self) -> str:
        sizes = SHAPES[self._at_in_lecture][1:-1].split(", ")
        return f"({', '.join(self.letters.get(size, size) for size in sizes)})"

    @property
    def words(self) -> str:
        """What happens here, and why, in a sentence or two."""
        return renamed(inspect.getdoc(self.compute) or "", self.names)

    @property
    def formula(self) -> str:
        """In LaTeX."""
        names = {spelled(there): spelled(here) for there, here in self.names.items()}
        return renamed(self.formula_there, names, before=r"[A-Za-z0-9\\]", after="[A-Za-z0-9]")

    @property
    def code(self) -> str:
        """The very expression that is run."""
        return renamed(
            _expression(self.compute), {**self.names, **{name: str(fixed) for name, fixed in self.numbers.items()}}
        )

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of what it is computed from."""
        return tuple(self.names.get(name, name) for name in _arguments(self.compute))

    def of(self, values: Mapping[str, Tensor]) -> Tensor:
        """Computed from what is known so far."""
        fixed = {name: number for name, number in self.numbers.items() if name in _arguments(self.compute, fixed=True)}
        return self.compute(*(values[name] for name in self.needs), **fixed)

    @property
    def _at_in_lecture(self) -> str:
        return self.in_lecture.removeprefix("d") if self.is_gradient else self.in_lecture


def run(lines: Iterable[Line], known: Mapping[str, Tensor]) -> Values:
    """What is known, with every line's value after it."""
    values = dict(known)
    for line in lines:
        values[line.name] = line.of(values)
    return values


def spelled(name: str) -> str:
    """A name as LaTeX writes it: `W_1`, `bnvar\\_inv`."""
    parameter = re.fullmatch(r"([Wb])(\d+)", name)
    if parameter:
        kind, number = parameter.groups()
        return f"{kind}_{number}" if len(number) == 1 else f"{kind}_{{{number}}}"
    return name.replace("_", r"\_")


def renamed(text: str, names: Names, before: str = r"\w", after: str = r"\w") -> str:
    """A text with other names in it, where neither what stands before nor after makes it a longer name."""
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<!{before})({known})(?!{after})", lambda found: names[found[1]], text) if known else text


@cache
def _expression(compute: Callable[..., Tensor]) -> str:
    return inspect.getsource(compute).rpartition("return ")[2].strip()


@cache
def _arguments(compute: Callable[..., Tensor], fixed: bool = False) -> tuple[str, ...]:
    """The values that a function takes; or the layer's numbers, which it takes by keyword alone."""
    parameters = inspect.signature(compute).parameters.values()
    return tuple(each.name for each in parameters if (each.kind is each.KEYWORD_ONLY) == fixed)
