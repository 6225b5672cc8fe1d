"""What every diagnostic in the table keeps: one contract over all of DIAGNOSTICS and all of MODELS."""

from dataclasses import replace

import orjson
import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics import DIAGNOSTICS, measured
from makemore_core.diagnostics.diagnostic import AnyDiagnostic
from makemore_core.diagnostics.reading import from_plain, to_plain
from makemore_core.models import MODELS, ModelConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.optimizers import AdamConfig, SGDConfig
from makemore_core.training.trainer import Trainer

NETS: dict[str, ModelConfig] = {name: model() for name, model in MODELS.items()} | {
    "mlp-batch-norm": MLPConfig(n_hidden=16, batch_norm=True),
    "mlp-2d": MLPConfig(n_hidden=16, n_embd=2),
    "deep-relu": DeepMLPConfig(n_hidden=16, activation="relu", batch_norm=False, gain=3),
    "deep-saturated": DeepMLPConfig(n_hidden=16, n_layers=2, batch_norm=False, gain=10),
    "one-layer": DeepMLPConfig(n_hidden=16, n_layers=1, activation="leaky-relu"),
}
OPTIMIZERS = {"sgd": SGDConfig(0.1), "adam": AdamConfig(), "too-fast": SGDConfig(20), "too-slow": SGDConfig(1e-6)}

each_net = pytest.mark.parametrize("net", NETS.values(), ids=NETS)
each_diagnostic = pytest.mark.parametrize("diagnostic", DIAGNOSTICS.values(), ids=DIAGNOSTICS)


@each_diagnostic
def test_a_diagnostic_says_what_one_sees_and_who_showed_it_first(diagnostic: AnyDiagnostic) -> None:
    assert DIAGNOSTICS[diagnostic.name] is diagnostic
    assert diagnostic.title
    assert diagnostic.source
    assert diagnostic.about.endswith(".")


@each_net
def test_a_reading_survives_the_store(net: ModelConfig, data: DataConfig) -> None:
    step = Trainer(RunConfig(model=net), data.load()).step()
    for name, diagnostic in DIAGNOSTICS.items():
        reading = diagnostic.measure(step)
        assert from_plain(orjson.loads(orjson.dumps(to_plain(reading)))) == reading, name


@each_net
@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_verdict_is_a_level_and_sentences(optimizer: SGDConfig, net: ModelConfig, data: DataConfig) -> None:
    step = Trainer(RunConfig(model=net, optimizer=optimizer), data.load()).step()
    verdicts = {name: diagnostic.verdict(diagnostic.measure(step)) for name, diagnostic in DIAGNOSTICS.items()}
    for name, verdict in verdicts.items():
        if verdict is not None:
            assert verdict.level in (0, 1, 2), name
            assert verdict.text.endswith("."), name
            assert len(verdict.text.split()) > 5, name


@each_net
def test_looking_changes_nothing(net: ModelConfig, data: DataConfig) -> None:
    config = RunConfig(model=net, optimizer=AdamConfig())
    watched, unwatched = Trainer(config, data.load()), Trainer(config, data.load())
    losses: list[float] = []
    for _ in range(5):
        step = watched.step()
        measured(step)
        losses.append(step.loss)
    assert unwatched.advance(5).tolist() == losses
    assert watched.state().keys() == unwatched.state().keys()
    assert all(map(torch.equal, watched.state().values(), unwatched.state().values()))


@each_diagnostic
def test_a_reading_owns_its_numbers(diagnostic: AnyDiagnostic, data: DataConfig) -> None:
    trainer = Trainer(RunConfig(model=MLPConfig(n_hidden=16, n_embd=2)), data.load())
    reading = diagnostic.measure(trainer.step())
    before = orjson.dumps(to_plain(reading))
    trainer.advance(5)
    assert orjson.dumps(to_plain(reading)) == before


def test_a_sound_step_is_measured_by_all(data: DataConfig) -> None:
    assert measured(Trainer(RunConfig(), data.load()).step()).keys() == DIAGNOSTICS.keys()


def test_a_diverged_step_has_no_readings(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(model=NETS["one-layer"]), data.load())
    step = trainer.step()
    assert measured(replace(step, loss=float("nan"))) == {}
    trainer.parameters["embedding.weight"].data[0, 0] = float("inf")
    assert measured(step) == {}
