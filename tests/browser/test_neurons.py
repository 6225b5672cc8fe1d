"""Weights, neurons and attention in a real browser: what is silenced or held moves the loss, by the keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from makemore_core.catalogue import SHIPPED
from makemore_core.inspection.edits import MEAN, Silence, Weight, edited
from makemore_core.inspection.sample import affordable, sample_of
from makemore_core.presets import preset_named
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from pages.ui.inside.answers import LOOK
from tests.browser.lab import Lab
from tests.browser.server import Server

MLP = {"model.n_hidden": 32, "max_steps": 300, "data.dataset": SHIPPED}
GPT = {"model.n_layers": 2, "model.n_embd": 16, "max_steps": 20, "data.dataset": SHIPPED}
PHONE = 390


@pytest.fixture(scope="module")
def store(server: Server) -> Iterator[RunStore]:
    """The store of two finished runs: `mlp` and `gpt`."""
    store = RunStore(server.store)
    manager = RunManager(store)
    for name, preset, settings in (("mlp", "lecture3-kaiming", MLP), ("gpt", "makemore-transformer", GPT)):
        manager.start(preset_named(preset).config.with_values(settings), name=name).join(timeout=None)
    yield store
    store.close()


def loss(store: RunStore, *edits: Silence | Weight) -> str:
    """The loss on val of the run's net with these edits, computed from the store, as the page writes it."""
    trained = RunManager(store).trained_model("mlp")
    model, dataset = trained.model, trained.dataset
    if edits:
        model = edited(model, edits, sample_of(model, dataset, affordable(model.layers, LOOK)))
    return f"{model.nats(dataset.tokens('val')).mean():.4f}"


def reaction(lab: Lab) -> Locator:
    """The line that says what a change does to the loss."""
    return lab.page.locator(".st-key-reaction")


def press(lab: Lab, control: Locator, *keys: str) -> None:
    control.focus()
    for key in keys:
        lab.page.keyboard.press(key)


@pytest.mark.long
def test_a_silent_neuron_moves_the_loss_and_comes_back(lab: Lab, store: RunStore):
    lab.open("/inside?run=mlp&view=Neurons")
    expect(reaction(lab)).to_contain_text(f"Loss {loss(store)} nats")
    press(lab, lab.page.get_by_label("Neuron, 0 to 31"), "ArrowUp", "ArrowUp", "ArrowUp", "Enter")
    expect(lab.page.get_by_label("Neuron, 0 to 31")).to_have_value("3")
    press(lab, lab.page.get_by_role("button", name="Silence it"), "Enter")
    expect(reaction(lab)).to_contain_text(f"Loss {loss(store)} → {loss(store, Silence('tanh', 3, MEAN))} nats")
    press(lab, lab.page.get_by_role("button", name="tanh 3 says its mean"), "Enter")
    expect(reaction(lab)).to_contain_text(f"Loss {loss(store)} nats")


@pytest.mark.long
def test_a_held_weight_moves_the_loss_and_comes_back(lab: Lab, store: RunStore):
    lab.open("/inside?run=mlp&view=Weights")
    lab.choose("Parameter", "output.bias")
    lab.choose("Column: next character", "e")
    held = lab.page.get_by_label("Hold at")
    press(lab, held, "Control+a", "2", "Enter")
    press(lab, lab.page.get_by_role("button", name="Hold it"), "Enter")
    expect(reaction(lab)).to_contain_text(f"→ {loss(store, Weight('output.bias', (5,), 2.0))} nats")
    press(lab, held, "Control+a", "-", "1", "Enter")
    expect(reaction(lab)).to_contain_text(f"→ {loss(store, Weight('output.bias', (5,), -1.0))} nats")
    press(lab, lab.page.get_by_role("button", name=re.compile("output.bias")), "Enter")
    expect(reaction(lab)).to_contain_text(f"Loss {loss(store)} nats")


@pytest.mark.long
def test_the_picture_holds_the_weights_of_the_store(lab: Lab, store: RunStore):
    lab.open("/inside?run=mlp&view=Weights")
    lab.choose("Parameter", "output.weight")
    expect(lab.title_of("weights")).to_contain_text("output.weight")
    lab.scrub_to(0)
    expect(lab.title_of("weights")).to_contain_text("step 0")
    shown = lab.page.evaluate("document.querySelector('.st-key-weights .live-chart')._fullData[0].z.map(r => [...r])")
    weight = RunManager(store).trained_model("mlp", 0).model.named_parameters()["output.weight"].detach()
    for row, expected in zip(shown, weight.tolist(), strict=True):
        assert row == pytest.approx(expected, abs=1e-6)


@pytest.mark.long
def test_attention_says_in_words_what_is_looked_at(lab: Lab, store: RunStore):
    lab.open("/inside?run=gpt&view=Attention")
    sentence = lab.page.get_by_test_id("stMarkdown").filter(has_text="looks most at")
    expect(sentence).to_contain_text("At ‘a’, head 1 of layer 1")
    lab.page.get_by_label("A name to look at").fill("jo")
    expect(sentence).to_contain_text("At ‘o’, head 1 of layer 1")
    press(lab, lab.page.get_by_label("Head, 1 to 4"), "ArrowUp", "Enter")
    expect(sentence).to_contain_text("At ‘o’, head 2 of layer 1")
    lab.page.get_by_label("A name to look at").fill("<b>")
    expect(lab.info).to_contain_text("The data set has no '<'")


@pytest.mark.long
@pytest.mark.parametrize(
    ("run", "view"), [("mlp", "Weights"), ("mlp", "Neurons"), ("gpt", "Neurons"), ("gpt", "Attention")]
)
def test_a_phone_never_scrolls_sideways(run: str, view: str, lab: Lab, store: RunStore):
    lab.page.set_viewport_size({"width": PHONE, "height": 844})
    lab.open(f"/inside?run={run}&view={view}")
    assert lab.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= PHONE
