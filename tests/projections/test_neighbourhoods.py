"""Who is near whom, against small geometry by hand, scikit-learn's trustworthiness, and chance."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness as sklearns

from makemore_core.projections.neighbourhoods import (
    BY_ANGLE,
    agreement,
    by_chance,
    compared,
    continuity,
    cosines,
    distances,
    nearest,
    neighbours,
    shared,
    trustworthiness,
)

CORNERS = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0], [-6.0, -8.0]])  # 3, 4, 5 and 6, 8, 10


def vectors(n: int = 27, width: int = 10, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, width))


def test_neighbours_come_by_their_distance() -> None:
    found = neighbours(CORNERS, [0], 5)
    assert found.rows == (2, 1, 3)
    assert found.distances == (1.0, 5.0, 10.0)
    assert found.among is None


def test_neighbours_of_several_lie_near_their_middle() -> None:
    found = neighbours(CORNERS, [1, 3], 5)  # the middle is (-1.5, -2)
    assert found.rows == (0, 2)
    assert found.distances == pytest.approx([2.5, np.hypot(1.5, 3)])
    assert found.among == pytest.approx(15.0)


def test_by_angle_length_does_not_matter() -> None:
    assert neighbours(np.array([[1.0, 0], [0.1, 0.1], [9.0, 1.0]]), [0], 2).rows == (1, 2)
    assert neighbours(np.array([[1.0, 0], [0.1, 0.1], [9.0, 1.0]]), [0], 2, BY_ANGLE).rows == (2, 1)


def test_cosines_are_those_of_the_angle_and_0_where_there_is_none() -> None:
    found = cosines(np.array([[2.0, 0], [0, 3.0], [-1.0, 0], [0, 0], [1, 1]]), np.array([1.0, 0]))
    np.testing.assert_allclose(found, [1, 0, -1, 0, np.sqrt(0.5)])


def test_distances_are_euclids() -> None:
    x = vectors()
    np.testing.assert_allclose(distances(x), np.linalg.norm(x[:, None] - x[None], axis=2), atol=1e-6)


def test_a_picture_shares_all_neighbours_with_itself_and_few_with_an_unrelated_one() -> None:
    n, k = 200, 5
    true = nearest(vectors(n), k)
    assert shared(true, true).tolist() == [1.0] * n
    unrelated = [shared(true, nearest(vectors(n, 2, seed), k)).mean() for seed in range(2, 22)]
    assert np.mean(unrelated) == pytest.approx(by_chance(n, k), abs=0.005)


def test_agreement_is_the_mean_over_pairs() -> None:
    one, other = nearest(vectors(), 4), nearest(vectors(seed=2), 4)
    np.testing.assert_allclose(agreement([one, one, other]), (1 + 2 * shared(one, other)) / 3)


@pytest.mark.parametrize("n", [12, 27, 65])
def test_trustworthiness_is_scikit_learns_and_continuity_its_mirror(n: int) -> None:
    x, y, k = vectors(n), vectors(n, 2, 5), compared(n)
    assert trustworthiness(x, y, k) == pytest.approx(sklearns(x, y, n_neighbors=k))
    assert continuity(x, y, k) == pytest.approx(sklearns(y, x, n_neighbors=k))
    assert trustworthiness(x, x, k) == continuity(x, x, k) == 1.0


@pytest.mark.parametrize("n", range(5, 40))
def test_few_enough_are_compared_for_trustworthiness_to_be_defined(n: int) -> None:
    assert 1 <= compared(n) < n / 2
