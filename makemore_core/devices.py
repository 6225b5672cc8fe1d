"""Where the tensors live, and in which precision large products are taken there."""

from contextlib import AbstractContextManager, nullcontext

import torch

from makemore_core.errors import InputError

DEVICES = ("cpu", "cuda", "mps")
PRECISIONS = ("float32", "bfloat16")


def available() -> tuple[str, ...]:
    """The devices that torch finds on this machine."""
    found = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return tuple(name for name in DEVICES if found[name])


def device_named(name: str) -> torch.device:
    """A device of this machine, or an InputError that says which there are."""
    if name not in available():
        raise InputError(f"torch finds no device {name!r} on this machine; choose one of: {', '.join(available())}.")
    return torch.device(name)


def mixed(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Within it, products are taken in bfloat16 and sums in float32 (Micikevicius et al. 2018), if so asked."""
    return torch.autocast(device.type, torch.bfloat16) if precision == "bfloat16" else nullcontext()
