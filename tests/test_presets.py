"""The published runs: what the authors printed, computed again.

`pytest -m slow` trains the networks of 200,000 steps to their published losses.
"""

import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.diagnostics.activations import Activations
from makemore_core.diagnostics.saturation import Saturation
from makemore_core.diagnostics.step import Step
from makemore_core.errors import InputError
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.presets import PRESETS, Preset, preset_named
from makemore_core.presets.lectures import PLAIN
from makemore_core.training.trainer import Trainer

PARAMETERS = {  # reference-runs.md, or the authors' notebooks
    "lecture1-counting": 0,
    "counting-bigram": 0,
    "counting-4-gram": 0,
    "lecture2-mlp": 11_897,
    "lecture3-original": 11_897,
    "lecture3-softmax-fix": 11_897,
    "lecture3-tanh-fix": 11_897,
    "lecture3-kaiming": 11_897,
    "lecture3-batchnorm": 12_097,
    "lecture3-deep": 47_024,
    "lecture4-manual": 12_297,
    "lecture5-flat": 22_097,
    "lecture5-hierarchical-bug": 22_397,
    "lecture5-hierarchical": 22_397,
    "lecture5-wavenet": 76_579,
    "seed000-raw": 11_897,
    "seed000-layers": 11_897,
    "seed000-parameters": 11_897,
    "seed000-author-raw": 11_897,
    "seed000-author-layers": 134_151,  # the author's has 133,751: its remark says so
    "seed000-author-parameters": 52_897,
    "seed000-manual": 4_137,
    "seed001-deep": 47_551,
    "seed002-manual": 4_137,
    "seed003-mlp": 30_432,
    "seed003-wavenet": 173_632,
    "seed004-mlp": 13_897,
    "seed004-wavenet": 24_652,
    "lecture1-neural": 729,
    "lecture1-neural-l2": 729,
    "makemore-bigram": 729,
    "makemore-mlp": 69_147,
    "makemore-rnn": 11_803,
    "makemore-gru": 28_315,
    "makemore-lstm": 36_635,  # ours: makemore.py has none
    "makemore-bow": 12_827,
    "makemore-cnn": 53_147,  # ours: makemore.py has none
    "makemore-transformer": 204_544,
    "makemore-transformer-dropout": 204_544,
    "seed003-gpt": 10_788_929,
    "seed003-gpt-small": 816_705,  # ours
    "sick-saturated-tanh": 27 * 10 + 31 * 100 + 2 * 101 * 100 + 101 * 27,
    "sick-dead-relu": 27 * 10 + 30 * 100 + 2 * 100 * 100 + 100 * 27,  # no biases
    "sick-confident-softmax": 11_897,  # lecture 3's net
    "sick-exploding-rate": 11_897,
    "sick-all-zero": 11_897,
    "sick-batchnorm-dims": 22_397,  # lecture 5's
    "sick-unshuffled": 11_897,
    "sick-leak": 27 * 16 + 8 * 16 * 300 + 300 + 300 * 27 + 27,
}
SHAKESPEARES_CHARACTERS = 65
FULL_RUNS = [p for p in PRESETS.values() if p.published.val and not p.remark and p.config.max_steps > 1_001]
each_preset = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


@each_preset
def test_a_preset_says_what_it_teaches_and_comes_back_from_its_dict(preset: Preset) -> None:
    assert preset.about.endswith(".")
    assert preset.source
    assert preset_named(preset.name) is preset
    assert RunConfig.from_dict(preset.config.to_dict()) == preset.config


def test_an_unknown_preset_gets_the_names_there_are() -> None:
    with pytest.raises(InputError, match="Unknown preset 'lecture9'; choose one of: lecture1-counting, "):
        preset_named("lecture9")


@each_preset
def test_a_preset_has_the_published_number_of_parameters(preset: Preset) -> None:
    vocab_size = SHAKESPEARES_CHARACTERS if preset.config.data.dataset == "tinyshakespeare" else 27
    net = preset.config.model.build(vocab_size, torch.Generator())
    assert sum(parameter.numel() for parameter in net.parameters()) == PARAMETERS[preset.name]


@pytest.mark.parametrize("preset", [p for p in PRESETS.values() if 0 in p.published.loss_at], ids=lambda p: p.name)
def test_the_first_loss_is_the_published_one(preset: Preset, names: Dataset) -> None:
    dataset = preset.config.data.load()
    assert dataset.words == names.words
    (loss,) = Trainer(preset.config, dataset).advance(1)
    assert loss == pytest.approx(preset.published.loss_at[0], abs=5.1e-5)  # printed with four digits


@pytest.mark.parametrize(
    ("model", "loss", "share"),  # reference-runs.md, golden checks at initialisation
    [
        (PLAIN, 27.8817, 0.6095),
        (MLPConfig(kaiming=False, hidden_bias_scale=1.0, output_scale=0.1), 4.2326, 0.6095),
        (MLPConfig(kaiming=False, hidden_bias_scale=1.0), 3.3221, 0.6095),
        (MLPConfig(kaiming=False, hidden_scale=0.2), 3.3135, 0.0098),
        (MLPConfig(), 3.3179, 0.0814),
    ],
)
def test_the_initialisation_story_of_lecture_3(model: MLPConfig, loss: float, share: float, names: Dataset) -> None:
    step = Trainer(RunConfig(model=model), names).step()
    assert step.loss == pytest.approx(loss, abs=5.1e-5)
    assert (step.outputs["tanh"].abs() > 0.99).double().mean().item() == pytest.approx(share, abs=5.1e-5)


@pytest.mark.parametrize(
    ("gain", "shares"), [(5 / 3, [0.2025, 0.0838, 0.0662, 0.0547, 0.0612]), (1.0, [0.0350, 0.0003, 0.0006, 0, 0])]
)
def test_how_five_tanh_layers_saturate_without_batchnorm(gain: float, shares: list[float], names: Dataset) -> None:
    step = Trainer(RunConfig(model=DeepMLPConfig(batch_norm=False, bias=True, gain=gain)), names).step()
    assert [layer.cells.mean() for layer in Saturation().measure(step).layers] == pytest.approx(shares, abs=5.1e-5)


@pytest.fixture(scope="module")
def deep(names: Dataset) -> tuple[Trainer, Step]:
    """lecture3-deep after its 1,001 steps, and the last of them."""
    trainer = Trainer(PRESETS["lecture3-deep"].config, names)
    trainer.advance(1_000)
    return trainer, trainer.step()


def test_the_deep_net_reaches_the_published_losses(deep: tuple[Trainer, Step]) -> None:
    published = PRESETS["lecture3-deep"].published
    assert deep[0].evaluate("train") == pytest.approx(published.train, abs=1e-5)
    assert deep[0].evaluate("val") == pytest.approx(published.val, abs=1e-5)


def test_the_deep_net_invents_the_published_names(deep: tuple[Trainer, Step]) -> None:
    published = PRESETS["lecture3-deep"].published.names
    assert deep[0].sample(len(published)) == published


def test_the_deep_nets_activations_are_the_published_ones(deep: tuple[Trainer, Step]) -> None:
    layers = Activations().measure(deep[1]).layers
    assert [round(layer.deviation, 2) for layer in layers] == [0.63, 0.64, 0.65, 0.65, 0.65]


def test_the_deep_nets_saturation_is_the_published_one(deep: tuple[Trainer, Step]) -> None:
    layers = Saturation().measure(deep[1]).layers
    assert [round(float(100 * layer.cells.mean()), 2) for layer in layers] == [2.78, 2.56, 2.25, 1.69, 1.88]


@pytest.mark.slow
@pytest.mark.parametrize("preset", FULL_RUNS, ids=lambda p: p.name)
def test_a_full_run_reaches_the_published_losses(preset: Preset, names: Dataset) -> None:
    dataset = preset.config.data.load()
    assert dataset.words == names.words
    trainer = Trainer(preset.config, dataset)
    trainer.advance(preset.config.max_steps)
    assert trainer.evaluate("train") == pytest.approx(preset.published.train, abs=0.01)
    assert trainer.evaluate("val") == pytest.approx(preset.published.val, abs=0.01)


def test_the_three_forms_walk_one_curve(names: Dataset) -> None:
    curves = [
        Trainer(PRESETS[f"seed000-{form}"].config, names).advance(100) for form in ("raw", "layers", "parameters")
    ]
    assert curves[0].tolist() == curves[1].tolist() == curves[2].tolist()
