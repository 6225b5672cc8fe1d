"""A person turns the learning rate while it trains, lets a run diverge, and takes the way back that is offered."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from makemore_core.training.recorder import RunState
from makemore_core.training.store import RunStore
from tests.browser.lab import SMALL, Lab
from tests.browser.server import Server
from tests.browser.watch import Watch

STEPS = 3_000
FRAGILE = f"preset=lecture3-deep&model.batch_norm=false&model.activation=relu&model.n_hidden=32&max_steps={STEPS}"


@pytest.fixture
def store(server: Server) -> Iterator[RunStore]:
    store = RunStore(server.store)
    yield store
    store.close()


@pytest.mark.long
def test_a_changed_rate_leaves_its_mark_where_it_was_changed(lab: Lab, store: RunStore):
    lab.open(f"/?{SMALL}")
    lab.play()
    lab.wait_for_step(200)
    lab.choose("Learning rate", "rate 0.02")
    flag = lab.flags.filter(has_text="learning rate 0.152 → 0.02")
    expect(flag).to_have_count(1)
    run = lab.chosen_run
    lab.stop()
    (mark,) = store.marks(run)
    assert mark.step >= 200
    (line,) = lab.flag_lines
    assert line == mark.step + 1  # step n is drawn at n + 1
    lab.reload()
    expect(flag).to_have_count(1)


@pytest.mark.long
def test_what_can_be_changed_opens_with_the_runs_own_values_and_changes_nothing(lab: Lab, store: RunStore):
    lab.open(f"/?{SMALL}")
    lab.play()
    lab.wait_for_step(50)
    lab.page.get_by_role("button", name="batch 32").first.click()
    expect(lab.page.get_by_test_id("stPopoverBody").get_by_role("slider").first).to_have_attribute(
        "aria-valuetext", "32"
    )
    lab.page.keyboard.press("Escape")
    lab.wait_for_step(lab.step_number + 500)
    run = lab.chosen_run
    lab.stop()
    assert store.marks(run) == []


def test_a_run_diverges_goes_back_and_finishes(lab: Lab, store: RunStore, watch: Watch):
    lab.open(f"/?{FRAGILE}")
    lab.choose_speed("200 steps/s")
    lab.play()
    run = lab.chosen_run
    lab.wait_for_step(300)
    lab.choose("Learning rate", "rate 100")
    expect(lab.state).to_have_text("diverged")
    broken = store.run(run).progress
    expect(lab.page.get_by_text("the loss was no longer a number")).to_be_visible()
    expect(lab.page.get_by_text(re.compile(r"overflowed.* moved by .* its own size", re.DOTALL))).to_be_visible()
    lab.choose_speed("turbo")
    lab.page.get_by_role("button", name=re.compile(r"Rewind to step \d+, learning rate 0\.1$")).first.click()
    expect(lab.state).to_have_text("finished")
    assert lab.chosen_run == run
    progress = store.run(run).progress
    assert (progress.state, progress.step) == (RunState.FINISHED, STEPS)
    rewound = store.marks(run)[-1]
    assert rewound.step < broken.step
    assert rewound.text == f"rewound from step {broken.step:,}, learning rate 100.0 → 0.1"
    expect(lab.flags.filter(has_text="rewound")).to_have_count(1)
    assert store.evaluations(run)[-1].val < 2.6  # near the bigram's 2.45: it has learned something since
    assert watch.faults  # the card, which is wanted, with or without the sickest layer's verdict
    assert all("no longer a number" in box for box in watch.faults)
    watch.faults.clear()


@pytest.mark.long
def test_the_cursor_is_shared_and_a_click_goes_back(lab: Lab):
    lab.open("/?preset=seed000-layers&max_steps=2000&data.dataset=us-names-2018")
    lab.play()
    expect(lab.state).to_have_text("finished")
    box = lab.page.locator(".st-key-loss .live-chart").bounding_box()
    assert box is not None
    lab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(lab.page.locator(".st-key-loss .step-line")).to_be_visible()
    lab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(lab.looked_at).not_to_have_text("now")
    lab.page.mouse.move(5, 5)
    expect(lab.page.locator(".st-key-loss .step-line")).to_be_hidden()
