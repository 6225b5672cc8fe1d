"""A step that is cut short never happened, wherever the cut falls: forward, backward, in a look, in an evaluation."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import pytest
import torch

from makemore_core.config import RunConfig
from makemore_core.cutting import CutShort, whole
from makemore_core.datasets import DataConfig
from makemore_core.engines import compiled
from makemore_core.models import ModelConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.optimizers import AdamConfig
from makemore_core.training.trainer import Trainer

DEEP = DeepMLPConfig(n_hidden=8, n_embd=4, n_layers=2)
GPT = TransformerConfig(n_layers=1, n_head=2, n_embd=8, block_size=4, dropout=0.2)
NETS: list[tuple[str, ModelConfig]] = [
    ("autograd", DEEP),
    ("autograd", GPT),
    ("fused", GPT),
    ("by_hand", DEEP),
    ("minitorch", DEEP),
    ("minitorch", GPT),
    ("compiled", DEEP),
]
each_net = pytest.mark.parametrize(("engine", "model"), NETS, ids=[f"{e}-{m.name}" for e, m in NETS])


@pytest.fixture(autouse=True)
def every_step_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the kernel, which goes through short ones in one call."""
    monkeypatch.setattr(compiled, "LONG_STEP", 0)


def trainer(engine: str, model: ModelConfig, data: DataConfig) -> Trainer:
    config = RunConfig(data, model, AdamConfig(1e-2), engine=engine, batch_size=4, clip=1.0)
    return Trainer(config, data.load())


def cuts(trainer: Trainer, work: Callable[[], object], stride: int = 4) -> Iterator[int]:
    """Do some work, cut short at the first place where that can be, at a later one, ... until it comes to its end."""
    for place in count(step=stride):
        questions = count()
        try:
            with trainer.cut_short_when(lambda: next(questions) >= place):  # noqa: B023
                work()
            return
        except CutShort:
            yield place


def same(one: Trainer, other: Trainer) -> bool:
    mine, theirs = one.state(), other.state()
    return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)


@each_net
def test_a_step_that_was_cut_short_anywhere_never_happened(engine: str, model: ModelConfig, data: DataConfig) -> None:
    ours, reference = trainer(engine, model, data), trainer(engine, model, data)
    for one in (ours, reference):
        one.advance(2)
    stood = [(ours.number, same(ours, reference)) for _ in cuts(ours, lambda: ours.advance(1))]
    assert len(stood) > 2  # in each layer, there and back
    assert set(stood) == {(2, True)}
    assert (ours.number, ours.model.training) == (3, True)
    reference.advance(1)
    assert same(ours, reference)


@each_net
def test_a_look_and_an_evaluation_leave_no_trace_when_cut(engine: str, model: ModelConfig, data: DataConfig) -> None:
    ours, reference = trainer(engine, model, data), trainer(engine, model, data)
    for _ in cuts(ours, lambda: ours.evaluate("val"), stride=10):
        assert ours.model.training
    for _ in cuts(ours, ours.step, stride=40):
        assert ours.number == 0
        assert all(layer.note is None for _, layer in ours.model.all_layers())
    assert ours.evaluate("train") == reference_after(reference).evaluate("train")
    assert same(ours, reference)


def reference_after(reference: Trainer) -> Trainer:
    reference.step()
    return reference


def test_the_kernel_in_pieces_takes_the_steps_of_the_kernel(data: DataConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = trainer("compiled", replace(DEEP, n_hidden=64), data)
    losses = pieces.advance(20)
    val = pieces.evaluate("val")
    monkeypatch.setattr(compiled, "LONG_STEP", 10**9)
    at_once = trainer("compiled", replace(DEEP, n_hidden=64), data)
    assert losses == pytest.approx(at_once.advance(20), abs=1e-5)
    assert val == pytest.approx(at_once.evaluate("val"), abs=1e-5)


def test_what_is_whole_is_not_cut(data: DataConfig) -> None:
    ours = trainer("autograd", DEEP, data)
    with ours.cut_short_when(lambda: True), whole():
        ours.advance(1)
    assert ours.number == 1
