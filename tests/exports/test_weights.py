"""The weights file: safetensors' own loader opens it, and so do the printed lines; the model answers bit for bit."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors
import safetensors.torch
import torch

from makemore_core.config import RunConfig
from makemore_core.errors import InputError
from makemore_core.exports.kept import Kept, gather, sha256_of
from makemore_core.exports.weights import loader, model_of, tensors_of, weights_file
from makemore_core.training.manager import RunManager
from makemore_core.training.pace import Pace
from tests.conftest import wait_until
from tests.exports.runs import FAMILIES, TEXT, on, small, trained


@pytest.mark.parametrize("family", FAMILIES)
def test_a_model_of_every_family_comes_back_bit_for_bit(family: str, of_family: Callable[[str], Kept], tmp_path: Path):
    kept = of_family(family)
    content = weights_file(kept)
    path = tmp_path / "net.safetensors"
    path.write_bytes(content)
    with safetensors.safe_open(path, "pt") as file:
        assert set(file.keys()) == set(kept.model.state())
        assert {row["tensor"] for row in tensors_of(kept.model)} == set(file.keys())
        for name, tensor in kept.model.state().items():
            assert torch.equal(file.get_tensor(name), tensor)
    model, about = model_of(content)
    x = torch.randint(0, 13, (50, model.block_size), generator=torch.Generator().manual_seed(1))
    with torch.no_grad(), kept.model.evaluating():
        assert torch.equal(model(x), kept.model(x))
    assert (about["step"], json.loads(about["config"])["model"]["name"]) == (str(kept.step), family)
    assert as_printed(kept, path).keys() == kept.model.state().keys()


def as_printed(kept: Kept, path: Path) -> dict[str, torch.Tensor]:
    """What the lines of the page make of a file, with nothing of ours at hand."""
    names: dict[str, object] = {}
    exec(loader(kept.model, str(path)), names)
    weights = names["weights"]
    assert isinstance(weights, dict)
    assert all(torch.equal(weights[name], tensor) for name, tensor in kept.model.state().items())
    return weights


def test_the_metadata_say_what_was_trained_on_what(otter: Kept, tmp_path: Path):
    path = tmp_path / "otter.safetensors"
    path.write_bytes(weights_file(otter))
    with safetensors.safe_open(path, "pt") as file:
        about = file.metadata()
    assert (about["run"], about["preset"], about["step"]) == ("otter", "", "1100")
    assert json.loads(about["vocabulary"]) == [".", *"abdeiklmnors"]
    assert about["dataset_sha256"] == otter.dataset.sha256
    last = otter.snapshot.evaluations[-1]
    assert json.loads(about["losses"]) == {"steps": 1100, "train": last.train, "val": last.val}
    assert about["weights_sha256"] == sha256_of(safetensors.torch.load_file(path)) == otter.fingerprint


def test_no_folder_of_this_machine_goes_along(otter: Kept):
    folder = str(Path(otter.config.data.dataset).parent)
    assert folder.encode() not in weights_file(otter)
    assert b'"words.txt' in weights_file(otter).replace(b"\\", b"")


def test_equal_weights_make_equal_files(otter: Kept):
    assert weights_file(otter) == weights_file(otter)


def test_the_weights_of_an_earlier_step_are_those_that_were_kept(runs: RunManager, otter: Kept):
    step = runs.store.snapshot_steps("otter")[3]
    then = gather(runs, "otter", step)
    state = runs.store.snapshot("otter", step)
    model, about = model_of(weights_file(then))
    assert about["step"] == str(step + 1)
    assert state is not None
    assert all(torch.equal(tensor, state[f"model.{name}"]) for name, tensor in model.state().items())


def test_an_alphabet_of_any_kind_and_a_text_come_along(hostile: Kept, runs: RunManager, tmp_path: Path):
    about = model_of(weights_file(hostile))[1]
    assert tuple(json.loads(about["vocabulary"])) == hostile.dataset.vocabulary.itos
    text = trained(runs, small("transformer", on(tmp_path / "hamlet.txt", TEXT, "text")))
    assert json.loads(model_of(weights_file(text))[1]["vocabulary"])[0] == "\n"


def test_a_file_of_somebody_else_is_refused_in_a_sentence(otter: Kept):
    other = safetensors.torch.save({"a": torch.zeros(2)})
    for content in (b"", b"no weights", other, weights_file(otter)[:-9]):
        with pytest.raises(InputError, match="no weights that Makemore Lab wrote"):
            model_of(content)


def test_the_net_of_a_run_that_trains_says_its_own_step(runs: RunManager, config: RunConfig):
    run = runs.start(replace(config, seed=5), pace=Pace(500))
    try:
        wait_until(lambda: run.trainer.number > 40)
        kept = gather(runs, run.id)
        assert 0 < kept.step <= run.trainer.number
        again = runs.trained_model(run.id, kept.step - 1).model if kept.step - 1 in steps_with_weights(kept) else None
        assert again is None or sha256_of(again.state()) == kept.fingerprint
    finally:
        runs.delete(run.id)


def steps_with_weights(kept: Kept) -> list[int]:
    return [o.step for o in kept.snapshot.observations if o.state]
