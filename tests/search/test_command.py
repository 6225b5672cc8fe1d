"""`sweep` and `sweeps` on the command line: one JSON document, one sentence for bad input; Ctrl-C loses nothing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from makemore_core.catalogue import SHIPPED
from makemore_core.cli import main
from makemore_core.places import store_path
from makemore_core.search.sweeps import Sweeps
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from tests.conftest import wait_until

ROOT = Path(__file__).parents[2]
SMALL = ["lecture3-batchnorm", "--data", SHIPPED, "--set", "model.n_embd=4", "--where", "here"]
OVER = ["--over", "optimizer.learning_rate=log:1e-3:1", "--over", "model.n_hidden=4:32"]


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "runs.sqlite"))


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_sweep_from_plan_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    sweep = said(capsys, "sweep", *SMALL, *OVER, "--trials", "3", "--steps", "20", "--sampler", "random")
    assert (sweep["state"], [t["state"] for t in sweep["trials"]]) == ("finished", ["finished"] * 3)
    assert [t["val"] for t in sweep["trials"]] == sorted(t["val"] for t in sweep["trials"])
    assert sweep["best"] == sweep["trials"][0]["trial"]
    assert sweep["axes"] == {"optimizer.learning_rate": "log:0.001:1", "model.n_hidden": "log:4:32"}
    name = sweep["sweep"]
    assert said(capsys, "sweeps", "show", name)["trials"] == sweep["trials"]
    assert [found["sweep"] for found in said(capsys, "sweeps", "list")] == [name]
    run = said(capsys, "sweeps", "adopt", name)["run"]
    assert run == sweep["trials"][0]["runs"][0]
    assert said(capsys, "runs", "show", run)["sweep"] is None
    assert said(capsys, "sweeps", "delete", name) == {"sweep": name, "deleted": True}
    assert main(["sweeps", "show", name]) == 2
    assert said(capsys, "sweeps", "restore", name) == {"sweep": name, "deleted": False}
    assert main(["sweeps", "show", name]) == 0
    assert "What mattered" not in (out := capsys.readouterr().out)  # three trials say nothing of that
    assert f"sweeps adopt {name}" in out


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        (["--over", "optimizer.learning_rate=9"], "A range is written"),
        (["--over", "seed=1:9"], "Unknown setting to search"),
        ([*OVER, "--trials", "0"], "1 <= trials <= 10000"),
        ([*OVER, "--sampler", "magic"], "Unknown sampler 'magic'"),
        ([*OVER, "--seconds", "soon"], "takes a number"),
        ([*OVER, "--where", "moon"], "Unknown place 'moon'"),
    ],
)
def test_bad_input_is_one_sentence(arguments: list[str], rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", *SMALL, *arguments]) == 2
    captured = capsys.readouterr()
    assert rule in captured.err
    assert captured.out == ""


@pytest.mark.long
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on() -> None:
    command = [sys.executable, "-m", "makemore_core", "sweep", *SMALL, *OVER, "--steps", "100000"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    store = RunStore(store_path())
    sweeps = Sweeps(RunManager(store))
    wait_until(lambda: bool(sweeps.list()) and any(t.step for t in sweeps.standing(sweeps.list()[0].id).trials), 120)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    (row,) = sweeps.list()
    assert process.returncode == 130
    assert f"sweeps resume {row.id}" in err
    assert row.state == "stopped"
    assert all(trial.state == "stopped" for trial in sweeps.standing(row.id).trials)
    store.close()
