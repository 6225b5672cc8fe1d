"""The address says what was chosen: it brings the settings into another tab, and a bad one loses nothing."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab import SMALL, Lab
from tests.rounds import some

BAD = {
    "run=no-such-run": "There is no run 'no-such-run'",
    "preset=no-such-preset": "Unknown preset 'no-such-preset'",
    "model.n_hidden=1000000000": "must hold, but got n_hidden=1000000000.",
    "data.dataset=/etc/passwd": "Unknown data set '/etc/passwd'",
    "no.such.setting=1": "Unknown setting 'no.such.setting'",
}


@pytest.mark.parametrize("parameter", some(BAD, ["model.n_hidden=1000000000"]))
def test_a_bad_address_gets_one_sentence_and_a_page_that_works(parameter: str, lab: Lab):
    lab.open(f"/?{parameter}")
    expect(lab.info).to_have_count(1)
    expect(lab.info).to_contain_text(BAD[parameter])
    expect(lab.button("Play")).to_be_enabled()


@pytest.mark.long
def test_a_bad_address_does_not_touch_the_running_run(lab: Lab):
    lab.open(f"/?{SMALL}")
    lab.play()
    step = lab.step_number
    second = lab.another_tab("/?model.n_hidden=1000000000")
    expect(second.info).to_have_count(1)
    assert second.chosen_run == lab.chosen_run
    lab.wait_for_step(step + 1)


def test_turned_knobs_and_seed_stand_in_the_address_and_come_back_from_it(lab: Lab):
    lab.open("/?preset=seed000-layers")
    lab.page.get_by_role("slider", name="Batch size").press("ArrowRight")
    lab.page.wait_for_url("**batch_size=**")
    lab.page.get_by_text("More", exact=True).click()
    lab.page.get_by_role("spinbutton", name="Seed", exact=True).fill("7")
    lab.page.get_by_role("spinbutton", name="Seed", exact=True).press("Enter")
    lab.page.wait_for_url("**seed=7**")
    batch_size = lab.parameters["batch_size"]
    said = {name: value for name, value in lab.parameters.items() if name != "data.dataset"}  # where another stands in
    assert said == {"v": "1", "preset": "seed000-layers", "batch_size": batch_size, "seed": "7"}

    fresh = lab.another_tab(lab.page.url.removeprefix(lab.address)).page
    expect(fresh.get_by_role("slider", name="Batch size")).to_have_attribute("aria-valuetext", batch_size)
    fresh.get_by_text("More", exact=True).click()
    expect(fresh.get_by_role("spinbutton", name="Seed", exact=True)).to_have_value("7")
