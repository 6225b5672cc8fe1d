"""The ways into the plane, each with the one number that matters, and what cannot be asked of them."""

import importlib
import importlib.util
from dataclasses import dataclass

import numpy as np

from makemore_core.errors import InputError, choose_one_of

PCA, TSNE, UMAP = "pca", "tsne", "umap"
FEWEST, FEWEST_NEIGHBOURS = 5, 2
USUAL = 30  # neighbours, where there are enough points
UMAP_COMMAND = "python -m pip install -r requirements-umap.txt"


@dataclass(frozen=True)
class Method:
    """One way into the plane; `number` is what its number of neighbours is called."""

    title: str
    source: str
    about: str
    number: str = ""


METHODS = {
    PCA: Method(
        "PCA",
        "Pearson 1901",
        "The plane that keeps most of the variance: what is far apart here is far apart, what is near may not be.",
    ),
    TSNE: Method(
        "t-SNE",
        "van der Maaten & Hinton 2008",
        "Keeps neighbours together. The distances between groups, and their sizes, mean little.",
        "Perplexity",
    ),
    UMAP: Method(
        "UMAP",
        "McInnes et al. 2018",
        "Keeps neighbours together, and pulls groups tighter than they are.",
        "Neighbours",
    ),
}


@dataclass(frozen=True)
class Recipe:
    """A way into the plane, and how many neighbours each point looks at (t-SNE's perplexity, UMAP's n_neighbors)."""

    method: str = PCA
    neighbours: int = 0

    @property
    def is_slow(self) -> bool:
        """Whether it takes seconds."""
        return self.method != PCA

    @property
    def words(self) -> str:
        """`t-SNE, perplexity 8`."""
        method = METHODS[self.method]
        return f"{method.title}, {method.number.lower()} {self.neighbours}" if method.number else method.title

    def check(self, points: int) -> None:
        """An InputError says what cannot be asked of so many points."""
        if self.method not in METHODS:
            raise choose_one_of("method", self.method, METHODS)
        if self.method == PCA:
            return
        method = METHODS[self.method]
        if points < FEWEST:
            raise InputError(f"{method.title} needs {FEWEST} points or more, but there are {points}; choose PCA.")
        low, high = neighbours_range(points)
        if not low <= self.neighbours <= high:
            raise InputError(
                f"`{low} <= {method.number.lower()} <= {high}` must hold among {points} points, but got "
                f"{self.neighbours}."
            )
        if self.method == UMAP and not umap_is_here():
            raise InputError(f"UMAP needs umap-learn, which is not installed; `{UMAP_COMMAND}` does it.")


def neighbours_range(points: int) -> tuple[int, int]:
    """The fewest and the most neighbours that can be asked for among so many points: fewer than there are others."""
    return FEWEST_NEIGHBOURS, max(FEWEST_NEIGHBOURS, points - 2)


def usual_neighbours(points: int) -> int:
    """A good first number: 30, or a third of the other points where they are few (van der Maaten 2014 looks at 3)."""
    low, high = neighbours_range(points)
    return min(max(low, min(USUAL, (points - 1) // 3)), high)


def spread_of_neighbours(points: int, n: int) -> list[int]:
    """Some numbers of neighbours from the fewest to near the most, evenly in their logarithms; equal ones once."""
    low, high = neighbours_range(points)
    return sorted({round(float(k)) for k in np.geomspace(low, max(low, 0.8 * high), n)})


def umap_is_here() -> bool:
    """Whether umap-learn is installed; asked anew each time, because it can be installed meanwhile."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("umap") is not None
