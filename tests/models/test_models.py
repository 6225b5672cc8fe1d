"""What every model in the table keeps: one contract over all of MODELS."""

import math

import pytest
import torch
from torch import Generator, Tensor
from torch.nn.functional import cross_entropy

from makemore_core.layouts import SEQUENCES
from makemore_core.models import MODELS, LanguageModel, ModelConfig
from makemore_core.models.layers import Embedding, Flatten, Linear, Tanh

B, V = 5, 9
each_model = pytest.mark.parametrize("config", MODELS.values(), ids=MODELS)
NETS = {name: config for name, config in MODELS.items() if name != "counting"}  # counting draws and derives nothing
DRAWN_AS_TORCH_DRAWS = ("bigram", "sequence-mlp", "bow", "rnn", "gru", "lstm", "cnn", "transformer")  # not made unsure
each_net = pytest.mark.parametrize("config", NETS.values(), ids=NETS)


def built(config: type[ModelConfig], seed: int = 1) -> LanguageModel:
    return config().build(V, Generator().manual_seed(seed))


def examples(model: LanguageModel, n: int = B) -> tuple[Tensor, Tensor]:
    """Inputs (n, T) with targets (n), or (n, T) in the layout of sequences."""
    generator = Generator().manual_seed(2)
    x = torch.randint(0, V, (n, model.block_size), generator=generator)
    shape = x.shape if model.layout is SEQUENCES else (n,)
    return x, torch.randint(0, V, shape, generator=generator)


@each_model
def test_a_model_maps_contexts_to_one_logit_for_each_character(config: type[ModelConfig]) -> None:
    model = built(config)
    x, y = examples(model)
    assert model(x).shape == (*y.shape, V)


@each_model
def test_the_first_loss_is_near_uniform(config: type[ModelConfig]) -> None:
    model = built(config)
    far = 0.7 if config.name in DRAWN_AS_TORCH_DRAWS else 0.1
    assert model.loss(*examples(model, 64)).item() == pytest.approx(math.log(V), abs=far)


@each_model
def test_the_loss_is_torchs_cross_entropy(config: type[ModelConfig]) -> None:
    model = built(config)
    x, y = examples(model)
    expected = cross_entropy(model(x).flatten(0, -2), y.flatten())
    assert model.loss(x, y).item() == pytest.approx(expected.item(), rel=1e-6)


@each_net
def test_every_parameter_gets_a_gradient_and_zero_grad_takes_it_away(config: type[ModelConfig]) -> None:
    model = built(config)
    model.loss(*examples(model)).backward()
    assert all(p.grad is not None and p.grad.shape == p.shape for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


@each_net
def test_the_same_generator_draws_the_same_net(config: type[ModelConfig]) -> None:
    one, same, other = (list(built(config, seed).state().values()) for seed in (1, 1, 2))
    assert all(map(torch.equal, one, same))
    assert not all(map(torch.equal, one, other))


@each_model
def test_a_state_carries_a_net_over(config: type[ModelConfig]) -> None:
    one, other = built(config, 1), built(config, 2)
    one(examples(one)[0])  # moves the running statistics
    other.load(one.state())
    with one.evaluating(), other.evaluating():
        assert torch.equal(one(examples(one)[0]), other(examples(one)[0]))


@each_model
def test_in_evaluation_an_answer_does_not_depend_on_its_neighbours(config: type[ModelConfig]) -> None:
    model = built(config)
    x, _ = examples(model)
    with model.evaluating():
        torch.testing.assert_close(model(x[:1]), model(x)[:1])


@each_model
def test_evaluating_is_over_afterwards_even_after_an_error(config: type[ModelConfig]) -> None:
    model = built(config)
    with model.evaluating():
        assert not any(layer.training for layer in model.layers.values())
    with pytest.raises(ZeroDivisionError), model.evaluating():
        raise ZeroDivisionError
    assert all(layer.training for layer in model.layers.values())
    assert torch.is_grad_enabled()


@each_net
def test_watched_keeps_each_layers_output_and_gradient(config: type[ModelConfig]) -> None:
    model = built(config)
    with model.watched() as outputs:
        loss = model.loss(*examples(model))
        loss.backward()
    assert set(outputs) >= set(model.layers)
    assert all(output.grad is not None for output in outputs.values() if output.requires_grad)
    assert all(layer.note is None for _, layer in model.all_layers())


@each_net
def test_a_model_learns_one_example_by_heart(config: type[ModelConfig]) -> None:
    model = built(config)
    x, y = examples(model, 1)
    x, y = torch.cat([x, x]), torch.cat([y, y])  # the unbiased variance needs two
    for _ in range(150):
        model.zero_grad()
        model.loss(x, y).backward()
        for parameter in model.parameters():
            assert parameter.grad is not None
            parameter.data -= 0.5 * parameter.grad
    assert model.loss(x, y).item() < 0.1


def test_a_net_of_identity_weights_passes_its_context_through() -> None:
    embedding = Embedding(V, V, Generator())
    embedding.weight.copy_(torch.eye(V))
    hidden, output = Linear(torch.eye(V)), Linear(torch.eye(V) * 1_000)
    layers = {"embedding": embedding, "flatten": Flatten(), "hidden": hidden, "tanh": Tanh(), "output": output}
    model = LanguageModel({**layers}, block_size=1)
    assert model(torch.arange(V)[:, None]).argmax(dim=1).tolist() == list(range(V))
    assert model.loss(torch.arange(V)[:, None], torch.arange(V)).item() == 0
    assert model.embedding is embedding
