"""A person looks back at a step, forks the run there with half the rate, and lets a finished run train on."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from makemore_core.training.curve import STEP, STEPS
from makemore_core.training.store import RunStore
from tests.browser.lab import Lab
from tests.browser.server import Server

STEPS_OF_RUN, KEPT = 3_000, 1_024
SHORT = f"preset=lecture3-kaiming&model.n_hidden=16&max_steps={STEPS_OF_RUN}&data.dataset=us-names-2018"


@pytest.fixture
def store(server: Server) -> Iterator[RunStore]:
    store = RunStore(server.store)
    yield store
    store.close()


def test_a_step_is_forked_with_half_the_rate(lab: Lab, store: RunStore):
    run = trained(lab)
    lab.scrub_to([observation.step for observation in store.observations(run)].index(KEPT))
    expect(lab.looked_at).to_have_text("step 1,024")
    popover = opened(lab, "Fork here")
    rate = popover.get_by_role("slider").first
    for shown in ("0.07", "0.05"):
        rate.press("ArrowLeft")
        expect(rate).to_have_attribute("aria-valuetext", shown)
    popover.get_by_role("button", name="Fork", exact=True).click()
    expect(lab.flags.filter(has_text=f"forked from {run} after step 1,024, learning rate 0.1 → 0.05")).to_have_count(1)
    expect(lab.looked_at).to_have_text("now")
    expect(lab.state).to_have_text("finished")
    expect(lab.page.get_by_test_id("stPopoverBody")).to_be_hidden()
    fork = lab.chosen_run
    assert (store.run(fork).parent, store.run(fork).parent_step) == (run, KEPT)
    before, after = store.losses(run), store.losses(fork)
    known = before[:, STEP] + before[:, STEPS] <= KEPT
    assert np.array_equal(before[known], after[known])
    assert not np.any(before[~known][2:][:, 2:] == after[~known][2:][:, 2:])


@pytest.mark.long
def test_a_finished_run_trains_on_and_the_family_shows_who_is_whose(lab: Lab, store: RunStore):
    run = trained(lab)
    popover = opened(lab, "Train on")
    popover.get_by_role("button", name="Train on").click()
    lab.wait_for_step(2 * STEPS_OF_RUN)
    expect(lab.flags.filter(has_text="trained on, max steps 3,000 → 6,000")).to_have_count(1)
    opened(lab, "Train on").get_by_role("button", name="Fork", exact=True).click()
    expect(lab.flags.filter(has_text=f"forked from {run} after step 5,999")).to_have_count(1)
    fork = lab.chosen_run
    expect(lab.state).to_have_text("finished")
    lab.open(f"/runs?run={fork}")
    lab.page.get_by_role("radio", name="Family").click()
    chart = lab.page.locator(".st-key-family .live-chart")
    expect(chart.locator(".annotation").filter(has_text=run)).to_have_count(1)
    expect(chart.locator(".annotation").filter(has_text=fork).first).to_be_visible()
    boxes = [point.bounding_box() for point in chart.locator(".scatterlayer .point").all()]
    end = min((box for box in boxes if box), key=lambda box: box["y"])  # the eldest stands at the top
    lab.page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2)
    expect(chart.locator(".hoverlayer .hovertext")).to_have_count(1)
    lab.page.mouse.down()
    lab.page.mouse.up()
    expect(lab.page).to_have_url(re.compile(f"run={run}"))


def trained(lab: Lab) -> str:
    lab.open(f"/?{SHORT}")
    lab.button("Play").click()
    expect(lab.state).to_have_text("finished")
    return lab.chosen_run


def opened(lab: Lab, name: str) -> Locator:
    lab.page.get_by_role("button", name=name).click()
    return lab.page.get_by_test_id("stPopoverBody")
