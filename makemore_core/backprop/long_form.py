"""A network in the long form: its layers' lines one after the other, under lecture 4's names.

Where there are several hidden layers, each has its number in its names: h2preact, bn2diff, W2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from makemore_core.backprop.line import Line
from makemore_core.backprop.pieces import CROSS_ENTROPY, PIECES, Piece, Place
from makemore_core.errors import InputError
from makemore_core.models.language_model import LanguageModel

NORMS = {name for name in PIECES if name.endswith("BatchNorm1d")}
THE_LOSS = Place(positions=0, left=0, before_norm=False)


@dataclass(frozen=True)
class Stage:
    """One layer's part: its lines, and its parameters' names here and in the model."""

    kind: str  # as in pieces.py
    title: str
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class LongForm:
    """All stages of a network, from the characters to the loss."""

    stages: tuple[Stage, ...]

    @cached_property
    def forward(self) -> tuple[Line, ...]:
        return tuple(line for stage in self.stages for line in stage.forward)

    @cached_property
    def backward(self) -> tuple[Line, ...]:
        return tuple(line for stage in reversed(self.stages) for line in stage.backward)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The model's names of the parameters, by those of the lines."""
        return {short: name for stage in self.stages for short, name in stage.parameters.items()}

    def uses(self, name: str) -> tuple[str, ...]:
        """What is computed from a value: from each of these comes a gradient back, and they add up."""
        return tuple(line.name for line in self.forward if name in line.needs)


def has_long_form(model: LanguageModel) -> bool:
    """Whether all layers of a model stand in PIECES."""
    return all(type(layer).__name__ in PIECES for layer in model.layers.values())


def long_form(model: LanguageModel) -> LongForm:
    """A model's own lines; InputError for a layer that has none."""
    strange = [type(layer).__name__ for layer in model.layers.values() if type(layer).__name__ not in PIECES]
    if strange:
        raise InputError(f"Lines exist for {', '.join(PIECES)}, but got {strange[0]}; choose an MLP or WaveNet.")
    return LongForm(tuple(_stages(model)))


def _stages(model: LanguageModel) -> Iterator[Stage]:
    kinds = [type(layer).__name__ for layer in model.layers.values()]
    # one hidden layer, and BatchNorm there alone: lecture 4's own names need no number
    way = _Way(model.block_size, is_numbered=kinds.count("Linear") > 2 or kinds[-1] in NORMS)
    for i, (name, layer) in enumerate(model.layers.items()):
        place = Place(
            way.positions, len(kinds) - i - 1, before_norm=any(kind in NORMS for kind in kinds[i + 1 : i + 2])
        )
        yield way.past(PIECES[kinds[i]](layer, place), place, name)
    yield way.past(CROSS_ENTROPY, THE_LOSS, "")


class _Way:
    """The way through a network: what the value is called here, and what it looks like."""

    def __init__(self, block_size: int, is_numbered: bool) -> None:
        self.is_numbered = is_numbered
        self.linears = 0  # so far
        self.value = "x"
        self.block_size, self.positions = block_size, block_size  # vectors of an example; 0 where it is one alone
        self.width = "E"  # of a vector, as a letter

    def past(self, piece: Piece, place: Place, layer: str) -> Stage:
        """The stage of a layer, and on to what it gives."""
        self.linears += piece.title in ("Linear", "Output")
        gives, letters = self._gives(piece, place), self._letters(piece, place)
        own = {line.in_lecture: self._numbered(line.in_lecture) for line in piece.forward}
        parameters = {name: self._parameter(name) for name in piece.parameters}
        values = own | parameters | {piece.takes: self.value, piece.gives: gives}
        names = values | {f"d{there}": f"d{here}" for there, here in values.items()}
        self.value = gives
        return Stage(
            piece.title,
            self._title(piece, place),
            tuple(line.among(names, letters, piece.numbers) for line in piece.forward),
            tuple(line.among(names, letters, piece.numbers) for line in piece.backward),
            {parameters[there]: f"{layer}.{own}" for there, own in piece.parameters.items()},
        )

    @property
    def _number(self) -> str:
        return str(self.linears) if self.is_numbered else ""

    def _numbered(self, name: str) -> str:
        return f"bn{self._number}{name[2:]}" if name.startswith("bn") else name

    def _parameter(self, name: str) -> str:
        return f"{name[0]}{self.linears}" if name in ("W1", "b1", "W2", "b2") else self._numbered(name)

    def _title(self, piece: Piece, place: Place) -> str:
        is_one_of_many = piece.gives in ("hprebn", "hpreact", "h") and place.left > 0
        return f"{piece.title} {self._number}".strip() if is_one_of_many else piece.title

    def _gives(self, piece: Piece, place: Place) -> str:
        """What a layer's output is called: logits behind the last, hprebn before BatchNorm, hpreact before tanh."""
        if piece.gives in ("emb", "loss"):
            return piece.gives
        if place.left == 0:
            return "logits"
        if piece.gives == "embcat":
            return f"{self.value}cat"
        if piece.gives == "hprebn" and place.before_norm:
            return "logitsprebn" if place.left == 1 else f"h{self._number}prebn"
        return f"h{self._number}" if piece.gives == "h" else f"h{self._number}preact"

    def _letters(self, piece: Piece, place: Place) -> dict[str, str]:
        """What stands for the letters of the lecture's shapes."""
        many = self._of_positions
        if piece.gives == "embcat":
            return self._side_by_side(piece, many)
        if piece.gives in ("emb", "loss"):
            return {}
        before = self.width
        if piece.title in ("Linear", "Output"):
            self.width = "V" if place.left == 0 or (place.before_norm and place.left == 1) else "H"
        examples = {"B": f"B, {many}", "1": f"1, {many if piece.per_position else 1}"} if many else {}
        fan = {"H": before, "V": self.width} if piece.title == "Output" else {"T*E": before, "H": self.width}
        return examples | fan

    @property
    def _of_positions(self) -> str:
        fused = self.block_size // self.positions if self.positions else 0
        return {0: "", 1: "T"}.get(fused, f"T/{fused}")

    def _side_by_side(self, piece: Piece, many: str) -> dict[str, str]:
        n = int(piece.numbers.get("n", self.positions))
        fan_in = f"{'T' if n == self.block_size else n}*{self.width}"
        now = {"T": many, "E": self.width}
        self.positions = self.positions // n if n < self.positions else 0
        self.width = fan_in
        return now | {"T*E": f"{self._of_positions}, {fan_in}" if self.positions else fan_in}
