"""The page My name: each view for each model, the numbers that the core gives, and any alphabet without an error."""

import html
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models import MODELS
from makemore_core.models.mlp import MLPConfig
from makemore_core.scoring import WordSurprise, surprise, surprise_of_words
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.training.untrained import TrainedModel
from pages.ui.my_name.real_names import told
from tests.conftest import wait_until
from tests.pages.conftest import Opener, name_of
from tests.pages.test_pages import trained
from tests.rounds import some

PAGE = "pages/my_name.py"
VIEWS = ("yours", "real", "invented")
ALPHABETS = {
    "accents": ("Zoë", ("Zoë", "José", "Renée", "Åsa", "Jürgen", "Łucja")),
    "cyrillic": ("Анна", ("Анна", "Мария", "Иван", "Ольга", "Юрий")),
    "devanagari": ("नीना", ("नीना", "मीरा", "अनिल", "प्रिया", "राज")),
    "emoji": ("🙂🙃", ("🙂🙃", "👩‍🚀", "❤️a", "🎈🎈")),
    "dots": ("a.b.", ("a.b.", "c|d", "e.f", "<b>x</b>", "*a*$x$")),
}


@pytest.mark.parametrize("model", some(MODELS, ("mlp", "transformer")))
def test_each_view_shows_each_model(model: str, open_page: Opener, store_path: Path, config: RunConfig) -> None:
    small = {"model": model} | ({"model.n_layers": 1, "model.n_embd": 16} if model == "transformer" else {})
    tab = open_page(PAGE, run=trained(store_path, replace(config, max_steps=10).with_values(small)))
    for view in VIEWS:
        assert_sound(turned_to(tab, view))


@pytest.fixture
def run(store_path: Path, config: RunConfig) -> str:
    return trained(store_path, replace(config, max_steps=60))


def test_the_sentence_under_a_name_is_what_the_core_says(open_page: Opener, store_path: Path, run: str) -> None:
    tab = typed(open_page(PAGE, run=run), "bana")
    found = model_of(store_path, run)
    words = surprise_of_words(found.model, found.dataset)
    scored = surprise("bana", found.model, found.dataset.vocabulary, words)
    (said,) = [m.value for m in tab.markdown if "bits in all" in m.value]
    assert f"costs {scored.bits:.2f} bits in all, {scored.each:.2f} a character" in said
    assert f"{2**scored.bits:,.0f} names" in said
    standing = next(c.value for c in tab.caption if "surprise the net less" in c.value).replace("\\", "")
    assert standing.startswith(f"{scored.percentile:.1f} % of the {len(found.dataset.words)} names")


def test_several_names_are_ranked(open_page: Opener, run: str) -> None:
    tab = typed(open_page(PAGE, run=run), "Bana, lekiko bin")
    (rows,) = [block for block in htmls(tab) if "least surprising first" in block]
    bits = [float(row) for row in re.findall(r"</code><span>([\d.]+)</span>", rows)]
    assert len(bits) == 3
    assert bits == sorted(bits)
    assert "read as **bana**" in tab.info[0].value


def test_what_cannot_be_spelled_is_a_sentence(open_page: Opener, run: str) -> None:
    for name in ("Анна", "🙂", "é", "..."):
        tab = typed(open_page(PAGE, run=run), name)
        assert_sound(tab)
        assert len(tab.info) == 1
        assert "The data have no" in tab.info[0].value
    assert_sound(typed(open_page(PAGE, run=run), ""))


def test_the_gap_between_train_and_val_is_that_of_the_losses(open_page: Opener, store_path: Path, run: str) -> None:
    tab = turned_to(open_page(PAGE, run=run), "real")
    store = RunStore(store_path)
    trainer = RunManager(store).trainer(run)
    store.close()
    said = next(c.value for c in tab.caption if "Times ln 2" in c.value)
    assert f"train {trainer.evaluate('train'):.4f} and val {trainer.evaluate('val'):.4f} nats" in said


@pytest.mark.parametrize(
    ("of_val", "all_words", "says"), [(9, 200, "Only 9 names"), (9, 90, "Times"), (100, 2000, "Times")]
)
def test_a_gap_is_told_from_all_words_or_from_many(of_val: int, all_words: int, says: str) -> None:
    n = 10 * of_val
    split = np.arange(n) % 10 // 9  # every tenth is of val
    words = WordSurprise(("a",) * n, np.ones(n), np.full(n, 2), split, ("train", "val"), all_words)
    assert says in told(words, {"train": 2.0, "val": 2.1}, "name")


def test_the_listed_kinds_are_those_of_the_sets(open_page: Opener, store_path: Path, run: str) -> None:
    tab = turned_to(open_page(PAGE, run=run), "invented")
    dataset = model_of(store_path, run).dataset
    train, held_back = set(dataset.parts["train"]), {*dataset.parts["val"], *dataset.parts["test"]}
    (block,) = [block for block in htmls(tab) if "class='inventions'" in block]
    rows = re.findall(r"<div><code>(.*?)</code><em class='\w+'>(.*?)</em>", block)
    assert len(rows) == 100
    for marked, kind in rows:
        name = html.unescape(re.sub(r"</?mark>", "", marked)).replace("·", "")
        assert kind == ("train" if name in train else "val or test" if name in held_back else "new")


def test_the_share_of_new_names_is_sampled_at_the_kept_steps(open_page: Opener, run: str) -> None:
    tab = turned_to(open_page(PAGE, run=run), "invented")
    assert any("Always with the same dice" in c.value for c in tab.caption)
    assert not working(tab)


@pytest.mark.parametrize("alphabet", some(ALPHABETS, ("cyrillic",)))
def test_any_alphabet_is_at_home(alphabet: str, open_page: Opener, store_path: Path, tmp_path: Path) -> None:
    name, words = ALPHABETS[alphabet]
    path = tmp_path / "words.txt"
    path.write_text("\n".join(words * 20), encoding="utf-8")
    id = trained(store_path, RunConfig(DataConfig(str(path)), MLPConfig(n_hidden=8, n_embd=4), max_steps=30))
    tab = typed(open_page(PAGE, run=id), name)
    assert [i.value for i in tab.info] == []
    (said,) = [m.value for m in tab.markdown if "bits in all" in m.value]
    assert said.replace("\\", "").startswith(f"**{name}** costs")
    for view in VIEWS:
        assert_sound(turned_to(tab, view))


def test_a_text_is_looked_at_line_by_line(open_page: Opener, store_path: Path, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text("To be, or not to be:\nthat is the question.\n\nWhether 'tis nobler\n" * 40)
    data = DataConfig(str(path), kind="text")
    id = trained(store_path, RunConfig(data, MLPConfig(n_hidden=8, n_embd=4), max_steps=30))
    tab = typed(open_page(PAGE, run=id), "To be, or not")
    (said,) = [m.value for m in tab.markdown if "bits in all" in m.value]
    assert "To be, or not" in said
    for view in VIEWS:
        assert_sound(turned_to(tab, view))


def typed(tab: AppTest, text: str) -> AppTest:
    return settled(tab.text_input(key="my_names").set_value(text).run())


def turned_to(tab: AppTest, view: str) -> AppTest:
    views: Any = next(group for group in tab.get("button_group") if name_of(group) == "my_name_view")
    return settled(views.set_value(view).run())


def settled(tab: AppTest) -> AppTest:
    """The page after its work in the background."""
    wait_until(lambda: not working(tab) or not working(tab.run()), timeout=60)
    return tab


def working(tab: AppTest) -> list[str]:
    """The buttons that would cancel what is under way."""
    return [key for button in tab.button if (key := button.key or "").endswith("-cancel")]


def htmls(tab: AppTest) -> list[str]:
    return [element.proto.body for element in tab.get("html")]


def assert_sound(tab: AppTest) -> None:
    assert [e.value for e in (*tab.exception, *tab.error)] == []
    assert len(tab.get("bidi_component")) > 0


def model_of(store_path: Path, run: str) -> TrainedModel:
    store = RunStore(store_path)
    found = RunManager(store).trained_model(run)
    store.close()
    return found
