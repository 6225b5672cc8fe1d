"""Our own autograd on numpy alone, in the manner of micrograd: a tape, a table of operations, layers on top."""

from makemore_core.minitorch.gradcheck import gradcheck
from makemore_core.minitorch.graph import Node, walk
from makemore_core.minitorch.ops import OPS, Op
from makemore_core.minitorch.sources import source
from makemore_core.minitorch.tape import no_grad
from makemore_core.minitorch.tensor import Tensor, concatenate, where

__all__ = ["OPS", "Node", "Op", "Tensor", "concatenate", "gradcheck", "no_grad", "source", "walk", "where"]
