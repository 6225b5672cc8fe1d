"""Layers of the models over sequences, drawn as torch.nn draws them, because makemore.py leaves that to torch."""

# pyright: basic
import torch
from torch.nn import functional as F

from makemore_core.eject.lecture import given
from makemore_core.eject.lecture.given import block_size, dropout, g, kernel, n_embd, n_hidden


def uniform(shape, fan_in):
    """Numbers between -1 / sqrt(fan_in) and 1 / sqrt(fan_in), as torch.nn.Linear draws them."""
    return (2 * torch.rand(shape, generator=g) - 1) / fan_in**0.5


class Linear:
    """x @ weight + bias at all places at once: (B, T, fan_in) -> (B, T, fan_out)."""

    def __init__(self, fan_in, fan_out):
        self.weight = uniform((fan_in, fan_out), fan_in)
        self.bias = uniform((fan_out,), fan_in)

    def __call__(self, x):
        return torch.addmm(self.bias, x.flatten(0, 1), self.weight).unflatten(0, x.shape[:2])

    def parameters(self):
        return [self.weight, self.bias]


class LinearBiasOrNot:
    """x @ weight + bias at all places at once: (B, T, fan_in) -> (B, T, fan_out)."""

    def __init__(self, fan_in, fan_out, bias=True):
        self.weight = uniform((fan_in, fan_out), fan_in)
        self.bias = uniform((fan_out,), fan_in) if bias else None

    def __call__(self, x):
        if self.bias is None:
            return x @ self.weight
        return torch.addmm(self.bias, x.flatten(0, 1), self.weight).unflatten(0, x.shape[:2])

    def parameters(self):
        return [self.weight] if self.bias is None else [self.weight, self.bias]


class PositionEmbedding:
    """Adds a learned vector for each place, so that the order counts: (B, T, n_embd) -> (B, T, n_embd)."""

    def __init__(self, block_size, n_embd):
        self.weight = torch.randn((block_size, n_embd), generator=g)

    def __call__(self, x):
        return x + self.weight[: x.shape[1]]

    def parameters(self):
        return [self.weight]


class Context:
    """The last block_size vectors of each place side by side: (B, T, n_embd) -> (B, T, block_size * n_embd).

    Before the start stands a vector of its own, makemore.py's <BLANK>.
    """

    def __init__(self, n_embd):
        self.blank = torch.randn(n_embd, generator=g)

    def __call__(self, x):
        before = self.blank.expand(len(x), block_size - 1, -1)
        windows = torch.cat((before, x), dim=1).unfold(1, block_size, 1)  # (B, T, n_embd, block_size)
        return windows.transpose(2, 3).flatten(2)

    def parameters(self):
        return [self.blank]


def causal_softmax(scores):
    """Scores of each place for each other -> shares of the past: rows sum to 1, and nobody looks ahead."""
    T = scores.shape[-1]
    ahead = torch.ones((T, T), dtype=torch.bool).triu(1)
    return scores.masked_fill(ahead, -torch.inf).softmax(-1)


class BagBlock:
    """The mean of all vectors so far, then an MLP, each added to what was there: (B, T, n_embd) -> (B, T, n_embd)."""

    def __init__(self):
        self.hidden, self.output = given.Linear(n_embd, n_hidden), given.Linear(n_hidden, n_embd)

    def __call__(self, x):
        T = x.shape[1]
        x = x + causal_softmax(torch.zeros((T, T))) @ x  # all scores are 0, so all shares are equal
        return x + self.output(torch.tanh(self.hidden(x)))

    def parameters(self):
        return self.hidden.parameters() + self.output.parameters()


def later(x, steps):
    """Each vector so many places later; zeros come in: (B, T, n_embd) -> (B, T, n_embd)."""
    steps = min(steps, x.shape[1])
    return F.pad(x[:, : x.shape[1] - steps], (0, 0, steps, 0))


class ConvBlock:
    """Joins vectors of the past, `dilation` places apart, and adds what it finds: (B, T, n_embd) -> (B, T, n_embd)."""

    def __init__(self, dilation):
        self.dilation = dilation
        self.conv, self.output = given.Linear(kernel * n_embd, n_hidden), given.Linear(n_hidden, n_embd)

    def __call__(self, x):
        taps = [later(x, k * self.dilation) for k in reversed(range(kernel))]  # the last one is here
        h = torch.relu(self.conv(torch.cat(taps, dim=-1)))
        return x + self.output(h)

    def parameters(self):
        return self.conv.parameters() + self.output.parameters()


class LayerNorm:
    """Each vector to mean 0 and deviation 1 by itself, whatever its batch (Ba et al. 2016)."""

    def __init__(self, n_embd):
        self.gamma, self.beta = torch.ones(n_embd), torch.zeros(n_embd)

    def __call__(self, x):
        return F.layer_norm(x, self.gamma.shape, self.gamma, self.beta)

    def parameters(self):
        return [self.gamma, self.beta]


class Dropout:
    """Zeroes a share of the numbers in training, and enlarges the rest (Srivastava et al. 2014)."""

    training = True

    def __call__(self, x):
        if not self.training:
            return x
        seed = int(torch.randint(2**62, (1,), generator=g))
        dice = torch.Generator().manual_seed(seed)  # each mask has a generator of its own
        keep = torch.rand(x.shape, generator=dice) >= dropout
        return x * keep / (1 - dropout)
