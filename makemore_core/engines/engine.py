"""What an engine is: something that computes a model's loss, with the gradients at hand.

After loss.backward() each parameter of the model holds its gradient in `grad`, whichever way it was found. Where an
engine works on arrays of its own, they share their memory with the model's parameters.
"""

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from makemore_core.models.language_model import Cut, Loss
from makemore_core.optimizers import Optimizer


class Engine(Protocol):
    """Made from a model by an entry of ENGINES; an InputError there says which models the engine knows."""

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """Mean cross-entropy in nats of the next characters y after the inputs x."""
        ...


@runtime_checkable
class BulkEngine(Engine, Protocol):
    """An engine that also takes many steps in one call, and scores a split."""

    holds_lock: bool  # Python's, meanwhile

    def advance(
        self, x: Tensor, y: Tensor, batches: Tensor, rates: NDArray[np.float64], optimizer: Optimizer, clip: float
    ) -> NDArray[np.float64]:
        """One step for each row of `batches` (k, B), examples of x (N, T) and y (N), at `rates` (k): losses (k).

        They are the steps that the four-line loop would take one by one.
        """
        ...

    def mean_nats(self, cuts: list[Cut]) -> float:
        """What LanguageModel.mean_nats() says of the same cuts."""
        ...
