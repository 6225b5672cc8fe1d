"""What an engine is: something that computes a model's loss, with the gradients at hand.

After loss.backward() each parameter of the model holds its gradient in `grad`, whichever way it was found. Where an
engine works on arrays of its own, they share their memory with the model's parameters.
"""

from typing import Protocol

from torch import Tensor

from makemore_core.models.language_model import Loss


class Engine(Protocol):
    """Made from a model by an entry of ENGINES; an InputError there says which models the engine knows."""

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """Mean cross-entropy in nats of the next characters y after the inputs x."""
        ...
