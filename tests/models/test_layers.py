"""Our layers against torch's: the same outputs, the same gradients."""

from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from makemore_core.errors import InputError
from makemore_core.models.layers import (
    ACTIVATIONS,
    Activation,
    BatchNorm1d,
    DeviationBatchNorm1d,
    Embedding,
    Flatten,
    FlattenConsecutive,
    LeakyReLU,
    Linear,
    ReLU,
    Tanh,
)

B, T, E, H, V = 16, 3, 4, 5, 7


def generator() -> Generator:
    return Generator().manual_seed(1)


def randn(*shape: int) -> Tensor:
    return torch.randn(shape, generator=generator(), dtype=torch.float64)


def gradients(out: Tensor, *leaves: Tensor) -> tuple[Tensor, ...]:
    """Of a sum in which every output has a weight of its own."""
    return torch.autograd.grad((out * randn(*out.shape)).sum(), leaves)


def assert_all_close(ours: tuple[Tensor, ...], theirs: tuple[Tensor, ...]) -> None:
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape", [(B, E), (B, T, E)])
def test_linear_equals_torchs(shape: tuple[int, ...]) -> None:
    weight, bias, x = randn(E, H).requires_grad_(), randn(H).requires_grad_(), randn(*shape).requires_grad_()
    ours, theirs = Linear(weight, bias)(x), functional.linear(x, weight.T, bias)
    assert_all_close((ours,), (theirs,))
    assert_all_close(gradients(ours, weight, bias, x), gradients(theirs, weight, bias, x))


def test_linear_without_bias_equals_torchs() -> None:
    weight, x = randn(E, H), randn(B, E)
    assert_all_close((Linear(weight)(x),), (functional.linear(x, weight.T),))
    assert list(Linear(weight).parameters()) == ["weight"]


def test_embedding_equals_torchs() -> None:
    layer = Embedding(V, E, generator())
    layer.weight.requires_grad = True
    x = torch.randint(0, V, (B, T), generator=generator())
    ours, theirs = layer(x), functional.embedding(x, layer.weight)
    assert ours.shape == (B, T, E)
    assert torch.equal(ours, theirs)
    torch.testing.assert_close(gradients(ours, layer.weight), gradients(theirs, layer.weight))


def test_embedding_is_a_one_hot_product() -> None:
    layer = Embedding(V, E, generator())
    x = torch.arange(V)[None]
    torch.testing.assert_close(layer(x), functional.one_hot(x, V).float() @ layer.weight)


def test_flatten_lays_a_contexts_vectors_side_by_side() -> None:
    x = randn(B, T, E)
    assert torch.equal(Flatten()(x), torch.cat([x[:, t] for t in range(T)], dim=1))


def test_lecture_5_fuses_neighbours_until_one_vector_is_left() -> None:
    x = randn(B, 4, E)
    pairs = FlattenConsecutive(2)(x)
    assert torch.equal(pairs, torch.cat([x[:, ::2], x[:, 1::2]], dim=2))  # the lecture's own way to say it
    assert torch.equal(FlattenConsecutive(2)(pairs), x.flatten(1))
    with pytest.raises(InputError, match=r"`T % n == 0` must hold to fuse n=2 neighbours, but got T=3 positions"):
        FlattenConsecutive(2)(x[:, :3])


@pytest.mark.parametrize(("scaled", "gain"), [(Linear.scaled, 1), (partial(Linear.scaled, gain=5 / 3), 5 / 3)])
def test_scaled_weights_keep_the_spread(scaled: Callable[..., Linear], gain: float) -> None:
    layer = scaled(1_000, 1_000, generator())
    assert layer.weight.std().item() == pytest.approx(gain / 1_000**0.5, rel=0.01)  # of a million draws
    assert layer.bias is not None
    assert not layer.bias.any()
    assert Linear.scaled(2, 2, generator(), bias=False).bias is None


def test_a_seed_draws_the_same_weights_again() -> None:
    assert torch.equal(Embedding(V, E, generator()).weight, Embedding(V, E, generator()).weight)
    assert torch.equal(Linear.scaled(E, H, generator()).weight, Linear.scaled(E, H, generator()).weight)


def test_what_checkpoints_keep_goes_by_these_names() -> None:
    linear, norm = Linear(randn(E, H), randn(H)), BatchNorm1d(H)
    assert ([*linear.parameters()], [*Embedding(V, E, generator()).parameters()]) == (["weight", "bias"], ["weight"])
    assert ([*norm.parameters()], [*norm.buffers()]) == (["gamma", "beta"], ["running_mean", "running_spread"])


def test_who_looks_inside_is_told_each_output() -> None:
    layer, seen = Flatten(), list[Tensor]()
    layer.note = seen.append
    outs = [layer(randn(B, T, E)), layer(randn(1, T, E))]
    assert all(told is out for told, out in zip(seen, outs, strict=True))


def test_a_layer_moves_to_another_device_and_learns_on() -> None:
    layer = Linear(randn(E, H).requires_grad_())
    layer.to(torch.device("meta"))
    assert (layer.weight.device.type, layer.weight.requires_grad, layer.weight.is_leaf) == ("meta", True, True)
    assert layer.bias is None
    frozen = BatchNorm1d(H)
    frozen.to(torch.device("meta"))
    assert {(t.device.type, t.requires_grad) for t in (frozen.gamma, frozen.running_spread)} == {("meta", False)}


def batch_norm(kind: type[BatchNorm1d] = BatchNorm1d) -> tuple[BatchNorm1d, Tensor, Tensor, Tensor]:
    """A layer in float64 with drawn gamma and beta, and an input."""
    layer = kind(H)
    layer.gamma, layer.beta = randn(H).abs().requires_grad_(), (randn(2, H)[1]).requires_grad_()
    layer.running_mean, layer.running_spread = layer.running_mean.double(), layer.running_spread.double()
    return layer, layer.gamma, layer.beta, (3 * randn(B, H) + 1).requires_grad_()


def test_batch_norm_normalises_with_the_unbiased_variance() -> None:
    # torch divides by the biased variance; var_unbiased + eps = n/(n-1) * (var_biased + eps*(n-1)/n)
    layer, gamma, beta, x = batch_norm()
    share = (B - 1) / B
    ours = layer(x)
    theirs = functional.batch_norm(x, None, None, gamma * share**0.5, beta, training=True, eps=layer.eps * share)
    assert_all_close((ours,), (theirs,))
    assert_all_close(gradients(ours, gamma, beta, x), gradients(theirs, gamma, beta, x))


def test_batch_norm_tracks_and_evaluates_as_torch_does() -> None:
    layer, gamma, beta, x = batch_norm()
    reference = nn.BatchNorm1d(H, dtype=torch.float64)  # tracks the unbiased variance, as we do
    reference.load_state_dict(reference.state_dict() | {"weight": gamma.detach(), "bias": beta.detach()})
    for step in range(5):
        layer(x * step)
        reference(x * step)
    layer.training = False
    ours, theirs = layer(x[:1]), reference.eval()(x[:1])
    tracked = reference.state_dict()
    assert_all_close((layer.running_mean, layer.running_spread), (tracked["running_mean"], tracked["running_var"]))
    assert_all_close((ours,), (theirs,))
    assert_all_close(gradients(ours, gamma, x), gradients(theirs, reference.weight, x))


def test_a_normalised_batch_has_mean_0_and_deviation_1() -> None:
    out = BatchNorm1d(H, eps=0)(5 * torch.randn(B, H, generator=generator()) - 2)
    torch.testing.assert_close(out.mean(0), torch.zeros(H), rtol=0, atol=1e-6)
    torch.testing.assert_close(out.std(0), torch.ones(H))


def test_lecture_3s_batch_norm_by_hand() -> None:
    layer, gamma, beta, x = batch_norm(DeviationBatchNorm1d)
    layer.momentum = 0.001
    ours = layer(x)
    theirs = gamma * (x - x.mean(0, keepdim=True)) / x.std(0, keepdim=True) + beta  # the notebook's line
    assert_all_close((ours,), (theirs,))
    assert_all_close(gradients(ours, gamma, beta, x), gradients(theirs, gamma, beta, x))
    assert_all_close((layer.running_mean, layer.running_spread), (0.001 * x.mean(0), 0.999 + 0.001 * x.std(0)))


def test_evaluation_leaves_the_running_statistics_alone() -> None:
    layer, *_, x = batch_norm()
    before = {name: tensor.clone() for name, tensor in layer.buffers().items()}
    layer.training = False
    layer(x)
    assert all(torch.equal(tensor, before[name]) for name, tensor in layer.buffers().items())


@pytest.mark.parametrize(
    ("kind", "torchs"),
    [(Tanh, torch.tanh), (ReLU, torch.relu), (LeakyReLU, lambda x: functional.leaky_relu(x, 0.01))],
)
def test_an_activation_equals_torchs(kind: type[Activation], torchs: nn.Module) -> None:
    x = (4 * randn(B, H)).requires_grad_()
    ours, theirs = kind()(x), torchs(x)
    assert torch.equal(ours, theirs)
    assert torch.equal(*gradients(ours, x), *gradients(theirs, x))


@pytest.mark.parametrize("kind", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_a_bounded_activation_stays_between_minus_1_and_1(kind: type[Activation]) -> None:
    out = kind()(torch.linspace(-100, 100, 999))
    assert kind.bounded == (out.abs().max().item() <= 1)


def test_where_an_activation_is_flat() -> None:
    def flat(kind: type[Activation], *outs: float) -> list[bool]:
        return kind().flat(torch.tensor(outs, dtype=torch.float64)).tolist()

    assert flat(Tanh, -1, -0.98, -0.97, 0, 0.97, 0.98) == [True, True, False, False, False, True]
    assert flat(ReLU, 0, 0.001) == [True, False]
    assert flat(LeakyReLU, -0.01, -0.005, 0.005, 0.01) == [False, True, True, False]


def test_the_gains_are_torchs() -> None:
    assert Tanh.gain == pytest.approx(nn.init.calculate_gain("tanh"))
    assert ReLU.gain == pytest.approx(nn.init.calculate_gain("relu"))
    assert LeakyReLU.gain == pytest.approx(nn.init.calculate_gain("leaky_relu", LeakyReLU.slope))
