"""Histograms of many steps on one axis: no number is lost, and each stays near its place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.catalogue import SHIPPED
from makemore_core.charts.over_time import (
    BINS,
    MOST_STEPS,
    RIDGES,
    heatmap_over_time,
    layers_over_time,
    rebinned,
    ridges_over_time,
    spread,
)
from makemore_core.charts.readings import reading_figure
from makemore_core.charts.scalars import scalars_figure
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.diagnostics.reading import Histogram, Histograms, Reading, Scalars, histogram
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.optimizers import AdamConfig
from makemore_core.presets import PRESETS
from makemore_core.training.curve import bucketed
from makemore_core.training.recorder import Observation, Progress, Snapshot
from makemore_core.training.untrained import untrained_snapshot
from tests.rounds import some

HISTOGRAMS = ("activations", "gradients", "weights", "weight_gradients")
REACHES = st.floats(1e-3, 1e3)
COUNTS = st.lists(st.integers(0, 10_000), min_size=60, max_size=60)


def snapshot(*observed: tuple[int, Mapping[str, Reading]], at: int | None = None) -> Snapshot:
    observations = tuple(Observation(step, dict(readings)) for step, readings in observed)
    progress = replace(Progress(), max_steps=1000)
    return Snapshot("run", 0, progress, bucketed(0, np.array([3.3])), (), observations, at=at)


def widening(n: int, at: int | None = None) -> Snapshot:
    """A layer of 10,000 normal numbers whose deviation is 0.1 at first and grows."""
    numbers = torch.randn(10_000, generator=torch.Generator().manual_seed(1))
    readings = ((k, Histograms([histogram("tanh1", numbers * (0.1 + 0.001 * k))])) for k in range(n))
    return snapshot(*((k, {"activations": reading}) for k, reading in readings), at=at)


@given(COUNTS, REACHES, REACHES)
def test_rebinning_loses_no_number(counts: list[int], own: float, common: float) -> None:
    found = rebinned(Histogram("layer", -own, own, counts, 0, 1), -common, common)
    assert len(found) == BINS
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(sum(counts))


@given(COUNTS, REACHES, st.floats(1, 20))
def test_on_a_wider_axis_the_mean_stays(counts: list[int], own: float, times: float) -> None:
    if not sum(counts):
        return
    centres = own * (np.arange(60) + 0.5 - 30) / 30
    found = rebinned(Histogram("layer", -own, own, counts, 0, 1), -own * times, own * times)
    moved = found @ (own * times * (np.arange(BINS) + 0.5 - BINS / 2) / (BINS / 2)) / found.sum()
    assert moved == pytest.approx(centres @ np.array(counts) / sum(counts), abs=own * times / BINS)


def test_between_the_same_bounds_two_bins_become_one() -> None:
    counts = list(range(60))
    pairs = [a + b for a, b in zip(counts[::2], counts[1::2], strict=True)]
    assert rebinned(Histogram("layer", -1, 1, counts, 0, 1), -1, 1).tolist() == pairs


def test_what_lies_beyond_the_axis_is_in_the_outermost_bins() -> None:
    found = rebinned(Histogram("layer", -4, 4, [10] * 60, 0, 1), -1, 1)
    assert found[[0, -1]] == pytest.approx(225 + 150 / BINS)
    assert found[1:-1] == pytest.approx([150 / BINS] * (BINS - 2))


def test_a_picture_is_small_however_long_the_run() -> None:
    found = spread(widening(300), "activations", "tanh1")
    assert found is not None
    assert found.shares.shape == (MOST_STEPS, BINS)
    assert (found.steps[0], found.steps[-1]) == (0, 299)
    assert found.shares.sum(axis=1) == pytest.approx(1)
    assert len(str(heatmap_over_time("Activations", widening(300), "activations", "tanh1").to_json())) < 20_000


def test_the_deviation_can_be_read_off_at_every_step() -> None:
    found = spread(widening(120), "activations", "tanh1")
    assert found is not None
    deviations = np.sqrt(found.shares @ found.centres**2)
    assert deviations == pytest.approx(0.1 + 0.001 * np.arange(120), rel=0.05)


def test_a_burst_does_not_flatten_all_other_steps() -> None:
    numbers = torch.randn(10_000, generator=torch.Generator().manual_seed(1))
    steps = ((k, 1000.0 if k == 3 else 1.0) for k in range(9))
    run = snapshot(*((k, {"gradients": Histograms([histogram("t", numbers * width)])}) for k, width in steps))
    found = spread(run, "gradients", "t")
    assert found is not None
    assert found.reach <= 10
    assert found.shares[3, [0, -1]].sum() > 0.9  # it is there, at the edges


@pytest.mark.parametrize("at", [None, 5, 12])
def test_the_step_looked_back_to_is_drawn_in(at: int | None) -> None:
    heatmap: Any = heatmap_over_time("Activations", widening(20, at), "activations", "tanh1")
    assert [shape.x0 for shape in heatmap.layout.shapes] == ([] if at is None else [at + 1])
    ridges: Any = ridges_over_time("Activations", widening(20, at), "activations", "tanh1", "rgb(1, 2, 3)")
    outlined = [trace.text for trace in ridges.data if trace.line.width > 1]
    assert outlined == [f"step {19 if at is None else at}"]


def test_there_are_few_ridges_and_the_newest_is_strongest_and_in_front() -> None:
    ridges: Any = ridges_over_time("Activations", widening(300), "activations", "tanh1", "rgb(1, 2, 3)")
    assert len(ridges.data) == RIDGES
    opacities = [float(trace.fillcolor.split(",")[3][:-1]) for trace in ridges.data]
    assert opacities == sorted(opacities)
    bases = [min(trace.y) for trace in ridges.data]
    assert bases == sorted(bases, reverse=True)  # drawn from the back to the front
    assert bases[-1] == 0


def test_runs_from_before_a_diagnostic_existed_still_draw() -> None:
    old = snapshot((0, {"update_ratio": Scalars({"w": 1e-3})}))
    figure: Any = scalars_figure("Pace", old, "update_ratio", {}, (-6, 0), dashed=("gradient_ratio", "rate × gradient"))
    assert [trace.name for trace in figure.data] == ["w"]
    assert "dashed" not in figure.layout.title.text
    assert layers_over_time(old, "weights") == []
    assert heatmap_over_time("Weights", old, "weights", "", "None here.").layout.annotations[0].text == "None here."
    assert reading_figure("Weights", 0, None).layout.annotations[0].text.startswith("Nothing")


def test_both_ratios_of_a_matrix_have_its_colour_and_one_is_dotted(data: DataConfig) -> None:
    run = untrained_snapshot(RunConfig(data, DeepMLPConfig(), AdamConfig()))
    figure: Any = scalars_figure("Pace", run, "update_ratio", {}, (-6, 0), dashed=("gradient_ratio", "rate × gradient"))
    n = len(figure.data) // 2
    real, plain = figure.data[:n], figure.data[n:]
    assert [trace.line.color for trace in real] == [trace.line.color for trace in plain]
    assert {trace.line.dash for trace in real} == {None}
    assert {trace.line.dash for trace in plain} == {"dot"}
    assert "dashed: rate × gradient" in figure.layout.title.text


def test_one_layer_keeps_the_colour_that_it_has_among_all(data: DataConfig) -> None:
    run = untrained_snapshot(RunConfig(data, DeepMLPConfig()))
    reading = run.reading("activations")
    among: Any = reading_figure("Activations", 0, reading)
    alone: Any = reading_figure("Activations", 0, reading, only=("tanh3",))
    assert [trace.line.color for trace in alone.data] == [among.data[2].line.color]
    flat: Any = reading_figure("Saturation", 0, run.reading("saturation"), only=("tanh3",))
    assert len(flat.data) == 1


@pytest.mark.parametrize("preset", some(PRESETS, list(PRESETS)[::6]))
def test_every_presets_figures_can_be_drawn_before_its_first_step(preset: str) -> None:
    run = untrained_snapshot(PRESETS[preset].config.with_values({"data.dataset": SHIPPED}))
    for name, diagnostic in DIAGNOSTICS.items():
        reading = run.reading(name)
        assert reading is not None
        if isinstance(reading, Scalars):
            figure: Any = scalars_figure(diagnostic.title, run, name, {"line": 1e-3}, (-6, 0), absent=diagnostic.absent)
            assert figure.data or figure.layout.annotations[0].text == diagnostic.absent != ""
        elif name != "samples":
            figure = reading_figure(diagnostic.title, 0, reading, diagnostic.absent)
            assert figure.data or figure.layout.annotations[0].text == diagnostic.absent != ""
    for name in HISTOGRAMS:
        layers = layers_over_time(run, name)
        for layer in layers[:2] or [""]:
            absent = DIAGNOSTICS[name].absent
            for drawn in (
                heatmap_over_time("Title", run, name, layer, absent),
                ridges_over_time("Title", run, name, layer, "rgb(1, 2, 3)", absent),
            ):
                assert drawn.data or drawn.layout.annotations[0].text == absent != ""  # pyright: ignore[reportAttributeAccessIssue]
