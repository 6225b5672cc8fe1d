"""The reference through torch.compile: the model's operations fused into kernels, at the price of a slow first step.

Worth it for large nets on a GPU; on a CPU it needs a C++ compiler, and minutes to begin.
"""

import shutil

import torch
from torch import Tensor
from torch.nn.functional import pad

from makemore_core.errors import InputError
from makemore_core.layouts import MASKED
from makemore_core.models.language_model import LanguageModel, Loss

COMPILERS = ("g++", "clang++", "c++", "cl")


class TorchCompile:
    """The engine for all models that torch's own autograd differentiates."""

    def __init__(self, model: LanguageModel) -> None:
        if model.device.type == "cpu" and not any(map(shutil.which, COMPILERS)):
            raise InputError("torch.compile finds no C++ compiler on this machine; choose auto.")
        self.model = model
        self._loss = torch.compile(model.loss, dynamic=False)

    def loss(self, x: Tensor, y: Tensor) -> Loss:
        """Mean cross-entropy in nats of the next characters y after the inputs x, as the model's own loss."""
        padding = (0, self.model.block_size - x.shape[1])  # one shape for all steps: each new one is compiled anew
        return self._loss(pad(x, padding), pad(y, padding, value=MASKED))
