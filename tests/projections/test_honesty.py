"""What is said of maps whose truth is known: turned copies of a plane, and points that have nothing to do with it."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from makemore_core.charts.honesty import honesty_figure
from makemore_core.charts.letter_map import Look
from makemore_core.projections import honesty as module
from makemore_core.projections.honesty import SEEDS, Honesty, honesty
from makemore_core.projections.job import Job
from makemore_core.projections.plane import Points
from makemore_core.projections.recipe import TSNE
from makemore_core.tasks import Report

N, WIDE = 40, 6
PLANE = np.random.default_rng(0).normal(size=(N, 2))


def turned(seed: int) -> Points:
    angle = float(seed)
    return PLANE @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def unrelated(seed: int) -> Points:
    return np.random.default_rng(seed).normal(size=(N, 2))


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], Points]], Honesty]:
    """What is found where the maps are made by a function of their seed, for vectors that lie in the plane."""
    axes, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(WIDE, 2)))

    def found(mapped: Callable[[int], Points]) -> Honesty:
        def made(vectors: Points, jobs: Sequence[Job], report: Report) -> Points:
            return np.stack([mapped(job.seed) for job in jobs])

        monkeypatch.setattr(module, "make_maps", made)
        return honesty(PLANE @ axes.T, TSNE, Report())

    return found


def test_turned_copies_of_the_truth_keep_all_agree_on_all_and_lie_on_each_other(
    seen: Callable[[Callable[[int], Points]], Honesty],
) -> None:
    found = seen(turned)
    for row in found.rows:
        assert [one.seed for one in row.maps] == list(SEEDS)
        for one in row.maps:
            assert (one.kept, one.trustworthiness, one.continuity) == pytest.approx((1, 1, 1))
            assert np.allclose(one.points, row.maps[0].points)
        assert row.agreed == pytest.approx(1)
    assert "the seeds agree on 100% of the neighbours" in picture(found)


def test_unrelated_maps_keep_and_share_what_chance_gives(
    seen: Callable[[Callable[[int], Points]], Honesty],
) -> None:
    found = seen(unrelated)
    assert found.chance == pytest.approx(found.k / (N - 1))
    for row in found.rows:
        assert [one.kept for one in row.maps] == pytest.approx([found.chance] * len(SEEDS), abs=0.1)
        assert row.agreed.mean() == pytest.approx(found.chance, abs=0.06)
    assert "the seeds agree on 100% of the neighbours" not in picture(found)


def picture(found: Honesty) -> str:
    look = Look(("a",) * N, ("a",) * N, ("grey",) * N, (10.0,) * N)
    return str(honesty_figure("Maps", found, look).to_json())
