"""Runs out of an archive: all of it is checked before anything is written, and then all of it is written or nothing.

What is checked: the file (sealed.py), every value's type (typed.py), settings by their knobs, the states' names and
shapes by the settings (tensors.py), curves and looks by what a run can write (looks.py), the family for circles.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from makemore_core.config import RunConfig, flattened
from makemore_core.data.limits import LARGEST_ALPHABET
from makemore_core.data.own import READERS
from makemore_core.errors import InputError
from makemore_core.exports.archive import DataAbout, RunAbout
from makemore_core.exports.looks import curve_rows, look_rows
from makemore_core.exports.sealed import damaged, opened
from makemore_core.exports.tensors import Shape
from makemore_core.exports.typed import parsed, read_as
from makemore_core.models import ModelConfig
from makemore_core.presets import PRESETS
from makemore_core.training.marks import Mark, check_trainable, config_after
from makemore_core.training.names import NAME_RULE, clean_tags
from makemore_core.training.recorder import ALIVE, Progress, RunState
from makemore_core.training.rows import RunRow
from makemore_core.training.schema import as_json, digest_of
from makemore_core.training.whole import Rows, WholeRun

OF_RUN = re.compile(r"runs/([^/]+)/(run\.json|curves\.safetensors|checkpoint\.safetensors)")
AT_STEP = re.compile(r"runs/([^/]+)/(readings|snapshots)/(0|[1-9][0-9]{0,12})\.(json|safetensors)")
OF_DATA = re.compile(r"data/([0-9a-f]{64})\.txt")
SHA256 = re.compile(r"[0-9a-f]{64}")
LATEST = 253_402_300_799  # seconds since 1970, the last of the year 9999
PROGRESS = ("message", "step", "max_steps", "seconds", "steps_per_second", "max_seconds")
LONGEST_NAME = 255  # characters of a file's name


@dataclass(frozen=True)
class Archive:
    """Checked runs as they were exported, what each was trained on, and the texts that came along by their SHA-256."""

    runs: tuple[WholeRun, ...]
    data: tuple[DataAbout, ...]
    texts: Mapping[str, bytes]


@dataclass
class _Parts:
    """The parts of one run."""

    single: dict[str, bytes]
    readings: dict[int, bytes]
    snapshots: dict[int, bytes]


def read_archive(content: bytes) -> Archive:
    """All runs of a file that archive_of() wrote. InputError for any other file, with one sentence."""
    runs, texts = _sorted_out(opened(content))
    if not runs:
        raise damaged("it has no runs")
    found = [_run(id, parts) for id, parts in runs.items()]
    _check_family([whole.row for whole, _ in found])
    wanted = {data.sha256 for _, data in found if data.file}
    if wanted != texts.keys() or any(digest_of(text) != sha256 for sha256, text in texts.items()):
        raise damaged("its texts are not those of its runs")
    return Archive(tuple(whole for whole, _ in found), tuple(data for _, data in found), texts)


def _sorted_out(parts: Mapping[str, bytes]) -> tuple[dict[str, _Parts], dict[str, bytes]]:
    runs: dict[str, _Parts] = {}
    texts: dict[str, bytes] = {}
    for name, part in parts.items():
        if match := OF_DATA.fullmatch(name):
            texts[match[1]] = part
        elif match := OF_RUN.fullmatch(name):
            runs.setdefault(match[1], _Parts({}, {}, {})).single[match[2]] = part
        elif (match := AT_STEP.fullmatch(name)) and (match[2] == "readings") == (match[4] == "json"):
            of_run = runs.setdefault(match[1], _Parts({}, {}, {}))
            (of_run.readings if match[2] == "readings" else of_run.snapshots)[int(match[3])] = part
        else:
            raise damaged(f"{name} is no part of a run")
    return runs, texts


def _run(id: str, parts: _Parts) -> tuple[WholeRun, DataAbout]:
    """One run of its parts, checked."""
    what = f"run {id}"
    if not {"run.json", "curves.safetensors"} <= parts.single.keys():
        raise damaged(f"{what} lacks its row or its curves")
    about = read_as(RunAbout, parsed(parts.single["run.json"], what), what)
    if about.id != id:
        raise damaged(f"{what} is called otherwise inside")
    config = _config(about, what)
    _check_data(about.data, what)
    shape = _shape(config.model, about.data.vocab)
    tables: dict[str, Rows] = {**curve_rows(parts.single["curves.safetensors"]), "readings": [], "samples": []}
    for step in sorted(parts.readings):
        readings, samples = look_rows(step, parts.readings[step])
        tables["readings"] += sorted(readings)
        tables["samples"] += samples
    tables["snapshots"] = [_snapshot(step, parts.snapshots[step], shape, what) for step in sorted(parts.snapshots)]
    tables["marks"] = [(i, m.step, m.text, as_json(m.settings)) for i, m in enumerate(about.marks)]
    tables["checkpoints"] = _checkpoint(about.checkpoint_step, parts.single.get("checkpoint.safetensors"), shape, what)
    return WholeRun(_row(about, config, shape, what), tables), about.data


def _config(about: RunAbout, what: str) -> RunConfig:
    """The settings that it began with; also those of its marks have to be settings."""
    try:
        config = RunConfig.from_dict(about.config)
        check_trainable(config_after(config, [Mark(m.step, m.text, m.settings) for m in about.marks]))
    except InputError as error:
        raise InputError(f"The {what} of this archive has settings that cannot be: {error}") from None
    if "data.dataset" not in dict(flattened(about.config)):
        raise damaged(f"{what} names no data set")
    return config


def _check_data(data: DataAbout, what: str) -> None:
    is_known = SHA256.fullmatch(data.sha256) and data.kind in READERS and 0 < len(data.name) <= LONGEST_NAME
    if not (is_known and data.words >= 1 and 1 <= data.vocab <= LARGEST_ALPHABET + 1):
        raise damaged(f"{what} says of its data what cannot be")


@lru_cache(maxsize=64)
def _shape(model: ModelConfig, vocab_size: int) -> Shape:
    return Shape(model, vocab_size)


def _snapshot(step: int, content: bytes, shape: Shape, what: str) -> tuple[int, bytes, str]:
    state = shape.check(content, f"the snapshot of {what} at step {step}", is_whole=False)
    if "step" in state and int(state["step"].item()) != step + 1:
        raise damaged(f"the snapshot of {what} at step {step} is of another step")
    return step, content, digest_of(content)


def _checkpoint(step: int | None, content: bytes | None, shape: Shape, what: str) -> Rows:
    if (step is None) != (content is None):
        raise damaged(f"{what} has half a checkpoint")
    if step is None or content is None:
        return []
    shape.check(content, f"the checkpoint of {what}")
    return [(step, content, digest_of(content))]


def _row(about: RunAbout, config: RunConfig, shape: Shape, what: str) -> RunRow:
    p = about.progress
    numbers = (p.step, p.max_steps, p.seconds, p.steps_per_second, p.max_seconds, about.checkpoint_step or 0)
    steps = (*(mark.step for mark in about.marks), *([] if about.parent_step is None else [about.parent_step]))
    times, names = (about.created, about.updated), (about.id, about.name or about.id, about.parent or about.id)
    is_sound = (
        p.state in set(RunState) - set(ALIVE)
        and all(number >= 0 for number in (*numbers, *steps))
        and all(0 <= time <= LATEST for time in times)
        and all(NAME_RULE.fullmatch(name) for name in names)
        and about.tags == clean_tags(about.tags)
        and about.parameters == shape.numbers
        and (not about.parent or about.parent_step is not None)
    )
    if not is_sound:
        raise damaged(f"{what} says of itself what cannot be")
    progress = Progress(RunState(p.state), *[getattr(p, name) for name in PROGRESS])
    preset = about.preset if about.preset in PRESETS else ""
    data = {"name": about.data.name, "sha256": about.data.sha256, "words": about.data.words, "vocab": about.data.vocab}
    return RunRow(
        *(about.id, preset, config.to_dict(), data, about.parameters, progress),
        *(about.created, about.updated, about.name, tuple(about.tags), about.parent, about.parent_step),
    )


def _check_family(rows: Iterable[RunRow]) -> None:
    """No run comes from itself, over however many others."""
    parents = {row.id: row.parent for row in rows}
    for run in parents:
        seen: set[str] = set()
        while run in parents and run not in seen:
            seen.add(run)
            run = parents[run]
        if run in seen:
            raise damaged(f"run {run} comes from itself")
