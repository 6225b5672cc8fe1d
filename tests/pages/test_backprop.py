"""The Backprop page in all its views, for nets by hand and for others, before, while and after a run trains."""

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from makemore_core.backprop.lecture_4 import BACKWARD
from makemore_core.backprop.walk import walk
from makemore_core.config import RunConfig
from makemore_core.gradcheck import compare as compare_gradients
from makemore_core.models.deep_mlp import DeepMLPConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.models.recurrent import GRUConfig
from makemore_core.models.wavenet import WaveNetConfig
from makemore_core.optimizers import SGDConfig
from makemore_core.training.untrained import untrained_model
from pages.ui.backprop.answers import Seen
from pages.ui.backprop.compare import table
from pages.ui.backprop.graph import up_share
from tests.pages import test_pages
from tests.pages.conftest import Opener, name_of

PAGE = "pages/backprop.py"
VIEWS = ("Walk the graph", "Compare", "Short forms", "dlogits")
LECTURE_4 = MLPConfig(n_hidden=8, batch_norm=True, norm_noise=0.1)
BY_HAND = {
    "MLP": MLPConfig(n_hidden=8),
    "lecture 4": LECTURE_4,
    "deep": DeepMLPConfig(n_hidden=8, n_layers=2, activation="leaky-relu"),
    "WaveNet": WaveNetConfig(n_hidden=8, n_embd=4),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_every_view_of_every_net_by_hand(name: str, open_page: Opener, store_path: Path, config: RunConfig):
    run = trained(store_path, replace(config, model=BY_HAND[name], max_steps=20))
    tab = open_page(PAGE, run=run)
    for view in VIEWS:
        choose_view(tab, view)
        assert list(tab.error) == []
        assert "Batch of step 20: 32 examples" in captions(tab)
    choose_view(tab, "Compare")
    choose(tab, "backprop_precision", "float64")
    exact, close, total = summary(tab)
    assert total == close >= exact >= 8


def test_lecture_4_has_26_rows(open_page: Opener, store_path: Path, config: RunConfig):
    tab = open_page(PAGE, run=trained(store_path, replace(config, model=LECTURE_4, max_steps=20)))
    choose_view(tab, "Compare")
    assert summary(tab)[2] == len(BACKWARD) == 26
    rows = re.findall(r"<code>d(\w+)</code>", html_of(tab))
    assert rows == [line.at for line in BACKWARD]
    assert "BatchNorm takes the mean away, and this bias with it" in html_of(tab)


def test_other_nets_offer_lecture_4s(open_page: Opener, store_path: Path, config: RunConfig):
    model = GRUConfig(n_hidden=8, n_embd=4)
    tab = open_page(PAGE, run=trained(store_path, replace(config, model=model, max_steps=3)))
    assert any("is not derived by hand here" in info.value for info in tab.info)
    tab.button(key="open_lecture_4").click().run()
    assert [e.value for e in tab.exception] == []
    assert tab.query_params["preset"] == "lecture4-manual"
    assert tab.query_params["data.dataset"] == Path(config.data.dataset).name  # a link names no folder
    assert "run" not in tab.query_params
    choose_view(tab, "Compare")
    assert summary(tab)[2] == 26


def test_another_batch_is_one_of_a_later_step(open_page: Opener, store_path: Path, config: RunConfig):
    tab = open_page(PAGE, run=trained(store_path, replace(config, model=LECTURE_4, max_steps=20)))
    first = captions(tab)
    tab.button(key="another_batch").click().run()
    assert "Batch of step 21:" in captions(tab)
    assert loss_in(captions(tab)) != loss_in(first)
    tab.button(key="coming_batch").click().run()
    assert captions(tab) == first


def test_more_precision_brings_both_closer(open_page: Opener, store_path: Path, config: RunConfig):
    tab = open_page(PAGE, run=trained(store_path, replace(config, model=LECTURE_4, max_steps=20)))
    choose_view(tab, "Compare")
    worst = worst_of(tab)
    choose(tab, "backprop_precision", "float64")
    assert worst_of(tab) < worst * 1e-6


def test_a_batch_of_all_examples_is_cut_and_says_so(open_page: Opener, store_path: Path, config: RunConfig):
    wide = replace(
        config, model=MLPConfig(n_hidden=1024, batch_norm=True), batch_size=0, max_steps=1, optimizer=SGDConfig(0.1)
    )
    tab = open_page(PAGE, run=trained(store_path, wide))
    ((few, many),) = re.findall(r"the first (\d+) of (\d+) examples", captions(tab))
    assert 32 <= int(few) < int(many)


def test_a_text_in_other_alphabets_is_walked_too(
    open_page: Opener, store_path: Path, config: RunConfig, tmp_path: Path
):
    text = tmp_path / "text.txt"
    text.write_text("ёлка *a*$x$ <b>x</b> 🙂🙃\n\n" * 40)
    data = replace(config.data, dataset=str(text), kind="text")
    tab = open_page(PAGE, run=trained(store_path, replace(config, data=data, model=LECTURE_4, max_steps=20)))
    for view in VIEWS:
        choose_view(tab, view)
    assert "its pull is p − 1" in " ".join(m.value for m in tab.markdown)


def test_a_run_that_ran_off_is_shown_all_the_same(open_page: Opener, store_path: Path, config: RunConfig):
    wild = DeepMLPConfig(n_hidden=16, activation="relu", batch_norm=False)
    tab = open_page(PAGE, run=trained(store_path, replace(config, model=wild, optimizer=SGDConfig(100.0))))
    assert "the net ran off" in captions(tab)
    for view in VIEWS:
        choose_view(tab, view)


@pytest.mark.parametrize(("off", "is_rounding"), [(2e-8, True), (1e-4, False)], ids=["rounding", "a mistake"])
def test_what_torch_calls_not_close_may_be_rounding(off: float, is_rounding: bool, config: RunConfig):
    """torch.allclose allows 1e-8 of what is nearly 0, however large the gradient is elsewhere."""
    net = walk(untrained_model(config).model, torch.zeros(4, 3, dtype=torch.long), torch.arange(4))
    by_hand = {"W1": torch.tensor([0.0, 0.03])}
    (row,) = compare_gradients(by_hand, {"W1": torch.tensor([off, 0.03])})
    assert not row.close
    seen = Seen((("run", "", 0), 0, 0, "float32"), replace(net, gradients=by_hand), [row], (), [], 4)
    assert ("only rounding" in table(seen, [row])) == is_rounding


@pytest.mark.parametrize(
    ("gradient", "up"), [([3.0, -1.0], 0.75), ([0.0, 0.0], None), ([math.nan, 1.0], None), ([math.inf, 1.0], None)]
)
def test_a_browser_is_told_numbers_alone(gradient: list[float], up: float | None):
    """JSON has no NaN: one would put an error in the graph's place."""
    assert up_share(torch.tensor(gradient)) == up


def trained(store_path: Path, config: RunConfig) -> str:
    """By autograd: the fast engine is compiled first."""
    return test_pages.trained(store_path, replace(config, engine="autograd"))


def choose_view(tab: AppTest, view: str) -> None:
    choose(tab, "backprop_view", view)


def choose(tab: AppTest, name: str, option: str) -> None:
    group: Any = next(g for g in tab.get("button_group") if name_of(g) == name)
    if group.value != option:
        group.set_value(option).run()
    assert [e.value for e in tab.exception] == []


def captions(tab: AppTest) -> str:
    return " ".join(caption.value for caption in tab.caption)


def loss_in(text: str) -> float:
    return float(text.rpartition("loss ")[2].split()[0])


def summary(tab: AppTest) -> tuple[int, int, int]:
    """Exact, close, and all gradients."""
    said = next(m.value for m in tab.markdown if "gradients: **" in m.value)
    total, exact, close = (int(number) for number in re.findall(r"\*\*(\d+)\*\*", said)[:3])
    return exact, close, total


def worst_of(tab: AppTest) -> float:
    said = next(m.value for m in tab.markdown if "gradients: **" in m.value)
    (worst,) = re.findall(r"difference \*\*(\S+)\*\*", said)
    return float(worst)


def html_of(tab: AppTest) -> str:
    return "".join(h.proto.body for h in tab.get("html"))
