"""Write it yourself, without a browser: for every net and alphabet, with its progress in the address."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.transformer import TransformerConfig
from tests.pages.conftest import Opener, name_of
from tests.pages.test_pages import trained

PAGE, VIEW = "pages/backprop.py", "Write it yourself"
LECTURE_4 = MLPConfig(n_hidden=8, batch_norm=True, norm_noise=0.1, hidden_bias_scale=0.1)
ALPHABETS = ("élodie", "дмитрий", "नीति", "😀👍🏽x", "a.b", "<b>x", "*a*$x$")


def exercise(open_page: Opener, **parameters: object) -> AppTest:
    tab = open_page(PAGE, **parameters)
    views: Any = next(g for g in tab.get("button_group") if name_of(g) == "backprop_view")
    views.set_value(VIEW).run()
    assert_nothing_wrong(tab)
    return tab


def assert_nothing_wrong(tab: AppTest) -> None:
    assert [e.value for e in tab.exception] == []
    assert [e.value for e in tab.error] == []


def said(tab: AppTest) -> str:
    return "\n".join(m.value for m in tab.markdown)


def press(tab: AppTest, key: str) -> None:
    tab.button(key=key).click().run()
    assert_nothing_wrong(tab)


@pytest.mark.parametrize("model", [LECTURE_4, BigramConfig(), TransformerConfig(n_embd=8)], ids=lambda m: m.name)
def test_every_net_has_the_exercise(model: Any, open_page: Opener, store_path: Path, config: RunConfig) -> None:
    own = model is LECTURE_4
    tab = exercise(open_page, run=trained(store_path, replace(config, model=model, max_steps=20)))
    assert ("this run's own network" in said(tab)) == own
    assert ("stands in" in said(tab)) == (not own)


@pytest.mark.parametrize("words", ["\n".join(ALPHABETS), "\n".join(map(chr, range(0x4E00, 0x4E00 + 900)))])
def test_any_alphabet_will_do(words: str, open_page: Opener, store_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text(f"{words}\n" * 4, encoding="utf-8")
    tab = exercise(open_page, run=trained(store_path, RunConfig(DataConfig(str(path)), LECTURE_4, max_steps=2)))
    assert "this run's own network" in said(tab)


def test_the_address_keeps_the_progress(open_page: Opener) -> None:
    tab = exercise(open_page, exercise="3.4")
    assert "**2 of 26** found, 1 looked up" in said(tab)
    assert "**dcounts_sum**" in said(tab)  # the first that is open
    assert tab.query_params["exercise"] == "3.4"


@pytest.mark.parametrize("text", ["<b>", "9" * 500, "fffffff.fffffff", "١.٢"])
def test_a_strange_address_does_no_harm(text: str, open_page: Opener) -> None:
    assert "of 26** found" in said(exercise(open_page, exercise=text))


def test_hints_come_one_by_one_and_the_solution_last(open_page: Opener) -> None:
    tab = exercise(open_page, exercise="1.0")
    words = "The slope of log is 1/x"
    assert words not in said(tab)
    press(tab, "exercise_hint")
    assert words in said(tab)
    press(tab, "exercise_hint")
    assert "are enough" in said(tab)
    assert tab.button(key="exercise_hint").disabled
    press(tab, "exercise_reveal")
    assert "`dprobs = dlogprobs / probs`" in said(tab)
    assert tab.query_params["exercise"] == "1.2"
    press(tab, "exercise_next")
    assert "**dcounts_sum_inv**" in said(tab)


def test_starting_again_can_be_taken_back(open_page: Opener) -> None:
    tab = exercise(open_page, exercise="7.0")
    press(tab, "exercise_restart")
    assert "**0 of 26** found" in said(tab)
    assert "exercise" not in tab.query_params
    press(tab, "exercise_undo")
    assert "**3 of 26** found" in said(tab)


def test_all_26_done_is_said(open_page: Opener) -> None:
    assert "All 26 are done" in said(exercise(open_page, exercise="3ffffff.0"))
