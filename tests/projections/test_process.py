"""Maps made in a process of their own: what they keep, how far they are, and how they end."""

import time

import numpy as np
import pytest

from makemore_core.errors import InputError
from makemore_core.projections.honesty import SEEDS, honesty
from makemore_core.projections.job import Job
from makemore_core.projections.maps import slow_map, with_trails
from makemore_core.projections.movie import movie
from makemore_core.projections.plane import project
from makemore_core.projections.process import make_maps
from makemore_core.projections.recipe import PCA, TSNE, UMAP, Recipe, umap_is_here
from makemore_core.tasks import Report, Tasks, TaskState
from tests.conftest import wait_until

needs_umap = pytest.mark.skipif(not umap_is_here(), reason="umap-learn is an extra; see requirements-umap.txt.")
METHODS = (TSNE, pytest.param(UMAP, marks=needs_umap))
CENTRES = np.eye(3, 10) * 30


def groups(seed: int = 1) -> np.ndarray:
    """Three groups of nine vectors each, 42 apart, of deviation 1: (27, 10)."""
    return np.repeat(CENTRES, 9, axis=0) + np.random.default_rng(seed).normal(size=(27, 10))


def group_of_nearest(points: np.ndarray) -> np.ndarray:
    apart = np.linalg.norm(points[:, None] - points[None], axis=2) + np.eye(len(points)) * 1e9
    return apart.argmin(axis=1) // 9


class Heard(Report):
    """Notes all that it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[float, str]] = []

    def __call__(self, share: float, words: str = "") -> None:
        super().__call__(share, words)
        if words:
            self.told.append((share, words))


@pytest.mark.parametrize("method", METHODS)
def test_groups_stay_together_and_the_progress_is_real(method: str) -> None:
    report = Heard()
    (points,) = make_maps(groups()[None], [Job(method, 5)], report)
    assert points.shape == (27, 2)
    np.testing.assert_array_equal(group_of_nearest(points), np.arange(27) // 9)
    shares = [share for share, _ in report.told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert any("of 1,000" in words or "of 500" in words for _, words in report.told)


@pytest.mark.long
def test_tsne_tells_every_50_steps() -> None:
    report = Heard()
    make_maps(groups()[None], [Job(TSNE, 5)], report)
    assert {f"step {n} of 1,000" for n in range(50, 1000, 50)} <= {words for _, words in report.told}


@pytest.mark.long
def test_the_same_seed_gives_the_same_map_and_another_another() -> None:
    jobs = [Job(TSNE, 5, begin="random", seed=seed) for seed in (1, 1, 2)]
    one, same, other = make_maps(groups()[None], jobs, Report())
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1


@pytest.mark.long
def test_a_slow_map_says_how_many_neighbours_it_keeps() -> None:
    made = slow_map(groups(), Recipe(TSNE, 5), Report())
    apart = np.linalg.norm(groups()[:, None] - groups()[None], axis=2)
    shown = np.linalg.norm(made.points[:, None] - made.points[None], axis=2)
    near = [[set(np.argsort(d)[1 : made.k + 1]) for d in every] for every in (apart, shown)]
    by_hand = np.mean([len(true & here) / made.k for true, here in zip(*near, strict=True)])
    assert made.kept == pytest.approx(by_hand)
    assert made.kept > 0.5


def test_trails_end_in_the_map_of_the_present() -> None:
    earlier, now = groups(1), groups(2)
    frames, explained = with_trails([earlier, now])
    points, share = project(now)
    np.testing.assert_array_equal(frames[-1], points)
    assert explained == share
    assert frames.shape == (2, 27, 2)


@pytest.mark.long
def test_equal_vectors_are_a_map_too() -> None:
    (points,) = make_maps(np.ones((1, 27, 10)), [Job(TSNE, 5)], Report())
    assert np.isfinite(points).all()


def test_cancel_ends_the_process_at_once() -> None:
    tasks = Tasks()
    frames = np.stack([groups()] * 500)
    jobs = [Job(TSNE, 5, i) for i in range(500)]
    task = tasks.begin("many", lambda report: make_maps(frames, jobs, report))
    wait_until(lambda: task.report.share > 0, 60)
    begun = time.monotonic()
    task.cancel()
    assert task.wait(5).state == TaskState.CANCELLED
    assert time.monotonic() - begun < 0.5
    tasks.close()


def test_what_goes_wrong_in_it_is_told_in_a_sentence() -> None:
    with pytest.raises(InputError, match=r"perplexity .* must be less than n_samples"):
        make_maps(groups()[None], [Job(TSNE, 27)], Report())


@pytest.mark.long
@pytest.mark.parametrize("method", METHODS)
def test_a_movie_of_one_thing_stands_still(method: str) -> None:
    frames = np.stack([groups()] * 6)
    made = movie((0, 1, 2, 3, 4, 5), frames, Recipe(method, 5), Report())
    size = np.abs(made.points[-1]).max()
    assert np.abs(np.diff(made.points[2:], axis=0)).mean() < 0.1 * size


def test_a_movie_by_pca_shows_growth_and_a_direct_one_every_number() -> None:
    flat = groups()[:, :2]
    direct = movie((0, 7), np.stack([flat, flat + 1]), Recipe(), Report())
    np.testing.assert_allclose(direct.points, np.stack([flat, flat + 1]), rtol=1e-6)
    grown = movie((0, 7), np.stack([groups(), 2 * groups()]), Recipe(PCA), Report()).points
    centred = grown - grown.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(2 * centred[0], centred[1], atol=1e-4)


def test_a_movie_refuses_before_it_begins() -> None:
    with pytest.raises(InputError, match="must hold among 27 points"):
        movie((0,), groups()[None], Recipe(TSNE, 26), Report())


@pytest.mark.long
def test_all_seeds_find_true_groups_and_none_agree_on_noise_in_them() -> None:
    seen = honesty(groups(), TSNE, Report())
    assert [len(row.maps) for row in seen.rows] == [len(SEEDS)] * 3
    middle = seen.rows[1]
    assert all(one.trustworthiness > 0.9 and one.continuity > 0.9 for one in middle.maps)
    assert middle.agreed.shape == (27,)
    assert middle.agreed.mean() > 2 * seen.chance
    assert seen.chance == pytest.approx(5 / 26)
