"""The log folder: TensorBoard's own reader opens it, and finds every number, histogram, name and setting."""

import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugin_util import markdown_to_safe_html
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util.tensor_util import make_ndarray

from makemore_core.errors import InputError
from makemore_core.exports.event_files import event_files, write_events
from makemore_core.exports.kept import Kept
from makemore_core.exports.metrics import points
from makemore_core.training.manager import RunManager
from tests.exports.runs import TEXT, on, reading, small, trained

ALL = {"scalars": 0, "tensors": 0, "histograms": 0}  # nothing is left out for being many


def read(folder: Path) -> Any:
    return EventAccumulator(str(folder), size_guidance=ALL).Reload()


@pytest.fixture(scope="module")
def events(otter: Kept, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a user sees who unpacks the download."""
    folder = tmp_path_factory.mktemp("logs")
    zipfile.ZipFile(io.BytesIO(event_files(otter))).extractall(folder)
    return read(folder / "otter-tensorboard" / "otter")


def test_every_scalar_is_there_at_its_step(events: Any, otter: Kept):
    wanted: dict[str, list[tuple[int, float]]] = {}
    for point in sorted(points(otter), key=lambda point: point.step + point.steps):
        wanted.setdefault(point.name, []).append((point.step + point.steps - 1, float(np.float32(point.value))))
    found = {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    assert found == wanted


def test_times_are_true(events: Any, otter: Kept):
    times = [e.time for e in otter.snapshot.evaluations]
    assert [e.wall_time for e in events.Scalars("loss/val")] == times
    assert times[0] <= events.Scalars("batch_loss/mean")[50].wall_time <= times[-1]


def test_the_histograms_are_the_readings(events: Any, otter: Kept):
    (layer,) = reading(otter, 3, "activations").layers
    found = events.Histograms("activations/tanh")
    assert [e.step for e in found] == [o.step for o in otter.snapshot.observations]
    value = found[3].histogram_value
    assert list(value.bucket) == layer.counts
    assert value.num == sum(layer.counts)
    assert value.sum / value.num == pytest.approx(layer.mean)
    assert value.bucket_limit[-1] == pytest.approx(layer.high)
    assert any(tag.startswith("gradients/") for tag in events.Tags()["histograms"])


def names_at(events: Any, place: int) -> str:
    found: Any = make_ndarray(events.Tensors("names/text_summary")[place].tensor_proto)
    return found.item().decode()


def test_the_names_are_there_and_stay_literal(hostile: Kept, runs: RunManager, tmp_path: Path):
    write_events(hostile, tmp_path)
    events = read(tmp_path / "hostile")
    last = reading(hostile, -1, "samples").lines
    shown = markdown_to_safe_html(names_at(events, -1))
    assert shown.startswith("<pre><code>")
    assert shown.count("<") == 4  # pre and code, opened and closed: whatever else looks like a tag is text
    assert names_at(events, -1).splitlines() == [f"    {line}".replace("\u202e", "202E") for line in last]


def test_a_text_and_counting_have_their_events(runs: RunManager, tmp_path: Path):
    kept = trained(runs, small("counting", on(tmp_path / "hamlet.txt", TEXT, "text")))
    write_events(kept, tmp_path / "logs")
    tags = read(tmp_path / "logs" / kept.row.id).Tags()
    assert {"loss/val", "batch_loss/mean", "learning_rate"} <= set(tags["scalars"])


def test_the_settings_stand_on_the_hparams_page(events: Any, otter: Kept):
    content = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    message: Any = getattr(plugin_data_pb2, "HParamsPluginData")  # noqa: B009  (protobuf makes it while it runs)
    settings = message.FromString(content).session_start_info.hparams
    assert settings["model.n_hidden"].number_value == 8
    assert settings["data.dataset"].string_value == "words.txt"
    assert settings.keys() == otter.config.settings().keys()


def test_the_file_does_not_name_this_machine(otter: Kept):
    (name,) = zipfile.ZipFile(io.BytesIO(event_files(otter))).namelist()
    assert name == f"otter-tensorboard/otter/events.out.tfevents.{otter.row.created:.0f}"


def test_without_tensorboard_one_sentence_says_what_installs_it(
    otter: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    with pytest.raises(InputError, match=r"not installed; `python -m pip install -r requirements-export.txt` does it"):
        write_events(otter, tmp_path / "logs")
    assert not (tmp_path / "logs").exists()
