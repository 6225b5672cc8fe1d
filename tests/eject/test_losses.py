"""What leaves the house gives the same numbers: losses, split losses and names, to the last digit.

`pytest -m long` adds the presets, `pytest -m slow` the one of them whose hundred steps take an hour.
"""

import random
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from makemore_core.catalogue import CATALOGUE, SHIPPED, is_here
from makemore_core.config import RunConfig
from makemore_core.datasets import SPLITS, DataConfig
from makemore_core.eject import eject_settings
from makemore_core.errors import InputError
from makemore_core.knobs import Config, Knob, Value, knobs_of
from makemore_core.models import MODELS
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.counting import CountingConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.recurrent import GRUConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import OPTIMIZERS, AdamConfig, MomentumConfig, RMSPropConfig, SGDConfig
from makemore_core.presets import PRESETS
from makemore_core.sampling import SamplingConfig
from makemore_core.schedules import (
    SCHEDULES,
    ConstantConfig,
    CosineConfig,
    DropConfig,
    OneCycleConfig,
    RampConfig,
    StepConfig,
)
from makemore_core.training.trainer import Trainer
from tests.eject.fresh import Told, run_fresh, written

STEPS, FEWER = 101, 41
SMALL: dict[str, dict[str, Value]] = {
    "counting": {},
    "bigram": {},
    "deep-mlp": {"n_hidden": 12, "n_layers": 3, "n_embd": 4},
    "wavenet": {"n_hidden": 12, "n_embd": 4},
    "cnn": {"n_hidden": 12, "n_embd": 8, "block_size": 8, "n_layers": 4},
    "transformer": {"n_layers": 2, "n_embd": 16, "block_size": 8},
}
SIZES: dict[str, Value] = {"n_hidden": 12, "n_embd": 6, "block_size": 5}


def trained(config: RunConfig) -> tuple[Trainer, list[float]]:
    """The reference, after all its steps, and the loss of each."""
    trainer = Trainer(replace(config, engine="autograd", device="cpu"), config.data.load())
    return trainer, trainer.advance(config.max_steps).tolist()


def check(configs: Iterable[RunConfig], folder: Path) -> None:
    """Eject all, run all, compare all."""
    all_configs = list(configs)
    paths = written((eject_settings(config) for config in all_configs), folder)
    for config, out in zip(all_configs, run_fresh(paths), strict=True):
        trainer, losses = trained(config)
        assert out.loss_at, config
        check_losses(out, losses, config)
        assert out.splits, config
        for split, loss in out.splits.items():
            assert loss == repr(trainer.evaluate(split)), (split, config)
        assert out.names == list(trainer.sample(len(out.names))), config


def check_losses(out: Told, losses: list[float], config: RunConfig) -> None:
    assert {0, len(losses) - 1} <= set(out.loss_at)
    for step, loss in out.loss_at.items():
        assert loss == repr(losses[step]), (step, config)


def small(family: str, data: DataConfig, **changes: Any) -> RunConfig:
    """A net of a family that trains in no time, and what is other than usual in it."""
    sizes = {f"model.{name}": value for name, value in SMALL.get(family, SIZES).items()}
    config = RunConfig(data, MODELS[family](), AdamConfig(), ConstantConfig(), max_steps=STEPS)
    return replace(config.with_values(sizes), **changes)


@pytest.mark.long
def test_every_family_gives_the_same_numbers(data: DataConfig, tmp_path: Path) -> None:
    check((small(family, data) for family in MODELS), tmp_path)


def special(data: DataConfig) -> list[RunConfig]:
    """What the defaults above leave out: each setting that is written in another way."""
    text = replace(data, kind="text")
    norm = MLPConfig(8, 4, batch_norm=True)
    gpt = TransformerConfig(n_layers=1, n_head=2, n_embd=8, block_size=6)
    gru = GRUConfig(8, 4, block_size=4)  # the words are longer
    fused = WaveNetConfig(8, 4, block_size=4)
    return [
        small("mlp", data, model=norm, optimizer=SGDConfig(), schedule=DropConfig(20), clip=0.2),
        small("mlp", text, model=replace(norm, norm_noise=0.1), batch_size=0, max_steps=5),
        small("mlp", data, optimizer=MomentumConfig(nesterov=True, weight_decay=0.01), schedule=CosineConfig(30)),
        small("mlp", data, optimizer=RMSPropConfig(weight_decay=0.1), schedule=CosineConfig(30, warm_up=9)),
        small("mlp", data, optimizer=OPTIMIZERS["adamw"](), schedule=OneCycleConfig(FEWER), precision="bfloat16"),
        small("mlp-tensors", data, schedule=SCHEDULES["warm-up"](), sampling=SamplingConfig(0.7, 5, 0.8, longest=4)),
        small("mlp-module", data, schedule=StepConfig(9), sampling=SamplingConfig(draw="multinomial")),
        small("bigram", data, model=BigramConfig(l2=0.1, init="zeros"), batch_size=0),
        small("bigram", data, model=BigramConfig(layout="sequences", block_size=8, l2=0.1)),
        small("counting", data, model=CountingConfig(2, 0.0), batch_size=0, max_steps=1),
        small("counting", text, model=CountingConfig(0)),
        small("deep-mlp", data, model=DeepMLPConfig(8, 2, bias=True, gain=1.5, norm_output=False)),
        small("deep-mlp", data, model=DeepMLPConfig(8, 1, batch_norm=False, activation="relu", gain_on_output=True)),
        small("deep-mlp", data, model=DeepMLPConfig(8, 2, activation="leaky-relu", gain=1.4, gain_on_output=True)),
        small("wavenet", data, model=replace(fused, bias=True, norm_positions=False)),
        small("wavenet", data, model=replace(fused, fuse=4, output_bias=False)),
        small("wavenet", text, model=replace(fused, bias=True, output_bias=False)),
        small("wavenet", data, model=replace(fused, fuse=4, bias=True, output_bias=True)),
        small("gru", replace(data, split="makemore"), model=gru),
        small("gru", replace(text, split="whole"), model=gru),
        small("cnn", replace(data, split="whole", shuffles=0), schedule=RampConfig(FEWER, 0.01)),
        small("mlp", replace(data, most_words=40, copies=3)),
        small("mlp", replace(data, copies=0)),
        small(
            "transformer", text, model=replace(gpt, activation="relu", qkv_bias=False, head_bias=True, init="normal")
        ),
        small("transformer", replace(data, shuffles=3, split_seed=7, train_share=0.7), model=replace(gpt, dropout=0.2)),
        small("transformer", data, model=replace(gpt, head_bias=True, init="normal", dropout=0.1), batch_size=0),
    ]


@pytest.mark.long
def test_every_special_setting_gives_the_same_numbers(data: DataConfig, tmp_path: Path) -> None:
    check((replace(config, max_steps=min(FEWER, config.max_steps)) for config in special(data)), tmp_path)


def drawn(knob: Knob, chance: random.Random) -> Value:
    """Any legal value; of sizes and steps a small one."""
    if knob.type is bool:
        return chance.random() < 0.5
    if knob.options:
        return chance.choice(knob.options)
    low, high = knob.low or 0.0, knob.high or 1.0
    if knob.type is int:
        return chance.randint(int(low), min(int(high), int(low) + 12))
    return chance.uniform(low, min(high, max(low, 1.0)))


def drawn_config(kind: type[Config], chance: random.Random) -> Any:
    """Settings that go together: those that do not are drawn anew."""
    return kind(**{k.name: drawn(k, chance) for k in knobs_of(kind)})


def drawn_run(model: str, data: DataConfig, chance: random.Random) -> RunConfig:
    while True:
        config = RunConfig(
            replace(
                data, kind=chance.choice(("words", "text")), split=chance.choice(("lectures", "makemore", "whole"))
            ),
            drawn_config(MODELS[model], chance),
            drawn_config(chance.choice([*OPTIMIZERS.values()]), chance),
            drawn_config(chance.choice([*SCHEDULES.values()]), chance),
            drawn_config(SamplingConfig, chance),
            batch_size=chance.choice((0, 3, 32)),
            max_steps=20,
            seed=chance.randrange(2**63),
            clip=chance.choice((0.0, 0.5)),
        )
        try:
            Trainer(config, config.data.load())
        except InputError:
            continue
        return config


@pytest.mark.long
@pytest.mark.parametrize("seed", range(7, 20))
def test_random_settings_give_the_same_losses(seed: int, data: DataConfig, tmp_path: Path) -> None:
    chance = random.Random(seed)
    configs = [drawn_run(model, data, chance) for model in MODELS]
    paths = written((eject_settings(config) for config in configs), tmp_path)
    for config, out in zip(configs, run_fresh(paths), strict=True):
        check_losses(out, trained(config)[1], config)


def with_data_here(config: RunConfig) -> RunConfig:
    """The list that ships stands in for data sets that are not on this machine."""
    here = is_here(CATALOGUE[config.data.dataset])
    return config if here else config.with_values({"data.dataset": SHIPPED, "data.kind": "auto"})


def first_steps(name: str, folder: Path) -> tuple[Path, RunConfig]:
    """A preset's script, told to stop after step 100, and before it judges or samples."""
    config = with_data_here(PRESETS[name].config)
    ejected = eject_settings(config, name)
    steps = min(STEPS, config.max_steps)
    text, found = re.subn(r"^max_steps = \S+", f"max_steps = {steps}", ejected.script, flags=re.MULTILINE)
    assert found == 1
    text = text[: text.rindex("\n# ---", 0, text.index(". The evaluation"))]
    path = ejected.write(folder / name)[0]
    path.write_text(text)
    return path, replace(config, max_steps=steps)


def in_its_time(name: str) -> Any:
    """A step of the GPT with ten million parameters takes half a minute on a processor, its hundred most of an hour."""
    return pytest.param(name, marks=pytest.mark.slow if name == "seed003-gpt" else pytest.mark.long)


@pytest.mark.parametrize("name", [in_its_time(name) for name in PRESETS])
def test_every_preset_gives_the_losses_of_its_first_hundred_steps(name: str, tmp_path: Path) -> None:
    path, config = first_steps(name, tmp_path)
    with ThreadPoolExecutor(1) as beside:
        script = beside.submit(run_fresh, [path])
        _, losses = trained(config)
    check_losses(script.result()[0], losses, config)


@pytest.mark.parametrize(
    "name", ["seed000-raw", *(pytest.param(n, marks=pytest.mark.long) for n in ("lecture2-mlp", "seed000-manual"))]
)
def test_a_whole_preset_gives_its_losses_on_all_splits(name: str, tmp_path: Path) -> None:
    """From its first step to its published end: 1,000 steps, and with more time 200,000 and 5,000."""
    config = with_data_here(PRESETS[name].config)
    ejected = eject_settings(config, name)
    (out,) = run_fresh(written([ejected], tmp_path))
    trainer, losses = trained(config)
    check_losses(out, losses, config)
    assert out.splits == {split: repr(trainer.evaluate(split)) for split in SPLITS}
