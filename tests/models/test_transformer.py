"""The transformer against torch's own blocks, and what it shows and drops."""

from functools import partial

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from makemore_core.errors import InputError
from makemore_core.models.attention import CausalSelfAttention, causal_softmax
from makemore_core.models.blocks import GELU, Dropout, LayerNorm
from makemore_core.models.language_model import LanguageModel
from makemore_core.models.transformer import TransformerConfig

B, T, E, V = 3, 7, 12, 9
HEADS = 3
LECTURE_7 = TransformerConfig(
    n_layers=6,
    n_head=6,
    n_embd=384,
    block_size=256,
    dropout=0.2,
    activation="relu",
    qkv_bias=False,
    head_bias=True,
)
SMALL = TransformerConfig(n_layers=2, n_head=HEADS, n_embd=E, block_size=T)


def generator(seed: int = 1) -> Generator:
    return Generator().manual_seed(seed)


def built(config: TransformerConfig) -> LanguageModel:
    """In float64, so that equal means equal."""
    model = config.build(V, generator())
    for parameter in model.parameters():
        parameter.data = parameter.data.double()
    return model


def tokens(seed: int = 2) -> Tensor:
    return torch.randint(0, V, (B, T), generator=generator(seed))


def randn(*shape: int) -> Tensor:
    return torch.randn(shape, generator=generator(), dtype=torch.float64)


def test_lecture_7s_gpt_has_its_published_number_of_parameters() -> None:
    model = LECTURE_7.build(65, generator())
    assert sum(p.numel() for p in model.parameters()) == 10_788_929  # seed 003


def block_of_torch(config: TransformerConfig, p: dict[str, Tensor], name: str) -> nn.TransformerEncoderLayer:
    """torch.nn's pre-norm block with our weights, which are theirs transposed."""
    activation = {"gelu": lambda x: functional.gelu(x, approximate="tanh"), "relu": functional.relu}[config.activation]
    block = nn.TransformerEncoderLayer(
        E, HEADS, 4 * E, dropout=0, activation=activation, batch_first=True, norm_first=True, dtype=torch.float64
    )
    ours = {key.removeprefix(f"{name}."): value.detach() for key, value in p.items() if key.startswith(f"{name}.")}
    block.load_state_dict(
        {
            "self_attn.in_proj_weight": ours["attention.qkv.weight"].T,
            "self_attn.in_proj_bias": ours.get("attention.qkv.bias", torch.zeros(3 * E)),
            "self_attn.out_proj.weight": ours["attention.output.weight"].T,
            "self_attn.out_proj.bias": ours["attention.output.bias"],
            "linear1.weight": ours["mlp.hidden.weight"].T,
            "linear1.bias": ours["mlp.hidden.bias"],
            "linear2.weight": ours["mlp.output.weight"].T,
            "linear2.bias": ours["mlp.output.bias"],
            "norm1.weight": ours["norm1.gamma"],
            "norm1.bias": ours["norm1.beta"],
            "norm2.weight": ours["norm2.gamma"],
            "norm2.bias": ours["norm2.beta"],
        }
    )
    return block


def reference(config: TransformerConfig, p: dict[str, Tensor], x: Tensor) -> Tensor:
    h = p["embedding.weight"][x] + p["position.weight"]
    ahead = torch.ones(T, T, dtype=torch.bool).triu(1)
    for i in range(config.n_layers):
        h = block_of_torch(config, p, f"blocks.{i}")(h, src_mask=ahead)
    h = functional.layer_norm(h, (E,), p["norm.gamma"], p["norm.beta"])
    return h @ p["output.weight"] + p.get("output.bias", torch.zeros(V))


@pytest.mark.parametrize(
    "config",
    [SMALL, TransformerConfig(2, HEADS, E, T, activation="relu", qkv_bias=False, head_bias=True)],
    ids=["makemore", "lecture7"],
)
def test_the_transformer_equals_torchs_blocks_with_its_weights(config: TransformerConfig) -> None:
    model, x = built(config), tokens()
    p = model.named_parameters()
    with torch.no_grad():  # LayerNorms start as 1 and 0, which would hide a mistake
        for name, parameter in p.items():
            if "norm" in name:
                parameter += 0.1 * randn(E)
    ours, theirs = model(x), reference(config, p, x)
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)
    by = randn(B, T, V)
    of_ours, of_theirs = (torch.autograd.grad((out * by).sum(), p["embedding.weight"]) for out in (ours, theirs))
    torch.testing.assert_close(of_ours, of_theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("length", [1, T])
def test_watching_shows_the_attention_and_changes_no_number(length: int) -> None:
    model, x = built(SMALL), tokens()[:, :length]
    unwatched = model.loss(x, x)
    with model.watched() as seen:
        assert model.loss(x, x).item() == unwatched.item()
    weights = seen["blocks.1.attention.weights"]
    assert weights.shape == (B, HEADS, length, length)
    torch.testing.assert_close(weights.sum(-1), torch.ones(B, HEADS, length, dtype=torch.float64))
    assert not weights.triu(1).any()


@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_the_weights_that_are_shown_are_those_that_are_used(dropout: float) -> None:
    model = built(TransformerConfig(1, HEADS, E, T, dropout=dropout))
    with model.evaluating(), model.watched() as seen:
        model(tokens())
        v = seen["blocks.0.attention.qkv"].chunk(3, dim=-1)[2].view(B, T, HEADS, -1)
        out = torch.einsum("bhts,bshe->bthe", seen["blocks.0.attention.weights"], v).flatten(2)
        output = model.named_parameters()["blocks.0.attention.output.weight"]
        bias = model.named_parameters()["blocks.0.attention.output.bias"]
        torch.testing.assert_close(seen["blocks.0.attention"], out @ output + bias)


def test_with_dropout_attention_takes_the_same_averages() -> None:
    """A share of next to nothing drops nothing, but goes the way that has weights to drop."""
    plain, dropping = (
        CausalSelfAttention(E, HEADS, generator(), dropout=dropout).forward(randn(B, T, E).float())
        for dropout in (0.0, 1e-12)
    )
    torch.testing.assert_close(dropping, plain, rtol=1e-5, atol=1e-6)


def test_equal_scores_give_the_mean_of_the_past() -> None:
    weights = causal_softmax(torch.zeros(4, 4))
    torch.testing.assert_close(weights, torch.ones(4, 4).tril() / torch.arange(1, 5)[:, None])


def test_layer_norm_is_its_formula() -> None:
    layer, x = LayerNorm(E), 3 * randn(B, T, E) + 1
    layer.gamma, layer.beta = randn(E), randn(2, E)[1]
    deviation = torch.sqrt(x.var(-1, keepdim=True, correction=0) + 1e-5)
    torch.testing.assert_close(layer(x), layer.gamma * (x - x.mean(-1, keepdim=True)) / deviation + layer.beta)


def test_gelu_is_gpt2s_formula() -> None:
    x = 4 * randn(B, E)
    gpt2 = 0.5 * x * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3)))
    torch.testing.assert_close(GELU()(x), gpt2)


def test_gelus_slope_is_torchs() -> None:
    x = (4 * randn(B, E)).requires_grad_()
    ours, theirs = (torch.autograd.grad(f(x).sum(), x) for f in (GELU(), partial(functional.gelu, approximate="tanh")))
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)


def test_where_gelu_is_flat_its_slope_is_small() -> None:
    x = torch.linspace(-8, -3, 500, dtype=torch.float64, requires_grad=True)
    out = GELU()(x)
    (slope,) = torch.autograd.grad(out.sum(), x)
    assert GELU().flat(out).all()
    assert slope.abs().max().item() < 0.012
    assert not GELU().flat(GELU()(torch.linspace(-2.9, -0.01, 500))).any()


def test_gelus_gain_keeps_the_spread() -> None:
    x = torch.randn(1_000_000, generator=generator())
    assert (GELU.gain * GELU()(x)).square().mean().item() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_dropout_zeroes_its_share_and_keeps_the_mean(share: float) -> None:
    out = Dropout(share, generator())(torch.ones(1_000, 1_000))
    assert (out == 0).float().mean().item() == pytest.approx(share, abs=0.003)  # 6 standard errors of a million
    assert out.unique().tolist() == pytest.approx([0, 1 / (1 - share)])


def test_dropout_draws_from_the_runs_generator() -> None:
    x, dice = torch.ones(100), generator()
    layer, again = Dropout(0.5, dice), Dropout(0.5, generator())
    first, second = layer(x), layer(x)
    assert not torch.equal(first, second)
    assert torch.equal(first, again(x))
    dice.set_state(again.generator.get_state())
    assert torch.equal(layer(x), second)


def test_dropout_passes_gradients_where_it_passes_numbers() -> None:
    x = torch.ones(100, requires_grad=True)
    out = Dropout(0.5, generator())(x)
    out.sum().backward()
    assert x.grad is not None
    assert torch.equal(x.grad, out)


def test_nothing_is_dropped_in_evaluation() -> None:
    config = TransformerConfig(2, HEADS, E, T, dropout=0.5)
    dropping, plain = built(config), built(SMALL)
    with dropping.evaluating(), plain.evaluating():
        assert torch.equal(dropping(tokens()), plain(tokens()))
        assert torch.equal(dropping(tokens()), dropping(tokens()))
    assert not torch.equal(dropping(tokens()), dropping(tokens()))


def test_gpt2s_start_is_narrow_and_without_bias() -> None:
    p = TransformerConfig(init="normal").build(V, generator()).named_parameters()
    assert p["blocks.0.mlp.hidden.weight"].std().item() == pytest.approx(0.02, rel=0.02)
    assert not p["blocks.3.attention.qkv.bias"].any()
    assert p["norm.gamma"].unique().tolist() == [1]


@pytest.mark.parametrize(("n_embd", "n_head", "nearest"), [(10, 4, 8), (15, 4, 16), (3, 32, 32), (1023, 32, 1024)])
def test_heads_that_do_not_share_evenly_are_refused(n_embd: int, n_head: int, nearest: int) -> None:
    with pytest.raises(InputError, match=rf"^`n_embd % n_head == 0` must hold, .* is {nearest}\.$"):
        built(TransformerConfig(n_embd=n_embd, n_head=n_head))


def test_more_characters_than_places_are_refused() -> None:
    with pytest.raises(InputError, match=rf"^`T <= {T}` must hold, but got T={2 * T} characters; .* last {T}\.$"):
        built(SMALL)(torch.cat((tokens(), tokens()), dim=1))
