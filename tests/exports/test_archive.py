"""Archives: an imported run is the exported one bit for bit, and nothing else than one gets in."""

import hashlib
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import safetensors.numpy
import torch

from makemore_core.config import RunConfig
from makemore_core.data.own import find_own, keep, own_names
from makemore_core.datasets import DataConfig
from makemore_core.errors import InputError
from makemore_core.exports.archive import archive_of
from makemore_core.exports.arrival import Arrived, bring_in
from makemore_core.exports.importing import read_archive
from makemore_core.exports.sealed import (
    LARGEST_DIRECTORY,
    LARGEST_MANIFEST,
    LARGEST_TOTAL,
    MANIFEST,
    MOST_PACKED,
    MOST_PARTS,
    VERSION,
    opened,
    sealed,
)
from makemore_core.optimizers import AdamConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import Pace
from makemore_core.training.recorder import RunState
from makemore_core.training.run import Command
from makemore_core.training.store import RunStore
from tests.conftest import WORDS, wait_until
from tests.exports.runs import FAMILIES, TINY, small, tiny_archive


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data sets of one's own lie beside the store."""
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "runs.sqlite"))


@pytest.fixture
def own() -> DataConfig:
    """96 short words."""
    keep("ünser", "\n".join(WORDS), "words", "typed")
    return DataConfig("ünser")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[RunStore]:
    """A store on another machine."""
    store = RunStore(tmp_path / "other.sqlite")
    yield store
    store.close()


def brought(store: RunStore, content: bytes) -> Arrived:
    return bring_in(store, read_archive(content))


def trained(manager: RunManager, config: RunConfig, **how: Any) -> str:
    run = manager.start(config, **how)
    run.join(None)
    return run.id


def contents(store: RunStore, run: str) -> Any:
    """Every row of every table of a run, and its own row besides who trained it."""
    whole = store.whole(run)
    return replace(whole.row, process=""), whole.tables


@pytest.mark.parametrize("family", FAMILIES)
def test_a_run_of_every_family_comes_back_as_it_was(
    family: str, manager: RunManager, store: RunStore, other: RunStore, own: DataConfig
):
    run = trained(manager, small(family, own, 5), name="otter")
    arrived = brought(other, archive_of(store, [run]))
    assert (arrived.runs, arrived.sentences) == (("otter",), ())
    assert contents(other, "otter") == contents(store, "otter")


def test_marks_names_tags_and_losses_that_are_no_numbers_come_along(
    own: DataConfig, manager: RunManager, store: RunStore, other: RunStore, config: RunConfig
):
    wild = replace(config, data=own, optimizer=replace(config.optimizer, learning_rate=100.0))
    run = manager.start(replace(wild, max_steps=200), name="otter", paused=True)
    manager.change("otter", {"batch_size": 16})
    manager.command("otter", Command.STEP)
    wait_until(lambda: run.trainer.number == 1)
    manager.command("otter", Command.STOP)
    run.join(None)
    with store._transaction("otter") as db:
        db.execute("INSERT INTO losses VALUES ('otter', 1, 1, NULL, 9e999, NULL, 0.1)")
    manager.rename("otter", "best-of-all")
    manager.tag("otter", ["class 7b", "ötter"])
    brought(other, archive_of(store, ["otter"]))
    assert contents(other, "otter") == contents(store, "otter")
    assert other.marks("otter")[0].settings == {"batch_size": 16}
    assert other.run("best-of-all").tags == ("class 7b", "ötter")


@pytest.mark.parametrize("engine", ["auto", "autograd"])
def test_an_imported_run_goes_on_bit_for_bit(
    engine: str, manager: RunManager, store: RunStore, other: RunStore, own: DataConfig
):
    """Adam's means, the generator and the step are in the checkpoint: one half here, one there, is the whole run."""
    config = RunConfig(own, TINY, AdamConfig(), max_steps=400, engine=engine)
    whole = trained(manager, config, name="whole")
    half = manager.start(config, name="half", pace=Pace(2_000))
    wait_until(lambda: half.trainer.number > 50)
    manager.command("half", Command.STOP)
    half.join(None)
    assert store.run("half").progress.step < 400
    brought(other, archive_of(store, ["half"]))
    elsewhere = RunManager(other)
    elsewhere.resume("half").join(None)
    mine, theirs = store.checkpoint(whole), other.checkpoint("half")
    assert mine is not None
    assert theirs is not None
    assert mine.keys() == theirs.keys()
    assert all(torch.equal(mine[name], theirs[name]) for name in mine)
    assert store.evaluations(whole)[-1] == other.evaluations("half")[-1]
    elsewhere.close()


def test_a_run_that_trains_is_taken_as_it_was_saved_last(
    own: DataConfig, manager: RunManager, store: RunStore, other: RunStore, config: RunConfig
):
    run = manager.start(replace(config, data=own), name="otter")
    wait_until(lambda: store.checkpoint("otter") is not None)
    content = archive_of(store, ["otter"])
    manager.command("otter", Command.STOP)
    run.join(None)
    brought(other, content)
    row, checkpoint = other.run("otter"), other.checkpoint("otter")
    assert checkpoint is not None
    assert row.progress.state == RunState.INTERRUPTED
    assert int(checkpoint["step"].item()) == row.progress.step


def test_taken_names_get_new_ones_and_the_family_stays_together(
    own: DataConfig, manager: RunManager, store: RunStore, config: RunConfig
):
    config = replace(config, data=own, max_steps=3)
    for name in ("parent", "child"):
        trained(manager, config, name=name)
    manager.rename("child", "star")
    with store._transaction("child") as db:
        db.execute("UPDATE runs SET parent = 'parent', parent_step = 2, sweep = 's', trial = 4 WHERE id = 'child'")
    arrived = brought(store, archive_of(store, ["child", "parent"]))
    assert arrived.runs == ("child-2", "parent-2")
    assert {row.id for row in store.runs()} == {"child", "parent", "child-2", "parent-2"}
    assert len(arrived.sentences) == 3
    child = store.run("child-2")
    assert (child.parent, child.parent_step, child.name, child.sweep, child.trial) == (
        "parent-2",
        2,
        "star-2",
        "",
        None,
    )
    alone = store.run(brought(store, archive_of(store, ["child"])).runs[0])
    assert (alone.id, alone.parent, alone.parent_step) == ("child-3", "", 2)


def test_a_fork_without_its_parent_has_all_its_weights_and_goes_back_no_further_than_it_could(
    own: DataConfig, manager: RunManager, store: RunStore, other: RunStore, config: RunConfig
):
    """The early weights of a fork of a fork stand with its parents; its first steps were another optimizer's."""
    eldest = trained(manager, replace(config, data=own, max_steps=40))
    middle = manager.fork(eldest, 16, {"optimizer.learning_rate": 0.01})
    middle.join(None)
    fork = manager.fork(middle.id, 32, {"optimizer": "adam"}, name="fork")
    fork.join(None)
    brought(other, archive_of(store, ["fork"]))
    again = archive_of(other, ["fork"])
    assert [whole.row.parent_step for whole in read_archive(again).runs] == [32]
    steps = store.snapshot_steps("fork")
    assert {0, 16, 32, 39} <= {*steps}
    assert other.snapshot_steps("fork") == steps
    for step in steps:
        mine, theirs = store.snapshot("fork", step), other.snapshot("fork", step)
        assert mine is not None
        assert theirs is not None
        assert mine.keys() == theirs.keys()
        assert all(torch.equal(tensor, theirs[name]) for name, tensor in mine.items())
    with pytest.raises(InputError, match="is a fork that began after step 32; fork it at step 16"):
        RunManager(other).rewind("fork", 16, {})


# Data sets of one's own


@pytest.fixture
def on_own_words(manager: RunManager, own: DataConfig) -> str:
    return trained(manager, RunConfig(own, TINY, max_steps=5), name="otter")


def test_own_words_come_along_if_wanted(
    on_own_words: str, store: RunStore, other: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    content = archive_of(store, [on_own_words], with_data=True)
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "elsewhere" / "runs.sqlite"))
    assert brought(other, content).sentences == ()
    own = find_own("ünser")
    assert own is not None
    assert own.sha256 == hashlib.sha256("\n".join(WORDS).encode()).hexdigest()
    assert RunManager(other).dataset("otter").words == tuple(WORDS)
    assert brought(other, content).runs == ("otter-2",)  # on the words that are there already
    assert own_names() == ["ünser"]


def test_without_its_words_a_run_says_what_to_do(
    on_own_words: str, store: RunStore, other: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    content = archive_of(store, [on_own_words])
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "elsewhere" / "runs.sqlite"))
    (sentence,) = brought(other, content).sentences
    assert "keep that list here as 'ünser'" in sentence
    with pytest.raises(InputError, match="There is no data set"):
        RunManager(other).dataset("otter")
    keep("ünser", "\n".join(WORDS), "words", "typed")
    assert RunManager(other).dataset("otter").words == tuple(WORDS)


def test_no_folder_goes_out_and_no_path_comes_in(
    manager: RunManager, store: RunStore, other: RunStore, data: DataConfig
):
    trained(manager, RunConfig(data, TINY, max_steps=3), name="otter")
    content = archive_of(store, ["otter"])
    folder = str(Path(data.dataset).parent).encode()
    assert all(folder not in part for part in opened(content).values())

    def point_outside(about: dict[str, Any]) -> None:
        about["config"]["data"]["dataset"] = "../../../etc/passwd"

    brought(other, forged(content, "run.json", point_outside))
    assert other.run("otter").config["data"]["dataset"] == "passwd"


# What is no archive


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return tiny_archive(tmp_path_factory.mktemp("exported"))


Change = Callable[[Any], Any]


def forged(content: bytes, part: str, change: Change) -> bytes:
    """The same archive with another JSON in the first part of that name, and the right SHA-256 of it."""
    parts = opened(content)
    name = next(name for name in parts if name.endswith(part))
    plain = orjson.loads(parts[name])
    changed = change(plain)
    return sealed(parts | {name: orjson.dumps(plain if changed is None else changed)})


def set_at(*path: Any) -> Change:
    """Put the last of these where the others lead."""

    def change(plain: Any) -> None:
        *way, last, value = path
        for key in way:
            plain = plain[key]
        plain[last] = value

    return change


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("run.json", lambda plain: []),
        ("run.json", lambda plain: plain.pop("marks") and None),
        ("run.json", set_at("more", 1)),
        ("run.json", set_at("id", "heron")),
        ("run.json", set_at("name", "../x")),
        ("run.json", set_at("parent", "otter")),
        ("run.json", set_at("created", 1e300)),
        ("run.json", set_at("parameters", 7)),
        ("run.json", set_at("parameters", 2**63)),
        ("run.json", set_at("tags", ["x"] * 21)),
        ("run.json", set_at("tags", ["x" * 41])),
        ("run.json", set_at("tags", [" two  spaces "])),
        ("run.json", set_at("progress", "state", "running")),
        ("run.json", set_at("progress", "step", -1)),
        ("run.json", set_at("progress", "seconds", None)),
        ("run.json", set_at("config", "seed", "many")),
        ("run.json", set_at("config", "seed", [1])),
        ("run.json", set_at("config", "model", "name", "gpt-5")),
        ("run.json", set_at("config", "model", "n_hidden", 8)),
        ("run.json", set_at("config", "model", {"name": "transformer", "n_embd": 1024, "n_layers": 24})),
        ("run.json", set_at("config", 7)),
        ("run.json", set_at("config", "data", 7)),
        ("run.json", set_at("config", "data", "dataset", "x" * 5_000)),
        ("run.json", set_at("data", "name", "x" * 256)),
        ("run.json", set_at("config", {})),
        ("run.json", set_at("data", "sha256", "../x")),
        ("run.json", set_at("data", "vocab", 28)),
        ("run.json", set_at("data", "vocab", 10**9)),
        ("run.json", set_at("data", "file", False)),
        ("run.json", set_at("marks", [{"step": 1, "text": "x", "settings": {"no.such": 1}}])),
        ("run.json", set_at("checkpoint_step", None)),
        ("readings/0.json", lambda plain: {}),
        ("readings/0.json", lambda plain: plain.pop("loss") and None),
        ("readings/0.json", set_at("loss", "values", {})),
        ("readings/0.json", set_at("loss", "kind", "text")),
        ("readings/0.json", set_at("unknown", {"kind": "text", "lines": []})),
        ("readings/0.json", set_at("samples", "lines", [["x"]])),
        ("readings/0.json", set_at("saturation", "layers", 0, "rows", 10**9)),
        ("readings/0.json", set_at("saturation", "layers", 0, "bits", "xyz")),
        ("readings/0.json", set_at("embedding", "points", [[0.0]])),
        ("readings/0.json", set_at("saturation", "layers", 0, "name", "<b>tanh</b>")),
        ("readings/0.json", set_at("activations", "layers", 0, "name", "=cmd()")),
        ("readings/0.json", set_at("loss", "values", "@SUM(1)", 1.0)),
    ],
)
def test_a_forged_part_is_refused_in_one_sentence(part: str, change: Change, content: bytes, other: RunStore):
    with pytest.raises(InputError):
        brought(other, forged(content, part, change))
    assert other.runs() == []
    assert own_names() == []


def test_what_comes_in_is_written_as_settings_are_here(content: bytes, other: RunStore):
    """The settings of another lab are read once, and kept as this one would write them."""

    def flatten(about: dict[str, Any]) -> None:
        about["config"] = {"data.dataset": "own", "model": "mlp", "model.n_hidden": 4, "model.n_embd": 2}

    (run,) = brought(other, forged(content, "run.json", flatten)).runs
    assert other.run(run).config == RunConfig(DataConfig("own"), TINY).to_dict()


def test_states_of_another_net_are_refused_unloaded(content: bytes):
    parts = opened(content)
    name = next(name for name in parts if name.endswith("checkpoint.safetensors"))
    state = safetensors.numpy.load(parts[name])
    weight = next(name for name, tensor in state.items() if name.startswith("model.") and tensor.ndim == 2)
    for change in (
        {weight: state[weight].astype(np.float64)},
        {weight: state[weight].reshape(-1)},
        {"more": np.zeros(1)},
        {"generator": np.zeros_like(state["generator"])},
        {"step": np.array(-1)},
    ):
        with pytest.raises(InputError):
            read_archive(sealed(parts | {name: safetensors.numpy.save(state | change)}))


def test_curves_that_go_back_are_refused(content: bytes):
    parts = opened(content)
    name = next(name for name in parts if name.endswith("curves.safetensors"))
    curves = safetensors.numpy.load(parts[name])
    for losses in (curves["losses"][::-1].copy(), curves["losses"][:, :5].copy(), curves["losses"] + 0.5):
        with pytest.raises(InputError):
            read_archive(sealed(parts | {name: safetensors.numpy.save(curves | {"losses": losses})}))


def test_what_can_be_sealed_can_be_opened():
    """The lists of as many parts as one archive holds, with names and sizes as long as they come."""
    parts = {f"runs/{'x' * 40}/snapshots/{10**12 + i}.safetensors": b"" for i in range(100)}
    content = sealed(parts)
    assert opened(content) == parts
    manifest, directory = len(zipped(content)[MANIFEST]), content.index(b"PK\1\2")
    same_line = {"data/text.txt": b"anna\n" * 400_000}
    assert opened(sealed(same_line)) == same_line
    digits = len(str(LARGEST_TOTAL))
    assert (manifest / 100 + digits) * MOST_PARTS < LARGEST_MANIFEST
    assert (len(content) - directory) / 100 * MOST_PARTS < LARGEST_DIRECTORY


def test_an_archive_of_a_newer_version_is_refused(content: bytes):
    manifest = zipped(content)[MANIFEST].replace(b'"version":1', b'"version":%d' % (VERSION + 1))
    with pytest.raises(InputError, match=f"is of version {VERSION + 1}"):
        read_archive(zip_of(zipped(content) | {MANIFEST: manifest}))


def zipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/passwd", "runs/../x", "C:\\x", "runs/otter/run.json/", "a" * 9_999]
)
def test_no_name_of_a_part_is_a_path(name: str, content: bytes):
    parts = zipped(content)
    manifest = orjson.loads(parts[MANIFEST])
    manifest["parts"][name] = {"bytes": 1, "sha256": hashlib.sha256(b"x").hexdigest()}
    with pytest.raises(InputError):
        read_archive(zip_of(parts | {MANIFEST: orjson.dumps(manifest), name: b"x"}))


def test_a_bomb_is_refused_before_it_is_unpacked():
    """200 MB of zeros are 200 kB packed: a thousand times smaller, where 200 times is the most."""
    bomb = b"0" * 200_000_000
    manifest = {"format": "makemore-lab-runs", "version": 1}
    parts = {"runs/otter/run.json": {"bytes": len(bomb), "sha256": hashlib.sha256(bomb).hexdigest()}}
    content = zip_of({MANIFEST: orjson.dumps(manifest | {"parts": parts}), "runs/otter/run.json": bomb})
    assert len(bomb) > 5 * MOST_PACKED * len(content) / 2
    assert seconds_and_bytes(lambda: refused(content)) < (1.0, 10_000_000)


def refused(content: bytes) -> None:
    with pytest.raises(InputError):
        read_archive(content)


def seconds_and_bytes(act: Callable[[], object]) -> tuple[float, int]:
    """How long something takes, and the most memory that it has at once."""
    tracemalloc.start()
    started = time.monotonic()
    act()
    seconds, (_, most) = time.monotonic() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return seconds, most
