"""A preset that is broken on purpose, as a learner meets it: asked, diagnosed, cured, and both curves seen."""

import re

import pytest
from playwright.sync_api import expect

from makemore_core.presets.sick import SICK
from makemore_core.presets.sickness import Sickness
from tests.browser.lab import OVER, Lab
from tests.browser.watch import Watch
from tests.rounds import some

NAMES = [preset.name for preset in SICK]
SICKNESSES = {preset.name: preset.sickness for preset in SICK if preset.sickness}


@pytest.mark.parametrize("name", some(NAMES, ["sick-all-zero"]))
def test_a_sick_run_is_asked_about_diagnosed_and_cured_beside_it(name: str, lab: Lab, watch: Watch) -> None:
    sickness: Sickness = SICKNESSES[name]
    lab.open(f"/?preset={name}&max_steps=400&data.dataset=us-names-2018")
    card = lab.page.locator(".st-key-sick")
    expect(card).to_contain_text(f"What is sick here? {sickness.question} Press Play first.")
    expect(card.get_by_role("button", name="Cure it")).to_be_disabled()
    lab.button("Play").click()
    expect(lab.state).to_have_text(OVER)
    expect(card).not_to_contain_text(sickness.words)
    card.get_by_role("button", name="Diagnosis").click()
    expect(card).to_contain_text(sickness.words)
    sick_run = lab.chosen_run
    card.get_by_role("button", name="Cure it").click()
    expect(card).to_contain_text("Cured: ")
    expect(card).to_contain_text(sickness.why)
    expect(lab.state).to_have_text(OVER)
    curves = lab.page.locator(".st-key-sick_curves")
    expect(curves).to_contain_text(f"{sick_run}, sick")
    expect(curves).to_contain_text(re.compile(f"{lab.chosen_run}, cured"))
    assert {path: lab.parameters[path] for path in sickness.cure} == {p: str(v) for p, v in sickness.cure.items()}
    assert all("The loss ran off" in box for box in watch.faults)  # the card of a loss that did, which is wanted
    watch.faults.clear()
