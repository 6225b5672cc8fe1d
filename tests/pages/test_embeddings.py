"""The views of the Embeddings page for each model, kind of vectors and alphabet, without a browser."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models import MODELS
from makemore_core.projections.recipe import UMAP, UMAP_COMMAND, umap_is_here
from pages.ui.tasks import tasks
from tests.conftest import wait_until
from tests.pages.conftest import Opener, name_of, widget
from tests.pages.test_pages import assert_sound, trained

PAGE = "pages/embeddings.py"
VIEWS = ("Map", "Movie", "How honest?")
ALPHABETS = {
    "cyrillic": ("юлия", "ёлка", "щука", "анна", "иван"),
    "devanagari": ("नमस्ते", "हिन्दी", "कविता", "राम", "सीता"),
    "emoji": ("🙂🙃", "👩\u200d🚀", "🎈🎉", "❤\ufe0f", "🙂🎈"),
    "dots and markup": ("dr. no", "<b>x</b>", "*a*$x$", ":red[x]", "a b"),
}


def choose(tab: AppTest, group: str, option: str) -> None:
    """One of a group of buttons."""
    found: Any = next(g for g in tab.get("button_group") if name_of(g) == group)
    found.set_value(option).run()


@pytest.mark.long
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("model", MODELS)
def test_every_view_of_every_model_is_sound_or_says_what_it_lacks(model: str, view: str, open_page: Opener):
    tab = open_page(PAGE, model=model)
    if model != "counting":
        choose(tab, "embeddings_view", view)
    assert [e.value for e in (*tab.exception, *tab.error)] == []
    lacking = model == "counting" or view == "Movie"
    assert len(tab.info) == lacking


@pytest.mark.parametrize("kind", ["Characters", "Positions", "Output weights"])
def test_a_transformers_vectors_have_their_map(kind: str, open_page: Opener):
    tab = open_page(PAGE, model="transformer")
    widget(tab, "vectors").set_value(kind).run()
    assert_sound(tab)
    assert widget(tab, "vectors").options == ["Characters", "Positions", "Output weights"]


@pytest.mark.parametrize("name", ALPHABETS)
def test_an_alphabet_of_its_own_has_its_map_and_movie(
    name: str, open_page: Opener, store_path: Path, config: RunConfig, tmp_path: Path
):
    words = tmp_path / "words.txt"
    words.write_text("\n".join(ALPHABETS[name] * 4))
    run = trained(store_path, replace(config, data=DataConfig(str(words)), max_steps=20))
    tab = open_page(PAGE, run=run)
    assert_sound(tab)
    for coloring in widget(tab, "coloring").options:
        widget(tab, "coloring").set_value(coloring).run()
        assert_sound(tab)
    choose(tab, "embeddings_view", "Movie")
    finish(tab)
    assert_sound(tab)


def test_hundreds_of_characters_are_cut_and_it_says_so(
    open_page: Opener, store_path: Path, config: RunConfig, tmp_path: Path
):
    words = tmp_path / "words.txt"
    words.write_text("\n".join(chr(0x4E00 + i) * 2 for i in range(900)), encoding="utf-8")
    run = trained(store_path, replace(config, data=DataConfig(str(words)), max_steps=3))
    tab = open_page(PAGE, run=run)
    assert_sound(tab)
    assert "The 300 most frequent of 901 characters are shown." in [c.value for c in tab.caption]


@pytest.mark.long
def test_tsne_comes_when_it_is_chosen(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=40))
    tab = open_page(PAGE, run=run)
    choose(tab, "method", "tsne")
    finish(tab)
    assert_sound(tab)
    (task,) = tasks()._tasks.values()
    assert task.result.points.shape == (13, 2)
    assert [b.key for b in tab.button if b.key == "map_again"] == []


def test_a_perplexity_that_cannot_be_is_not_offered(open_page: Opener):
    tab = open_page(PAGE, model="mlp")
    choose(tab, "method", "tsne")
    field = widget(tab, "tsne of 27")
    assert (field.min, field.max) == (2, 25)


def test_umap_is_offered_with_the_command_that_installs_it(open_page: Opener):
    tab = open_page(PAGE, model="mlp")
    choose(tab, "method", UMAP)
    assert [e.value for e in (*tab.exception, *tab.error)] == []
    assert [code.value for code in tab.code] == ([] if umap_is_here() else [UMAP_COMMAND])


def test_several_chosen_letters_are_one_group(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=40))
    tab = open_page(PAGE, run=run)
    (field,) = (m for m in tab.multiselect if name_of(m) == "chosen")
    assert field.value == ["a"]
    field.set_value(["a", "e", "i"]).run()
    assert_sound(tab)
    assert any(m.value.startswith("The 3 chosen are **") for m in tab.markdown)


@pytest.mark.long
def test_the_honest_maps_come_when_asked_for_with_their_numbers(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=10))
    tab = open_page(PAGE, run=run)
    choose(tab, "embeddings_view", "How honest?")
    assert [b.label for b in tab.button if b.key == "honest-begin"] == ["Make the maps"]
    tab.button(key="honest-begin").click().run()
    finish(tab)
    assert_sound(tab)
    (table,) = tab.dataframe
    assert list(table.value.columns) == ["perplexity", "seed", "true neighbours", "trustworthiness", "continuity"]
    assert len(table.value) == 9


def finish(tab: AppTest) -> None:
    """Until no work is going on, and then as the page shows it."""
    wait_until(lambda: not any(task.is_running for task in tasks()._tasks.values()), 60)
    tab.run()
