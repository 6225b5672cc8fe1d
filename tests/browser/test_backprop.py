"""The Backprop page in a browser: one walks through a real run's lines, and sees the core's own numbers."""

import re

import pytest
from playwright.sync_api import Locator, expect

from makemore_core.backprop.lecture_4 import BACKWARD, FORWARD
from makemore_core.backprop.walk import Walk, walk
from makemore_core.catalogue import SHIPPED
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from tests.browser.lab import Lab
from tests.browser.server import Server

PAGE = f"/backprop?data.dataset={SHIPPED}&max_steps=60"
LECTURE_4 = f"{PAGE}&preset=lecture4-manual&model.n_hidden=24"
WAVENET = f"{PAGE}&preset=lecture5-wavenet&model.n_hidden=12"


def test_a_walk_to_dlogits_shows_the_runs_own_numbers(lab: Lab, server: Server):
    lab.open(LECTURE_4)
    lab.play()
    expect(lab.state).to_have_text(re.compile("finished"))
    core = next_step(server, lab.parameters["run"])
    node(lab, "hpreact").click()
    expect(lab.title_of("backprop_value")).to_have_text("hpreact (B, H) at step 59")
    expect(lab.page.locator(".walk output")).to_have_text("forward 10 of 20")
    expect(lab.page.locator(".st-key-backprop_gradient")).to_contain_text("not yet known")
    place = [line.name for line in FORWARD + BACKWARD].index("dlogits")
    lab.page.locator(".walk .steps input").fill(str(place))
    expect(lab.title_of("backprop_gradient")).to_have_text("dlogits (B, V) at step 59")
    assert cells(lab, "backprop_gradient") == pytest.approx(core.gradients["logits"].flatten().tolist(), abs=1e-7)
    assert cells(lab, "backprop_value") == pytest.approx(core.values["logits"].flatten().tolist(), abs=1e-5)
    expect(lab.page.locator("table.cmp tbody tr")).to_have_count(8)
    view(lab, "Compare")
    expect(lab.page.locator("table.cmp tbody tr")).to_have_count(26)
    assert names(lab) == [f"d{line.at}" for line in BACKWARD]
    expect(lab.page.get_by_test_id("stCaptionContainer").filter(has_text="Batch of step 60")).to_contain_text(
        f"loss {core.values['loss'].item():.4f}"
    )


@pytest.mark.long
def test_a_wavenet_is_walked_with_keys_and_buttons(lab: Lab, server: Server):
    lab.open(WAVENET)
    lab.play()
    expect(lab.state).to_have_text(re.compile("finished"))
    core = next_step(server, lab.parameters["run"])
    lines = core.form.forward + core.form.backward
    node(lab, "bn2diff").click()
    node(lab, "bn2diff").press("ArrowRight")
    expect(lab.title_of("backprop_value")).to_have_text("bn2diff2 (B, T/4, H) at step 59")
    button(lab, "Last line").click()
    expect(lab.title_of("backprop_gradient")).to_have_text("dC (V, E) at step 59")
    assert cells(lab, "backprop_gradient") == pytest.approx(core.gradients["C"].flatten().tolist(), abs=1e-7)
    expect(lab.page.locator("table.cmp tbody tr")).to_have_count(len(core.form.backward))
    node(lab, "W2").click()
    expect(lab.page.locator(".st-key-line")).to_contain_text("The only product with h1cat whose shape is that of W2")
    button(lab, "First line").click()
    button(lab, "Walk through").click()
    expect(lab.page.locator(".walk output")).to_have_text(re.compile(f"forward [4-9] of {len(core.form.forward)}"))
    button(lab, "Walk through").click()
    assert len(lines) == 91


@pytest.mark.long
def test_a_pull_is_p_less_one(lab: Lab):
    lab.open(LECTURE_4)
    view(lab, "dlogits")
    expect(lab.title_of("dlogits")).to_have_text("dlogits at step 0")
    heights = lab.heights("dlogits_row")
    assert sum(heights) == pytest.approx(0, abs=1e-5)
    assert sum(height < 0 for height in heights) == 1
    said = lab.page.get_by_test_id("stMarkdown").filter(has_text="its pull is p − 1").inner_text()
    assert float(said.partition("p − 1 = ")[2].partition(",")[0]) == pytest.approx(min(heights), abs=5e-4)
    lab.page.get_by_label("Example", exact=True).fill("3")
    lab.page.get_by_label("Example", exact=True).press("Enter")
    expect(lab.page.get_by_test_id("stMarkdown").filter(has_text="its pull is p − 1")).not_to_have_text(said)


@pytest.mark.long
def test_a_net_that_is_not_by_hand_offers_lecture_4s(lab: Lab):
    lab.page.goto(f"{lab.address}{PAGE}&preset=lecture1-neural")
    expect(lab.info).to_contain_text("is not derived by hand here")
    lab.page.get_by_role("button", name="Lecture 4's network").click()
    lab.wait_for_charts()
    expect(lab.page.locator(".walk .nodes button")).to_have_count(27)


@pytest.mark.long
def test_it_follows_a_run_that_trains(lab: Lab):
    lab.open(f"/backprop?data.dataset={SHIPPED}&preset=lecture4-manual&model.n_hidden=24&max_steps=1000000")
    lab.play()
    title = lab.title_of("backprop_value").text_content() or ""
    expect(lab.title_of("backprop_value")).not_to_have_text(title)
    node(lab, "bnvar").click()
    expect(lab.title_of("backprop_value")).to_have_text(re.compile(r"bnvar \(1, H\) at step [\d,]+"))
    view(lab, "Compare")
    expect(lab.page.locator("table.cmp tbody tr")).to_have_count(26)
    lab.stop()


def next_step(server: Server, run: str) -> Walk:
    """The lines of a finished run's net on the batch that it would take next."""
    store = RunStore(server.store)
    trainer = RunManager(store).trainer(run)
    store.close()
    return walk(trainer.model, *trainer.batch())


def node(lab: Lab, name: str) -> Locator:
    return lab.page.locator(".walk .nodes button").filter(has=lab.page.get_by_text(name, exact=True))


def button(lab: Lab, name: str) -> Locator:
    return lab.page.get_by_role("button", name=name, exact=True)


def view(lab: Lab, name: str) -> None:
    lab.page.get_by_role("radio", name=name, exact=True).click()


def names(lab: Lab) -> list[str]:
    return lab.page.locator("table.cmp tbody code").all_inner_texts()


def cells(lab: Lab, chart: str) -> list[float]:
    return lab.page.evaluate(CELLS, f".st-key-{chart} .live-chart")


CELLS = "chart => Array.from(document.querySelector(chart)._fullData[0].z).flatMap(row => Array.from(row))"
