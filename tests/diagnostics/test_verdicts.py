"""Each verdict at the border it draws, on readings and nets whose health is known."""

import math

import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics import DIAGNOSTICS, judged, measured, overall
from makemore_core.diagnostics.activations import Activations
from makemore_core.diagnostics.batch_means import BatchMeans
from makemore_core.diagnostics.evenness import evenness
from makemore_core.diagnostics.gradients import Gradients
from makemore_core.diagnostics.loss import Loss
from makemore_core.diagnostics.reading import Heatmap, Histogram, Histograms, Reading, Scalars, layer_map
from makemore_core.diagnostics.saturation import Saturation, dead_neurons
from makemore_core.diagnostics.step import Step
from makemore_core.diagnostics.update_ratio import UpdateRatio
from makemore_core.diagnostics.weight_gradients import WeightGradients
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import AdamConfig, SGDConfig
from makemore_core.training.trainer import Trainer


def first_step(data: DataConfig, config: RunConfig) -> Step:
    return Trainer(config, data.load()).step()


def wide(name: str, deviation: float) -> Histogram:
    return Histogram(name, -1, 1, [], 0, deviation)


@pytest.mark.parametrize(
    ("loss", "level"),
    [(27.8817, 2), (3.3221, 1), (2.1246, 0)],  # lecture 3's net: as first drawn, with its softmax mended, trained
)
def test_a_loss_is_judged_by_the_price_of_a_blind_guess(loss: float, level: int) -> None:
    assert Loss().verdict(Scalars({"batch loss": loss, "uniform": math.log(27)})).level == level


def test_the_loss_is_measured_beside_a_blind_guess(data: DataConfig) -> None:
    step = first_step(data, RunConfig())
    assert Loss().measure(step).values == {"batch loss": step.loss, "uniform": math.log(13)}  # 12 letters, one mark


@pytest.mark.parametrize(
    ("factor", "level", "word"),
    [(1, 0, "keep"), (1.9, 0, "keep"), (0.51, 0, "keep"), (2.1, 1, "change"), (0.49, 1, "change"),
     (4.1, 2, "explode"), (0.24, 2, "fade")],
)  # fmt: skip
def test_a_spread_may_double_but_not_twice(factor: float, level: int, word: str) -> None:
    verdict = evenness("activations", wide("tanh1", 0.5), wide("tanh5", 0.5 * factor))
    assert verdict.level == level
    assert word in verdict.text


def test_a_layer_without_spread_fades() -> None:
    assert evenness("gradients", wide("tanh5", 0), wide("tanh1", 0)).level == 2


def test_gradients_are_judged_from_the_last_layer_to_the_first() -> None:
    verdict = Gradients().verdict(Histograms([wide("tanh1", 1e-5), wide("tanh2", 1e-3)]))
    assert verdict is not None
    assert "fade from tanh2 (0.001) to tanh1 (1e-05)" in verdict.text


def test_deep_nets_with_too_small_a_gain_fade_and_batch_norm_cures_them(data: DataConfig) -> None:
    sick = first_step(data, RunConfig(model=DeepMLPConfig(batch_norm=False, gain=0.2)))
    cured = first_step(data, RunConfig(model=DeepMLPConfig(batch_norm=True, gain=0.2)))
    for diagnostic in (Activations(), Gradients()):
        before, after = (diagnostic.verdict(diagnostic.measure(step)) for step in (sick, cured))
        assert before is not None
        assert after is not None
        assert (before.level, after.level) == (2, 0)
    faded = Activations().verdict(Activations().measure(sick))
    assert faded is not None
    assert "fade" in faded.text


def test_a_net_with_a_huge_gain_is_saturated(data: DataConfig) -> None:
    reading = Saturation().measure(first_step(data, RunConfig(model=DeepMLPConfig(batch_norm=False, gain=10))))
    verdict = Saturation().verdict(reading)
    assert verdict is not None
    assert verdict.level == 2
    assert "is saturated (|t| > 0.97)" in verdict.text


def test_saturation_counts_the_tanh_outputs_beyond_the_lectures_border(data: DataConfig) -> None:
    step = first_step(data, RunConfig(model=DeepMLPConfig(batch_norm=False, gain=2), batch_size=32))
    for layer in Saturation().measure(step).layers:
        assert layer.cells.mean() == (step.outputs[layer.name].abs() > 0.97).double().mean().item()


@pytest.mark.parametrize(("share", "dead", "level"), [(0.5, 0, 2), (0.2, 0, 1), (0.1, 0, 0), (0.2, 4, 2), (0.1, 1, 1)])
def test_saturation_is_judged_by_its_share_and_its_dead_neurons(share: float, dead: int, level: int) -> None:
    cells = torch.zeros(10, 10, dtype=torch.bool)
    cells[: int(10 * share)] = True
    cells[:, :dead] = True
    layer = layer_map("tanh", "|t| > 0.97", cells)
    verdict = Saturation().verdict(Heatmap([layer]))
    assert dead_neurons(layer) == list(range(dead))
    assert verdict is not None
    assert verdict.level == level


def test_nothing_green_is_said_of_a_spread_that_is_kept_by_saturation(data: DataConfig) -> None:
    sick = measured(first_step(data, RunConfig(model=DeepMLPConfig(batch_norm=False, gain=10, n_layers=2))))
    well = measured(first_step(data, RunConfig(model=DeepMLPConfig(n_layers=2))))
    praise = DIAGNOSTICS["activations"].verdict(sick["activations"])
    assert praise is not None
    assert "keep their spread" in praise.text
    assert overall(sick)["saturation"].level == 2
    assert "activations" not in overall(sick)
    assert judged(sick)["activations"] == {}
    assert overall(well)["activations"].level == overall(well)["saturation"].level == 0
    assert judged(well)["activations"] == DIAGNOSTICS["activations"].verdicts(well["activations"])


def test_under_sgd_the_update_ratio_is_rate_times_gradient_over_data(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(optimizer=SGDConfig(0.5)), data.load())
    step = trainer.step()
    for name, ratio in UpdateRatio().measure(step).values.items():
        expected = 0.5 * step.gradients[name].std() / step.weights()[name].std()  # the lecture's line
        assert ratio == pytest.approx(expected.item(), rel=1e-4)


def test_under_adam_the_update_ratio_holds_adams_own_step(data: DataConfig) -> None:
    step = first_step(data, RunConfig(optimizer=AdamConfig(1e-3, epsilon=1e-12)))
    weight, gradient = step.weights()["output.weight"], step.gradients["output.weight"]
    expected = 1e-3 * gradient.sign().std() / weight.std()  # Adam's first step is the rate times the sign
    assert UpdateRatio().measure(step).values["output.weight"] == pytest.approx(expected.item(), rel=1e-2)


@pytest.mark.parametrize(("ratio", "level"), [(1e-3, 0), (1e-4, 0), (1e-5, 1), (0.1, 1), (2, 2)])
def test_an_update_of_a_thousandth_is_a_good_pace(ratio: float, level: int) -> None:
    verdict = UpdateRatio().verdict(Scalars({"hidden.weight": ratio, "output.weight": 1e-3}))
    assert verdict is not None
    assert verdict.level == level


@pytest.mark.parametrize(("widest", "level"), [(5e-3, 0), (0.05, 1)])
def test_a_gradient_ten_times_as_wide_stands_out(widest: float, level: int) -> None:
    verdict = WeightGradients().verdict(Histograms([wide("a", 1e-3), wide("b", 1e-3), wide("c", widest)]))
    assert verdict is not None
    assert verdict.level == level


@pytest.mark.parametrize(
    ("diagnostic", "reading"),
    [
        (Activations(), Histograms([])),
        (Gradients(), Histograms([wide("tanh", 1)])),
        (WeightGradients(), Histograms([])),
        (Saturation(), Heatmap([])),
        (UpdateRatio(), Scalars({})),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_to_judge_is_no_verdict(
    diagnostic: Activations | Gradients | WeightGradients | Saturation | UpdateRatio, reading: Reading
) -> None:
    assert diagnostic.verdict(reading) is None  # pyright: ignore[reportArgumentType]: each with its own kind


@pytest.mark.parametrize(("per_position", "means"), [(True, [4, 2, 1]), (False, [1, 1, 1])])
def test_a_mean_over_dim_0_alone_is_one_for_each_position(
    per_position: bool, means: list[int], data: DataConfig
) -> None:
    """Lecture 5 prints a running mean of (1, 4, 68) where (1, 1, 68) is meant."""
    reading = BatchMeans().measure(first_step(data, RunConfig(model=WaveNetConfig(norm_positions=not per_position))))
    assert list(reading.values.values()) == means
    assert [verdict.level for verdict in BatchMeans().verdicts(reading).values()] == [2 * (n > 1) for n in means]
