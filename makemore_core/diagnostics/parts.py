"""A model's layers as the strip on the Inside page shows them: those with weights, and the nonlinearities."""

from collections.abc import Mapping
from dataclasses import dataclass

from makemore_core.diagnostics.reading import Verdict
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Activation


@dataclass(frozen=True)
class Part:
    """A layer that learns or bends: its dotted name, kind ("Linear"), shape ("30×200"), weight matrices."""

    name: str
    kind: str
    shape: str
    matrices: tuple[str, ...]
    bends: bool  # whether it is a nonlinearity, whose outputs are measured

    @property
    def group(self) -> str:
        """What it stands in: the block of a Transformer, for example; empty at the top."""
        return self.name.rpartition(".")[0]

    def owns(self, name: str) -> bool:
        """Whether a reading's name is this layer or one of its matrices."""
        return name == self.name or name in self.matrices


def parts(model: LanguageModel) -> list[Part]:
    """Shallow first. Layers that only reshape, or only hold others, stay out."""
    found: list[Part] = []
    for name, layer in model.all_layers():
        own, bends = layer.parameters(), isinstance(layer, Activation)
        if own or bends:
            shape = "×".join(map(str, next(iter(own.values())).shape)) if own else ""
            matrices = tuple(f"{name}.{key}" for key, tensor in own.items() if tensor.ndim == 2)
            found.append(Part(name, type(layer).__name__, shape, matrices, bends))
    return found


def of_part(part: Part, verdicts: Mapping[str, Mapping[str, Verdict]]) -> list[Verdict]:
    """What the diagnostics (by name) say about one layer, the worst first."""
    own = [verdict for judged in verdicts.values() for name, verdict in judged.items() if part.owns(name)]
    return sorted(own, key=lambda verdict: -verdict.level)
