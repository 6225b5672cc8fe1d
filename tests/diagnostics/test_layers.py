"""Verdicts layer by layer, each on a net that was made sick on purpose, and on the same net cured."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch

from makemore_core.catalogue import SHIPPED
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.diagnostics import DIAGNOSTICS, judged, measured
from makemore_core.diagnostics.parts import of_part, parts
from makemore_core.diagnostics.reading import Verdict, from_plain, to_plain
from makemore_core.diagnostics.saturation import dead_neurons
from makemore_core.diagnostics.step import Step
from makemore_core.models import MODELS, ModelConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.optimizers import OPTIMIZERS, AdamConfig, SGDConfig
from makemore_core.presets import PRESETS, PUBLISHED
from makemore_core.training.trainer import Trainer

NAMES = DataConfig(SHIPPED)
PLAIN = MLPConfig(kaiming=False, hidden_bias_scale=1.0, output_scale=1.0, output_bias_scale=1.0)
DEEP = DeepMLPConfig(batch_norm=False, bias=True)
HEALTHY = RunConfig(NAMES, DeepMLPConfig(), SGDConfig(0.1))


def look(config: RunConfig, steps: int = 0) -> Step:
    trainer = Trainer(config, config.data.load())
    if steps:
        trainer.advance(steps)
    return trainer.step()


def verdicts(diagnostic: str, step: Step) -> dict[str, Verdict]:
    return DIAGNOSTICS[diagnostic].verdicts(DIAGNOSTICS[diagnostic].measure(step))


def overall(diagnostic: str, step: Step) -> Verdict:
    verdict = DIAGNOSTICS[diagnostic].verdict(DIAGNOSTICS[diagnostic].measure(step))
    assert verdict is not None
    return verdict


def levels(diagnostic: str, step: Step) -> list[int]:
    return [verdict.level for verdict in verdicts(diagnostic, step).values()]


def all_equal_to(value: float, model: DeepMLPConfig | MLPConfig) -> Step:
    """A step of a net whose parameters all start with one value."""
    trainer = Trainer(RunConfig(NAMES, model), NAMES.load())
    for parameter in trainer.model.parameters():
        parameter.data.fill_(value)
    return trainer.step()


def test_plain_randn_saturates_the_tanh_and_batch_norm_cures_it() -> None:
    sick, cured = look(RunConfig(NAMES, PLAIN)), look(RunConfig(NAMES, replace(PLAIN, batch_norm=True)))
    assert levels("saturation", sick) == [2]
    assert "Lower the initial gain" in verdicts("saturation", sick)["tanh"].text
    assert levels("saturation", cured) == [0]


def test_plain_randn_is_confidently_wrong_and_small_output_weights_cure_it() -> None:
    assert overall("loss", look(RunConfig(NAMES, PLAIN))).level == 2
    assert overall("loss", look(RunConfig(NAMES, MLPConfig()), 100)).level == 0


def test_a_large_negative_bias_kills_relu() -> None:
    config = RunConfig(NAMES, replace(DEEP, activation="relu"))
    trainer = Trainer(config, config.data.load())
    trainer.parameters["linear3.bias"].data.fill_(-100)
    step = trainer.step()
    saturation = DIAGNOSTICS["saturation"].measure(step)
    assert [len(dead_neurons(layer)) for layer in saturation.layers][2] == 100
    assert verdicts("saturation", step)["relu3"].level == 2
    assert "100 of 100 neurons are flat for the whole batch" in verdicts("saturation", step)["relu3"].text
    assert "Lower the learning rate" in verdicts("saturation", step)["relu3"].text
    norms = verdicts("gradient_norm", step)
    assert [norms[f"linear{i}.weight"].level for i in range(1, 6)] == [2] * 5  # what comes after hears only silence
    assert "No gradient reaches" in norms["linear1.weight"].text


def test_a_healthy_relu_is_flat_for_half_of_its_inputs() -> None:
    step = look(RunConfig(NAMES, DeepMLPConfig(activation="relu"), SGDConfig(0.1)))
    shares = [layer.cells.mean() for layer in DIAGNOSTICS["saturation"].measure(step).layers]
    assert shares == pytest.approx([0.5] * 5, abs=0.1)
    assert levels("saturation", step) == [0] * 5


@pytest.mark.parametrize(("gain", "word"), [(0.3, "fade"), (5, "explode")])
def test_without_batch_norm_a_wrong_gain_is_seen_from_layer_to_layer(gain: float, word: str) -> None:
    sick = look(RunConfig(NAMES, replace(DEEP, activation="relu", gain=gain)))
    cured = look(RunConfig(NAMES, DeepMLPConfig(activation="relu", gain=gain)))
    found = verdicts("activations", sick)
    assert found["relu1"].level == 0  # the others are compared with it
    assert found["relu5"].level == 2
    assert word in found["relu5"].text
    assert overall("activations", sick).level == 2
    assert overall("activations", cured).level == 0


def test_gradients_fade_on_their_way_back() -> None:
    found = verdicts("gradients", look(RunConfig(NAMES, replace(DEEP, gain=0.3))))
    assert list(found) == [f"tanh{i}" for i in (5, 4, 3, 2, 1)]
    assert (found["tanh5"].level, found["tanh1"].level) == (0, 2)


@pytest.mark.parametrize("value", [0.0, 0.1])
def test_equal_weights_make_all_neurons_one(value: float) -> None:
    step = all_equal_to(value, MLPConfig())
    assert verdicts("symmetry", step)["hidden.weight"].level == 2
    assert "Draw random weights" in overall("symmetry", step).text
    assert overall("symmetry", look(HEALTHY)).level == 0


def test_an_all_zero_net_carries_no_signal() -> None:
    step = all_equal_to(0.0, MLPConfig())
    assert overall("activations", step).level == 2
    assert "all the same" in verdicts("activations", step)["tanh"].text
    assert overall("gradients", step).level == 2
    assert overall("gradient_norm", step).level == 2


def test_neurons_that_started_alike_are_still_known_after_steps() -> None:
    trainer = Trainer(RunConfig(NAMES, MLPConfig(), SGDConfig(1.0)), NAMES.load())
    for parameter in trainer.model.parameters():
        parameter.data.fill_(0.1)
    trainer.advance(200)
    step = trainer.step()
    assert step.weights()["hidden.weight"].std() > 1e-3  # the rows have parted, the columns have not
    assert verdicts("symmetry", step)["hidden.weight"].level == 2


@pytest.mark.parametrize("preset", [p for p in PUBLISHED if "gpt" not in p])
def test_no_published_net_starts_with_neurons_alike(preset: str) -> None:
    config = PRESETS[preset].config.with_values({"data.dataset": SHIPPED, "engine": "autograd"})
    step = look(replace(config, batch_size=min(config.batch_size or 32, 32)))
    assert set(levels("symmetry", step)) <= {0}


@pytest.mark.parametrize(
    ("model", "rate", "level", "word"),
    [(MLPConfig(), 20, 2, "thrown about"), (DeepMLPConfig(), 1e-6, 1, "Raise"), (DeepMLPConfig(), 0.1, 0, "good")],
)
def test_the_pace_of_a_matrix_tells_a_wild_rate_from_a_timid_one(
    model: ModelConfig, rate: float, level: int, word: str
) -> None:
    step = look(RunConfig(NAMES, model, SGDConfig(rate)), 1)
    assert max(levels("update_ratio", step)) == level
    assert any(word in verdict.text for verdict in verdicts("update_ratio", step).values())


def test_weights_run_off_under_a_wild_rate() -> None:
    wild = look(RunConfig(NAMES, MLPConfig(), SGDConfig(100.0)), 20)
    assert overall("weights", wild).level == 2
    assert "lower learning rate" in overall("weights", wild).text
    assert set(levels("weights", look(HEALTHY, 20))) == {0}


def test_a_healthy_net_is_called_healthy_by_all_that_judge_layers() -> None:
    found = judged(measured(look(HEALTHY, 300)))
    about_layers = ("saturation", "activations", "gradients", "weights", "gradient_norm", "symmetry")
    assert {name: v.text for key in about_layers for name, v in found[key].items() if v.level} == {}


def test_the_norm_is_torchs() -> None:
    config = replace(HEALTHY, clip=1e-3)
    step = look(config)
    expected = torch.nn.utils.get_total_norm(step.gradients.values()).item()
    values = DIAGNOSTICS["gradient_norm"].measure(step).values
    assert values["all parameters"] == pytest.approx(expected, rel=1e-5)  # before clipping
    assert values["all parameters"] > 1e-3
    assert values["linear1.weight"] == pytest.approx(step.gradients["linear1.weight"].norm().item(), rel=1e-5)


@pytest.mark.parametrize("steps", [0, 5])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_both_ratios_are_told_where_the_optimizer_leaves_the_plain_step(name: str, steps: int) -> None:
    step = look(replace(HEALTHY, optimizer=OPTIMIZERS[name](0.01)), steps)
    plain = {
        key: step.learning_rate * (step.gradients[key].std() / weight.std()).item()
        for key, weight in step.weights().items()
    }
    real = DIAGNOSTICS["update_ratio"].measure(step).values
    told = DIAGNOSTICS["gradient_ratio"].measure(step).values
    if real == pytest.approx(plain, rel=0.01):
        assert told == {}
    else:
        assert told == pytest.approx(plain, rel=1e-4)


def test_under_plain_sgd_there_is_one_ratio_and_under_adam_there_are_two() -> None:
    assert DIAGNOSTICS["gradient_ratio"].measure(look(HEALTHY, 5)).values == {}
    assert DIAGNOSTICS["gradient_ratio"].measure(look(replace(HEALTHY, optimizer=AdamConfig()), 5)).values != {}


def test_the_deep_nets_gradients_and_ratios_are_the_published_ones(names: Dataset) -> None:
    trainer = Trainer(PRESETS["lecture3-deep"].config, names)
    trainer.advance(1_000)
    readings: dict[str, Any] = dict(measured(trainer.step()))
    # as the notebook prints them: std of the gradients at the tanh outputs and of the weights, then grad:data
    outputs = [2.640702e-03, 2.245584e-03, 2.045742e-03, 1.983134e-03, 1.952382e-03]
    matrices = [8.020534e-03, 9.241077e-03, 7.132879e-03, 6.234305e-03, 5.742187e-03, 5.672205e-03, 1.209416e-02]
    ratios = [8.012630e-03, 4.881091e-02, 6.964619e-02, 6.073741e-02, 5.631483e-02, 5.570125e-02, 1.160106e-01]
    assert [h.deviation for h in readings["gradients"].layers] == pytest.approx(outputs, rel=1e-3)
    assert [h.deviation for h in readings["weight_gradients"].layers] == pytest.approx(matrices, rel=2e-3)
    found = list(readings["update_ratio"].values.values())
    assert found == pytest.approx([0.1 * ratio for ratio in ratios], rel=1e-5)  # the rate was 0.1
    assert math.log10(found[0]) == pytest.approx(-3.096, abs=5e-4)


def test_neurons_that_fire_outside_the_picture_are_not_dead() -> None:
    step = look(RunConfig(NAMES, replace(DEEP, activation="relu"), batch_size=512))
    layers = DIAGNOSTICS["saturation"].measure(step).layers
    in_picture = sum(int(layer.cells.all(axis=0).sum()) for layer in layers)
    in_batch = sum(int((step.outputs[layer.name] == 0).all(dim=0).sum()) for layer in layers)
    assert sum(len(dead_neurons(layer)) for layer in layers) == in_batch < in_picture


def test_a_picture_of_an_older_run_knows_its_dead_neurons_by_its_cells() -> None:
    plain = {"kind": "heatmap", "layers": [{"name": "t", "rule": "t = 0", "rows": 2, "columns": 4, "bits": "ba"}]}
    reading: Any = from_plain(plain)
    assert dead_neurons(reading.layers[0]) == [0, 2]  # ba is 1011 over 1010
    assert from_plain(to_plain(reading)) == reading


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_reading_about_a_layer_or_matrix_belongs_to_one_part(model: type) -> None:
    config = RunConfig(NAMES, model())
    trainer = Trainer(config, NAMES.load())
    found = judged(measured(trainer.step()))
    strip = parts(trainer.model)
    for by_layer in found.values():
        for name in by_layer:
            assert [part.name for part in strip if part.owns(name)] != [], name
            assert sum(part.owns(name) for part in strip) == 1


def test_parts_are_named_as_the_lectures_draw_them() -> None:
    mlp = Trainer(RunConfig(NAMES, MLPConfig()), NAMES.load()).model
    assert [(part.kind, part.shape) for part in parts(mlp)] == [
        ("Embedding", "27×10"), ("Linear", "30×200"), ("Tanh", ""), ("Linear", "200×27"),
    ]  # fmt: skip
    gpt = Trainer(RunConfig(NAMES, TransformerConfig(n_layers=2, n_embd=8, n_head=2)), NAMES.load()).model
    assert [part.group for part in parts(gpt)].count("blocks.0.mlp") == 3


def test_the_worst_of_a_part_comes_first() -> None:
    step = all_equal_to(0.0, MLPConfig())
    strip = {part.name: part for part in parts(step.model)}
    found = of_part(strip["hidden"], judged(measured(step)))
    assert [verdict.level for verdict in found] == sorted((verdict.level for verdict in found), reverse=True)
    assert found[0].level == 2
