"""The long form of every network by hand: the model's own loss forward, and torch's gradients at every value back."""

import keyword
from collections.abc import Mapping
from functools import cache

import pytest
import torch
from torch import Generator, Tensor
from torch.nn.functional import one_hot

from makemore_core.backprop.lecture_4 import BACKWARD, FORWARD
from makemore_core.backprop.long_form import LongForm, has_long_form, long_form
from makemore_core.backprop.pieces import PIECES
from makemore_core.backprop.walk import Walk, walk
from makemore_core.engines.derivatives import RULES
from makemore_core.errors import InputError
from makemore_core.gradcheck import check_lines, compare, in_dtype
from makemore_core.models import MODELS
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import LanguageModel, ModelConfig
from makemore_core.models.layers import ACTIVATIONS
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.recurrent import GRUConfig
from makemore_core.models.wavenet import WaveNetConfig

B, V = 32, 27
LECTURE_4 = MLPConfig(n_hidden=24, batch_norm=True, norm_noise=0.1, hidden_bias_scale=0.1, output_bias_scale=0.1)
DEEP = DeepMLPConfig(n_hidden=12, n_layers=3, n_embd=5)
NETS: Mapping[str, ModelConfig] = {
    "MLP": MLPConfig(n_hidden=24),
    "lecture 3's batch norm": MLPConfig(n_hidden=24, batch_norm=True),
    "lecture 4": LECTURE_4,
    "one character": MLPConfig(n_hidden=24, block_size=1),
    "deep": DEEP,
    "deep without batch norm": DeepMLPConfig(n_hidden=12, n_layers=2, batch_norm=False, bias=True),
    "deep without either": DeepMLPConfig(n_hidden=12, n_layers=2, batch_norm=False, bias=False),
    "one layer, logits normalised": DeepMLPConfig(n_hidden=12, n_layers=1),
    "ten layers": DeepMLPConfig(n_hidden=8, n_layers=10, norm_output=False),
    "WaveNet": WaveNetConfig(n_hidden=12, n_embd=6),
    "WaveNet, lecture 5's bug": WaveNetConfig(n_hidden=12, n_embd=6, norm_positions=False, bias=True),
    "WaveNet, biases before BatchNorm": WaveNetConfig(n_hidden=12, n_embd=6, bias=True, output_bias=False),
    "fused by four": WaveNetConfig(n_hidden=12, n_embd=6, fuse=4, block_size=16),
    "fused at once": WaveNetConfig(n_hidden=12, n_embd=6, fuse=8),
} | {
    f"deep, {name}, batch norm {norm}": DeepMLPConfig(
        n_hidden=12, n_layers=2, activation=name, bias=True, batch_norm=norm
    )
    for name in ACTIVATIONS
    for norm in (True, False)
}


def built(config: ModelConfig) -> tuple[LanguageModel, Tensor, Tensor]:
    """A net whose gains, biases and vectors are all drawn, and a batch in which characters come again."""
    generator = Generator().manual_seed(1)
    model = config.build(V, generator)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.05)
    x = torch.randint(0, V, (B, config.block_size), generator=generator)
    return model, x, torch.randint(0, V, (B,), generator=generator)


@cache
def walked(name: str) -> Walk:
    return walk(*built(NETS[name]), torch.float64)


@pytest.mark.parametrize("name", NETS)
def test_forward_is_the_models_loss(name: str) -> None:
    model, x, y = built(NETS[name])
    loss = in_dtype(model, torch.float64).loss(x, y).item()
    assert walked(name).values["loss"].item() == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize("name", NETS)
def test_every_gradient_is_autograds(name: str) -> None:
    rows = compare(walked(name).gradients, walked(name).autograd)
    assert max(row.max_diff for row in rows) <= 1e-12
    values = [line.name for line in walked(name).form.forward if line.name != "loss"]
    assert {row.name for row in rows} == {*values, *walked(name).form.parameters}
    assert len(rows) == len({row.name for row in rows})


# each BatchNorm enlarges what was rounded behind it: ten of them are too many for allclose
@pytest.mark.parametrize("name", sorted({*NETS} - {"ten layers"}))
def test_every_gradient_is_close_in_float32(name: str) -> None:
    rows = check_lines(*built(NETS[name]))
    assert all(row.close for row in rows)
    assert all(row.exact for row in rows[:8])  # as the notebook prints, down to the logits


@pytest.mark.parametrize("name", NETS)
def test_gradients_of_parameters_are_those_of_a_training_step(name: str) -> None:
    model, x, y = built(NETS[name])
    copy = in_dtype(model, torch.float64)
    copy.loss(x, y).backward()
    walk_ = walked(name)
    for short, long in walk_.form.parameters.items():
        torch.testing.assert_close(walk_.gradients[short], copy.named_parameters()[long].grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", NETS)
def test_what_a_line_says_is_what_it_does(name: str) -> None:
    """Its code gives its value; its shape in letters is the true one; it needs only what stands before it."""
    walk_ = walked(name)
    known = {**walk_.values, **{f"d{at}": gradient for at, gradient in walk_.gradients.items()}}
    sizes = letters(NETS[name])
    before = {*walk_.form.parameters, "x", "y"}
    for line in walk_.form.forward + walk_.form.backward:
        assert line.name.isidentifier()
        assert not keyword.iskeyword(line.name)
        assert before.issuperset(line.needs), line.name
        assert torch.equal(eval(line.code, {"torch": torch, "one_hot": one_hot}, known), line.of(known)), line.name
        shape = eval("()" if line.shape == "()" else line.shape.replace(")", ",)").replace("/", "//"), sizes)
        assert tuple(known[line.name].shape) == shape, line.name
        assert line.words.endswith(".")
        before.add(line.name)


def letters(config: ModelConfig) -> dict[str, int]:
    width = {name: int(getattr(config, f"n_{name}")) for name in ("embd", "hidden")}
    return {"B": B, "V": V, "T": config.block_size, "E": width["embd"], "H": width["hidden"]}


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("bn2diff", r"bn2diff_{ij} = h2prebn_{ij} - \mu_j"),
        ("bn2diff2", r"bn2diff2_{ij} = bn2diff_{ij}^2"),
        ("h2prebn", r"h2prebn = h1\,W_2"),
        ("dbn2var", r"-\tfrac12 (\sigma^2_j + \epsilon)^{-3/2}\,dbn2var\_inv_j"),
        ("dbn2diff", r"bn2var\_inv_j\,dbn2raw_{ij} + 2\,bn2diff_{ij}\,dbn2diff2_{ij}"),
        ("dh2preact", r"(1 - h2_{ij}^2)\,dh2_{ij}"),
        ("dW2", r"h1^\top dh2prebn"),
    ],
)
def test_formulas_carry_the_layers_number(name: str, formula: str) -> None:
    form = long_form(built(DEEP)[0])
    assert next(line.formula for line in form.forward + form.backward if line.name == name) == formula


def test_lecture_4s_network_has_the_lectures_own_lines() -> None:
    form = long_form(built(LECTURE_4)[0])
    assert said(form) == [(line.name, line.formula, line.code, line.words, line.shape) for line in FORWARD + BACKWARD]


def said(form: LongForm) -> list[tuple[str, ...]]:
    lines = form.forward + form.backward
    return [(line.name, line.formula, line.code, line.words, line.shape) for line in lines]


def test_layers_of_a_deep_net_are_numbered() -> None:
    names = {line.name for line in long_form(built(DEEP)[0]).forward}
    assert {"h1prebn", "bn1diff2", "h1", "bn3var_inv", "h3preact", "logitsprebn", "bn4raw", "logits"} < names


def test_a_value_knows_where_it_is_used() -> None:
    form = long_form(built(LECTURE_4)[0])
    assert form.uses("counts") == ("counts_sum", "probs")
    assert form.uses("bndiff") == ("bndiff2", "bnraw")
    assert form.uses("W1") == ("hprebn",)
    assert form.uses("loss") == ()


def test_every_layer_with_a_rule_has_its_lines() -> None:
    assert set(PIECES) == set(RULES)


@pytest.mark.parametrize("config", MODELS.values(), ids=list(MODELS))
def test_other_models_are_refused_in_one_sentence(config: type[ModelConfig]) -> None:
    model = config().build(V, Generator().manual_seed(1))
    if has_long_form(model):
        assert long_form(model).backward
    else:
        with pytest.raises(InputError, match="choose an MLP or WaveNet"):
            long_form(model)


def test_the_recurrent_ones_have_no_long_form() -> None:
    assert not has_long_form(GRUConfig().build(V, Generator().manual_seed(1)))


def test_the_model_does_not_notice() -> None:
    model, x, y = built(LECTURE_4)
    before = {name: tensor.detach().clone() for name, tensor in model.state().items()}
    walk(model, x, y)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state().items())
    assert all(p.grad is None and p.requires_grad for p in model.parameters())
