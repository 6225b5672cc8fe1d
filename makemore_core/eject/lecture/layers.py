"""The lecture's own layers, on raw tensors: what torch.nn does, written out (makemore, parts 3 and 5)."""

# pyright: basic
import torch
from torch.nn import functional as F

from makemore_core.eject.lecture import given
from makemore_core.eject.lecture.given import g


class Embedding:
    """A table of vectors, one for each character: (B, T) -> (B, T, n_embd)."""

    def __init__(self, vocab_size, n_embd):
        self.weight = torch.randn((vocab_size, n_embd), generator=g)

    def __call__(self, x):
        return self.weight[x]

    def parameters(self):
        return [self.weight]


class Flatten:
    """The vectors of a context side by side: (B, T, n_embd) -> (B, T * n_embd)."""

    def __call__(self, x):
        return x.flatten(1)

    def parameters(self):
        return []


class FlattenConsecutive:
    """Every n neighbouring vectors side by side: (B, T, E) -> (B, T / n, n * E), the last ones -> (B, n * E)."""

    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        B, T, E = x.shape
        x = x.view(B, T // self.n, E * self.n)
        return x.squeeze(1) if x.shape[1] == 1 else x

    def parameters(self):
        return []


class Linear:
    """x @ weight + bias. The weights keep the spread of what comes in (He et al. 2015)."""

    def __init__(self, fan_in, fan_out):
        self.weight = torch.randn((fan_in, fan_out), generator=g) / fan_in**0.5
        self.bias = torch.zeros(fan_out)

    def __call__(self, x):
        return x @ self.weight + self.bias

    def parameters(self):
        return [self.weight, self.bias]


class LinearWithoutBias:
    """x @ weight. The weights keep the spread of what comes in (He et al. 2015)."""

    def __init__(self, fan_in, fan_out):
        self.weight = torch.randn((fan_in, fan_out), generator=g) / fan_in**0.5

    def __call__(self, x):
        return x @ self.weight

    def parameters(self):
        return [self.weight]


class LinearBiasOrNot:
    """x @ weight + bias. The weights keep the spread of what comes in (He et al. 2015)."""

    def __init__(self, fan_in, fan_out, bias=True):
        self.weight = torch.randn((fan_in, fan_out), generator=g) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        return x @ self.weight if self.bias is None else x @ self.weight + self.bias

    def parameters(self):
        return [self.weight] if self.bias is None else [self.weight, self.bias]


class LinearOfManyPlaces:
    """x @ weight + bias. The weights keep the spread of what comes in (He et al. 2015)."""

    def __init__(self, fan_in, fan_out, bias=True):
        self.weight = torch.randn((fan_in, fan_out), generator=g) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x):
        if self.bias is None:
            return x @ self.weight
        if x.ndim == 3:  # all places as one long batch, product and sum at once
            return torch.addmm(self.bias, x.flatten(0, 1), self.weight).unflatten(0, x.shape[:2])
        return x @ self.weight + self.bias

    def parameters(self):
        return [self.weight] if self.bias is None else [self.weight, self.bias]


class BatchNorm1d:
    """Each neuron to mean 0 and deviation 1 over the batch (Ioffe & Szegedy 2015); afterwards by the running means."""

    training = True

    def __init__(self, n):
        self.gamma, self.beta = torch.ones(n), torch.zeros(n)
        self.running_mean, self.running_var = torch.zeros(n), torch.ones(n)

    def __call__(self, x):
        mean, var = self.running_mean, self.running_var
        if self.training:
            mean, var = x.mean(0), x.var(0)
            with torch.no_grad():
                self.running_mean = 0.9 * self.running_mean + 0.1 * mean
                self.running_var = 0.9 * self.running_var + 0.1 * var
        return self.gamma * ((x - mean) / torch.sqrt(var + 1e-5)) + self.beta

    def parameters(self):
        return [self.gamma, self.beta]


class Tanh:
    """Squashes everything into -1 to 1."""

    def __call__(self, x):
        return torch.tanh(x)

    def parameters(self):
        return []


class ReLU:
    """Cuts off what is below zero."""

    def __call__(self, x):
        return torch.relu(x)

    def parameters(self):
        return []


class LeakyReLU:
    """Leaves a slope of .01 below zero, so that no neuron dies for good."""

    def __call__(self, x):
        return F.leaky_relu(x, 0.01)

    def parameters(self):
        return []


def model(x):
    """The layers one after the other: characters (B, T) to logits."""
    for layer in given.layers:
        x = layer(x)
    return x
