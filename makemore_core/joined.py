"""All parameters as one vector, so that a step of an optimizer is a dozen operations for all and not for each."""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor

ALL = "all"  # what an optimizer calls the one parameter that is all of them


class Joined:
    """Parameters side by side in `data` (N), of which each becomes a view; `grad` (N) is their gradients likewise."""

    def __init__(self, parameters: dict[str, Tensor]) -> None:
        self.parameters = parameters
        self.data = self.join({name: parameter.detach() for name, parameter in parameters.items()})
        for name, part in self.part(self.data).items():
            parameters[name].data = part

    @property
    def places(self) -> dict[str, int]:
        """Where each parameter begins in the vector."""
        ends = accumulate(parameter.numel() for parameter in self.parameters.values())
        return dict(zip(self.parameters, (0, *ends), strict=False))

    @property
    def grad(self) -> Tensor | None:
        """None where no parameter has a gradient; zeros where others have."""
        gradients = {name: p.grad for name, p in self.parameters.items() if p.grad is not None}
        missing = {name: torch.zeros_like(p) for name, p in self.parameters.items() if name not in gradients}
        return self.join(gradients | missing) if gradients else None

    def join(self, tensors: Mapping[str, Tensor]) -> Tensor:
        """Tensors in the parameters' shapes as one vector (N)."""
        return torch.cat([tensors[name].reshape(-1) for name in self.parameters]) if tensors else torch.zeros(0)

    def part(self, vector: Tensor) -> dict[str, Tensor]:
        """A vector (N) as views in the parameters' shapes."""
        parts = vector.split([parameter.numel() for parameter in self.parameters.values()])
        return {name: part.view(p.shape) for (name, p), part in zip(self.parameters.items(), parts, strict=True)}

    def part_state(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """What an optimizer keeps of all, as it would keep it of each: `all.m` becomes `hidden.weight.m` and so on."""
        kinds = {kind(key): self.part(vector) for key, vector in state.items()}
        return {f"{name}.{suffix}": part for suffix, parts in kinds.items() for name, part in parts.items()}

    def join_state(self, state: Mapping[str, Tensor]) -> dict[str, Any]:
        """The way back."""
        kinds = dict.fromkeys(map(kind, state))
        return {f"{ALL}.{k}": self.join({name: state[f"{name}.{k}"] for name in self.parameters}) for k in kinds}


def kind(key: str) -> str:
    """What an optimizer keeps, without whose it is: `m` of `hidden.weight.m`."""
    return key.rpartition(".")[2]
