"""The map of the alphabet: principal components by numpy's eigenvalues, and letters that glide."""

import numpy as np
import pytest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.diagnostics.embedding import EmbeddingMap, neighbours, project
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.trainer import Trainer


def vectors(n_embd: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(27, n_embd))


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def test_two_numbers_are_the_point_itself() -> None:
    points, explained = project(vectors(2))
    np.testing.assert_array_equal(points, vectors(2))
    assert explained == 1


@pytest.mark.parametrize("n_embd", [3, 10, 64])
def test_the_plane_keeps_the_share_of_the_two_largest_eigenvalues(n_embd: int) -> None:
    eigenvalues = np.linalg.eigvalsh(np.cov(vectors(n_embd).T))  # ascending
    points, explained = project(vectors(n_embd))
    assert explained == pytest.approx(eigenvalues[-2:].sum() / eigenvalues.sum())
    assert points.var(axis=0, ddof=1).sum() == pytest.approx(eigenvalues[-2:].sum())


def test_vectors_in_a_plane_keep_their_distances() -> None:
    flat = vectors(2) @ vectors(8)[:2]
    points, explained = project(flat)
    assert explained == pytest.approx(1)
    np.testing.assert_allclose(distances(points), distances(flat), atol=1e-9)


def test_a_plane_along_the_first_two_coordinates_is_not_turned() -> None:
    flat = np.pad(vectors(2), ((0, 0), (0, 6)))
    np.testing.assert_allclose(project(flat)[0], flat[:, :2] - flat[:, :2].mean(axis=0), atol=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_a_small_change_moves_letters_a_little(seed: int) -> None:
    # SVD alone may flip an axis from one step to the next
    stretched = vectors(10, seed) * np.linspace(3, 1, 10)
    nudged = stretched + 1e-6 * vectors(10, seed + 100)
    np.testing.assert_allclose(project(nudged)[0], project(stretched)[0], atol=1e-3)


def test_equal_vectors_are_one_point() -> None:
    points, explained = project(np.ones((27, 10)))
    assert not points.any()
    assert explained == 1


def test_neighbours_come_by_their_distance() -> None:
    corners = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0], [-6.0, -8.0]])  # 3, 4, 5 and 6, 8, 10
    assert neighbours(corners, 0) == [(2, 1.0), (1, 5.0), (3, 10.0)]


def test_every_character_has_its_point(data: DataConfig) -> None:
    step = Trainer(RunConfig(model=MLPConfig(n_embd=2)), data.load()).step()
    reading = EmbeddingMap().measure(step)
    assert reading.labels == list(data.load().vocabulary.itos)
    embedding = step.model.embedding
    assert embedding is not None
    np.testing.assert_allclose(reading.points, embedding.weight.detach(), atol=1e-5)
