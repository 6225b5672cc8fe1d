"""The plane of PCA by numpy's eigenvalues, letters that glide, and pictures that are turned onto others."""

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes

from makemore_core.projections.plane import aligned, project, rotation


def vectors(n_embd: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(27, n_embd))


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]])


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


@pytest.mark.parametrize("n", [1, 2])
def test_few_vectors_have_their_plane_too(n: int) -> None:
    points, _ = project(vectors(10)[:n])
    np.testing.assert_allclose(distances(points), distances(vectors(10)[:n]), atol=1e-9)


def test_the_rotation_is_scipys_orthogonal_procrustes() -> None:
    one, other = vectors(2, 1), vectors(2, 2)
    np.testing.assert_allclose(rotation(one, other), orthogonal_procrustes(one, other)[0], atol=1e-12)


def test_frames_that_differ_by_turns_and_flips_become_one() -> None:
    points = vectors(2) - vectors(2).mean(axis=0)
    frames = np.stack([turned(points, 2.0), points * [-1, 1], turned(points, 0.3) + 5.0, points])
    np.testing.assert_allclose(aligned(frames), np.broadcast_to(points, frames.shape), atol=1e-9)


def test_the_last_frame_stays_and_no_distance_changes() -> None:
    frames = np.stack([vectors(2, seed) for seed in range(4)])
    moved = aligned(frames)
    np.testing.assert_array_equal(moved[-1], frames[-1])
    for before, after in zip(frames, moved, strict=True):
        np.testing.assert_allclose(distances(after), distances(before), atol=1e-9)
