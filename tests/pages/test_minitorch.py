"""The minitorch page without a browser: each view for each family, and what is refused in a sentence."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.expressions.examples import EXAMPLES
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.recurrent import RNNConfig
from makemore_core.models.transformer import TransformerConfig
from tests.pages.conftest import Opener, name_of, widget
from tests.pages.test_pages import trained

PAGE = "pages/minitorch.py"
KNOWN = [MLPConfig(n_hidden=8), TransformerConfig(n_embd=16, n_layers=1, n_head=2)]
UNKNOWN = [BigramConfig(), RNNConfig()]


@pytest.mark.parametrize("model", [*KNOWN, *UNKNOWN], ids=lambda model: model.name)
def test_a_network_is_walked_or_refused(model: Any, open_page: Opener, store_path: Path, config: RunConfig) -> None:
    tab = open_page(PAGE, run=trained(store_path, replace(config, model=model, max_steps=5, engine="autograd")))
    choose_view(tab, "A network")
    assert_sound(tab)
    if model in KNOWN:
        assert any("gradients are equal up to rounding" in m.value for m in tab.markdown)
    else:
        assert any("minitorch has no" in info.value.replace("\\", "") for info in tab.info)


def test_every_example_is_shown_and_checked(open_page: Opener) -> None:
    tab = open_page(PAGE)
    for name in reversed(EXAMPLES):
        begun_with(tab, name)
        assert_sound(tab)
        assert any("from finite differences" in caption.value for caption in tab.caption)


def test_every_operation_is_shown(open_page: Opener) -> None:
    tab = open_page(PAGE)
    choose_view(tab, "The operations")
    assert_sound(tab)
    for name in ("gelu", "linear", "concatenate"):
        group(tab, "operation").set_value(name).run()
        assert any(f'Op("{name}"' in code.value for code in tab.code)
        assert_sound(tab)


def test_nudges_go_downhill_and_can_be_undone(open_page: Opener) -> None:
    tab = begun_with(open_page(PAGE), "an MLP on XOR")
    before = widget(tab, "leaf_b2_an MLP on XOR").value
    tab.button(key="nudge_many").click().run()
    assert widget(tab, "leaf_b2_an MLP on XOR").value != before
    tab.button(key="nudge_undo").click().run()
    tab.button(key="nudge_reset").click().run()
    assert widget(tab, "leaf_b2_an MLP on XOR").value == before
    assert tab.button(key="nudge_undo").disabled


def test_a_mistake_gets_one_sentence(open_page: Opener) -> None:
    tab = open_page(PAGE)
    for text, sentence in (("o = tanf(x1)", "There is no function"), ("o = log(x1 - 2)", "no finite number")):
        area(tab).set_value(text).run()
        assert_sound(tab)
        (info,) = tab.info
        assert sentence in info.value.replace("\\", "")
        area(tab).set_value("o = x1 * 2 + new").run()
        assert_sound(tab)
        assert list(tab.info) == []
        tab.button(key="nudge").click().run()
        assert_sound(tab)


def test_a_value_that_is_none_gets_one_sentence(open_page: Opener) -> None:
    tab = begun_with(open_page(PAGE), "an MLP on XOR")
    widget(tab, "leaf_W2_an MLP on XOR").set_value("1; two").run()
    assert any("A value is typed as" in info.value.replace("\\", "") for info in tab.info)
    assert_sound(tab)


def begun_with(tab: AppTest, name: str) -> AppTest:
    return widget(tab, "expression_example").set_value(name).run()


def area(tab: AppTest) -> Any:
    return next(area for area in tab.text_area if name_of(area) == "expression_text")


def choose_view(tab: AppTest, view: str) -> None:
    group(tab, "minitorch_view").set_value(view).run()


def group(tab: AppTest, name: str) -> Any:
    return next(g for g in tab.get("button_group") if name_of(g) == name)


def assert_sound(tab: AppTest) -> None:
    assert [e.value for e in tab.exception] == []
    assert [e.value for e in tab.error] == []
