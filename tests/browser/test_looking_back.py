"""The line of time: all panels of all pages go back to a step that the run kept, and return to the present."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from makemore_core.catalogue import SHIPPED
from makemore_core.diagnostics.embedding import vectors_of
from makemore_core.presets import preset_named
from makemore_core.projections.neighbourhoods import neighbours
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import Observation
from makemore_core.training.store import RunStore
from makemore_core.vocabulary import shown
from tests.browser.lab import Lab
from tests.browser.server import Server

STEPS = 20_000
REDRAWN_WITHIN = 300  # milliseconds


@pytest.fixture(scope="module")
def finished(server: Server) -> Iterator[tuple[RunStore, str]]:
    """The store of a finished run on the list that ships, and its name."""
    store = RunStore(server.store)
    settings = {"max_steps": STEPS, "data.dataset": SHIPPED}
    run = RunManager(store).start(preset_named("lecture3-kaiming").config.with_values(settings))
    run.join(timeout=None)
    yield store, run.id
    store.close()


def test_every_panel_goes_back_to_the_step_and_agrees_with_the_store(lab: Lab, finished: tuple[RunStore, str]):
    store, run = finished
    observations = store.observations(run)
    last = observations[-1]
    lab.open(f"/?run={run}")
    expect_names(lab, last)
    lab.scrub_to(0)
    expect_names(lab, observations[0])
    expect(lab.title_of("embedding")).to_contain_text("at step 0")
    assert lab.points("embedding") == pytest.approx(np.array(reading(observations[0], "embedding").points), abs=1e-6)
    lab.go_to("Inside")
    expect(lab.title_of("activations")).to_contain_text("at step 0")
    (layer, *_) = reading(observations[0], "activations").layers
    density = np.array(layer.counts) / sum(layer.counts) * len(layer.counts) / (layer.high - layer.low)
    assert lab.heights("activations") == pytest.approx(density, abs=1e-6)
    lab.go_to("Embeddings")
    expect(lab.title_of("neighbours")).to_have_text("Nearest to a, step 0")
    assert nearest_shown(lab) == nearest_to_a(store, run, 0)
    lab.page.get_by_role("button", name="live", exact=True).click()
    expect(lab.title_of("neighbours")).to_have_text(f"Nearest to a, step {last.step:,}")
    assert nearest_shown(lab) == nearest_to_a(store, run, last.step)
    lab.go_to("Train")
    expect_names(lab, last)


def reading(observation: Observation, diagnostic: str) -> Any:
    return observation.readings[diagnostic]


def expect_names(lab: Lab, observation: Observation) -> None:
    expect(lab.names_now.locator("p > *")).to_have_text([name or "·" for name in reading(observation, "samples").lines])


def nearest_shown(lab: Lab) -> list[str]:
    """The first of the bars in the Embeddings page: its letter, and its distance to two digits."""
    letter = lab.page.locator(".st-key-neighbours .ytick text").first.text_content() or ""
    number = lab.page.locator(".st-key-neighbours .textpoint text").first.text_content() or ""
    return [letter, number.partition(" ")[0]]


def nearest_to_a(store: RunStore, run: str, step: int) -> list[str]:
    """The letter nearest to the first one, and how near, by the weights in the store."""
    trained = RunManager(store).trained_model(run, step)
    letters = trained.dataset.vocabulary.itos
    assert trained.model.embedding is not None
    found = neighbours(vectors_of(trained.model.embedding), [1], 1)
    return [shown(letters[found.rows[0]]), f"{found.distances[0]:.2f}"]


@pytest.mark.long
def test_arrow_keys_move_from_anywhere_and_the_address_keeps_the_step(lab: Lab, finished: tuple[RunStore, str]):
    store, run = finished
    kept = [observation.step for observation in store.observations(run)][:-1]  # the last one is the present
    lab.open(f"/?run={run}")
    lab.page.keyboard.press("ArrowLeft")
    expect(lab.looked_at).to_have_text(f"step {kept[-1]:,}")
    lab.page.keyboard.press("ArrowLeft")
    expect(lab.looked_at).to_have_text(f"step {kept[-2]:,}")
    expect(lab.title_of("embedding")).to_contain_text(f"at step {kept[-2]:,}")
    lab.reload()
    expect(lab.looked_at).to_have_text(f"step {kept[-2]:,}")
    lab.page.keyboard.press("Home")
    expect(lab.title_of("embedding")).to_contain_text("at step 0")
    lab.page.keyboard.press("End")
    expect(lab.looked_at).to_have_text("now")
    expect(lab.page).not_to_have_url(re.compile("step="))


@pytest.mark.long
def test_a_step_is_redrawn_at_once(lab: Lab, finished: tuple[RunStore, str]):
    _, run = finished
    lab.open(f"/?run={run}")
    took = [lab.milliseconds_to_redraw("embedding", lambda: lab.page.keyboard.press("ArrowLeft")) for _ in range(8)]
    assert sorted(took)[len(took) // 4] < REDRAWN_WITHIN, took  # others may be busy on this machine


@pytest.mark.long
def test_what_is_typed_does_not_move_time(lab: Lab, finished: tuple[RunStore, str]):
    _, run = finished
    lab.open(f"/next_character?run={run}")
    field = lab.page.get_by_label("A name begins with", exact=True)
    field.click()
    field.press("ArrowLeft")
    expect(lab.looked_at).to_have_text("now")
