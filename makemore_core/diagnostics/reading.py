"""What a diagnostic gives: small frozen numbers, no tensors.

A chart draws the kind of reading, so a new diagnostic needs no new chart.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True)
class Scalars:
    """One number under each name, followed over the steps as curves."""

    kind: ClassVar[str] = "scalars"
    values: dict[str, float]


@dataclass(frozen=True)
class Histogram:
    """How a layer's numbers are spread: counts in bins of equal width between `low` and `high`."""

    name: str
    low: float
    high: float
    counts: list[int]
    mean: float
    deviation: float


@dataclass(frozen=True)
class Histograms:
    """One histogram for each layer, shallow first."""

    kind: ClassVar[str] = "histograms"
    layers: list[Histogram]


@dataclass(frozen=True)
class LayerMap:
    """A black-and-white picture (rows, columns) of one layer, packed eight cells a byte and written in hex.

    `dead` lists the columns that are bright for all examples, also for those that the picture has no room for; None
    in readings from before it was measured.
    """

    name: str
    rule: str
    rows: int
    columns: int
    bits: str
    dead: list[int] | None = None

    @property
    def cells(self) -> NDArray[np.bool_]:
        """The picture: (rows, columns)."""
        flat = np.unpackbits(np.frombuffer(bytes.fromhex(self.bits), dtype=np.uint8), count=self.rows * self.columns)
        return flat.reshape(self.rows, self.columns).astype(bool)


def layer_map(name: str, rule: str, cells: Tensor, most_rows: int | None = None) -> LayerMap:
    """Pack a boolean tensor (rows, columns), of which the picture shows the first rows."""
    whole: NDArray[np.bool_] = cells.numpy()
    picture = whole[:most_rows]
    rows, columns = picture.shape
    suspects = np.flatnonzero(picture.all(axis=0))  # a few; only those are looked at in the rest of the batch
    dead = suspects[whole[:, suspects].all(axis=0)].tolist()
    return LayerMap(name, rule, rows, columns, np.packbits(picture).tobytes().hex(), dead)


@dataclass(frozen=True)
class Heatmap:
    """One map for each layer, shallow first."""

    kind: ClassVar[str] = "heatmap"
    layers: list[LayerMap]


@dataclass(frozen=True)
class Projection:
    """Labelled points in the plane; `explained` is the share of the variance that the plane keeps."""

    kind: ClassVar[str] = "projection"
    labels: list[str]
    points: list[list[float]]
    explained: float


@dataclass(frozen=True)
class Text:
    """Lines that the model wrote."""

    kind: ClassVar[str] = "text"
    lines: list[str]


Reading = Scalars | Histograms | Heatmap | Projection | Text


@dataclass(frozen=True)
class Verdict:
    """A judgement in words. Level 0 is healthy, 1 worth watching, 2 sick; the text says what to do."""

    level: int
    text: str


def to_plain(reading: Reading) -> dict[str, Any]:
    """A reading as plain values for the store."""
    return {"kind": reading.kind} | asdict(reading)


def from_plain(plain: Mapping[str, Any]) -> Reading:
    """The reading that to_plain() wrote."""
    return _READERS[plain["kind"]](plain)


_READERS: dict[str, Callable[[Mapping[str, Any]], Reading]] = {
    "scalars": lambda p: Scalars(p["values"]),
    "histograms": lambda p: Histograms([Histogram(**layer) for layer in p["layers"]]),
    "heatmap": lambda p: Heatmap([LayerMap(**layer) for layer in p["layers"]]),
    "projection": lambda p: Projection(p["labels"], p["points"], p["explained"]),
    "text": lambda p: Text(p["lines"]),
}

BINS = 60


def histogram(name: str, tensor: Tensor, low: float | None = None, high: float | None = None) -> Histogram:
    """The histogram of all numbers of a tensor; without a range it reaches four deviations to both sides of 0.

    Numbers outside the range count into the outermost bins, so that no tail is hidden.
    """
    values: NDArray[np.float64] = tensor.detach().reshape(-1).to(torch.float64, copy=True).numpy()
    n = max(1, len(values))
    mean = float(values.sum()) / n
    centred = values - mean
    deviation = math.sqrt(float(centred @ centred) / n)
    reach = max(4 * (deviation + abs(mean)), 1e-12)
    low, high = (-reach, reach) if low is None or high is None else (low, high)
    values *= BINS / (high - low)  # in place: a look at a large net is mostly memory
    values -= low / (high - low) * BINS  # exactly half of the bins lie below 0, where all that ReLU cuts off is
    places = values.clip(0, BINS - 1, out=values).astype(np.int64)
    return Histogram(name, low, high, np.bincount(places, minlength=BINS).tolist(), mean, deviation)
