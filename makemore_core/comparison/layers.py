"""Nets side by side: layer by layer, with shapes and numbers of parameters, each name in one row."""

from collections.abc import Sequence
from dataclasses import dataclass

from makemore_core.diagnostics.parts import parts
from makemore_core.models.language_model import LanguageModel


@dataclass(frozen=True)
class LayerLine:
    """A layer of a net: its dotted name, what it is ("Linear 30×200"), and how many parameters it has."""

    name: str
    what: str
    parameters: int


@dataclass(frozen=True)
class Beside:
    """The layers of this name in several nets; None where a net has none, and whether any differs from the others."""

    name: str
    layers: tuple[LayerLine | None, ...]

    @property
    def differ(self) -> bool:
        return len(set(self.layers)) > 1


def lines_of(model: LanguageModel) -> tuple[LayerLine, ...]:
    """The layers that learn or bend, shallow first."""
    sizes = {name: sum(p.numel() for p in layer.parameters().values()) for name, layer in model.all_layers()}
    return tuple(LayerLine(part.name, f"{part.kind} {part.shape}".strip(), sizes[part.name]) for part in parts(model))


def beside(nets: Sequence[Sequence[LayerLine]]) -> list[Beside]:
    """A row for each name, in the order of the first net; a name of another net comes after the one before it there."""
    order: list[str] = []
    for net in nets:
        place = 0
        for line in net:
            if line.name not in order:
                order.insert(place, line.name)
            place = order.index(line.name) + 1
    by_name = [{line.name: line for line in net} for net in nets]
    return [Beside(name, tuple(lines.get(name) for lines in by_name)) for name in order]
