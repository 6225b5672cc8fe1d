"""How a step's loss and gradients are computed: the same parameters, the same four lines, another loss object.

The compiled engine takes many such steps in one call; it is what `auto` chooses where it knows the model.
"""

from collections.abc import Callable

from makemore_core.engines.by_hand import ByHand
from makemore_core.engines.by_minitorch import ByMinitorch
from makemore_core.engines.compiled import Compiled, is_available
from makemore_core.engines.engine import Engine, ManySteps
from makemore_core.errors import InputError
from makemore_core.models.language_model import LanguageModel


def autograd(model: LanguageModel) -> Engine:
    """The reference: the model's own loss, differentiated by torch."""
    return model


def kernel_or_reference(model: LanguageModel) -> Engine | ManySteps:
    """The kernel; without Numba the reference."""
    return Compiled(model) if is_available() else autograd(model)


def fastest(model: LanguageModel) -> Engine | ManySteps:
    """The kernel where it knows the model, else the reference."""
    try:
        return kernel_or_reference(model)
    except InputError:
        return autograd(model)


ENGINES: dict[str, Callable[[LanguageModel], Engine | ManySteps]] = {
    "auto": fastest,
    "autograd": autograd,
    "by_hand": ByHand,
    "minitorch": ByMinitorch,
    "compiled": kernel_or_reference,
}

__all__ = ["ENGINES", "Engine", "ManySteps"]
