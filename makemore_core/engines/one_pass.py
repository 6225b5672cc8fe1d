"""A step of an optimizer in one pass over memory, where Numba is installed; torch goes several times.

For float32 on the CPU; elsewhere, and without Numba, the optimizer's own step goes operation by operation.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.engines import precompiled
from makemore_core.joined import ALL, Joined
from makemore_core.optimizers import AdamConfig, Optimizer, Parameter


@lru_cache(maxsize=1)
def loops() -> Any:
    """The compiled loops, imported when first asked for; None where Numba is missing."""
    if importlib.util.find_spec("numba") is None:
        return None
    precompiled.be_compiled()
    from makemore_core.engines import loops

    return loops


def is_fused(tensor: Tensor) -> bool:
    """Whether the loops can take a tensor, as it is."""
    return tensor.dtype == torch.float32 and tensor.device.type == "cpu" and loops() is not None


@dataclass(frozen=True)
class Rule:
    """An optimizer in the loops: its name and settings there, and what it calls that which it keeps in m and in v."""

    name: str
    beta1: float = 0.0
    beta2: float = 0.0
    epsilon: float = 0.0
    m: str = ""
    v: str = ""

    @property
    def number(self) -> int:
        """What update() knows it by."""
        return getattr(loops(), self.name)

    def settings(self, weight_decay: float, clip: float = 0.0) -> NDArray[np.float64]:
        """What update() reads at CLIP, DECAY, ..."""
        return np.array([clip, weight_decay, self.beta1, self.beta2, self.epsilon])


# by name, because Streamlit's reload makes the classes of a running optimizer anew
RULES: dict[str, Callable[[Any], Rule]] = {
    "SGD": lambda o: Rule("SGD"),
    "Momentum": lambda o: Rule("NESTEROV" if o.nesterov else "MOMENTUM", o.momentum, m="velocity"),
    "RMSProp": lambda o: Rule("RMSPROP", beta2=o.alpha, epsilon=o.epsilon, v="v"),
    "Adam": lambda o: Rule("ADAM", o.beta1, o.beta2, o.epsilon, m="m", v="v"),
    "AdamW": lambda o: Rule("ADAMW", o.beta1, o.beta2, o.epsilon, m="m", v="v"),
}


class Kept:
    """What an optimizer keeps of all parameters (N), in two flat vectors m and v (N)."""

    def __init__(self, parameters: Tensor) -> None:
        self.m, self.v = torch.zeros_like(parameters), torch.zeros_like(parameters)

    def adopt(self, optimizer: Optimizer) -> Rule:
        """The optimizer's rule; its state is m and v from now on, and what it got from a checkpoint is copied there."""
        rule = RULES[type(optimizer).__name__](optimizer)
        for flat, suffix in ((self.m, rule.m), (self.v, rule.v)):
            key = f"{ALL}.{suffix}"
            if suffix and optimizer.state.get(key) is not flat:
                flat.copy_(torch.as_tensor(optimizer.state.get(key, 0.0)))
                optimizer.state[key] = flat
        return rule


def step_of(optimizer: Optimizer, joined: Parameter) -> Callable[[], None]:
    """optimizer.step, in one pass where its rule would take several: those that keep a mean square."""
    if not RULES[type(optimizer).__name__](optimizer).v or not is_fused(joined.data):
        return optimizer.step
    kept = Kept(joined.data)

    def step() -> None:
        gradient = joined.grad
        optimizer.steps += 1
        if gradient is not None:
            rule = kept.adopt(optimizer)
            flat = (joined.data.numpy(), gradient.numpy(), kept.m.numpy(), kept.v.numpy())
            settings = rule.settings(optimizer.weight_decay)
            loops().update(rule.number, settings, *flat, optimizer.learning_rate, optimizer.steps)

    return step


def warm_up() -> None:
    """Compile what is called from here, or load it from the disk."""
    joined = Joined({"x": torch.zeros(1)})
    joined.parameters["x"].grad = torch.zeros(1)
    step_of(AdamConfig().build({ALL: joined}), joined)()
