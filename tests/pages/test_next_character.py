"""The views of the Next character page: each for each model and for every alphabet, with the core's own numbers."""

import base64
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.inspection.expectations import AS_IT_IS, expectations
from makemore_core.inspection.occlusion import boundary, occlusion
from makemore_core.models import MODELS
from makemore_core.sampling import SamplingConfig, sample
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.training.untrained import TrainedModel
from tests.pages.conftest import Opener, widget
from tests.pages.test_pages import trained
from tests.rounds import some

PAGE = "pages/next_character.py"
VIEWS = ("Next", "Which letter mattered", "Attention", "Dice", "Two models", "Completions")
ALPHABETS = {
    "accents": ("élodie", "zoë", "françois", "renée", "noël"),
    "cyrillic": ("анна", "мария", "ольга", "дмитрий", "иван"),
    "devanagari": ("नमस्ते", "नीति", "प्रिया", "आरती", "कृष्ण"),
    "emoji": ("😀👍🏽", "👩‍👧a", "🎉🎉", "🇩🇪x", "❤️"),
    "marks": ("a.b", "|x|", "<b>", "*a*", "$1$"),
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("model", some(MODELS, ("bigram", "mlp", "wavenet", "lstm", "transformer")))
def test_a_view_shows_every_model_or_says_in_a_sentence_what_it_lacks(model: str, view: str, open_page: Opener):
    tab = open_page(PAGE, model=model, ask=view)
    assert_sound(tab)
    assert len(tab.info) == (view == "Attention" and model != "transformer")


@pytest.mark.long
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_a_view_shows_every_alphabet(
    alphabet: str, view: str, open_page: Opener, store_path: Path, config: RunConfig, tmp_path: Path
):
    run = trained(store_path, replace(on_words(config, tmp_path, ALPHABETS[alphabet]), max_steps=20))
    tab = open_page(PAGE, run=run, ask=view)
    assert_sound(tab)
    assert widget(tab, "prefix").value == ALPHABETS[alphabet][0][:2]
    assert len(tab.info) == (view == "Attention")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_shows_a_text(view: str, open_page: Opener):
    tab = open_page(PAGE, ask=view, **{"data.dataset": "python-docs", "model.n_hidden": 16})
    assert_sound(tab)
    assert len(tab.info) == (view == "Attention")


@pytest.fixture
def run(store_path: Path, config: RunConfig) -> str:
    return trained(store_path, replace(config, max_steps=60))


def test_the_word_stands_over_the_cores_bits(open_page: Opener, store_path: Path, run: str):
    tab = open_page(PAGE, run=run)
    widget(tab, "prefix").set_value("bala").run()
    found = model_of(store_path, run)
    seen = expectations(found.model, found.dataset.vocabulary.encode("bala"), AS_IT_IS)
    (hero,) = [data for data in components(tab) if "letters" in data]
    assert [letter["letter"] for letter in hero["letters"]] == list("bala")
    assert [letter["bits"] for letter in hero["letters"]] == pytest.approx(seen.bits, abs=0.006)
    assert [letter["expected"] for letter in hero["letters"]] == pytest.approx(seen.expected_bits[:-1], abs=0.006)
    assert hero["place"] == 4


def test_the_bars_are_redrawn_with_what_the_dice_are_told(open_page: Opener, store_path: Path, run: str):
    tab = open_page(PAGE, run=run)
    widget(tab, "prefix").set_value("ba").run()
    widget(tab, "SamplingConfig.top_k").set_value(3).run()
    widget(tab, "SamplingConfig.temperature").set_value(0.5).run()
    found = model_of(store_path, run)
    told = SamplingConfig(temperature=0.5, top_k=3)
    seen = expectations(found.model, found.dataset.vocabulary.encode("ba"), told)
    figure = next(f for f in figures(tab) if "Next character after" in f["layout"]["title"]["text"])
    own, drawn = figure["data"]
    assert own["y"] == pytest.approx(seen.own[-1], abs=1e-6)
    assert drawn["y"] == pytest.approx(seen.drawn[-1], abs=1e-6)
    assert sum(own["y"]) == pytest.approx(1, abs=1e-5)
    assert sum(drawn["y"]) == pytest.approx(1, abs=1e-5)
    assert "characters are cut" in "".join(m.value for m in tab.markdown)


def test_the_dice_show_the_first_of_the_samplers_names(open_page: Opener, store_path: Path, run: str):
    tab = open_page(PAGE, run=run, ask="Dice")
    widget(tab, "prefix").set_value("b").run()
    (dice,) = [data for data in components(tab) if "rolls" in data]
    found = model_of(store_path, run)
    vocabulary = found.dataset.vocabulary
    (name, *_) = sample(found.model, 12, SamplingConfig(longest=20), vocabulary.encode("b"))
    assert "b" + "".join(r["letter"] for r in dice["rolls"] if not r["ends"]) == vocabulary.decode(name)
    for roll in dice["rolls"]:
        (hit,) = [part for part in roll["slices"] if part["hit"]]
        assert hit["from"] - 1e-6 <= roll["number"] <= hit["to"] + 1e-6
        ends = [part["to"] for part in roll["slices"]]
        assert [part["from"] for part in roll["slices"]] == [0, *ends[:-1]]
        assert ends[-1] == pytest.approx(1)


def test_what_mattered_is_the_cores_answer(open_page: Opener, store_path: Path, run: str):
    tab = open_page(PAGE, run=run, ask="Which letter mattered")
    widget(tab, "prefix").set_value("bala").run()
    widget(tab, "target").set_value("n").run()
    found = model_of(store_path, run)
    vocabulary = found.dataset.vocabulary
    seen = occlusion(found.model, vocabulary.encode("bala"), boundary(found.dataset))
    figure = next(f for f in figures(tab) if "adds to ‘n’" in f["layout"]["title"]["text"])
    assert figure["data"][0]["y"] == pytest.approx(seen.change[:, vocabulary.stoi["n"]], abs=1e-6)
    assert any("out of the net's sight: it sees 3" in caption.value for caption in tab.caption)
    widget(tab, "prefix").set_value("").run()
    assert "Nothing stands before" in tab.info[0].value


def test_a_run_stands_beside_its_own_first_step_with_the_same_dice(open_page: Opener, store_path: Path, run: str):
    tab = open_page(PAGE, run=run, ask="Two models")
    widget(tab, "prefix").set_value("b").run()
    table = section(tab, "beside")
    for step in (None, 0):
        found = model_of(store_path, run, step)
        vocabulary = found.dataset.vocabulary
        for name in sample(found.model, 12, SamplingConfig(longest=20), vocabulary.encode("b")):
            assert vocabulary.decode(name) in re.sub("</?[ib]>", "", table)
    first, second = next(f for f in figures(tab) if len(f["data"]) == 2)["data"]
    assert sum(first["y"]) == pytest.approx(1, abs=1e-5)
    assert sum(second["y"]) == pytest.approx(1, abs=1e-5)


def test_models_of_other_alphabets_are_compared_honestly(
    open_page: Opener, store_path: Path, config: RunConfig, run: str, tmp_path: Path
):
    other = trained(store_path, replace(on_words(config, tmp_path, ALPHABETS["accents"]), max_steps=10))
    tab = open_page(PAGE, run=run, ask="Two models")
    widget(tab, "prefix").set_value("").run()
    widget(tab, "beside").set_value(other).run()
    assert_sound(tab)
    assert "Their alphabets differ" in "".join(m.value for m in tab.markdown)
    widget(tab, "prefix").set_value("bk").run()
    assert "has no 'b'" in tab.info[0].value or "has no 'k'" in tab.info[0].value


def test_several_beginnings_are_completed_each_in_its_own_words(open_page: Opener, run: str):
    tab = open_page(PAGE, run=run, ask="Completions")
    widget(tab, "prefixes").set_value("ba, ko, <b>, ").run()
    assert_sound(tab)
    lists = section(tab, "completions")
    assert re.findall("<header>(.*?)</header>", lists) == ["ba", "ko", "&lt;b&gt;", "from the start"]
    assert lists.count("class='best'") == 3
    assert "The data set has no" in lists
    widget(tab, "completions").set_value(2).run()
    lists = section(tab, "completions")
    assert lists.count(" bits</small>") == 3 * (1 + 2)


def test_the_view_stands_in_the_address_and_that_of_the_inside_page_stays(open_page: Opener, run: str):
    tab = open_page(PAGE, run=run, ask="Dice", view="Weights")
    assert (tab.query_params["ask"], tab.query_params["view"]) == ("Dice", "Weights")


def test_another_prefix_is_looked_at_after_its_last_letter(open_page: Opener, run: str):
    tab = open_page(PAGE, run=run)
    for word in ("bala", "ba", ""):
        widget(tab, "prefix").set_value(word).run()
        (hero,) = [data for data in components(tab) if "letters" in data]
        assert hero["place"] == len(word)


def assert_sound(tab: AppTest) -> None:
    assert [e.value for e in (*tab.exception, *tab.error)] == []


def on_words(config: RunConfig, folder: Path, words: tuple[str, ...]) -> RunConfig:
    path = folder / "words.txt"
    path.write_text("\n".join(words * 8), encoding="utf-8")
    return config.with_values({"data.dataset": str(path)})


def components(tab: AppTest) -> list[dict[str, Any]]:
    """What the page's own components were given."""
    return [json.loads(c.proto.json) for c in tab.get("bidi_component") if c.proto.json]


def figures(tab: AppTest) -> list[dict[str, Any]]:
    return [decoded(json.loads(data["figure"])) for data in components(tab) if "figure" in data]


def decoded(figure: Any) -> Any:
    """A figure with its arrays as lists: plotly writes numpy's as base64."""
    if isinstance(figure, dict) and "bdata" in figure:
        flat = np.frombuffer(base64.b64decode(figure["bdata"]), dtype=figure["dtype"])
        return flat.reshape([int(n) for n in figure.get("shape", str(len(flat))).split(",")]).tolist()
    if isinstance(figure, dict):
        return {key: decoded(value) for key, value in figure.items()}
    return [decoded(value) for value in figure] if isinstance(figure, list) else figure


def section(tab: AppTest, name: str) -> str:
    """The page's own piece of HTML of that name."""
    (found,) = [h.proto.body for h in tab.get("html") if f"<section class='{name}'" in h.proto.body]
    return found


def model_of(store_path: Path, run: str, step: int | None = None) -> TrainedModel:
    """A run's model from the store."""
    store = RunStore(store_path)
    found = RunManager(store).trained_model(run, step)
    store.close()
    return found
