"""How a step's loss and gradients are computed: the same parameters, the same four lines, another loss object.

The compiled engine takes many such steps in one call; it is what `auto` chooses where it knows the model.
"""

from collections.abc import Callable

from makemore_core.engines.by_hand import ByHand
from makemore_core.engines.by_minitorch import by_minitorch
from makemore_core.engines.compiled import MISSING, Compiled, warm_up_in_background
from makemore_core.engines.engine import BulkEngine, Engine
from makemore_core.engines.fused import Fused
from makemore_core.engines.products import is_available
from makemore_core.engines.torch_compile import TorchCompile
from makemore_core.errors import InputError
from makemore_core.models.language_model import LanguageModel


def autograd(model: LanguageModel) -> Engine:
    """The reference: the model's own loss, differentiated by torch: the notebooks' digits."""
    return model


def kernel_or_reference(model: LanguageModel) -> Engine:
    """The kernel; without Numba the reference."""
    return Compiled(model) if is_available() else autograd(model)


def fastest(model: LanguageModel) -> Engine:
    """The kernel where it knows the model, else the reference with our loops; without Numba the reference."""
    try:
        return kernel_or_reference(model)
    except InputError:
        return Fused(model)


ENGINES: dict[str, Callable[[LanguageModel], Engine]] = {
    "auto": fastest,
    "autograd": autograd,
    "fused": Fused,
    "by_hand": ByHand,
    "minitorch": by_minitorch,
    "compiled": kernel_or_reference,
    "torch_compile": TorchCompile,
}

NAMES = {
    "Compiled": "compiled",
    "Fused": "fused",
    "ByHand": "by_hand",
    "ByMinitorch": "minitorch",
    "LoopByMinitorch": "minitorch",
    "TorchCompile": "torch_compile",
}


def name_of(engine: Engine) -> str:
    """Which entry of ENGINES an engine is; never `auto`, but what that has chosen."""
    return NAMES.get(type(engine).__name__, "autograd")


def refusal(name: str, model: LanguageModel) -> str:
    """Why an engine cannot train a model, in its own sentence; empty where it can."""
    try:
        ENGINES[name](model)
    except InputError as error:
        return str(error)
    return ""


def note_on(name: str) -> str:
    """Why another engine than this one trains on this machine; empty where it is the one."""
    return MISSING if name in ("auto", "compiled") and not is_available() else ""


__all__ = ["ENGINES", "BulkEngine", "Engine", "name_of", "note_on", "refusal", "warm_up_in_background"]
