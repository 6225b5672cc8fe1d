"""What a run has shown, in an archive: each look's readings and the two curves, checked and as rows of the store."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any, get_args

import numpy as np

from makemore_core.diagnostics import DIAGNOSTICS
from makemore_core.diagnostics.reading import Heatmap, Histograms, Projection, Reading, Scalars, from_plain
from makemore_core.exports.archive import EVALUATIONS, LOSSES
from makemore_core.exports.sealed import damaged
from makemore_core.exports.tensors import header_of, loaded
from makemore_core.exports.typed import LARGEST_WHOLE, parsed, read_as
from makemore_core.training.schema import as_json
from makemore_core.training.whole import Rows

MOST_POINTS = 1_000_000
NAME = re.compile(r"[A-Za-z][\w .:/()→-]{0,79}")  # of a layer or a number: no markup, and no formula of a spreadsheet
READS: dict[str, type[Reading]] = {
    name: get_args(type(diagnostic).__orig_bases__[0])[0]  # pyright: ignore[reportAttributeAccessIssue]
    for name, diagnostic in DIAGNOSTICS.items()
}


def look_rows(step: int, content: bytes) -> tuple[Rows, Rows]:
    """The rows of `readings` and `samples` of one look."""
    what = f"the look at step {step}"
    plain = parsed(content, what)
    if not isinstance(plain, dict) or "loss" not in plain or not plain.keys() <= READS.keys():
        raise damaged(f"{what} holds other readings than a look does")
    for diagnostic, reading in plain.items():
        _check(diagnostic, reading, f"{what}, {diagnostic}")
    readings: Rows = [(step, diagnostic, as_json(reading)) for diagnostic, reading in plain.items()]
    names = plain.get("samples", {}).get("lines", [])
    return readings, [(step, place, name) for place, name in enumerate(names)]


def _check(diagnostic: str, plain: Any, what: str) -> None:
    """A reading of the kind that its diagnostic gives, which that can judge."""
    kind = READS[diagnostic]
    if not isinstance(plain, dict) or plain.get("kind") != kind.kind:
        raise damaged(f"{what} is of another kind")
    read_as(kind, {name: value for name, value in plain.items() if name != "kind"}, what, nan=True)
    reading = from_plain(plain)
    if not all(map(NAME.fullmatch, _names(reading))):
        raise damaged(f"{what} names a layer as none is named")
    if diagnostic == "loss" and not (
        isinstance(reading, Scalars) and {"batch loss", "uniform"} <= reading.values.keys()
    ):
        raise damaged(f"{what} has no loss")
    if isinstance(reading, Heatmap) and not all(map(_is_picture, reading.layers)):
        raise damaged(f"{what} has a picture of another size than it says")
    if isinstance(reading, Projection) and not (
        len(reading.labels) == len(reading.points) and all(len(point) == 2 for point in reading.points)
    ):
        raise damaged(f"{what} has not a point in the plane for each label")


def _names(reading: Reading) -> Iterable[str]:
    """What its numbers are called: by us, where labels and lines hold characters of the data."""
    if isinstance(reading, Scalars):
        return reading.values
    return [layer.name for layer in reading.layers] if isinstance(reading, (Heatmap, Histograms)) else ()


def _is_picture(layer: Any) -> bool:
    """Eight cells a byte, in hex."""
    cells = layer.rows * layer.columns
    is_hex = all(c in "0123456789abcdef" for c in layer.bits)
    dead_are_columns = all(0 <= column < layer.columns for column in layer.dead or ())
    return min(layer.rows, layer.columns) >= 0 and len(layer.bits) == 2 * -(-cells // 8) and is_hex and dead_are_columns


def curve_rows(content: bytes) -> Mapping[str, Rows]:
    """The rows of `losses` and `evaluations`."""
    what = "the curves"
    columns = {"losses": LOSSES, "evaluations": EVALUATIONS}
    header = header_of(content, what)
    if header.keys() != columns.keys() or not all(
        kind == "F64" and len(shape) == 2 and shape[1] == columns[name] and 0 <= shape[0] <= MOST_POINTS
        for name, (kind, shape) in header.items()
    ):
        raise damaged(f"{what} have other columns")
    curves = {name: tensor.numpy() for name, tensor in loaded(content, what).items()}
    losses, evaluations = curves["losses"], curves["evaluations"]
    widths = losses[:, 1] if len(losses) else np.empty(0)
    if not (_grow(losses[:, 0], widths) and _grow(evaluations[:, 0], np.ones(len(evaluations)))):
        raise damaged(f"{what} do not go from step to step")
    return {
        "losses": [(int(step), int(steps), *map(_stored, rest)) for step, steps, *rest in losses.tolist()],
        "evaluations": [(int(step), *map(_stored, rest)) for step, *rest in evaluations.tolist()],
    }


def _grow(starts: Any, widths: Any) -> bool:
    """Whole numbers from 0 on, each behind the end of the one before."""
    both = np.concatenate([starts, widths])
    if not (np.isfinite(both).all() and (both == np.floor(both)).all() and (np.abs(both) < LARGEST_WHOLE).all()):
        return False
    ends = starts + widths
    return bool((starts >= 0).all() and (widths >= 1).all() and (starts[1:] >= ends[:-1]).all())


def _stored(value: float) -> float | None:
    """The store keeps what is no number as NULL."""
    return None if math.isnan(value) else value
