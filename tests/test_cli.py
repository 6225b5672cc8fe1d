"""The command line: published numbers, one JSON document, one sentence for bad input, and runs that survive a kill."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from makemore_core import catalogue
from makemore_core.catalogue import CATALOGUE, SHIPPED, is_here
from makemore_core.cli import main
from makemore_core.cli.reference import updated
from makemore_core.exports import FORMATS
from makemore_core.places import store_path
from makemore_core.training.recorder import RunState
from makemore_core.training.store import RunStore
from tests.conftest import wait_until

ROOT = Path(__file__).parent.parent
SMALL = ["--data", SHIPPED, "--set", "model.n_hidden=16", "--set", "model.n_embd=4"]
needs_names = pytest.mark.skipif(
    not is_here(CATALOGUE["names"]), reason="published numbers need makemore's names.txt: `data fetch names`"
)


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


Lab = Callable[..., Outcome]


@pytest.fixture(scope="module", autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One store for this file, with the small run `trained` in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAKEMORE_STORE", str(tmp_path_factory.mktemp("store") / "runs.sqlite"))
        assert main(["train", "lecture3-kaiming", *SMALL, "--steps", "300", "--name", "trained"]) == 0
        yield


@pytest.fixture
def lab(capsys: pytest.CaptureFixture[str]) -> Lab:
    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = main(arguments)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


def in_the_background(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "makemore_core", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def has_checkpoint(run: str) -> bool:
    store = RunStore(store_path())
    try:
        return store.checkpoint(run) is not None
    finally:
        store.close()


# Published numbers: shared/reference-runs.md


@needs_names
def test_lecture3_deep_gives_its_published_losses_and_names(lab: Lab) -> None:
    result = lab("train", "lecture3-deep", "--loss-at", "0", "--json").document
    assert result["loss"]["train"] == pytest.approx(2.4002976417541504, abs=1e-5)
    assert result["loss"]["val"] == pytest.approx(2.3982467651367188, abs=1e-5)
    assert result["loss_at"]["0"] == pytest.approx(3.2870, abs=1e-4)
    assert result["samples"][:6] == ["carpah", "qarlileif", "jmrix", "thty", "sacansa", "jazhnte"]
    assert (result["steps"], result["parameters"]) == (1001, 47_024)
    drawn_later = lab("sample", result["run"], "-n", "6", "--json").document
    assert drawn_later["samples"] == result["samples"][:6]
    assert lab("evaluate", result["run"], "--json").document["loss"] == result["loss"]


@needs_names
@pytest.mark.parametrize(
    ("preset", "loss"),
    [
        ("lecture3-original", 27.8817),
        ("lecture3-softmax-fix", 3.3221),
        ("lecture3-tanh-fix", 3.3135),
        ("lecture3-kaiming", 3.3179),
        ("lecture3-batchnorm", 3.3239),
    ],
)
def test_first_loss_is_the_published_one(lab: Lab, preset: str, loss: float) -> None:
    result = lab("train", preset, "--steps", "1", "--loss-at", "0", "--json").document
    assert result["loss_at"]["0"] == pytest.approx(loss, abs=1e-4)
    assert result["preset"] == preset


@needs_names
@pytest.mark.parametrize(
    ("flags", "losses"),
    [
        ("--context 1 --alpha 0 --all", {"all": 2.454014}),
        ("--context 1 --alpha 1 --all", {"all": 2.454577}),
        ("--context 1 --alpha .3", {"train": 2.4543, "val": 2.4530, "test": 2.4580}),
        ("--context 3 --alpha .1", {"train": 1.9187, "val": 2.1018, "test": 2.1044}),
    ],
)
def test_count_tables_have_their_reference_losses(lab: Lab, flags: str, losses: dict[str, float]) -> None:
    assert lab("ngram", *flags.split(), "--data", "names", "--json").document == pytest.approx(losses, abs=1e-4)


def test_alpha_is_tuned_on_val(lab: Lab) -> None:
    tuned = lab("ngram", "--context", "2", "--tune", "--data", SHIPPED, "--json").document
    others = [
        lab("ngram", "--context", "2", "--alpha", f"{share * tuned['alpha']}", "--data", SHIPPED, "--json").document
        for share in (0.9, 1.0, 1.1)
    ]
    assert min(other["val"] for other in others) == others[1]["val"] == pytest.approx(tuned["val"], rel=1e-12)
    assert lab("ngram", "--context", "2", "--tune", "--data", SHIPPED).code == 0


@needs_names
@pytest.mark.parametrize(("dtype", "largest"), [("float64", 1e-12), ("float32", 1e-6)])
def test_the_26_gradients_of_lecture_4_are_right(lab: Lab, dtype: str, largest: float) -> None:
    rows = lab("gradcheck", "seed002-manual", "--dtype", dtype, "--json").document
    assert len(rows) == 26
    assert all(row["close"] for row in rows)
    assert max(row["max_diff"] for row in rows) <= largest


@needs_names
@pytest.mark.parametrize(
    ("engine", "dtype", "largest"),
    [("by_hand", "float64", 1e-12), ("minitorch", "float64", 1e-12), ("compiled", "float32", 1e-6)],
)
def test_the_wavenets_gradients_are_right(lab: Lab, engine: str, dtype: str, largest: float) -> None:
    rows = lab("gradcheck", "lecture5-wavenet", "--engine", engine, "--dtype", dtype, "--json").document
    assert max(row["max_diff"] for row in rows) <= largest


@needs_names
def test_reference_puts_ours_beside_the_published_numbers(lab: Lab, tmp_path: Path) -> None:
    table = tmp_path / "table.md"
    (document,) = lab("reference", "counting-4-gram", "--write", str(table), "--json").document
    assert document["loss"] == pytest.approx({"train": 1.9187, "val": 2.1018, "test": 2.1044}, abs=1e-4)
    assert "*1.9187* / *2.1018* / *2.1044* | 1.9187 / 2.1018 / 2.1044 |" in table.read_text()


def test_a_row_of_the_reference_table_takes_the_place_of_the_older_one() -> None:
    about = {"parameters": 1, "steps": 1, "seconds": 1.0, "date": "2026-01-01", "torch": "2.13.0", "device": "cpu"}
    table = ""
    for preset, val in (("seed001-deep", 2.1), ("lecture2-mlp", 2.2), ("seed001-deep", 2.3)):
        table = updated(table, about | {"preset": preset, "loss": {"train": 2.0, "val": val, "test": 2.0}})
    rows = [line.split(" | ")[0] for line in table.splitlines() if "2026-01-01" in line]
    assert rows == ["| lecture2-mlp", "| seed001-deep"]  # in the order of the presets
    assert "2.0000 / 2.3000 / 2.0000 | +0.1700" in table  # published: 2.13


# Documents and tables


def test_train_prints_one_document_with_the_promised_keys(lab: Lab) -> None:
    outcome = lab(
        "train", "lecture3-kaiming", *SMALL, "--steps", "50", "--loss-at", "0,49", "--name", "shape", "--json"
    )
    result = outcome.document
    assert " ".join(result) == (
        "run preset engine parameters steps steps_per_second seconds loss loss_at samples dataset"
    )
    assert list(result["loss"]) == ["train", "val", "test"]
    assert list(result["loss_at"]) == ["0", "49"]
    assert result["dataset"] == {
        "name": SHIPPED,
        "sha256": CATALOGUE[SHIPPED].sha256,
        "words": 32_257,  # data/README.md
        "vocab": 27,
    }
    assert result["parameters"] == 27 * 4 + 12 * 16 + 16 + 16 * 27 + 27
    assert result["steps_per_second"] == pytest.approx(result["steps"] / result["seconds"])
    assert "shape" in outcome.err


def test_losses_beside_published_ones_stand_on_stdout(lab: Lab) -> None:
    outcome = lab("train", "lecture3-kaiming", *SMALL, "--steps", "2")
    assert outcome.code == 0
    assert "2.1070" in outcome.out  # published val
    assert "model.n_hidden=16" in outcome.out
    assert "names:" in outcome.out


def test_a_run_stopped_by_seconds_has_null_for_the_steps_it_did_not_reach(lab: Lab) -> None:
    flags = ["--seconds", "0.5", "--loss-at", "0,199999", "--name", "brief", "--json"]
    outcome = lab("train", "lecture3-kaiming", *SMALL, *flags)
    assert outcome.document["loss_at"]["199999"] is None
    assert 0 < outcome.document["steps"] < 200_000
    assert "runs resume brief" in outcome.err
    assert lab("runs", "show", "brief", "--json").document["state"] == "stopped"


def test_infinite_losses_become_null(lab: Lab) -> None:
    # without smoothing a pair of val that train lacks has probability 0
    assert lab("ngram", "--context", "3", "--alpha", "0", "--json").document["val"] is None


def test_runs_are_listed_shown_and_deleted(lab: Lab) -> None:
    assert lab("train", "lecture3-kaiming", *SMALL, "--steps", "20", "--name", "passing").code == 0
    listed = {row["run"]: row for row in lab("runs", "list", "--json").document}
    assert listed["passing"]["steps"] == 20
    shown = lab("runs", "show", "passing", "--json").document
    assert shown["config"]["model"]["n_hidden"] == 16
    assert shown["evaluations"][-1]["step"] == 20
    assert "passing" in lab("runs", "list").out
    assert "model.n_hidden" in lab("runs", "show", "passing").out
    assert lab("runs", "delete", "passing").code == 0
    assert lab("runs", "show", "passing").code == 2


def test_the_store_is_checked_mended_and_packed(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_STORE", str(tmp_path / "runs.sqlite"))
    assert lab("runs", "check").code == 2  # there is none yet
    assert lab("train", "lecture3-kaiming", *SMALL, "--steps", "20", "--name", "passing").code == 0
    assert lab("runs", "check").out == "All is sound.\n"
    with closing(sqlite3.connect(tmp_path / "runs.sqlite")) as db, db:
        db.execute("UPDATE checkpoints SET content = zeroblob(length(content))")
    found = lab("runs", "check")
    assert found.code == 1
    assert "passing: The checkpoint is damaged" in found.out
    assert "`python -m makemore_core runs check --repair`" in lab("sample", "passing").err
    (fault,) = lab("runs", "check", "--repair", "--json").document["faults"]
    assert fault["mended"].startswith("It is back after step ")
    assert lab("runs", "check", "--json").document["sound"]
    assert lab("runs", "resume", "passing").code == 0
    assert lab("runs", "delete", "passing").code == 0
    packed = lab("runs", "vacuum", "--deleted", "--json").document
    assert packed["bytes_after"] < packed["bytes_before"]


def test_a_run_goes_back_to_a_kept_step_with_another_rate(lab: Lab) -> None:
    assert lab("train", "lecture3-kaiming", *SMALL, "--steps", "300", "--name", "hasty").code == 0
    rewound = lab("runs", "rewind", "hasty", "--step", "128", "--set", "optimizer.learning_rate=0.01", "--json")
    assert rewound.document["steps"] == 300
    (mark,) = lab("runs", "show", "hasty", "--json").document["marks"]
    assert mark == {
        "step": 129,
        "text": "rewound from step 300, learning rate 0.1 → 0.01",
        "settings": {"optimizer.learning_rate": 0.01},
    }
    assert "rewound from step 300" in lab("runs", "show", "hasty").out


def test_a_run_is_forked_and_a_finished_one_trains_on(lab: Lab) -> None:
    half = ("--set", "optimizer.learning_rate=0.05", "--name", "child")
    fork = lab("runs", "fork", "trained", "--step", "100", *half, "--json").document
    assert (fork["run"], fork["steps"]) == ("child", 300)
    shown = lab("runs", "show", "child", "--json").document
    assert shown["parent"] == {"run": "trained", "step": 100}
    assert shown["marks"][-1]["text"] == "forked from trained after step 100, learning rate 0.1 → 0.05"
    assert lab("runs", "resume", "child", "--steps", "350", "--json").document["steps"] == 350
    for arguments, why in (
        (("fork", "trained", "--step", "10", "--set", "model.n_hidden=5"), "keeps the shapes of its parent's"),
        (("fork", "trained"), "nothing left to train: All 300 steps are done"),
        (("resume", "child"), "The run 'child' is finished"),
        (("resume", "child", "--steps", "340"), "nothing left to train: All 340 steps are done"),
    ):
        refused = lab("runs", *arguments)
        assert (refused.code, why in refused.err) == (2, True), refused.err


def test_a_run_and_a_preset_are_ejected(lab: Lab, tmp_path: Path) -> None:
    written = lab("eject", "trained", "--to", str(tmp_path), "--json").document
    assert written["code"] == str(tmp_path / "trained.py")
    assert "n_hidden = 16 " in Path(written["code"]).read_text()
    assert Path(written["data"]).read_bytes()
    assert "Open " in lab("eject", "trained", "--notebook", "--to", str(tmp_path)).out
    assert (tmp_path / "trained.ipynb").is_file()
    (tmp_path / "trained.py").write_text("print('mine')")
    refused = lab("eject", "trained", "--to", str(tmp_path))
    assert refused.code == 2
    assert "is another file, and stays" in refused.err
    assert "no preset or run 'nonsense'" in lab("eject", "nonsense").err


def test_a_rate_is_found_for_a_preset_and_for_a_run_as_it_is(lab: Lab) -> None:
    ramp = ["--steps", "200", "--passes", "1", "--high", "50"]
    found = lab("finder", "lecture3-kaiming", *SMALL, *ramp, "--json").document
    assert (found["low"], found["high"], found["steps"], found["exploded"]) == (0.001, 50.0, 200, True)
    assert len(found["rates"]) == len(found["losses"]) < 200
    first = found["suggestions"][0]
    assert first["name"] == "floor"
    assert found["floor"]["low"] < first["rate"] < found["floor"]["high"]
    words = lab("finder", "trained", *ramp)
    assert words.code == 0
    assert "makemore part 2, by eye" in words.out
    assert "keeps its settings" in lab("finder", "trained", "--set", "seed=1").err
    assert "`20 <= steps <= 20000` must hold" in lab("finder", "lecture3-kaiming", *SMALL, "--steps", "3").err


def test_presets_and_data_sets_are_listed(lab: Lab) -> None:
    listed = {preset["name"]: preset for preset in lab("presets", "--json").document}
    assert listed["lecture3-deep"]["published"]["val"] == 2.3982467651367188
    assert "lecture3-deep" in lab("presets").out
    sets = {source["name"]: source for source in lab("data", "list", "--json").document}
    assert sets[SHIPPED]["here"] is True
    assert SHIPPED in lab("data", "list").out
    assert lab("data", "fetch", SHIPPED).code == 0


def test_lint_finds_mends_and_keeps(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("".join(f"{a}{b}\n" for a in "abcdefgh" for b in "xyz") + "ax\n\u202eiy\n")
    found = lab("data", "lint", str(path), "--json").document
    assert (found["words"], found["kind"]) == (26, "words")
    invisible = next(finding for finding in found["findings"] if finding["check"] == "invisible")
    assert invisible["examples"] == [{"line": 26, "text": "\u202eiy", "note": ""}]
    assert "line 26: '\\u202eiy'" in lab("data", "lint", str(path)).out

    mends = ["--mend", "strip", "--mend", "deduplicate"]
    kept = lab("data", "lint", str(path), *mends, "--keep", "mended", "--json").document
    assert kept["mended"] == {"before": 26, "after": 25, "changed": 1}
    assert "invisible" not in [
        finding["check"] for finding in lab("data", "lint", "mended", "--json").document["findings"]
    ]
    listed = {source["name"]: source for source in lab("data", "list", "--json").document}
    assert (listed["mended"]["words"], listed["mended"]["vocab"]) == (25, 13)
    run = lab("train", "seed000-layers", "--data", "mended", "--steps", "5", "--json").document
    assert run["dataset"] == {"name": "mended", "sha256": listed["mended"]["sha256"], "words": 25, "vocab": 13}

    assert lab("data", "delete", "mended").code == 0
    assert "bring it back with `data restore mended`" in lab("data", "lint", "mended").err
    assert lab("data", "restore", "mended").code == 0
    assert lab("runs", "show", run["run"]).code == 0
    assert lab("data", "delete", "mended").code == 0


def test_a_file_in_another_encoding_is_kept_when_it_is_named(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes("zoë\nchloé\n".encode("cp1252") * 6)
    refused = lab("data", "lint", str(path))
    assert refused.code == 2
    assert "byte 2 in line 1 is 0xeb; save it as UTF-8, or keep it with its encoding named" in refused.err
    assert lab("data", "lint", str(path), "--encoding", "cp1252", "--keep", "accents").code == 0
    assert lab("data", "list", "--json").document[-1]["about"] == "Your own, from names.txt."
    assert lab("data", "delete", "accents").code == 0


def test_score_gives_bits_for_each_character_and_the_end(lab: Lab) -> None:
    scored = lab("score", "trained", "emma", "zzzqx", "--json").document
    assert [list(s) for s in scored] == [["name", "bits", "percentile", "per_character"]] * 2
    assert [character for character, _ in scored[0]["per_character"]] == ["e", "m", "m", "a", "."]
    assert scored[0]["bits"] == pytest.approx(sum(bits for _, bits in scored[0]["per_character"]))
    assert scored[0]["percentile"] < scored[1]["percentile"]
    assert "emma" in lab("score", "trained", "emma").out


def test_novelty_gives_shares_that_sum_to_1(lab: Lab) -> None:
    found = lab("novelty", "trained", "-n", "150", "--json").document
    assert list(found) == ["run", "steps", "samples", "repeats", "shares", "4-gram"]
    assert list(found["shares"]) == ["in train", "in val or test", "new"]
    assert sum(found["shares"].values()) == pytest.approx(1)
    assert sum(found["4-gram"].values()) == pytest.approx(1)
    assert found == lab("novelty", "trained", "-n", "150", "--json").document
    assert "in val or test" in lab("novelty", "trained", "-n", "20").out


def test_samples_start_with_the_prefix_and_follow_the_seed(lab: Lab) -> None:
    def drawn(seed: str) -> list[str]:
        return lab("sample", "trained", "-n", "5", "--prefix", "em", "--seed", seed, "--json").document["samples"]

    assert len(drawn("1")) == 5
    assert all(name.startswith("em") for name in drawn("1"))
    assert drawn("1") == drawn("1") != drawn("2")
    assert len(lab("sample", "trained", "-n", "3").out.splitlines()) == 3


def test_top_k_of_1_always_draws_the_same_name(lab: Lab) -> None:
    names = lab("sample", "trained", "-n", "4", "--top-k", "1", "--json").document["samples"]
    assert len(set(names)) == 1


def test_own_words_train_and_are_shown_literally(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.txt").write_text("[red]ö:smile:\n" * 20, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    trained = lab(
        "train", "lecture3-kaiming", "--data", "own.txt", "--steps", "200", "--name", "own", "--json"
    ).document
    assert (trained["dataset"]["name"], trained["dataset"]["words"]) == ("own.txt", 20)
    monkeypatch.chdir(ROOT)  # the run finds its words from everywhere
    assert "[red]ö:smile:" in lab("score", "own", "[red]ö:smile:").out
    assert "[red]ö:smile:" in lab("sample", "own", "--top-k", "1").out


def test_escape_sequences_of_a_data_set_do_not_reach_the_terminal(lab: Lab, tmp_path: Path) -> None:
    words = tmp_path / "escapes.txt"
    words.write_text("\x1b[31ma\n" * 20)
    lab("train", "lecture3-kaiming", "--data", str(words), "--steps", "20", "--name", "escapes")
    outcome = lab("score", "escapes", "\x1b[31ma")
    assert "\x1b" not in outcome.out
    assert r"\x1b[31ma" in outcome.out


@pytest.mark.parametrize("format", FORMATS)
def test_a_run_is_exported_in_every_format(lab: Lab, format: str, tmp_path: Path) -> None:
    path = tmp_path / "taken-home"
    document = lab("runs", "export", "trained", "--format", format, "--to", str(path), "--json").document
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    assert [file.stat().st_size for file in files] == [document["bytes"]]
    assert (document["run"], document["format"], document["step"]) == ("trained", format, 300)
    again = lab("runs", "export", "trained", "--format", format, "--to", str(path))
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert "already; choose another place with --to" in again.err


def test_without_a_place_an_export_bears_the_runs_name(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for format in ("csv", "safetensors", "tensorboard"):
        lab("runs", "export", "trained", "--format", format)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "trained-tensorboard", "trained.csv", "trained.safetensors",
    ]  # fmt: skip


def test_an_archive_goes_out_and_comes_in(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "runs.makemore.zip"
    out = lab("runs", "export", "trained", "--format", "archive", "--to", str(path), "--json").document
    assert (out["runs"], out["bytes"]) == (["trained"], path.stat().st_size)
    into = lab("runs", "import", str(path), "--json").document
    assert into["runs"] == ["trained-2"]
    assert into["notes"] == ["There is a run 'trained' already; this one is called 'trained-2'."]
    before, after = (lab("runs", "show", run, "--json").document for run in ("trained", "trained-2"))
    assert (before["loss"], before["samples"]) == (after["loss"], after["samples"])
    again = lab("runs", "export", "trained", "trained-2", "--format", "archive", "--to", str(path))
    assert (again.code, again.err.count("\n")) == (2, 1)


# Bad input and failure


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train", "nope"], "Unknown preset 'nope'"),
        (["train"], "PRESET"),
        (["nope"], "nope"),
        (["train", "lecture3-deep", "--nope"], "--nope"),
        (["train", "lecture3-deep", "--set", "model.n_hidden=1e9"], "4 <= n_hidden <= 1024"),
        (["train", "lecture3-deep", "--set", "optimizer.learning_rate=nan"], "learning_rate=nan"),
        (["train", "lecture3-deep", "--set", "model.n_hidden"], "path=value"),
        (["train", "lecture3-deep", "--set", "model.nope=1"], "model.nope"),
        (["train", "lecture3-deep", "--set", "model=nope"], "Unknown model 'nope'"),
        (["train", "lecture3-deep", "--data", "/no/such/file.txt"], "/no/such/file.txt"),
        (["train", "lecture3-deep", "--data", "/"], "'/'"),
        (["train", "lecture3-deep", "--data", "x" * 5000], "xxx"),
        (["train", "lecture3-deep", "--data", "\udcff.txt"], "UTF-8"),
        (["train", "lecture3-deep", "--data", SHIPPED, "--name", "../x"], "'../x'"),
        (["train", "lecture3-deep", "--data", SHIPPED, "--name", "trained"], "trained"),
        (["train", "lecture3-deep", "--steps", "0"], "1 <= max_steps"),
        (["train", "lecture3-deep", "--steps", "10", "--loss-at", "10"], "0 <= loss-at < 10"),
        (["train", "lecture3-deep", "--loss-at", "first"], "first"),
        (["train", "lecture3-deep", "--seconds", "nan"], "seconds"),
        (["train", "lecture3-deep", "--engine", "nope"], "Unknown engine 'nope'"),
        (["evaluate", "nope"], "There is no run 'nope'"),
        (["runs", "show", "no\npe"], "There is no run"),
        (["runs", "delete", "nope"], "There is no run"),
        (["runs", "resume", "trained"], "finished"),
        (["runs", "export", "nope"], "There is no run"),
        (["runs", "export", "trained", "--format", "pdf"], "Unknown format 'pdf'"),
        (["runs", "export", "trained", "--to", "/"], "something at '/' already"),
        (["runs", "nope"], "nope"),
        (["runs", "export", "trained", "trained", "--format", "csv"], "one run at a time"),
        (["runs", "import", "/no/such/file"], "cannot be read"),
        (["runs", "import", str(ROOT)], "is no file"),
        (["runs", "import", str(ROOT / "README.md")], "no whole archive"),
        (["sample", "trained", "--prefix", "Ä"], "Ä"),
        (["sample", "trained", "-n", "-1"], "-n"),
        (["sample", "trained", "--temperature", "0"], "temperature"),
        (["score", "trained", ""], "at least 1 character"),
        (["score", "trained", "emma1"], "'1'"),
        (["ngram", "--alpha", "-1"], "0 <= alpha"),
        (["ngram", "--context", "99"], "context"),
        (["ngram", "--context", "99", "--tune"], "0 <= context <= 8"),
        (["data", "fetch", "nope"], "Unknown data set 'nope'"),
    ],
)
def test_bad_input_ends_in_one_sentence(lab: Lab, arguments: list[str], told: str) -> None:
    outcome = lab(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1
    assert told in outcome.err
    assert "Traceback" not in outcome.err


def test_a_binary_file_is_refused(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(bytes(range(256)))
    outcome = lab("train", "lecture3-deep", "--data", str(tmp_path / "binary"))
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.count("\n") == 1


def test_a_missing_catalogue_set_names_the_flag_that_helps(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "DATA_FOLDER", tmp_path)
    monkeypatch.delenv("MAKEMORE_DATA", raising=False)
    outcome = lab("train", "lecture3-kaiming")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert f"--data {SHIPPED}" in outcome.err


def test_a_process_ends_as_main_says() -> None:
    with in_the_background("train", "nope", "--json") as process:
        out, err = process.communicate()
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)


def test_without_a_command_the_help_is_printed(lab: Lab) -> None:
    for arguments in ([], ["runs"], ["data"]):
        outcome = lab(*arguments)
        assert outcome.code == 0
        assert outcome.out.startswith("Usage: python -m makemore_core")


def test_a_run_that_diverges_fails_with_its_message(lab: Lab) -> None:
    wild = ["model.activation=relu", "model.batch_norm=false", "optimizer.learning_rate=100"]
    settings = [part for setting in wild for part in ("--set", setting)]
    outcome = lab("train", "lecture3-deep", "--data", SHIPPED, "--steps", "500", *settings, "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert "no longer a number" in outcome.err
    assert "Traceback" not in outcome.err


def test_the_command_line_works_without_streamlit_and_plotly() -> None:
    check = "import sys, makemore_core.cli; sys.exit(bool({'streamlit', 'plotly'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0


# Runs that are cut off


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)])
def test_a_signal_stops_with_a_checkpoint_and_tells_how_to_resume(lab: Lab, number: signal.Signals) -> None:
    name = f"broken-off-{number}"
    with in_the_background("train", "lecture3-kaiming", *SMALL, "--name", name, "--json") as process:
        wait_until(lambda: has_checkpoint(name), timeout=60)
        process.send_signal(number)
        out, err = process.communicate()
    assert (process.returncode, out) == (130, "")
    assert f"runs resume {name}" in err
    assert "Traceback" not in err
    assert lab("runs", "show", name, "--json").document["state"] == "stopped"


@pytest.mark.long
def test_a_killed_run_resumes_to_the_same_bits(lab: Lab) -> None:
    settings = ["train", "lecture3-kaiming", *SMALL, "--steps", "60000"]
    whole = lab(*settings, "--name", "whole", "--json").document
    with in_the_background(*settings, "--name", "killed") as process:
        wait_until(lambda: has_checkpoint("killed"), timeout=60)
        os.kill(process.pid, signal.SIGKILL)
    store = RunStore(store_path())
    assert store.run("killed").progress.step < 60_000
    wait_until(lambda: store.run("killed").progress.state == RunState.INTERRUPTED)
    resumed = lab("runs", "resume", "killed", "--json").document
    ours, theirs = store.checkpoint("killed"), store.checkpoint("whole")
    assert ours
    assert theirs
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())
    assert (resumed["loss"], resumed["samples"]) == (whole["loss"], whole["samples"])
    assert store.losses("killed")[:, :2].tolist() == store.losses("whole")[:, :2].tolist()
    store.close()
