"""What torch does in several passes over memory, in one where Numba is installed: a step of Adam, and GELU.

For float32 on the CPU; elsewhere, and without Numba, the same mathematics goes operation by operation.
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

from makemore_core.joined import ALL, Joined
from makemore_core.optimizers import AdamConfig, Optimizer, Parameter

GELU_SCALE = 2 * (2 / np.pi) ** 0.5  # GELU is x sigmoid(u), u = x (scale + cube x^2): Hendrycks & Gimpel 2016
GELU_CUBE = 0.044715 * GELU_SCALE
GELU = np.float32(GELU_SCALE), np.float32(GELU_CUBE)


@lru_cache(maxsize=1)
def loops() -> Any:
    """The compiled loops, imported when first asked for; None where Numba is missing."""
    if importlib.util.find_spec("numba") is None:
        return None
    from makemore_core import loops

    return loops


def is_fused(tensor: Tensor) -> bool:
    """Whether the loops can take a tensor, as it is."""
    on_cpu = tensor.dtype == torch.float32 and tensor.device.type == "cpu"
    return on_cpu and not torch.compiler.is_compiling() and loops() is not None


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
    x = torch.zeros(1, requires_grad=True)
    FusedGELU.apply(x).sum().backward()
    joined = Joined({"x": x})
    step_of(AdamConfig().build({ALL: joined}), joined)()


class FusedGELU(torch.autograd.Function):
    """GELU of x (...), and its slope, each in one pass."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        x = x.contiguous()
        ctx.save_for_backward(x)
        out = torch.empty_like(x)
        loops().gelu(_flat(x), _flat(out), *GELU)
        return out

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        dx = torch.empty_like(x)
        loops().gelu_backward(_flat(grad_outputs[0].contiguous()), _flat(x), _flat(dx), *GELU)
        return dx


def _flat(x: Tensor) -> NDArray[np.float32]:
    return x.detach().numpy().reshape(-1)
