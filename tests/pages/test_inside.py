"""The views of the Inside page: each of them for each model, and a copy is changed while the run is not."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.inspection.edits import ZERO, Silence, Weight, edited
from makemore_core.inspection.sample import sample_of
from makemore_core.models import MODELS
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from tests.pages.conftest import Opener, name_of, widget
from tests.pages.test_pages import trained
from tests.rounds import some

INSIDE = "pages/inside.py"
VIEWS = ("All layers", "Weights", "Neurons", "Attention")
LACKING = {
    "Weights": ("counting",),
    "Neurons": ("counting", "bigram", "mlp-tensors", "mlp-module"),
    "Attention": tuple(name for name in MODELS if name != "transformer"),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("model", some(MODELS, ("bigram", "mlp", "deep-mlp", "wavenet", "gru", "transformer")))
def test_a_view_shows_every_model_or_says_in_a_sentence_what_it_lacks(model: str, view: str, open_page: Opener):
    tab = open_page(INSIDE, model=model, view=view)
    assert [e.value for e in (*tab.exception, *tab.error)] == []
    assert len(tab.info) == (model in LACKING.get(view, ()))


@pytest.fixture
def run(store_path: Path, config: RunConfig) -> str:
    return trained(store_path, replace(config, max_steps=60))


def test_silence_moves_the_loss_as_the_core_says_and_is_taken_back(open_page: Opener, store_path: Path, run: str):
    tab = open_page(INSIDE, run=run, view="Neurons")
    assert reaction(tab) == pytest.approx([loss(store_path, run)], abs=1e-4)
    widget(tab, "neuron").set_value(3).run()
    says: Any = next(group for group in tab.get("button_group") if name_of(group) == "says")
    says.set_value(ZERO).run()
    tab.button(key="silence").click().run()
    silent = loss(store_path, run, Silence("tanh", 3, ZERO))
    assert reaction(tab) == pytest.approx([loss(store_path, run), silent], abs=1e-4)
    tab.switch_page(INSIDE).run()
    assert len(reaction(tab)) == 2
    undo(tab)
    assert reaction(tab) == pytest.approx([loss(store_path, run)], abs=1e-4)


def test_a_held_weight_follows_its_field(open_page: Opener, store_path: Path, run: str):
    tab = open_page(INSIDE, run=run, view="Weights")
    widget(tab, "parameter").set_value("output.bias").run()
    widget(tab, "weight_column_named").set_value("2").run()
    tab.button(key="hold").click().run()
    zero = loss(store_path, run, Weight("output.bias", (2,), 0.0))
    assert reaction(tab) == pytest.approx([loss(store_path, run), zero], abs=1e-4)
    widget(tab, "weight_value").set_value(3.0).run()
    three = loss(store_path, run, Weight("output.bias", (2,), 3.0))
    assert reaction(tab) == pytest.approx([loss(store_path, run), three], abs=1e-4)
    assert three != pytest.approx(zero, abs=1e-3)
    undo(tab)
    assert len(reaction(tab)) == 1


def test_several_changes_stand_together_and_go_together(open_page: Opener, store_path: Path, run: str):
    tab = open_page(INSIDE, run=run, view="Neurons")
    for neuron in (1, 4):
        widget(tab, "neuron").set_value(neuron).run()
        tab.button(key="silence").click().run()
    both = loss(store_path, run, Silence("tanh", 1), Silence("tanh", 4))
    assert reaction(tab)[1] == pytest.approx(both, abs=1e-4)
    tab.button(key="take_all_back").click().run()
    assert len(reaction(tab)) == 1


def test_another_runs_net_is_not_changed(open_page: Opener, store_path: Path, config: RunConfig, run: str):
    tab = open_page(INSIDE, run=run, view="Neurons")
    tab.button(key="silence").click().run()
    other = trained(store_path, replace(config, max_steps=10, seed=7))
    tab = tab.run()
    widget(tab, "run_picker").set_value(other).run()
    assert len(reaction(tab)) == 1


def test_the_ranking_comes_when_asked_for(open_page: Opener, run: str):
    tab = open_page(INSIDE, run=run, view="Neurons")
    assert not any("silenced alone" in caption.value for caption in tab.caption)
    tab.button(key="rank").click().run()
    assert [e.value for e in tab.exception] == []
    assert any("Each silenced alone" in caption.value for caption in tab.caption)


def reaction(tab: AppTest) -> list[float]:
    """The losses in the line that says what a change does: one as it is, or before and after."""
    (line,) = [m.value for m in tab.markdown if m.value.startswith("Loss ")]
    return [float(number) for number in re.findall(r"\d\.\d{4}", line)][:2]


def undo(tab: AppTest) -> None:
    next(button for button in tab.button if (button.key or "").startswith("take_back_")).click().run()


def loss(store_path: Path, run: str, *edits: Silence | Weight) -> float:
    """The loss on val of the run's net with these edits, from the store."""
    store = RunStore(store_path)
    found = RunManager(store).trained_model(run)
    store.close()
    model = edited(found.model, edits, sample_of(found.model, found.dataset))
    return model.nats(found.dataset.tokens("val")).mean()
