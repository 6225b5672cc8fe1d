"""makemore's MLP as an nn.Module."""

# pyright: basic
import torch
from torch import nn

from makemore_core.eject.lecture.given import block_size, g, n_embd, n_hidden, vocab_size


class MLP(nn.Module):
    """Embedding, one tanh layer, output; nn.Module finds its nn.Parameters by itself."""

    def __init__(self):
        super().__init__()
        fan_in = block_size * n_embd
        self.C = nn.Parameter(torch.randn((vocab_size, n_embd), generator=g))
        self.W1 = nn.Parameter(torch.randn((fan_in, n_hidden), generator=g) * (5 / 3) / fan_in**0.5)
        self.b1 = nn.Parameter(torch.randn(n_hidden, generator=g) * 0.01)
        self.W2 = nn.Parameter(torch.randn((n_hidden, vocab_size), generator=g) * 0.01)
        self.b2 = nn.Parameter(torch.randn(vocab_size, generator=g) * 0)

    def forward(self, x):
        h = torch.tanh(self.C[x].flatten(1) @ self.W1 + self.b1)  # (B, n_hidden)
        return h @ self.W2 + self.b2  # (B, V)
