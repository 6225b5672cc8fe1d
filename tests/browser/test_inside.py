"""The Inside page: its views follow the line of time and agree with the store, and a layer opens from the strip."""

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from makemore_core.catalogue import SHIPPED
from makemore_core.charts.over_time import spread
from makemore_core.presets import preset_named
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import Snapshot
from makemore_core.training.store import RunStore
from tests.browser.lab import SMALL, Lab
from tests.browser.server import Server

PHONE: ViewportSize = {"width": 390, "height": 844}
STEPS = 1_001


@pytest.fixture(scope="module")
def finished(server: Server) -> tuple[str, Snapshot]:
    """A finished run of lecture 3's deep net on the list that ships: its name, and all that the store has of it."""
    store = RunStore(server.store)
    settings = {"max_steps": STEPS, "data.dataset": SHIPPED}
    run = RunManager(store).start(preset_named("lecture3-deep").config.with_values(settings))
    run.join(timeout=None)
    snapshot = RunManager(store).snapshot(run.id)
    assert snapshot is not None
    store.close()
    return run.id, snapshot


def layer(lab: Lab, name: str) -> Locator:
    return lab.page.locator(".layer-strip").get_by_role("button", name=re.compile(f"^{re.escape(name)},"))


def choose(lab: Lab, option: str) -> None:
    """One of the page's segmented choices."""
    lab.page.get_by_test_id("stButtonGroup").get_by_text(option, exact=True).last.click()


def reading(snapshot: Snapshot, step: int, name: str) -> Any:
    return next(o.readings[name] for o in snapshot.observations if o.step == step)


@pytest.mark.long
@pytest.mark.parametrize("name", ["weights", "weight_gradients", "activations", "gradients"])
def test_all_layers_scrub_and_agree_with_the_store(name: str, lab: Lab, finished: tuple[str, Snapshot]):
    run, snapshot = finished
    lab.open(f"/inside?run={run}")
    for place in (0, 5):
        step = snapshot.observations[place].step
        lab.scrub_to(place)
        expect(lab.title_of(name)).to_contain_text(re.compile(f"at step {step:,}$"))
        (first, *_) = reading(snapshot, step, name).layers
        width = (first.high - first.low) / len(first.counts)
        assert lab.heights(name) == pytest.approx(np.array(first.counts) / sum(first.counts) / width, rel=1e-5)


@pytest.mark.long
def test_the_norm_and_the_pace_are_those_of_the_store(lab: Lab, finished: tuple[str, Snapshot]):
    run, snapshot = finished
    lab.open(f"/inside?run={run}")
    for name in ("gradient_norm", "update_ratio"):
        values = [next(iter(reading(snapshot, o.step, name).values.values())) for o in snapshot.observations]
        assert lab.points(name) == [[o.step + 1, v] for o, v in zip(snapshot.observations, values, strict=True)]


@pytest.mark.long
def test_over_time_shows_every_kept_step_and_the_one_looked_back_to(lab: Lab, finished: tuple[str, Snapshot]):
    run, snapshot = finished
    lab.open(f"/inside?run={run}&view=Over time")
    expect(lab.title_of("spread_over_time")).to_have_text("Activations of tanh1 over the steps")
    found = spread(snapshot, "activations", "tanh1")
    assert found is not None
    columns = np.array(lab.page.evaluate(CELLS)).T
    assert columns == pytest.approx(np.round(10_000 * found.shares))
    choose(lab, "Weights")
    expect(lab.title_of("spread_over_time")).to_have_text("Weights of embedding.weight over the steps")
    choose(lab, "Ridges")
    expect(lab.title_of("spread_over_time")).to_contain_text("the newest in front")
    lab.scrub_to(0)
    lab.page.wait_for_function(OUTLINED, arg="step 0")
    lab.go_to("Embeddings")
    lab.go_to("Inside")
    expect(lab.title_of("spread_over_time")).to_contain_text("Weights of embedding.weight, the newest in front")


@pytest.mark.long
def test_a_layer_opens_from_the_strip_with_the_keyboard_alone(lab: Lab, finished: tuple[str, Snapshot]):
    run, _ = finished
    lab.open(f"/inside?run={run}")
    layer(lab, "tanh2").focus()
    lab.page.keyboard.press("Enter")
    expect(layer(lab, "tanh2")).to_have_attribute("aria-pressed", "true")
    expect(lab.page).to_have_url(re.compile("view=Layer.*layer=tanh2"))
    expect(lab.page.locator(".st-key-layer_verdicts")).to_contain_text("of tanh2 is saturated (|t| > 0.97)")
    lab.reload()
    expect(layer(lab, "tanh2")).to_have_attribute("aria-pressed", "true")
    layer(lab, "linear3").focus()
    lab.page.keyboard.press("Space")
    expect(lab.page.locator(".st-key-layer_verdicts")).to_contain_text("linear3.weight moves by")
    expect(lab.state).to_have_text("finished")  # the space bar opened a layer and played nothing


def test_the_strip_tells_health_in_words_and_scrolls_by_itself_on_a_phone(lab: Lab, finished: tuple[str, Snapshot]):
    run, _ = finished
    lab.page.set_viewport_size(PHONE)
    lab.open(f"/inside?run={run}")
    expect(layer(lab, "tanh1")).to_have_accessible_name("tanh1, Tanh, healthy")
    expect(layer(lab, "linear1")).to_have_accessible_name(re.compile("linear1, Linear 30×100, (healthy|watch)"))
    layer(lab, "linear_output").click()  # scrolls there first
    expect(lab.page.locator(".st-key-layer_verdicts")).to_contain_text("linear_output.weight")
    assert lab.page.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth") <= PHONE["width"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("preset", "view", "sentence"),
    [
        ("lecture1-counting", "All layers", "no nonlinearity of its own"),
        ("lecture1-counting", "Over time", "no nonlinearity of its own"),
        ("lecture1-counting", "Layer", "it has no layers to look at"),
        ("makemore-lstm", "All layers", "no nonlinearity of its own"),
        ("makemore-lstm", "Over time", "no nonlinearity of its own"),
    ],
)
def test_what_a_model_lacks_is_a_sentence(preset: str, view: str, sentence: str, lab: Lab):
    lab.page.goto(f"{lab.address}/inside?preset={preset}&view={view}")
    expect(lab.page.get_by_text(sentence).first).to_be_visible()
    expect(lab.page.locator(".stException")).to_have_count(0)


@pytest.mark.long
def test_choices_hold_while_a_run_trains(lab: Lab):
    lab.open(f"/inside?{SMALL}&view=Over time")
    lab.play()
    for option, title in 2 * [("Weights", "Weights of"), ("Gradients", "Gradients of"), ("Activations", "Activations")]:
        choose(lab, option)
        expect(lab.title_of("spread_over_time")).to_contain_text(title)
    layer(lab, "output").click()
    expect(layer(lab, "output")).to_have_attribute("aria-pressed", "true")
    expect(lab.page.locator(".st-key-weights")).to_be_visible()
    lab.stop()


CELLS = """() => {
  const { z } = document.querySelector(".st-key-spread_over_time .live-chart")._fullData[0];
  return Array.from(z, row => Array.from(row));
}"""
OUTLINED = """step => document.querySelector(".st-key-spread_over_time .live-chart")._fullData
  .some(trace => trace.line.width > 1 && trace.text === step)"""
