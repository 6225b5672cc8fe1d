"""The Counting page without a browser: every view, for alphabets small and huge, and what it refuses in a sentence."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.mlp import MLPConfig
from tests.conftest import wait_until
from tests.pages.conftest import Opener, name_of, widget
from tests.pages.test_pages import trained

PAGE = "pages/counting.py"
VIEWS = ("The table", "Counted and neural", "Longer contexts")
HAN = [chr(0x4E00 + i) + chr(0x4E00 + 7 * i % 900) for i in range(900)]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("model", [BigramConfig(), MLPConfig(n_hidden=8)], ids=lambda model: model.name)
def test_every_view_shows_every_model(
    view: str, model: Any, open_page: Opener, store_path: Path, config: RunConfig
) -> None:
    tab = open_page(PAGE, run=trained(store_path, replace(config, model=model, max_steps=20)))
    choose_view(tab, view)
    assert [e.value for e in tab.error] == []


@pytest.mark.parametrize("view", VIEWS)
def test_a_huge_alphabet_is_cut_and_said_to_be(view: str, open_page: Opener, store_path: Path, tmp_path: Path) -> None:
    words = tmp_path / "han.txt"
    words.write_text("\n".join(HAN * 3))
    config = RunConfig(DataConfig(str(words)), MLPConfig(n_hidden=8), max_steps=2)
    tab = open_page(PAGE, run=trained(store_path, config))
    choose_view(tab, view)
    assert [e.value for e in tab.error] == []
    if view == "The table":
        assert any("The 60 most frequent of 901 characters" in c.value for c in tab.caption)


def test_another_split_is_counted_anew(open_page: Opener) -> None:
    splits = ({}, {"data.split_seed": 7}, {"data.train_share": 0.5}, {"data.shuffles": 3})
    said = [next(m.value for m in open_page(PAGE, **split).markdown if "alpha 1: train" in m.value) for split in splits]
    assert len(set(said)) == len(splits)


def test_a_strange_character_in_a_context_gets_a_sentence(open_page: Opener) -> None:
    tab = open_page(PAGE)
    widget(tab, "count_prefix").set_value("é").run()
    assert [e.value for e in tab.exception] == []
    assert any("The data set has no 'é'" in info.value.replace("\\", "") for info in tab.info)


def test_a_context_never_seen_has_no_shares_without_smoothing(open_page: Opener) -> None:
    tab = open_page(PAGE)
    widget(tab, "count_alpha").set_value(0.0).run()
    widget(tab, "count_prefix").set_value("qxz").run()
    assert [e.value for e in tab.exception] == []
    assert any("never stands in train" in info.value for info in tab.info)


def test_choices_survive_a_page_change(open_page: Opener) -> None:
    tab = open_page(PAGE)
    widget(tab, "count_prefix").set_value("em").run()
    widget(tab, "count_row").set_value("m").run()
    tab.switch_page("pages/train.py").run()
    tab.switch_page(PAGE).run()
    assert (widget(tab, "count_prefix").value, widget(tab, "count_row").value) == ("em", "m")


def test_the_button_trains_a_bigram_on_the_data_that_is_shown(open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, max_steps=5))
    tab = open_page(PAGE, run=run)
    choose_view(tab, VIEWS[1])
    assert any("is no neural bigram" in info.value for info in tab.info)
    tab.button(key="train_bigram").click().run()
    assert [e.value for e in tab.exception] == []
    assert tab.query_params["run"] != [run]
    wait_until(lambda: "Largest difference" in said(tab.run()))
    assert "is no neural bigram" not in " ".join(info.value for info in tab.info)


def choose_view(tab: AppTest, view: str) -> None:
    group: Any = next(g for g in tab.get("button_group") if name_of(g) == "counting_view")
    if group.value != view:
        group.set_value(view).run()
    assert [e.value for e in tab.exception] == []


def said(tab: AppTest) -> str:
    return "\n".join(m.value for m in tab.markdown)
