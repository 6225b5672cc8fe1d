"""How a step's loss and gradients are computed: the same parameters, the same four lines, another loss object."""

from collections.abc import Callable

from makemore_core.engines.by_hand import ByHand
from makemore_core.engines.by_minitorch import ByMinitorch
from makemore_core.engines.engine import Engine
from makemore_core.models.language_model import LanguageModel


def autograd(model: LanguageModel) -> Engine:
    """The reference: the model's own loss, differentiated by torch."""
    return model


ENGINES: dict[str, Callable[[LanguageModel], Engine]] = {
    "autograd": autograd,
    "by_hand": ByHand,
    "minitorch": ByMinitorch,
}

__all__ = ["ENGINES", "Engine"]
