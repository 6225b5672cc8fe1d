"""What one optimization step did, open to all diagnostics."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

from makemore_core.models.language_model import LanguageModel
from makemore_core.models.layers import Activation
from makemore_core.vocabulary import Vocabulary


@dataclass(frozen=True)
class Step:
    """Valid during the call that receives it: the tensors change with the next step, so readings copy numbers."""

    number: int
    loss: float  # of the batch, in nats, before the update
    learning_rate: float
    vocabulary: Vocabulary
    model: LanguageModel
    outputs: Mapping[str, Tensor]  # by layer, each with its gradient in .grad
    gradients: Mapping[str, Tensor]  # by parameter
    updates: Mapping[str, Tensor]  # by parameter: what the optimizer added
    names: Callable[[], tuple[str, ...]]  # invents some after the update, which takes a while

    @property
    def is_sound(self) -> bool:
        """Whether loss and parameters are still numbers; if not, there is nothing to measure."""
        return math.isfinite(self.loss) and all(p.isfinite().all() for p in self.model.parameters())

    def activations(self) -> dict[str, tuple[Activation, Tensor]]:
        """The nonlinearities, shallow first, each with its output (B, H) or (B, T, H)."""
        return {
            name: (layer, self.outputs[name])
            for name, layer in self.model.all_layers()
            if isinstance(layer, Activation) and name in self.outputs
        }

    def weights(self) -> dict[str, Tensor]:
        """The weight matrices and the embedding, shallow first; biases and gains stay out, as in lecture 3."""
        return {name: p.detach() for name, p in self.model.named_parameters().items() if p.ndim == 2}
