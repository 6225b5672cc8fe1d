"""What can be asked of how many points, said before anything is begun."""

import re
from pathlib import Path

import pytest

from makemore_core.errors import InputError
from makemore_core.projections import recipe
from makemore_core.projections.recipe import (
    FEWEST,
    METHODS,
    PCA,
    TSNE,
    UMAP,
    UMAP_COMMAND,
    Recipe,
    neighbours_range,
    spread_of_neighbours,
    usual_neighbours,
)

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("points", [5, 6, 9, 27, 65, 300])
def test_the_usual_number_and_the_spread_lie_within_the_range(points: int) -> None:
    low, high = neighbours_range(points)
    assert low <= usual_neighbours(points) <= high
    numbers = spread_of_neighbours(points, 3)
    assert numbers == sorted(set(numbers))
    assert low <= numbers[0] <= numbers[-1] <= high
    for number in numbers:
        Recipe(TSNE, number).check(points)


def test_a_perplexity_of_the_alphabets_size_is_refused_with_the_range() -> None:
    with pytest.raises(InputError, match=re.escape("`2 <= perplexity <= 25` must hold among 27 points, but got 27")):
        Recipe(TSNE, 27).check(27)


def test_too_few_points_are_refused_and_pca_takes_any() -> None:
    with pytest.raises(InputError, match=f"t-SNE needs {FEWEST} points or more, but there are 4"):
        Recipe(TSNE, 2).check(4)
    Recipe(PCA).check(1)


def test_an_unknown_method_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="choose one of: pca, tsne, umap"):
        Recipe("tsnee").check(27)


def test_umap_that_is_not_installed_is_refused_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "umap_is_here", lambda: False)
    with pytest.raises(InputError, match=re.escape(UMAP_COMMAND)):
        Recipe(UMAP, 5).check(27)


def test_the_command_installs_a_pinned_umap() -> None:
    file = UMAP_COMMAND.split()[-1]
    assert re.search(r"^umap-learn==[\d.]+$", (ROOT / file).read_text(), re.MULTILINE)


def test_every_method_says_what_it_is() -> None:
    assert list(METHODS) == [PCA, TSNE, UMAP]
    assert all(method.title and method.source and method.about for method in METHODS.values())
