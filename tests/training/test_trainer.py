"""One run's steps without thread or clock: the loop, the batches, the evaluation and the state."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Generator
from torch.nn.functional import cross_entropy

from makemore_core.config import RunConfig
from makemore_core.datasets import SPLITS, DataConfig
from makemore_core.errors import InputError
from makemore_core.layouts import MASKED, WINDOWS
from makemore_core.models import ModelConfig
from makemore_core.models.counting import CountingConfig
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.ngrams import split_losses
from makemore_core.optimizers import OPTIMIZERS, AdamWConfig, OptimizerConfig, SGDConfig
from makemore_core.sampling import SamplingConfig
from makemore_core.schedules import DropConfig
from makemore_core.training.trainer import Trainer, reason_to_end

NETS = {
    "mlp": MLPConfig(n_hidden=8),
    "mlp-norm": MLPConfig(n_hidden=8, batch_norm=True),
    "deep": DeepMLPConfig(n_hidden=8),
}
each_net = pytest.mark.parametrize("net", NETS.values(), ids=NETS)


def equal(one: Trainer, other: Trainer) -> bool:
    return one.state().keys() == other.state().keys() and all(
        map(torch.equal, one.state().values(), other.state().values())
    )


def test_the_loop_is_the_lectures(data: DataConfig) -> None:
    config = RunConfig(data, MLPConfig(), SGDConfig(0.1), DropConfig(drop_at=30, drop_to=0.1))
    x, y = WINDOWS.examples(data.load().tokens("train"), 3, is_text=False)
    g = Generator().manual_seed(config.seed)
    C = torch.randn((13, 10), generator=g)  # from here on the notebook's own lines
    W1 = torch.randn((30, 200), generator=g) * (5 / 3) / 30**0.5
    b1 = torch.randn(200, generator=g) * 0.01
    W2 = torch.randn((200, 13), generator=g) * 0.01
    b2 = torch.randn(13, generator=g) * 0
    parameters = [C, W1, b1, W2, b2]
    losses: list[float] = []
    for p in parameters:
        p.requires_grad = True
    for i in range(60):
        ix = torch.randint(0, x.shape[0], (32,), generator=g)
        h = torch.tanh(C[x[ix]].view(-1, 30) @ W1 + b1)
        loss = cross_entropy(h @ W2 + b2, y[ix])
        for p in parameters:
            p.grad = None
        loss.backward()
        for p in parameters:
            assert p.grad is not None
            p.data += -(0.1 if i < 30 else 0.01) * p.grad
        losses.append(loss.item())
    trainer = Trainer(config, data.load())
    np.testing.assert_allclose(trainer.advance(60), losses, rtol=1e-5)
    for ours, theirs in zip(trainer.parameters.values(), parameters, strict=True):
        torch.testing.assert_close(ours, theirs)


@each_net
@pytest.mark.parametrize("split", SPLITS)
def test_the_loss_of_a_split_is_the_mean_over_its_examples(net: ModelConfig, split: str, data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, net), data.load())
    trainer.advance(20)
    x, y = WINDOWS.examples(trainer.dataset.tokens(split), 3, is_text=False)
    with trainer.model.evaluating():
        assert trainer.evaluate(split) == pytest.approx(trainer.model.loss(x, y).item(), rel=1e-5)


@each_net
def test_evaluating_and_sampling_change_nothing(net: ModelConfig, data: DataConfig) -> None:
    one, other = (Trainer(RunConfig(data, net), data.load()) for _ in range(2))
    for trainer in (one, other):
        trainer.advance(3)
    one.evaluate("val")
    one.sample(3)
    assert equal(one, other)


@each_net
@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_loaded_state_walks_on_bit_for_bit(
    net: ModelConfig, optimizer: type[OptimizerConfig], data: DataConfig
) -> None:
    config = RunConfig(data, net, optimizer())
    one, other = Trainer(config, data.load()), Trainer(config, data.load())
    one.advance(10)
    other.load(one.state())
    assert one.advance(10).tolist() == other.advance(10).tolist()
    assert equal(one, other)


def test_a_state_taken_earlier_does_not_follow_a_loaded_trainer(data: DataConfig) -> None:
    one, other = (Trainer(RunConfig(data, NETS["mlp"]), data.load()) for _ in range(2))
    other.load(one.state())
    other.advance(5)
    assert one.number == 0
    assert torch.equal(one.parameters["output.weight"], Trainer(one.config, one.dataset).parameters["output.weight"])


def test_a_step_tells_what_it_did(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, NETS["mlp"], SGDConfig(0.5), DropConfig(drop_at=1)), data.load())
    trainer.advance(1)
    before = trainer.parameters["output.weight"].detach().clone()
    step = trainer.step()
    assert (step.number, step.learning_rate) == (1, 0.05)
    torch.testing.assert_close(step.updates["output.weight"], -0.05 * step.gradients["output.weight"])
    assert torch.equal(step.updates["output.weight"], trainer.parameters["output.weight"].detach() - before)
    assert list(step.activations()) == ["tanh"]
    assert list(step.weights()) == ["embedding.weight", "hidden.weight", "output.weight"]


def test_training_comes_near_the_least_loss_there_is(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, MLPConfig(), SGDConfig(0.2)), data.load())
    trainer.advance(1_000)
    words = trainer.dataset.parts["train"]
    letters = sum(len(word) + 1 for word in words)
    least = len(words) * math.log(len(words)) / letters  # n different words cost ln n nats each
    assert least < trainer.evaluate("train") < 1.1 * least


def test_samples_follow_the_configs_seed(data: DataConfig) -> None:
    trainers = [Trainer(RunConfig(data, NETS["mlp"], sampling=SamplingConfig(seed=s)), data.load()) for s in (1, 1, 2)]
    names = [trainer.sample(5) for trainer in trainers]
    assert names[0] == names[1] != names[2]


def test_batch_norm_of_a_single_example_is_refused(data: DataConfig) -> None:
    # one number has no unbiased deviation: torch.ones(1).std() is nan
    with pytest.raises(InputError, match="`2 <= batch_size` must hold"):
        Trainer(RunConfig(data, DeepMLPConfig(), batch_size=1), data.load())


def test_all_examples_at_once_draw_nothing(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, NETS["mlp"], batch_size=0), data.load())
    before = trainer.generator.get_state()
    (loss,) = trainer.advance(1)
    assert torch.equal(trainer.generator.get_state(), before)
    fresh = Trainer(RunConfig(data, NETS["mlp"]), data.load())
    assert loss == pytest.approx(fresh.evaluate("train"), rel=1e-5)


def test_a_batch_of_words_is_no_wider_than_its_longest(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, TransformerConfig(1, 1, 4), batch_size=4), data.load())
    for _ in range(20):
        x, y = trainer.batch()
        assert x.shape == y.shape
        assert (y[:, -1] != MASKED).any()


def test_clipped_gradients_are_no_longer_than_asked(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, NETS["mlp"], clip=0.01), data.load())
    step = trainer.step()
    norm = torch.stack([update.norm() for update in step.updates.values()]).norm()
    assert norm.item() == pytest.approx(0.01 * step.learning_rate, rel=1e-3)


def test_patience_ends_with_the_best_net(data: DataConfig) -> None:
    trainer = Trainer(RunConfig(data, NETS["mlp"], SGDConfig(0.5), patience=20), data.load())
    trainer.advance(10)
    best = trainer.evaluate("val")
    trainer.judge(best)
    resumed = Trainer(trainer.config, data.load())
    resumed.load(trainer.state())
    for one in (trainer, resumed):
        one.advance(19)
        one.judge(best + 1)
        assert reason_to_end(one.config, one.number, one.best_step, 0) is None
        one.advance(1)
        assert reason_to_end(one.config, one.number, one.best_step, 0) == (
            "Val was no better for 20 steps: the net of step 10 is kept."
        )
        one.take_best()
        assert one.evaluate("val") == pytest.approx(best)


def test_counting_learns_all_in_one_step(data: DataConfig) -> None:
    counting = RunConfig(DataConfig(data.dataset, split="whole"), CountingConfig(alpha=0), batch_size=0)
    trainer = Trainer(counting, counting.data.load())
    (before,) = trainer.advance(1)
    assert before == pytest.approx(math.log(len(trainer.dataset.vocabulary)))  # nothing counted: every character alike
    assert trainer.evaluate("train") == pytest.approx(split_losses(trainer.dataset, context=1, alpha=0)["train"])


def test_a_text_is_learned_in_both_layouts(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("the cat sat on the mat.\n\n" * 100)
    text = DataConfig(str(path), kind="text")
    for model in (MLPConfig(n_hidden=16), TransformerConfig(n_layers=1, n_head=2, n_embd=16, block_size=8)):
        trainer = Trainer(RunConfig(text, model, AdamWConfig(0.01)), text.load())
        trainer.advance(150)
        assert trainer.evaluate("val") < 0.7  # of ln 12 = 2.48: the text repeats itself
        assert all("\n" not in line for line in trainer.sample(3))
