"""The short forms are what the long ones come to, on every network."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from makemore_core.backprop.short_forms import DERIVATIONS, compared, race, stages_with_short_form
from makemore_core.backprop.walk import walk
from tests.backprop.test_long_form import LECTURE_4, NETS, built, walked


@pytest.mark.parametrize("name", NETS)
def test_each_step_that_is_computed_equals_the_long_form(name: str) -> None:
    walk_ = walked(name)
    for stage in stages_with_short_form(walk_):
        found = [each for each in compared(walk_, stage) if each.line]
        assert {each.line.at for each in found if each.line} >= {stage.backward[-1].at}
        assert max(each.max_diff for each in found) <= 1e-12
        assert min(each.largest for each in found) > 1e-6  # nothing is compared with nothing


def test_there_is_one_for_the_loss_and_for_each_batch_norm() -> None:
    kinds = [stage.title for stage in stages_with_short_form(walked("deep"))]
    assert kinds == ["Cross-entropy", "BatchNorm", "BatchNorm 3", "BatchNorm 2", "BatchNorm 1"]
    assert [stage.title for stage in stages_with_short_form(walked("MLP"))] == ["Cross-entropy"]


def test_the_short_form_is_torchs_too() -> None:
    walk_ = walked("lecture 4")
    logits = walk_.values["logits"].clone().requires_grad_()
    cross_entropy(logits, walk_.values["y"]).backward()
    step = compared(walk_, stages_with_short_form(walk_)[0])[-1]
    assert step.line is not None
    torch.testing.assert_close(step.line.of(walk_.values), logits.grad, rtol=0, atol=1e-15)


def test_code_names_the_layer_and_its_dimensions() -> None:
    walk_ = walked("WaveNet")
    stage = next(stage for stage in stages_with_short_form(walk_) if stage.title == "BatchNorm 1")
    line = compared(walk_, stage)[-1].line
    assert line is not None
    assert "bn1raw * dh1preact).sum((0, 1)) / (128 - 1)" in line.code  # 32 examples at 4 positions


def test_a_race_runs_all_lines_but_the_parameters() -> None:
    walk_ = walk(*built(LECTURE_4))
    loss, norm = (race(walk_, stage, rounds=3) for stage in stages_with_short_form(walk_))
    assert (loss.lines, norm.lines) == (8, 7)
    assert min(loss.long, loss.short, norm.long, norm.short) > 0


def test_every_derivation_ends_in_a_value_of_the_long_form() -> None:
    for steps in DERIVATIONS.values():
        assert steps[-1].compute is not None
        assert all(step.words.endswith((".", "here.")) for step in steps)
