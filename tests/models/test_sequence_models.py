"""The models over sequences: published sizes, no look ahead, and the same numbers as torch's own modules."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Generator, Tensor, nn
from torch.nn import functional

from makemore_core.errors import InputError
from makemore_core.layouts import MASKED, SEQUENCES
from makemore_core.models.bag_of_words import BagOfWordsConfig
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.blocks import uniform_linear
from makemore_core.models.causal_conv import CausalConvConfig
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import Embedding
from makemore_core.models.recurrent import GRUConfig, LSTMConfig, RecurrentConfig, RNNConfig
from makemore_core.models.sequence_mlp import SequenceMLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.optimizers import AdamConfig
from makemore_core.vocabulary import vocabulary_of

B, T, E, H, V = 3, 8, 6, 5, 9
Parameters = dict[str, Tensor]

SMALL: dict[str, ModelConfig] = {
    "bigram": BigramConfig(layout="sequences", block_size=T),
    "sequence-mlp": SequenceMLPConfig(n_hidden=H, n_embd=E, block_size=T),
    "rnn": RNNConfig(n_hidden=H, n_embd=E, block_size=T),
    "gru": GRUConfig(n_hidden=H, n_embd=E, block_size=T),
    "lstm": LSTMConfig(n_hidden=H, n_embd=E, block_size=T),
    "bow": BagOfWordsConfig(n_hidden=H, n_embd=E, block_size=T),
    "transformer": TransformerConfig(n_layers=2, n_head=2, n_embd=E, block_size=T),
    "cnn": CausalConvConfig(n_layers=4, n_hidden=H, n_embd=E, block_size=T),
    "cnn-of-threes": CausalConvConfig(n_layers=3, kernel=3, n_hidden=H, n_embd=E, block_size=T, activation="tanh"),
}
each_small = pytest.mark.parametrize("name", SMALL)

PUBLISHED = {  # makemore.py's defaults, and ours for the two that it only advertises
    "bigram": (BigramConfig(layout="sequences", block_size=16, init="zeros"), 729),
    "sequence-mlp": (SequenceMLPConfig(), 69_147),
    "rnn": (RNNConfig(), 11_803),
    "gru": (GRUConfig(), 28_315),
    "lstm": (LSTMConfig(), 27 * 64 + (64 + 64 + 1) * 4 * 64 + 2 * 64 + 65 * 27),
    "bow": (BagOfWordsConfig(), 12_827),
    "transformer": (TransformerConfig(), 204_544),
    "cnn": (CausalConvConfig(), 27 * 64 + 4 * (129 * 64 + 65 * 64) + 65 * 27),
}


@cache
def built(name: str) -> LanguageModel:
    """In float64, so that equal means equal."""
    return in_float64(SMALL[name].build(V, Generator().manual_seed(1)))


def in_float64(model: LanguageModel) -> LanguageModel:
    for parameter in model.parameters():
        parameter.data = parameter.data.double()
    return model


def tokens(*shape: int, seed: int = 2) -> Tensor:
    return torch.randint(0, V, shape, generator=Generator().manual_seed(seed))


def gradients(model: LanguageModel, x: Tensor, y: Tensor) -> Parameters:
    model.zero_grad()
    model.loss(x, y).backward()
    return {name: p.grad.clone() for name, p in model.named_parameters().items() if p.grad is not None}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_model_has_its_published_number_of_parameters(name: str) -> None:
    config, published = PUBLISHED[name]
    model = config.build(27, Generator().manual_seed(1))
    assert sum(p.numel() for p in model.parameters()) == published


@each_small
def test_a_model_has_logits_for_every_place(name: str) -> None:
    assert built(name).layout is SEQUENCES
    assert built(name)(tokens(B, T)).shape == (B, T, V)


@each_small
@given(x=st.lists(st.integers(0, V - 1), min_size=2, max_size=T), data=st.data())
def test_a_character_changes_no_logits_before_it(name: str, x: list[int], data: st.DataObject) -> None:
    t = data.draw(st.integers(0, len(x) - 1))
    other = [*x[:t], (x[t] + data.draw(st.integers(1, V - 1))) % V, *x[t + 1 :]]
    with built(name).evaluating():
        one, two = built(name)(torch.tensor([x, other]))
    torch.testing.assert_close(one[:t], two[:t])
    assert not torch.allclose(one[t], two[t])


@pytest.mark.parametrize("name", [name for name in SMALL if name != "bigram"])
def test_the_first_character_reaches_the_last_place(name: str) -> None:
    x = torch.ones((1, T), dtype=torch.long)
    other = x.clone()
    other[0, 0] = 2
    with built(name).evaluating():
        assert not torch.equal(built(name)(x)[0, -1], built(name)(other)[0, -1])


@each_small
def test_padding_with_masked_targets_changes_nothing(name: str) -> None:
    short, y = tokens(B, T - 3), tokens(B, T - 3, seed=3)
    padded = torch.cat((short, tokens(B, 3, seed=4)), dim=1)
    masked = functional.pad(y, (0, 3), value=MASKED)
    model = built(name)
    assert model.loss(padded, masked).item() == pytest.approx(model.loss(short, y).item(), abs=1e-12)
    torch.testing.assert_close(gradients(model, padded, masked), gradients(model, short, y))


@each_small
def test_evaluation_is_deterministic(name: str) -> None:
    x = tokens(B, T)
    with built(name).evaluating():
        assert torch.equal(built(name)(x), built(name)(x))


def mlp_reference(p: Parameters, x: Tensor) -> Tensor:
    """makemore.py's own way: roll the row, put <BLANK> in front; its latest character comes first, ours last."""
    weight = torch.cat((p["embedding.weight"], p["context.blank"][None]))
    rolled: list[Tensor] = []
    for _ in range(T):
        rolled.append(weight[x])
        x = torch.roll(x, 1, 1)
        x[:, 0] = V
    hidden = torch.tanh(torch.cat(rolled[::-1], -1) @ p["hidden.weight"] + p["hidden.bias"])
    return hidden @ p["output.weight"] + p["output.bias"]


def recurrent_reference(
    kind: type[nn.RNN] | type[nn.LSTM], p: Parameters, x: Tensor, name: str, rows: list[int]
) -> Tensor:
    """torch.nn's module with our weights; `rows` brings our gates into torch's order."""
    module = kind(E, H, batch_first=True, dtype=torch.float64)
    order = torch.cat([torch.arange(H) + row * H for row in rows])
    w_x, w_h, bias = p[f"{name}.weight_x"].T[order], p[f"{name}.weight_h"].T[order], p[f"{name}.bias"][order]
    weights = {"weight_ih_l0": w_x, "weight_hh_l0": w_h, "bias_ih_l0": bias, "bias_hh_l0": torch.zeros_like(bias)}
    module.load_state_dict(weights)
    start = p[f"{name}.start"].expand(1, len(x), -1).contiguous()
    state = (start, p["lstm.start_cell"].expand(1, len(x), -1).contiguous()) if name == "lstm" else start
    hidden, _ = module(p["embedding.weight"][x], state)
    return hidden @ p["output.weight"] + p["output.bias"]


def rnn_reference(p: Parameters, x: Tensor) -> Tensor:
    return recurrent_reference(nn.RNN, p, x, "rnn", [0])


def lstm_reference(p: Parameters, x: Tensor) -> Tensor:
    return recurrent_reference(nn.LSTM, p, x, "lstm", [0, 1, 3, 2])  # torch: i, f, candidate, o


def gru_reference(p: Parameters, x: Tensor) -> Tensor:
    """makemore.py's formula, which resets before the product; torch.nn.GRU resets after it."""
    weight = torch.cat((p["gru.weight_x"], p["gru.weight_h"]))  # (E + H, 3H)
    to_r, to_z, to_candidate = weight.chunk(3, dim=1)
    b_r, b_z, b_candidate = p["gru.bias"].chunk(3)
    h, hidden = p["gru.start"].expand(len(x), -1), []
    for t in range(x.shape[1]):
        xt = p["embedding.weight"][x[:, t]]
        xh = torch.cat((xt, h), dim=1)
        r, z = torch.sigmoid(xh @ to_r + b_r), torch.sigmoid(xh @ to_z + b_z)
        candidate = torch.tanh(torch.cat((xt, r * h), dim=1) @ to_candidate + b_candidate)
        h = (1 - z) * h + z * candidate
        hidden.append(h)
    return torch.stack(hidden, 1) @ p["output.weight"] + p["output.bias"]


def bow_reference(p: Parameters, x: Tensor) -> Tensor:
    """The mean of the past as a running sum over a count."""
    h = p["embedding.weight"][x] + p["position.weight"][: x.shape[1]]
    h = h + h.cumsum(1) / torch.arange(1, x.shape[1] + 1)[:, None]
    hidden = torch.tanh(h @ p["block.mlp.hidden.weight"] + p["block.mlp.hidden.bias"])
    h = h + hidden @ p["block.mlp.output.weight"] + p["block.mlp.output.bias"]
    return h @ p["output.weight"] + p["output.bias"]


def cnn_reference(p: Parameters, x: Tensor) -> Tensor:
    return convolutions(p, x, 2, [1, 2, 4, 1], functional.relu)  # 8 characters are covered, so it starts anew


def cnn_of_threes_reference(p: Parameters, x: Tensor) -> Tensor:
    return convolutions(p, x, 3, [1, 3, 1], torch.tanh)


def convolutions(
    p: Parameters, x: Tensor, kernel: int, dilations: list[int], nonlinearity: Callable[[Tensor], Tensor]
) -> Tensor:
    """torch's conv1d, which wants channels first and weights (H, E, kernel), padded on the left alone."""
    h = p["embedding.weight"][x]
    for i, dilation in enumerate(dilations):
        weight = p[f"blocks.{i}.conv.linear.weight"].view(kernel, E, H).permute(2, 1, 0)
        padded = functional.pad(h.mT, (dilation * (kernel - 1), 0))
        out = functional.conv1d(padded, weight, p[f"blocks.{i}.conv.linear.bias"], dilation=dilation).mT
        h = h + nonlinearity(out) @ p[f"blocks.{i}.output.weight"] + p[f"blocks.{i}.output.bias"]
    return h @ p["output.weight"] + p["output.bias"]


REFERENCES: dict[str, Callable[[Parameters, Tensor], Tensor]] = {
    "sequence-mlp": mlp_reference,
    "rnn": rnn_reference,
    "gru": gru_reference,
    "lstm": lstm_reference,
    "bow": bow_reference,
    "cnn": cnn_reference,
    "cnn-of-threes": cnn_of_threes_reference,
}


@pytest.mark.parametrize("name", REFERENCES)
def test_a_model_equals_torchs_modules_with_its_weights(name: str) -> None:
    model, x = in_float64(SMALL[name].build(V, Generator().manual_seed(5))), tokens(B, T)
    p = model.named_parameters()
    with torch.no_grad():  # away from 0, where makemore.py's states start
        for start in (p[k] for k in p if "start" in k):
            start.normal_(generator=Generator().manual_seed(6))
    ours, theirs = model(x), REFERENCES[name](p, x.clone())
    torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)
    by = torch.randn(ours.shape, generator=Generator().manual_seed(7), dtype=ours.dtype)
    of_ours, of_theirs = (torch.autograd.grad((out * by).sum(), p["embedding.weight"]) for out in (ours, theirs))
    torch.testing.assert_close(of_ours, of_theirs, rtol=1e-9, atol=1e-12)


def test_linears_start_within_torchs_bounds() -> None:
    ours, theirs = uniform_linear(100, 500, Generator().manual_seed(1)), nn.Linear(100, 500)
    assert ours.bias is not None
    for tensor in (ours.weight, ours.bias):
        assert tensor.abs().max().item() == pytest.approx(0.1, rel=0.02)  # 1 / sqrt(100)
        assert tensor.std().item() == pytest.approx(0.1 / 3**0.5, rel=0.06)  # of evenly spread numbers
    assert ours.weight.std().item() == pytest.approx(theirs.weight.std().item(), rel=0.02)


@pytest.mark.parametrize("forget_bias", [1.0, -2.0])
def test_the_forget_gate_starts_with_its_bias(forget_bias: float) -> None:
    model = LSTMConfig(n_hidden=H, forget_bias=forget_bias).build(V, Generator().manual_seed(1))
    i, f, o, candidate = model.named_parameters()["lstm.bias"].chunk(4)
    assert f.tolist() == [forget_bias] * H
    assert max(part.abs().max().item() for part in (i, o, candidate)) < 1 / (64 + H) ** 0.5


@pytest.mark.parametrize("config", [RNNConfig(), GRUConfig(), LSTMConfig()], ids=lambda c: c.name)
def test_recurrent_nets_start_from_zeros(config: RecurrentConfig) -> None:
    parameters = config.build(V, Generator().manual_seed(1)).named_parameters()
    assert not parameters[f"{config.name}.start"].any()


FIRST_NAMES = (  # of makemore's names.txt
    "emma", "olivia", "ava", "isabella", "sophia", "charlotte", "mia", "amelia", "harper", "evelyn",
    "abigail", "emily", "elizabeth", "mila", "ella", "avery", "sofia", "camila", "aria", "scarlett",
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name in SMALL if name != "bigram"])  # pairs of letters do not suffice
def test_a_tiny_model_learns_20_names_by_heart(name: str) -> None:
    vocabulary = vocabulary_of(FIRST_NAMES)
    config = replace(SMALL[name], block_size=10, n_embd=24, **({} if name == "transformer" else {"n_hidden": 32}))
    model = config.build(len(vocabulary), Generator().manual_seed(1))
    x, y = SEQUENCES.examples(vocabulary.encode_lines(FIRST_NAMES), model.block_size, is_text=False)
    optimizer = AdamConfig(1e-2).build(model.named_parameters())
    for _ in range(100):
        loss = model.loss(x, y)
        model.zero_grad()
        loss.backward()
        optimizer.step()
    assert model.loss(x, y).item() < 1.0


def test_a_cnn_that_sees_too_little_is_refused() -> None:
    with pytest.raises(InputError, match=r"^`block_size <= kernel \*\* n_layers` .* n_layers is 4\.$"):
        CausalConvConfig(n_layers=3, block_size=16).build(V, Generator())


def test_a_place_that_has_no_vector_is_refused() -> None:
    with pytest.raises(InputError, match=r"^`T <= 8` must hold, but got T=9 characters; .* last 8\.$"):
        built("bow")(tokens(1, T + 1))


@pytest.mark.parametrize("name", REFERENCES)
def test_the_alphabet_has_one_vector_for_each_character(name: str) -> None:
    embedding = built(name).embedding
    assert isinstance(embedding, Embedding)
    assert embedding.weight.shape == (V, E)
