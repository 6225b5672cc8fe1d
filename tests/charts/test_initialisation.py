"""The Init lab's pictures hold the numbers of the net, and mark what the lecture marks."""

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from makemore_core.charts.initialisation import (
    first_guess_figure,
    first_loss_figure,
    gain_figure,
    gradients_figure,
    layers_figure,
)
from makemore_core.charts.style import GOOD, SICK
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics.reading import Scalars
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.language_model import ModelConfig
from makemore_core.training.initialisation import Initialisation, initialisation


def look_at(data: DataConfig, model: ModelConfig | None = None) -> Initialisation:
    return initialisation(RunConfig(data, model or DeepMLPConfig(n_hidden=16, n_layers=3, batch_norm=False)), 0.97)


def drawn(figure: go.Figure) -> Any:
    """A figure whose parts the type checker does not know."""
    return figure


@pytest.mark.parametrize(("loss", "color"), [(27.8817, SICK), (3.2870, GOOD)])
def test_the_first_losss_bar_ends_at_it_beside_the_lectures(loss: float, color: str, data: DataConfig) -> None:
    look = replace(look_at(data), loss=Scalars({"batch loss": loss, "uniform": 3.2958}))
    bar, lecture = drawn(first_loss_figure(look, 3.3)).data
    assert (bar.x, bar.marker.color) == ((loss,), color)
    assert lecture.x == (3.3,)
    assert drawn(first_loss_figure(look, None)).data[1].x == ()


@pytest.mark.parametrize("loss", [0.5, 3.0, 4000.0])
def test_the_first_loss_always_lies_on_its_axis(loss: float, data: DataConfig) -> None:
    look = replace(look_at(data), loss=Scalars({"batch loss": loss, "uniform": 3.2958}))
    low, high = drawn(first_loss_figure(look, None)).layout.xaxis.range
    assert 10**low < loss < 10**high


def test_the_guess_has_a_logit_and_a_probability_for_each_letter(data: DataConfig) -> None:
    guess = look_at(data).prediction
    logits, probabilities = drawn(first_guess_figure(guess)).data
    assert tuple(logits.y) == guess.logits
    assert tuple(probabilities.y) == guess.probabilities


@pytest.mark.parametrize("n_layers", [1, 3, 10])
def test_each_layer_keeps_to_its_row_shallow_on_top(n_layers: int, data: DataConfig) -> None:
    look = look_at(data, DeepMLPConfig(n_hidden=16, n_layers=n_layers))
    *rows, _ = drawn(layers_figure(look)).data
    assert [row.base for row in rows] == list(range(n_layers))[::-1]
    assert all(0 < max(row.y) < 1 for row in rows)
    shares = [np.array(layer.counts) / sum(layer.counts) for layer in look.activations.layers]
    assert [list(row.customdata) for row in rows] == [list(share) for share in shares]


def test_the_tails_that_stand_out_are_those_beyond_the_border(data: DataConfig) -> None:
    look = look_at(data, DeepMLPConfig(n_hidden=16, n_layers=1, batch_norm=False, gain=3))
    row, tails = drawn(layers_figure(look)).data
    assert tails.marker.color == SICK
    assert list(tails.x) == [row.x[0], row.x[-1]]  # bins of a thirtieth: only the outermost reach beyond 0.97
    assert list(tails.y) == [row.y[0], row.y[-1]]


def test_a_relu_has_no_tails(data: DataConfig) -> None:
    look = look_at(data, DeepMLPConfig(n_hidden=16, n_layers=2, batch_norm=False, activation="relu"))
    assert len(drawn(layers_figure(look)).data) == 2


def test_the_gradients_stand_at_their_deviations(data: DataConfig) -> None:
    layers = look_at(data).gradients.layers
    (dots,) = drawn(gradients_figure(layers)).data
    assert list(dots.x) == [layer.deviation for layer in layers]
    low, high = drawn(gradients_figure(layers)).layout.xaxis.range
    assert all(10**low <= x <= 10**high for x in dots.x)


def test_the_gains_curves_hold_the_spreads_and_a_dot_at_the_chosen_gain() -> None:
    spreads = {"tanh1": (0.4, 0.6, 0.8), "tanh2": (0.2, 0.5, 0.8)}
    figure = drawn(gain_figure((0.5, 1.0, 3.0), spreads, 1.0, {"tanh1": 0.6, "tanh2": 0.5}))
    first, second, *dots = figure.data
    assert (first.y, second.y) == tuple(spreads.values())
    assert [(dot.x, dot.y) for dot in dots] == [((1.0,), (0.6,)), ((1.0,), (0.5,))]
    assert [line.x0 for line in figure.layout.shapes] == [5 / 3, 1.0]
