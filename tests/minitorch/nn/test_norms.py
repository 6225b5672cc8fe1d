"""Normalising layers against torch's: outputs, gradients, running statistics."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from makemore_core.minitorch import Tensor
from makemore_core.minitorch.nn import (
    BatchNorm1d,
    DeviationBatchNorm1d,
    LayerNorm,
)
from tests.minitorch.against_torch import compare, drawn

B, T, E, H, V = 6, 4, 8, 5, 7


def batch_norm(kind: type[BatchNorm1d] = BatchNorm1d) -> BatchNorm1d:
    return kind(drawn(H), drawn(H, seed=2), np.zeros(H), np.ones(H))


@pytest.mark.parametrize("shape", [(B, H), (B, T, H)], ids=str)
def test_batch_norm_normalises_with_the_unbiased_variance(shape: tuple[int, ...]) -> None:
    # torch divides by the biased variance; var_unbiased + eps = n/(n-1) * (var_biased + eps*(n-1)/n)
    n = int(np.prod(shape[:-1]))
    share = (n - 1) / n

    def theirs(x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor) -> torch.Tensor:
        flat = x.reshape(-1, H)
        out = functional.batch_norm(flat, None, None, gamma * share**0.5, beta, training=True, eps=1e-5 * share)
        return out.reshape(x.shape)

    compare(batch_norm(), theirs, 3 * drawn(*shape) + 1)


def test_batch_norm_tracks_and_evaluates_as_torch_does() -> None:
    layer, reference = batch_norm(), torch.nn.BatchNorm1d(H, dtype=torch.float64)
    with torch.no_grad():
        reference.weight.copy_(torch.from_numpy(layer.gamma.data))
        reference.bias.copy_(torch.from_numpy(layer.beta.data))
    x = 3 * drawn(B, T, H) + 1
    for step in range(5):
        layer(Tensor(x * step))
        reference(torch.from_numpy(x * step).flatten(0, 1))
    layer.train(False)
    reference.eval()
    tracked = {name: buffer.copy() for name, buffer in layer.buffers().items()}
    theirs = reference.state_dict()
    np.testing.assert_allclose(tracked["running_mean"], theirs["running_mean"], rtol=1e-12)
    np.testing.assert_allclose(tracked["running_spread"], theirs["running_var"], rtol=1e-12)
    answer = reference(torch.from_numpy(x[:1]).flatten(0, 1)).detach()[None]
    np.testing.assert_allclose(layer(Tensor(x[:1])).data, answer, rtol=1e-12)
    np.testing.assert_array_equal(layer.buffers()["running_mean"], tracked["running_mean"])


def test_lecture_3s_batch_norm_by_hand() -> None:
    layer, x = batch_norm(DeviationBatchNorm1d), 3 * drawn(B, H) + 1
    compare(layer, lambda x, gamma, beta: gamma * (x - x.mean(0)) / x.std(0) + beta, x)
    np.testing.assert_allclose(layer.running_mean, 0.1 * x.mean(0))
    np.testing.assert_allclose(layer.running_spread, 0.9 + 0.1 * x.std(0, ddof=1))


def test_layer_norm_equals_torchs() -> None:
    layer = LayerNorm(drawn(E), drawn(E, seed=2))
    compare(layer, lambda x, gamma, beta: functional.layer_norm(x, (E,), gamma, beta), drawn(B, T, E))
