"""Each layer forward, and back by its derivative: from the gradient of what it gave to that of what it took.

After Karpathy's makemore, part 4. A new layer is two functions and its line in RULES.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from makemore_core.layouts import MASKED
from makemore_core.models.layers import (
    BatchNorm1d,
    DeviationBatchNorm1d,
    Embedding,
    Flatten,
    FlattenConsecutive,
    Layer,
    LeakyReLU,
    Linear,
    ReLU,
    Tanh,
)
from makemore_core.models.wavenet import PerPositionBatchNorm1d

Kept = tuple[Tensor, ...]  # what the way back needs
Gradients = dict[str, Tensor]  # of a layer's own parameters, by their names


class Rule(NamedTuple):
    """A kind of layer: forward(layer, x) -> out, kept; backward(layer, kept, dout) -> dx, its parameters' gradients."""

    forward: Callable[[Any, Tensor], tuple[Tensor, Kept]]
    backward: Callable[[Any, Kept, Tensor], tuple[Tensor, Gradients]]


def keep_input(layer: Layer, x: Tensor) -> tuple[Tensor, Kept]:
    """The layer's own forward, for derivatives in terms of what it took."""
    return layer.forward(x), (x,)


def keep_output(layer: Layer, x: Tensor) -> tuple[Tensor, Kept]:
    """The layer's own forward, for derivatives in terms of what it gave."""
    out = layer.forward(x)
    return out, (out,)


def embedding_backward(layer: Embedding, kept: Kept, dout: Tensor) -> tuple[Tensor, Gradients]:
    """Each use of a character adds to its row of dC. Characters are no quantities: dx stays empty."""
    (x,) = kept
    dC = torch.zeros_like(layer.weight).index_add_(0, x.flatten(), dout.flatten(0, -2))  # (V, E)
    return dout.new_empty(0), {"weight": dC}


def reshape_backward(_layer: Layer, kept: Kept, dout: Tensor) -> tuple[Tensor, Gradients]:
    """What was only laid side by side goes back to its place."""
    (x,) = kept
    return dout.reshape(x.shape), {}


def linear_backward(layer: Linear, kept: Kept, dout: Tensor) -> tuple[Tensor, Gradients]:
    """The only products whose shapes fit: dx = dout @ W.T and dW = x.T @ dout."""
    (x,) = kept
    rows = dout.flatten(0, -2)  # (B, H), or (B*T, H)
    gradients = {"weight": x.flatten(0, -2).T @ rows}
    if layer.bias is not None:
        gradients["bias"] = rows.sum(0)
    return dout @ layer.weight.T, gradients


def batch_norm_forward(layer: BatchNorm1d, x: Tensor) -> tuple[Tensor, Kept]:
    """As the layer itself, with the variance by its definition: x.var() takes ten times as long."""
    mean, diff, variance = _moments(layer, x)
    return _normalise(layer, mean, diff, variance)


def deviation_batch_norm_forward(layer: DeviationBatchNorm1d, x: Tensor) -> tuple[Tensor, Kept]:
    """The same where the deviation is tracked."""
    mean, diff, variance = _moments(layer, x)
    return _normalise(layer, mean, diff, variance.sqrt())


def batch_norm_backward(layer: BatchNorm1d, kept: Kept, dout: Tensor) -> tuple[Tensor, Gradients]:
    """Lecture 4's one line: bngain * bnvar_inv / n * (n*d - d.sum(0) - n/(n-1) * bnraw * (d*bnraw).sum(0)).

    It holds without eps as well. Where each position has a mean of its own, gamma and beta add them up.
    """
    raw, deviation = kept
    over, n = layer.over(raw), raw.numel() // deviation.numel()
    dbeta, dgamma = dout.sum(over), (dout * raw).sum(over)  # (H) or (T, H)
    # n - 1 is Bessel's correction: the variance is the unbiased one
    dx = layer.gamma / deviation * (dout - dbeta / n - raw * (dgamma / (n - 1)))
    return dx, {"gamma": dgamma.sum_to_size(layer.gamma.shape), "beta": dbeta.sum_to_size(layer.beta.shape)}


def tanh_backward(_layer: Tanh, kept: Kept, dout: Tensor) -> tuple[Tensor, Gradients]:
    """(1 - out**2) * dout: nothing gets through the flat tails."""
    (out,) = kept
    return torch.addcmul(dout, dout * out, out, value=-1), {}


def relu_backward(_layer: ReLU, kept: Kept, dout: Tensor) -> tuple[Tensor, Gradients]:
    """A gate, open where the output is positive."""
    (out,) = kept
    return dout * torch.heaviside(out, out), {}  # a step from 0 to 1; at 0 it is out itself, 0


def leaky_relu_backward(layer: LeakyReLU, kept: Kept, dout: Tensor) -> tuple[Tensor, Gradients]:
    """A gate that lets a hundredth through where it is shut."""
    (x,) = kept
    return dout * torch.heaviside(x, x).clamp_(min=layer.slope), {}


# by name, because Streamlit's reload makes the classes of a running model anew
RULES: dict[str, Rule] = {
    kind.__name__: Rule(forward, backward)
    for kind, forward, backward in (
        (Embedding, keep_input, embedding_backward),
        (Flatten, keep_input, reshape_backward),
        (FlattenConsecutive, keep_input, reshape_backward),
        (Linear, keep_input, linear_backward),
        (BatchNorm1d, batch_norm_forward, batch_norm_backward),
        (DeviationBatchNorm1d, deviation_batch_norm_forward, batch_norm_backward),
        (PerPositionBatchNorm1d, batch_norm_forward, batch_norm_backward),
        (Tanh, keep_output, tanh_backward),
        (ReLU, keep_output, relu_backward),
        (LeakyReLU, keep_input, leaky_relu_backward),
    )
}


def cross_entropy_backward(log_probs: Tensor, y: Tensor) -> Tensor:
    """dlogits = (softmax - onehot) / n for targets y (B); or (B, T), where masked ones pull at nothing."""
    probs = log_probs.exp()  # (B, V) or (B, T, V)
    if y.ndim == 1:
        return probs.scatter_(1, y[:, None], -1, reduce="add").div_(len(y))
    counted = (y != MASKED).to(probs.dtype)
    pulled = probs.scatter_(-1, y.clamp(min=0)[..., None], -1, reduce="add")
    return pulled.mul_((counted / counted.sum())[..., None])


def _moments(layer: BatchNorm1d, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Mean, differences from it, and their unbiased variance."""
    mean = x.mean(layer.over(x))  # (H) or (T, H)
    diff = x - mean
    n = x.numel() // mean.numel()
    return mean, diff, (diff * diff).sum(layer.over(x)) / (n - 1)


def _normalise(layer: BatchNorm1d, mean: Tensor, diff: Tensor, spread: Tensor) -> tuple[Tensor, Kept]:
    layer.running_mean.lerp_(mean, layer.momentum)
    layer.running_spread.lerp_(spread, layer.momentum)
    deviation = layer.deviation(spread)
    raw = diff / deviation
    return torch.addcmul(layer.beta, layer.gamma, raw), (raw, deviation)
