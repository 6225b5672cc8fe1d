"""What the lecture's notebook prints of its deep net in step 1,000, read by the diagnostics (makemore part 3)."""

import pytest

from makemore_core.datasets import Dataset
from makemore_core.diagnostics.activations import Activations
from makemore_core.diagnostics.gradients import Gradients
from makemore_core.diagnostics.saturation import Saturation
from makemore_core.diagnostics.step import Step
from makemore_core.diagnostics.update_ratio import UpdateRatio
from makemore_core.diagnostics.weight_gradients import WeightGradients
from makemore_core.presets import preset_named
from makemore_core.training.trainer import Trainer

RATE = 0.1
WEIGHTS = ("embedding", "linear1", "linear2", "linear3", "linear4", "linear5", "linear_output")


@pytest.fixture(scope="module")
def step(names: Dataset) -> Step:
    """Step 1,000 of lecture3-deep: the notebook's last."""
    trainer = Trainer(preset_named("lecture3-deep").config, names)
    trainer.advance(1_000)
    return trainer.step()


def test_the_activations_keep_their_spread(step: Step) -> None:
    layers = Activations().measure(step).layers
    assert [round(layer.deviation, 2) for layer in layers] == [0.63, 0.64, 0.65, 0.65, 0.65]
    assert [round(abs(layer.mean), 2) for layer in layers] == [0, 0, 0, 0, 0]


def test_few_outputs_are_saturated(step: Step) -> None:
    shares = [100 * layer.cells.mean() for layer in Saturation().measure(step).layers]
    assert shares == pytest.approx([2.78, 2.56, 2.25, 1.69, 1.88], abs=0.0051)  # printed with two digits


def test_the_gradients_keep_their_spread(step: Step) -> None:
    deviations = [layer.deviation for layer in Gradients().measure(step).layers]
    printed = [2.640702e-03, 2.245584e-03, 2.045742e-03, 1.983134e-03, 1.952382e-03]
    assert deviations == pytest.approx(printed, rel=1 / 3200)  # of 3,200 numbers, theirs divided by 3,199


def test_the_weight_gradients_are_the_printed_ones(step: Step) -> None:
    deviations = [layer.deviation for layer in WeightGradients().measure(step).layers]
    printed = [8.020534e-03, 9.241077e-03, 7.132879e-03, 6.234305e-03, 5.742187e-03, 5.672205e-03, 1.209416e-02]
    assert deviations == pytest.approx(printed, rel=1 / 270)  # of 270 numbers and more, divided by one less


def test_the_update_ratios_are_the_printed_ratios_times_the_learning_rate(step: Step) -> None:
    gradient_to_data = [
        8.012630e-03,
        4.881091e-02,
        6.964619e-02,
        6.073741e-02,
        5.631483e-02,
        5.570125e-02,
        1.160106e-01,
    ]
    ratios = UpdateRatio().measure(step).values
    assert ratios == pytest.approx(
        {f"{name}.weight": RATE * ratio for name, ratio in zip(WEIGHTS, gradient_to_data, strict=True)}, rel=1e-4
    )
