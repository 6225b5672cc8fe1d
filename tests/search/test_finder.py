"""The learning-rate finder: lecture 2's loop and its valley, explosions, and nets that are not touched."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from makemore_core.catalogue import CATALOGUE, SHIPPED, is_here
from makemore_core.config import RunConfig
from makemore_core.datasets import Dataset
from makemore_core.engines import ENGINES
from makemore_core.errors import InputError
from makemore_core.models.counting import CountingConfig
from makemore_core.optimizers import OPTIMIZERS, SGDConfig
from makemore_core.search import finder
from makemore_core.search.finder import LECTURE, LECTURE_RATE, FinderConfig, Finding, find, read, usual_ramp
from makemore_core.tasks import CancelledError, Report
from makemore_core.training.trainer import Trainer

SHORT = FinderConfig(steps=60, passes=1)


@pytest.fixture(scope="module")
def lecture() -> tuple[RunConfig, Dataset]:
    """The lecture's net on makemore's names, or on the list that ships."""
    here = is_here(CATALOGUE["names"])
    config = LECTURE if here else LECTURE.with_values({"data.dataset": SHIPPED})
    return config, config.data.load()


def test_the_rates_are_lecture_2s(config: RunConfig) -> None:
    ramp = usual_ramp(SGDConfig())
    assert ramp.steps == 1000
    lrs = (10 ** torch.linspace(-3, 0, 1000, dtype=torch.float64)).tolist()  # makemore part 2
    assert ramp.rates.tolist() == pytest.approx(lrs, rel=1e-12)
    trainer = Trainer(ramp.ramped(config), config.data.load())
    assert [trainer.rate(number) for number in range(1000)] == pytest.approx(lrs, rel=1e-12)


def test_a_pass_is_lecture_2s_loop(lecture: tuple[RunConfig, Dataset]) -> None:
    config, dataset = lecture
    trainer = Trainer(config, dataset)  # draws the weights and the batches; the steps are written out below
    parameters = {name: p.detach().clone().requires_grad_() for name, p in trainer.parameters.items()}
    C, W1, b1, W2, b2 = parameters.values()
    losses: list[float] = []
    for lr in SHORT.rates:
        x, y = trainer.batch()
        loss = F.cross_entropy(torch.tanh(C[x].flatten(1) @ W1 + b1) @ W2 + b2, y)
        gradients = torch.autograd.grad(loss, [C, W1, b1, W2, b2])
        for p, gradient in zip(parameters.values(), gradients, strict=True):
            p.data += -lr * gradient
        losses.append(loss.item())
    assert sum(p.numel() for p in parameters.values()) == 3481  # makemore part 2
    assert find(config, dataset, SHORT, Report()).losses[0].tolist() == pytest.approx(losses, rel=1e-3)


@pytest.mark.parametrize("seed", [2147483647, 1, 2])
def test_lecture_2s_valley_is_near_its_rate(seed: int, lecture: tuple[RunConfig, Dataset]) -> None:
    config, dataset = lecture
    finding = find(config.with_values({"seed": seed}), dataset, usual_ramp(config.optimizer), Report())
    assert finding.floor is not None
    assert finding.floor.low < LECTURE_RATE < finding.floor.high
    assert math.log10(finding.best) == pytest.approx(-1, abs=0.25)  # "around 10 to the -1", read off a plot by eye
    assert len(finding.rates) == 1000
    assert not finding.exploded


def test_adams_own_rate_is_on_its_floor(lecture: tuple[RunConfig, Dataset]) -> None:
    config = lecture[0].with_values({"optimizer": "adam", "model.kaiming": True, "model.output_scale": 0.01})
    floor = find(config, lecture[1], usual_ramp(config.optimizer), Report()).floor
    assert floor is not None
    assert floor.low < 1e-3 < floor.high  # Kingma & Ba 2015: a good default is .001


def test_it_stops_once_the_loss_explodes(config: RunConfig) -> None:
    ramp = FinderConfig(high=100.0, steps=400, passes=2)
    finding = find(config, config.data.load(), ramp, Report())
    assert finding.exploded
    assert len(finding.rates) == finding.losses.shape[1] < 400
    assert np.isfinite(finding.losses).all()
    assert finding.suggestions
    assert "it explodes" in finding.in_words()


def test_a_run_is_not_touched_and_its_net_goes_on_from_where_it_is(config: RunConfig) -> None:
    dataset = config.data.load()
    run = Trainer(config, dataset)
    run.advance(2000)
    before = {name: tensor.clone() for name, tensor in run.state().items()}
    finding = find(config, dataset, replace(SHORT, passes=2), Report(), run.state())
    after = run.state()
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())
    first, second = finding.losses
    (coming,) = run.advance(1)
    assert first[0] == pytest.approx(coming, rel=1e-6)  # the same net on the batch that would have come
    assert not np.array_equal(first, second)  # the other pass draws its own
    assert run.number == 2001


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_climbs_from_below_its_own_rate_to_above_it(name: str, config: RunConfig) -> None:
    config = config.with_values({"optimizer": name})
    ramp = replace(usual_ramp(config.optimizer), steps=40, passes=1)
    assert ramp.low < config.optimizer.learning_rate < ramp.high
    finding = find(config, config.data.load(), ramp, Report())
    assert (len(finding.rates), finding.rates[0]) == (40, ramp.low)


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "torch_compile"])
def test_every_engine_climbs_the_same_ramp(engine: str, config: RunConfig) -> None:
    dataset = config.data.load()
    expected = find(config.with_values({"engine": "autograd"}), dataset, SHORT, Report())
    found = find(config.with_values({"engine": engine}), dataset, SHORT, Report())
    np.testing.assert_allclose(found.losses, expected.losses, rtol=1e-3)


def test_the_curve_grows_while_it_climbs_and_suggests_nothing_before_its_end(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "SHOWN_EVERY", 0.0)
    monkeypatch.setattr(finder, "TURN", 0.0)  # one step at a time
    seen: list[Finding | None] = []

    class Watched(Report):
        def __call__(self, share: float, words: str = "") -> None:
            seen.append(self.so_far)
            super().__call__(share, words)

    find(config, config.data.load(), SHORT, Watched())
    grown = [len(finding.rates) for finding in seen if finding]
    assert grown == sorted(grown)
    assert set(range(20, 60)) <= set(grown)
    assert all(finding.suggestions == () for finding in seen if finding and len(finding.rates) < 60)


def test_it_ends_when_nobody_waits(config: RunConfig) -> None:
    report = Report()
    report.cancelled.set()
    with pytest.raises(CancelledError):
        find(config, config.data.load(), SHORT, report)


def test_an_explosion_within_a_few_steps_is_said_to_be_too_early_to_read() -> None:
    finding = read(SHORT, np.linspace(3, 9, 10)[None], exploded=True)
    assert finding.suggestions == ()
    assert finding.best == SHORT.low
    assert "begin at a lower rate" in finding.in_words()


@pytest.mark.parametrize(("rate", "ends"), [(0.152, (1e-3, 1.0)), (50.0, (1e-3, 100.0)), (1e-4, (1e-5, 1.0))])
def test_a_rate_that_was_chosen_lies_on_the_ramp(rate: float, ends: tuple[float, float]) -> None:
    ramp = usual_ramp(SGDConfig(rate))
    assert (ramp.low, ramp.high) == pytest.approx(ends)


def test_counting_has_no_rate(config: RunConfig) -> None:
    counting = replace(config, model=CountingConfig(), batch_size=0)
    with pytest.raises(InputError, match="no learning rate to find; choose a net"):
        find(counting, config.data.load(), SHORT, Report())


def test_a_ramp_goes_upwards() -> None:
    with pytest.raises(InputError, match=r"`low < high` must hold for a ramp upwards, but got 1 and 0.1"):
        FinderConfig(low=1.0, high=0.1)
