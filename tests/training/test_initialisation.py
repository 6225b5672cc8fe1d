"""What is known before the first step: the lecture's own numbers, and what mathematics says about a gain."""

import math
from dataclasses import replace

import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.diagnostics.reading import Scalars
from makemore_core.errors import InputError
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import ModelConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.presets.initialisations import BORDERS, STARTING_POINTS, StartingPoint
from makemore_core.training.initialisation import (
    Initialisation,
    gains_around,
    initialisation,
    layer_verdicts,
    loss_verdict,
    net_verdicts,
    spreads_by_gain,
    with_gain,
)
from makemore_core.training.trainer import Trainer

GOLDEN = {  # reference-runs.md: loss, and saturated outputs by layer in percent
    "plain randn": (27.8817, [60.95]),
    "W2*.1, b2*0": (4.2326, [60.95]),
    "W2*.01, b2*0": (3.3221, [60.95]),
    "and W1*.2, b1*.01": (3.3135, [0.98]),
    "W1*(5/3)/sqrt(30)": (3.3179, [8.14]),
    "gain 5/3": (None, [20.25, 8.38, 6.62, 5.47, 6.12]),
    "gain 1": (None, [3.50, 0.03, 0.06, 0, 0]),
    "and BatchNorm": (3.3239, None),
    "gain 1 + BN": (3.2870, None),
    "all 0": (math.log(27), [0]),  # mathematics: 27 equal logits, and tanh 0 = 0
}
POINTS = {point.name: point for point in STARTING_POINTS}
each_golden = pytest.mark.parametrize("name", GOLDEN)


def at_start(model: ModelConfig, data: DataConfig, border: float = 0.97) -> Initialisation:
    return initialisation(RunConfig(data, model), border)


def at_point(point: StartingPoint) -> Initialisation:
    return initialisation(point.config, BORDERS[point.config.model.name])


@each_golden
def test_the_lab_gives_the_lectures_numbers(name: str, names: Dataset) -> None:
    look, (loss, shares) = at_point(POINTS[name]), GOLDEN[name]
    assert POINTS[name].config.data.load().words == names.words
    if loss is not None:
        assert look.first_loss == pytest.approx(loss, abs=5.1e-5)  # four digits
    if shares is not None:
        assert [100 * share for share in look.shares] == pytest.approx(shares, abs=5.1e-3)  # two digits


@each_golden
def test_the_lab_compares_itself_with_the_lectures_numbers(name: str) -> None:
    loss, shares = GOLDEN[name]
    assert POINTS[name].loss == loss
    assert [100 * share for share in POINTS[name].shares] == pytest.approx(shares or [])


def test_no_other_starting_point_claims_a_number() -> None:
    assert {p.name for p in STARTING_POINTS if p.loss is not None or p.shares} == set(GOLDEN)


@pytest.mark.parametrize(
    "model",
    [
        MLPConfig(n_hidden=16),
        MLPConfig(n_hidden=16, batch_norm=True),
        DeepMLPConfig(n_hidden=16, n_layers=3),
        DeepMLPConfig(n_hidden=16, n_layers=2, batch_norm=False, activation="relu"),
        DeepMLPConfig(n_hidden=16, n_layers=2, batch_norm=False, activation="leaky-relu"),
    ],
    ids=str,
)
def test_it_shows_step_0_of_a_run(model: ModelConfig, data: DataConfig) -> None:
    look = at_start(model, data, border=0.9)
    step = Trainer(RunConfig(data, model, engine="autograd"), data.load()).step()
    assert look.first_loss == pytest.approx(step.loss, rel=1e-6)
    for i, (layer, output) in enumerate(step.activations().values()):
        assert output.grad is not None
        flat = output.abs() > 0.9 if layer.bounded else layer.flat(output)
        assert look.shares[i] == pytest.approx(flat.double().mean().item())
        assert look.activations.layers[i].deviation == pytest.approx(output.std(correction=0).item(), rel=1e-4)
        assert look.gradients.layers[i].deviation == pytest.approx(output.grad.std(correction=0).item(), rel=1e-4)


def test_the_guess_is_the_batchs_median_and_sums_to_one(data: DataConfig) -> None:
    config = RunConfig(data, MLPConfig(n_hidden=16, output_scale=1.0))
    guess = initialisation(config, 0.99).prediction
    trainer = Trainer(replace(config, engine="autograd"), data.load())
    x, y = trainer.batch()
    losses = torch.nn.functional.cross_entropy(trainer.model(x), y, reduction="none")
    assert -torch.tensor(guess.probabilities).log()[guess.target] == pytest.approx(
        losses.sort().values[16].item(), 1e-4
    )
    assert sum(guess.probabilities) == pytest.approx(1)
    assert torch.tensor(guess.logits).softmax(0).tolist() == pytest.approx(guess.probabilities, rel=1e-4)
    assert len(guess.context) == config.model.block_size


def test_a_batch_of_everything_is_cut_to_what_there_is_time_for(data: DataConfig) -> None:
    few = initialisation(RunConfig(data, MLPConfig(n_hidden=4), batch_size=0), 0.99)
    assert few.saturation.layers[0].rows == 1024


@pytest.mark.parametrize("model", [MLPConfig(n_hidden=16), DeepMLPConfig(n_hidden=16, batch_norm=False)], ids=str)
def test_the_curve_passes_through_what_the_layers_show(model: MLPConfig | DeepMLPConfig, data: DataConfig) -> None:
    gains = (0.5, 1.0, 5 / 3, 3.0)
    spreads = spreads_by_gain(RunConfig(data, model), gains)
    for i, gain in enumerate(gains):
        layers = at_start(model.with_gain(gain), data).activations.layers
        assert [spreads[layer.name][i] for layer in layers] == pytest.approx([x.deviation for x in layers], rel=1e-5)


def test_the_gain_multiplies_relus_layer_by_layer(data: DataConfig) -> None:
    model = DeepMLPConfig(n_hidden=16, n_layers=4, batch_norm=False, activation="relu")
    spreads = spreads_by_gain(RunConfig(data, model), (1.0, 2.0))  # relu(2x) = 2 relu(x)
    assert [b / a for a, b in spreads.values()] == pytest.approx([2, 4, 8, 16], rel=1e-5)


def test_under_batch_norm_the_gain_hardly_matters(data: DataConfig) -> None:
    spreads = spreads_by_gain(RunConfig(data, DeepMLPConfig(n_hidden=16)), (0.5, 1.0, 3.0))
    for values in spreads.values():
        assert values == pytest.approx([values[0]] * 3, rel=1e-3)  # but for eps


@pytest.mark.parametrize(("gain", "low", "high"), [(1.0, 0.5, 3.0), (0.1, 0.09, 3.0), (5.0, 0.5, 5.5), (0.0, 0.5, 3.0)])
def test_the_curve_reaches_as_far_as_the_chosen_gain(gain: float, low: float, high: float) -> None:
    gains = gains_around(gain)
    assert (gains[0], gains[-1]) == pytest.approx((low, high))
    assert list(gains) == sorted(gains)


def test_a_model_without_a_gain_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(InputError, match="choose one of: mlp, deep-mlp"):
        with_gain(BigramConfig())


def test_batch_norm_over_no_spread_gives_one_sentence(data: DataConfig) -> None:
    with pytest.raises(InputError, match="raise the scale of the hidden weights"):
        at_start(MLPConfig(n_hidden=8, hidden_scale=0.0, batch_norm=True), data)


@pytest.mark.parametrize(("loss", "level"), [(27.8817, 2), (4.2326, 1), (3.3221, 0), (3.2870, 0)])
def test_a_first_loss_is_judged_by_a_blind_guess(loss: float, level: int, data: DataConfig) -> None:
    look = replace(at_start(MLPConfig(n_hidden=4), data), loss=Scalars({"batch loss": loss, "uniform": 3.2958}))
    assert loss_verdict(look).level == level


def test_a_huge_gain_saturates_every_layer_and_batch_norm_cures_them(data: DataConfig) -> None:
    sick = at_start(DeepMLPConfig(gain=10, batch_norm=False, n_layers=2), data)
    cured = at_start(DeepMLPConfig(gain=10, n_layers=2), data)
    assert [v and v.level for v in layer_verdicts(sick)] == [2, 2]
    assert [v and v.level for v in layer_verdicts(cured)] == [0, 0]
    assert "Lower the initial gain, or add BatchNorm." in net_verdicts(sick)[0].text


@pytest.mark.parametrize("border", [0.97, 0.99])
def test_tails_are_tails_wherever_they_begin(border: float, data: DataConfig) -> None:
    plain = MLPConfig(kaiming=False, hidden_scale=1.0, output_scale=1.0)
    (verdict,) = layer_verdicts(initialisation(RunConfig(data, plain, seed=1), border))
    assert verdict is not None
    assert verdict.level == 2  # lecture 3's net as first drawn: 61 % beyond .99 on names.txt
    assert f"(|t| > {border})" in verdict.text
    assert "Lower the initial gain" in verdict.text


def test_that_half_of_a_relu_is_zero_is_no_illness(data: DataConfig) -> None:
    look = at_start(DeepMLPConfig(n_hidden=64, n_layers=2, batch_norm=False, activation="relu", gain=2**0.5), data)
    assert layer_verdicts(look) == (None, None)
    assert all("saturated" not in verdict.text for verdict in net_verdicts(look))
