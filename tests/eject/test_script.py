"""What an ejected script is, besides right: tidy, alone, complete, and safe to open."""

import ast
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from makemore_core.config import CHOICES, RunConfig
from makemore_core.datasets import SPLITS, DataConfig
from makemore_core.eject import Ejected, eject_preset, eject_run, eject_settings
from makemore_core.eject.families import FAMILIES
from makemore_core.errors import InputError
from makemore_core.knobs import Knob, Value, knobs_of
from makemore_core.models import MODELS
from makemore_core.presets import PRESETS
from makemore_core.training.manager import RunManager
from makemore_core.training.reader import AnyRun
from makemore_core.training.recorder import RunState
from makemore_core.training.run import EVALUATED, Command
from makemore_core.training.spacing import KEPT, is_on_grid
from makemore_core.training.trainer import Trainer
from tests.conftest import wait_until
from tests.eject.fresh import run_fresh, written
from tests.eject.test_losses import small, special, with_data_here

RULES = "E,W,F,I,UP,B,SIM,C4,PIE,RET,RUF"
AS_HERE = ("--isolated", "--line-length", "120")
BESIDE: dict[str, dict[str, Value]] = {  # what must be set for a knob to count
    "mlp.norm_noise": {"model.batch_norm": True},
    "deep-mlp.gain_on_output": {"model.gain": 2.0},
    "bigram.block_size": {"model.layout": "sequences"},
}
OTHER: dict[str, Value] = {
    "wavenet.block_size": 4,
    "wavenet.fuse": 8,
    "data.kind": "text",
    "data.most_words": 20,
    "cnn.kernel": 3,
    "cnn.block_size": 4,
    "transformer.block_size": 4,
}


def test_every_model_can_be_ejected() -> None:
    assert list(FAMILIES) == list(MODELS)


def other(knob: Knob) -> Value:
    """A legal value that is not the default."""
    if knob.type is bool:
        return not knob.default
    if knob.options:
        return next(option for option in reversed(knob.options) if option != knob.default)
    assert isinstance(knob.default, int | float)
    assert knob.high is not None
    low = knob.low or 0
    if knob.type is int:
        return knob.default // 2 if knob.default // 2 > low else knob.default + 1
    return 0.75 * knob.default if 0.75 * knob.default > low else (knob.default + knob.high) / 2


def all_knobs() -> list[tuple[str, str, Knob]]:
    """Part, choice and knob of every setting that there is."""
    found = [("", "", knob) for knob in knobs_of(RunConfig)]
    for part in ("data", "sampling"):
        found += [(part, "", knob) for knob in knobs_of(getattr(RunConfig(), part)) if knob.name != "dataset"]
    for part, choices in CHOICES.items():
        found += [(part, name, knob) for name, kind in choices.items() for knob in knobs_of(kind)]
    return found


@pytest.mark.parametrize(("part", "choice", "knob"), all_knobs(), ids=lambda x: getattr(x, "name", x))
def test_no_setting_is_silently_ignored(part: str, choice: str, knob: Knob, data: DataConfig) -> None:
    """Another value makes another script."""
    place, path = (f"{choice or part}.{knob.name}".strip("."), f"{part}.{knob.name}".strip("."))
    base = small("mlp", data).with_values({"schedule": "constant"} | ({part: choice} if choice else {}))
    base = base.with_values({"model.block_size": 8} if choice in ("cnn", "transformer") else {})
    base = base.with_values({"max_steps": 300_000, **BESIDE.get(place, {})})
    turned = base.with_values({path: OTHER.get(place, other(knob))})
    assert eject_settings(base).script != eject_settings(turned).script


def test_device_and_engine_are_named_where_they_are_others(data: DataConfig) -> None:
    config = replace(small("mlp", data), device="cuda", engine="by_hand", max_seconds=60.0)
    opening = " ".join(eject_settings(config).script.split('"""')[1].split())
    assert "The run's device is cuda" in opening
    assert "The run's engine is by_hand" in opening
    assert "ends after 60 seconds; a script has steps" in opening


@pytest.fixture(scope="module")
def scripts(data: DataConfig) -> list[Ejected]:
    """One of each family, and one of each special setting."""
    return [eject_settings(config) for config in (*(small(family, data) for family in MODELS), *special(data))]


def test_a_formatter_and_a_linter_find_nothing_to_do(scripts: list[Ejected], tmp_path: Path) -> None:
    written(scripts, tmp_path)
    ruff = (sys.executable, "-m", "ruff")
    for command in (("format", "--diff", *AS_HERE), ("check", *AS_HERE, "--select", RULES, "--ignore", "RUF003")):
        done = subprocess.run([*ruff, *command, str(tmp_path)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_it_needs_nothing_but_torch(scripts: list[Ejected]) -> None:
    for ejected in scripts:
        nodes = list(ast.walk(ast.parse(ejected.script)))
        names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        assert {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) == {"torch"}


def test_it_holds_nothing_that_it_does_not_use(scripts: list[Ejected]) -> None:
    """Every constant, function and class at the top is read somewhere."""
    for ejected in scripts:
        tree = ast.parse(ejected.script)
        read = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        made = {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
        made |= {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        assert not made - read - {"training"}, ejected.script


def test_without_its_file_or_with_another_it_says_one_sentence(data: DataConfig, tmp_path: Path) -> None:
    ejected = eject_settings(small("mlp", data))
    (tmp_path / "missing.py").write_text(ejected.script)
    (other,) = written([ejected], tmp_path)
    other.with_name(ejected.data_name).write_text("emma\nolivia\n")
    missing, changed = run_fresh([tmp_path / "missing.py", other])
    assert missing.message.endswith("is missing: put the file that came with this script beside it.")
    assert "is another file than the run learned from" in changed.message
    assert not missing.loss_at
    assert not changed.loss_at


def test_a_file_in_another_encoding_is_written_anew(tmp_path: Path) -> None:
    words = [f" {first}é{last}" for first in "abcdefghij" for last in "xyz"]
    (tmp_path / "names.txt").write_bytes("\r\n".join(words).encode("utf-16"))
    ejected = eject_settings(small("bigram", DataConfig(str(tmp_path / "names.txt"))))
    assert ejected.data.decode().split() == [word.strip() for word in words]


def test_names_are_no_code(data: DataConfig) -> None:
    """The data's name stands in a comment and, in plain letters, in the file's name: nowhere else."""
    ejected = eject_settings(small("mlp", data))
    assert re.fullmatch(r"[a-z0-9-]+\.txt", ejected.data_name)
    (line,) = (line for line in ejected.script.splitlines() if "é🙂" in line)
    assert line.startswith("# ")


def test_files_of_others_are_not_overwritten(data: DataConfig, tmp_path: Path) -> None:
    ejected = eject_settings(small("mlp", data))
    ejected.write(tmp_path)
    ejected.write(tmp_path)
    (tmp_path / ejected.data_name).write_text("mine")
    with pytest.raises(InputError, match="is another file, and stays"):
        ejected.write(tmp_path)
    assert (tmp_path / ejected.data_name).read_text() == "mine"


def test_an_archive_holds_code_and_data(data: DataConfig) -> None:
    ejected = eject_settings(small("mlp", data))
    with zipfile.ZipFile(BytesIO(ejected.archive(as_notebook=True))) as archive:
        assert archive.read("makemore/makemore.ipynb") == ejected.notebook
        assert archive.read(f"makemore/{ejected.data_name}") == ejected.data


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_written_and_parses(name: str) -> None:
    config = with_data_here(PRESETS[name].config)
    ast.parse(eject_settings(config, name).script)


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(InputError, match="nonsense"):
        eject_preset("nonsense")


def finished(run: AnyRun) -> AnyRun:
    wait_until(lambda: not run.is_alive)
    return run


def stepped(run: AnyRun, steps: int) -> None:
    """Take so many single steps of a paused run."""
    goal = run.trainer.number + steps
    for _ in range(steps):
        run.send(Command.STEP)
    wait_until(lambda: run.trainer.number >= goal)


def test_what_was_changed_on_the_way_is_changed_again(data: DataConfig, manager: RunManager, tmp_path: Path) -> None:
    config = replace(small("mlp", data), engine="autograd", max_steps=40)
    run = manager.start(config, paused=True, loss_at=tuple(range(60)))
    stepped(run, 5)
    manager.change(run.id, {"optimizer.learning_rate": 0.03, "batch_size": 0})
    stepped(run, 5)
    manager.change(run.id, {"batch_size": 7, "max_steps": 60})
    run.send(Command.PLAY)
    finished(run)
    (out,) = run_fresh(written([eject_run(manager, run.id)], tmp_path))
    assert out.loss_at == {step: repr(loss) for step, loss in run.loss_at.items()}
    assert len(out.loss_at) == 60


def test_a_fork_with_another_rate_is_one_script_from_its_first_step(
    data: DataConfig, manager: RunManager, tmp_path: Path
) -> None:
    config = replace(small("mlp", data), engine="autograd", max_steps=40)
    run = finished(manager.start(config))
    changes: dict[str, Value] = {"optimizer.learning_rate": 0.03, "patience": 30, "max_steps": 200}
    fork = finished(manager.fork(run.id, 24, changes))
    (out,) = run_fresh(written([eject_run(manager, fork.id)], tmp_path))
    trainer = manager.trainer(fork.id)
    assert out.splits == {split: repr(trainer.evaluate(split)) for split in SPLITS}


def test_a_fork_with_another_optimizer_is_no_script(data: DataConfig, manager: RunManager) -> None:
    run = finished(manager.start(replace(small("mlp", data), engine="autograd", max_steps=40)))
    fork = finished(manager.fork(run.id, 24, {"optimizer": "rmsprop"}))
    with pytest.raises(InputError, match="was forked with another optimizer; eject the run that it was forked from"):
        eject_run(manager, fork.id)


def test_a_run_that_was_stopped_ends_where_it_was_stopped(data: DataConfig, manager: RunManager) -> None:
    run = manager.start(small("mlp", data, engine="autograd"), paused=True)
    stepped(run, 3)
    run.send(Command.STOP)
    finished(run)
    assert "max_steps = 3 " in eject_run(manager, run.id).script


@pytest.mark.parametrize("family", ["mlp", "deep-mlp"])
def test_patience_keeps_the_best_net(family: str, data: DataConfig, tmp_path: Path) -> None:
    """A run asks val at the steps of the grid, as far as its clock allows; the script at all of them."""
    config = replace(small(family, data), engine="autograd", patience=30, max_steps=5_000)
    config = config.with_values({"optimizer.learning_rate": 0.05, "model.batch_norm": True})
    (out,) = run_fresh(written([eject_settings(config)], tmp_path))
    trainer = Trainer(config, data.load())
    losses = list[float]()
    while trainer.number < config.max_steps:
        out_of_patience = trainer.number - trainer.best_step >= config.patience
        if is_on_grid(trainer.number, KEPT):
            trainer.judge(trainer.evaluate("val", EVALUATED))
        if out_of_patience:
            break
        losses += trainer.advance(1).tolist()
    assert 0 < trainer.best_step < len(losses) < config.max_steps
    assert all(loss == repr(losses[step]) for step, loss in out.loss_at.items())
    trainer.take_best()
    assert out.splits == {split: repr(trainer.evaluate(split)) for split in SPLITS}


def test_a_run_whose_data_are_gone_cannot_be_ejected(data: DataConfig, manager: RunManager, tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(Path(data.dataset).read_bytes())
    run = manager.start(small("mlp", DataConfig(str(path)), max_steps=2, engine="autograd"))
    finished(run)
    assert manager.row(run.id).progress.state == RunState.FINISHED
    path.unlink()
    with pytest.raises(InputError, match="There is no data set or file"):
        eject_run(manager, run.id)
