"""A hidden state that is carried from character to character (Elman 1990; Cho et al. 2014; Hochreiter et al. 1997)."""

# pyright: basic
import torch

from makemore_core.eject.lecture.blocks import uniform
from makemore_core.eject.lecture.given import forget_bias


class RNN:
    """h = tanh(x W_x + h W_h + b), one character after the other: (B, T, n_embd) -> (B, T, n_hidden)."""

    def __init__(self, n_embd, n_hidden):
        fan_in = n_embd + n_hidden
        self.weight_x = uniform((n_embd, n_hidden), fan_in)
        self.weight_h = uniform((n_hidden, n_hidden), fan_in)
        self.bias = uniform((n_hidden,), fan_in)
        self.start = torch.zeros(n_hidden)

    def __call__(self, x):
        h = self.start.expand(len(x), -1)  # (B, n_hidden)
        states = []
        for from_x in (x @ self.weight_x + self.bias).unbind(1):
            h = torch.tanh(torch.addmm(from_x, h, self.weight_h))  # from_x + h @ weight_h
            states.append(h)
        return torch.stack(states, dim=1)

    def parameters(self):
        return [self.weight_x, self.weight_h, self.bias, self.start]


class GRU:
    """Gates decide what of the state is looked at (r), and how much of it is replaced (z).

    (B, T, n_embd) -> (B, T, n_hidden)
    """

    def __init__(self, n_embd, n_hidden):
        fan_in = n_embd + n_hidden
        self.weight_x = uniform((n_embd, 3 * n_hidden), fan_in)  # to r, z and the candidate
        self.weight_h = uniform((n_hidden, 3 * n_hidden), fan_in)
        self.bias = uniform((3 * n_hidden,), fan_in)
        self.start = torch.zeros(n_hidden)

    def __call__(self, x):
        H = len(self.start)
        h = self.start.expand(len(x), -1)  # (B, H)
        from_x = x @ self.weight_x + self.bias  # (B, T, 3 * H)
        gates_from_x, candidates_from_x = from_x.split((2 * H, H), dim=2)
        to_gates, to_candidate = self.weight_h.split((2 * H, H), dim=1)
        states = []
        for gates, candidate in zip(gates_from_x.unbind(1), candidates_from_x.unbind(1), strict=True):
            r, z = torch.sigmoid(torch.addmm(gates, h, to_gates)).chunk(2, dim=1)
            candidate = torch.tanh(torch.addmm(candidate, r * h, to_candidate))
            h = torch.lerp(h, candidate, z)  # (1 - z) * h + z * candidate
            states.append(h)
        return torch.stack(states, dim=1)

    def parameters(self):
        return [self.weight_x, self.weight_h, self.bias, self.start]


class LSTM:
    """Beside the state runs a cell c that is only forgotten (f) and added to (i), so that gradients last longer.

    (B, T, n_embd) -> (B, T, n_hidden)
    """

    def __init__(self, n_embd, n_hidden):
        fan_in = n_embd + n_hidden
        self.weight_x = uniform((n_embd, 4 * n_hidden), fan_in)  # to i, f, o and the candidate
        self.weight_h = uniform((n_hidden, 4 * n_hidden), fan_in)
        self.bias = uniform((4 * n_hidden,), fan_in)
        self.bias[n_hidden : 2 * n_hidden] = forget_bias
        self.start, self.start_cell = torch.zeros(n_hidden), torch.zeros(n_hidden)

    def __call__(self, x):
        H = len(self.start)
        h, c = self.start.expand(len(x), -1), self.start_cell
        states = []
        for from_x in (x @ self.weight_x + self.bias).unbind(1):
            gates, candidate = torch.addmm(from_x, h, self.weight_h).split((3 * H, H), dim=1)
            i, f, o = torch.sigmoid(gates).chunk(3, dim=1)
            c = f * c + i * torch.tanh(candidate)
            h = o * torch.tanh(c)
            states.append(h)
        return torch.stack(states, dim=1)

    def parameters(self):
        return [self.weight_x, self.weight_h, self.bias, self.start, self.start_cell]
