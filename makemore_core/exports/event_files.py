"""A run as a log folder of TensorBoard's, written by TensorBoard's own writer: curves, histograms, names, settings.

`tensorboard` is an extra, looked for when it is asked for.
"""

import importlib
import importlib.util
import io
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, cast

import numpy as np

from makemore_core.diagnostics.reading import Histogram, Histograms, Text
from makemore_core.errors import InputError
from makemore_core.exports.kept import Kept
from makemore_core.exports.metrics import Point, points, wall_times
from makemore_core.sharing import portable
from makemore_core.training.recorder import Observation
from makemore_core.vocabulary import shown_text

INSTALL_COMMAND = "python -m pip install -r requirements-export.txt"
ENDING = "-tensorboard"
MESSAGES = {"Event": "event_pb2", "Summary": "summary_pb2", "HistogramProto": "summary_pb2"}
FOLDER_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file knows
Events = Iterator[tuple[int, Any]]  # steps, and the summary of each


def tensorboard_is_here() -> bool:
    """Whether tensorboard is installed; asked anew each time, because it can be installed meanwhile."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("tensorboard") is not None


def event_files(kept: Kept) -> bytes:
    """The log folder as a ZIP file."""
    file = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(file, "w") as archive:
        path = write_events(kept, Path(folder))
        name = f"{kept.row.title}{ENDING}/{path.relative_to(folder).as_posix()}"
        archive.writestr(zipfile.ZipInfo(name, FOLDER_TIME), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def write_events(kept: Kept, logs: Path) -> Path:
    """Write the one file of events into a folder of the run's name, below that of the logs.

    Raises InputError where tensorboard is not installed.
    """
    if not tensorboard_is_here():
        raise InputError(f"Event files need tensorboard, which is not installed; `{INSTALL_COMMAND}` does it.")
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    events = [*_settings(kept), *_scalars(kept), *_histograms(kept), *_names(kept)]
    times = wall_times(kept, np.array([step for step, _ in events])).tolist()
    writer = EventFileWriter(str(logs / kept.row.title), max_queue_size=len(events) + 1)
    try:
        for time, (step, summary) in sorted(zip(times, events, strict=True), key=itemgetter(0)):
            writer.add_event(_message("Event")(wall_time=time, step=step, summary=summary))
    finally:
        writer.close()
    (written,) = (logs / kept.row.title).iterdir()
    return written.rename(written.with_name(f"events.out.tfevents.{kept.row.created:.0f}"))  # its own names the machine


def _message(name: str) -> Any:
    """A class of TensorBoard's messages. protobuf makes them while it runs, so no type checker knows them."""
    return getattr(importlib.import_module(f"tensorboard.compat.proto.{MESSAGES[name]}"), name)


def _scalars(kept: Kept) -> Events:
    """All points of the metrics; a bucket of losses stands at its last step, where TensorBoard would have it."""
    summary, ordered = _message("Summary"), sorted(points(kept), key=last_step)
    for step, group in groupby(ordered, key=last_step):
        values = [summary.Value(tag=point.name, simple_value=point.value) for point in group]
        yield step, summary(value=values)


def last_step(point: Point) -> int:
    """The last of the steps that a point stands for."""
    return point.step + point.steps - 1


def _histograms(kept: Kept) -> Events:
    """The readings' own histograms: activations, gradients and weights, layer by layer."""
    summary = _message("Summary")
    for observation in kept.snapshot.observations:
        values = [
            summary.Value(tag=f"{diagnostic}/{layer.name}", histo=_histogram(layer))
            for diagnostic, reading in observation.readings.items()
            if reading.kind == Histograms.kind
            for layer in cast("Histograms", reading).layers
        ]
        if values:
            yield observation.step, summary(value=values)


def _histogram(layer: Histogram) -> Any:
    """Counts between edges; `min` and `max` are the outermost edges, beyond which a few numbers may lie."""
    n = sum(layer.counts)
    edges = np.linspace(layer.low, layer.high, len(layer.counts) + 1)[1:].tolist()
    return _message("HistogramProto")(
        min=layer.low,
        max=layer.high,
        num=n,
        sum=n * layer.mean,
        sum_squares=n * (layer.deviation**2 + layer.mean**2),
        bucket_limit=edges,
        bucket=layer.counts,
    )


def _names(kept: Kept) -> Events:
    """What it invented, as text that stays literal: Markdown leaves indented lines as they are."""
    from torch.utils.tensorboard.summary import text

    for observation in kept.snapshot.observations:
        lines = _lines(observation)
        if lines:
            yield observation.step, text("names", "\n".join(f"    {shown_text(line)}" for line in lines))


def _lines(observation: Observation) -> list[str]:
    reading = observation.readings.get("samples")
    return cast("Text", reading).lines if reading else []


def _settings(kept: Kept) -> Events:
    """All settings and the last losses for TensorBoard's HParams page."""
    from torch.utils.tensorboard.summary import hparams

    last, settings = kept.evaluation, portable(kept.config_now).settings()
    losses = {"loss/train": last.train, "loss/val": last.val} if last else {}
    yield from ((0, summary) for summary in hparams(settings, losses))
