"""Gradients cut to a largest length before the optimizer's step, after Pascanu et al. 2013, algorithm 1."""

import math
from collections.abc import Mapping
from typing import Any


def clip_gradients(parameters: Mapping[str, Any], largest_norm: float) -> float:
    """Shorten all gradients alike if they are together longer than this; the length before.

    The formula is torch.nn.utils.clip_grad_norm_'s, which keeps the gradients a millionth below the largest norm.
    """
    gradients = [parameter.grad for parameter in parameters.values() if parameter.grad is not None]
    norm = math.sqrt(float(sum((gradient * gradient).sum() for gradient in gradients)))
    factor = min(largest_norm / (norm + 1e-6), 1.0)
    if factor != 1:
        for gradient in gradients:
            gradient *= factor
    return norm
