"""What stands above each piece in a script: settings, the generator, the alphabet. So that names have types."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

g = torch.Generator()
Linear: Any = object
layers: list[Callable[[Tensor], Tensor]] = []
model: Callable[[Tensor], Tensor] = torch.relu

stoi: dict[str, int] = {}
vocab_size = 27
block_size = 8
n_embd, n_hidden, n_head, kernel = 10, 200, 4, 2
dropout = alpha = forget_bias = l2 = 0.0
momentum = beta1 = beta2 = epsilon = weight_decay = 0.0
floor = pct_start = div_factor = final_div_factor = 1.0
over, warm_up, temperature, top_k, top_p = 1, 0, 1.0, 0, 1.0
N = torch.zeros((1, 1))
