"""The Counting page in a browser: its numbers are those of a plain loop, for names, other alphabets and texts."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from makemore_core.catalogue import SHIPPED
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig, Dataset
from makemore_core.models.bigram import BigramConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.ngrams import split_losses
from makemore_core.optimizers import SGDConfig
from makemore_core.schedules import ConstantConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.vocabulary import shown
from tests.browser.lab import Lab
from tests.browser.server import Server
from tests.test_ngrams import pairs

PAGE = f"/counting?data.dataset={SHIPPED}"
REDRAWN_WITHIN = 400  # milliseconds; others may be busy on this machine
HIGH: ViewportSize = {"width": 1280, "height": 1400}
SHARES = "count_row_shares"
STRANGE = ("añadir", "mañana", "ёлка", "ель", "नमस्ते", "नाम", "<b>x</b>", "*a*$x$", "🙂🙃", "a&lt;b") * 8


def test_the_grid_holds_what_a_loop_counts(lab: Lab):
    lab.open(PAGE)
    dataset = DataConfig().load()
    both = Counter(pairs(dataset.parts["train"], 1))
    assert written(lab) == {a + b: both[a, b] for a in dataset.vocabulary.itos for b in dataset.vocabulary.itos}


@pytest.mark.long
def test_a_longer_context_has_its_grid_and_its_shares(lab: Lab):
    lab.open(PAGE)
    train = DataConfig().load().parts["train"]
    begin_with(lab, "em")
    expect(lab.title_of("count_prefix_shares")).to_have_text("After “em”")
    three = Counter(pairs(train, 3))
    assert written(lab) == {
        a + b: three["em" + a, b] for a in ".abcdefghijklmnopqrstuvwxyz" for b in ".abcdefghijklmnopqrstuvwxyz"
    }
    two = Counter(after for before, after in pairs(train, 2) if before == "em")
    total = two.total() + 27  # alpha is 1
    expected = [(two[letter] + 1) / total for letter in ".abcdefghijklmnopqrstuvwxyz"]
    assert lab.heights("count_prefix_shares") == pytest.approx(expected)


def test_a_click_names_the_words_behind_a_cell(lab: Lab):
    lab.open(PAGE)
    train = DataConfig().load().parts["train"]
    click_cell(lab, "q", "u")
    behind = lab.page.locator(".behind")
    expect(behind.locator("header")).to_contain_text("q then u")
    times = sum(word.count("qu") for word in train)
    many = sum("qu" in word for word in set(train))
    expect(behind.locator("small")).to_contain_text(f"{times:,} times in train, in {many:,} names")
    assert all("qu" in text for text in behind.locator("li").all_inner_texts())
    assert set(behind.locator("mark").all_inner_texts()) == {"qu"}
    expect(lab.field("then")).to_have_value("q")
    expect(lab.field("followed by")).to_have_value("u")


@pytest.mark.long
def test_the_fields_do_what_a_click_does(lab: Lab):
    lab.open(PAGE)
    lab.choose("then", "j")
    lab.choose("followed by", "q")
    expect(lab.page.locator(".behind small")).to_contain_text("0 times in train, in 0 names")
    expect(lab.title_of(SHARES)).to_have_text("After “j”")


@pytest.mark.long
def test_the_row_under_the_pointer_is_shown(lab: Lab):
    lab.open(PAGE)
    x, y = place(lab, "z", "a")
    lab.page.mouse.move(x, y)
    expect(lab.title_of(SHARES)).to_have_text("After “z”")
    assert sum(lab.heights(SHARES)) == pytest.approx(1)


@pytest.mark.long
def test_smoothing_moves_the_loss_and_the_shares(lab: Lab):
    lab.open(PAGE)
    dataset = DataConfig().load()
    lab.page.get_by_role("radio", name="Probabilities").click()
    slider = alpha_slider(lab)
    slider.press("End")
    losses = lab.page.get_by_test_id("stMarkdown").filter(has_text="-gram, alpha")
    expect(losses).to_contain_text("alpha 100000")
    assert max(lab.heights(SHARES)) == pytest.approx(1 / 27, abs=1e-3)
    slider.press("Home")
    expect(losses).to_contain_text("val infinite")
    expect(lab.page.get_by_text("Whatever got probability 0 must not happen")).to_be_visible()
    expect(losses).to_contain_text(f"train {split_losses(dataset, 1, 0.0)['train']:.4f}")
    slider.press("ArrowRight")
    expect(losses).to_contain_text(f"val {split_losses(dataset, 1, 0.001)['val']:.4f}")
    assert sum(lab.heights(SHARES)) == pytest.approx(1)


@pytest.mark.long
def test_smoothing_redraws_at_once(lab: Lab):
    lab.open(PAGE)
    lab.page.get_by_role("radio", name="Probabilities").click()
    expect(lab.title_of("count_grid")).to_contain_text("Probabilities")
    slider = alpha_slider(lab)
    took = [lab.milliseconds_to_redraw("count_grid", lambda: slider.press("ArrowRight")) for _ in range(8)]
    assert sorted(took)[len(took) // 4] < REDRAWN_WITHIN, took


@pytest.mark.long
@pytest.mark.parametrize("kind", ["words", "text"])
def test_other_alphabets_are_counted_and_shown_literally(kind: str, lab: Lab, server: Server, strange: dict[str, str]):
    lab.open(f"/counting?run={strange[kind]}")
    dataset = data_of(server, strange[kind])
    lab.choose("followed by", "b")
    expect(lab.page.locator(".behind header")).to_contain_text("then b")
    for letter in ("ñ", "म", "<", "🙂", " " if kind == "text" else "a"):
        lab.choose("then", shown(letter))
        expect(lab.title_of(SHARES)).to_have_text(f"After “{shown(letter)}”")
        assert lab.heights(SHARES) == pytest.approx(shares_by_loop(dataset, letter))
    lab.choose("then", "<")
    expect(lab.page.locator(".behind header")).to_contain_text("< then b")
    marked = lab.page.locator(".behind li").first
    expect(marked.locator("mark").first).to_have_text("<b")
    expect(lab.page.locator(".behind li b")).to_have_count(0)


@pytest.mark.long
def test_the_neural_bigram_comes_to_the_counts(lab: Lab):
    lab.open(PAGE)
    view(lab, "Counted and neural")
    expect(lab.info.first).to_contain_text("is no neural bigram")
    lab.page.get_by_role("button", name="Train the neural bigram").click()
    expect(lab.state).to_have_text(re.compile("finished"))
    expect(lab.title_of("neural_table")).to_have_text("Neural: softmax(W) at step 99")
    expect(lab.title_of("counted_table")).to_have_text("Counted, alpha 1")
    far = lab.heights("bigram_apart")
    assert far[-1] < far[0]
    neural = lab.heights("bigram_losses")
    assert neural[0] > 3.3 > 2.48 > neural[-1] > split_losses(DataConfig().load(), 1, 0.0)["train"]
    assert rows_of(lab, "neural_table") == pytest.approx([1] * 27)
    assert rows_of(lab, "counted_table") == pytest.approx([1] * 27)
    expect(lab.page.locator(".st-key-decay_table tbody tr")).to_have_count(11)
    lab.scrub_to(0)
    expect(lab.title_of("neural_table")).to_have_text("Neural: softmax(W) at step 0")


@pytest.mark.long
def test_the_ladder_is_tuned_on_val_and_looks_at_test_once(lab: Lab):
    lab.open(PAGE)
    view(lab, "Longer contexts")
    rows = lab.page.locator(".st-key-ladder_table tbody tr")
    expect(rows).to_have_count(6)
    dataset = DataConfig().load()
    for context in (1, 3):
        alpha = rows.nth(context).locator("td").nth(5).inner_text()
        loss = float(rows.nth(context).locator("td").nth(6).inner_text().partition(" / ")[2])
        assert loss == pytest.approx(split_losses(dataset, context, float(alpha))["val"], abs=2e-4)
    expect(lab.page.get_by_text("Looks at test so far: 0")).to_be_visible()
    look = lab.page.get_by_role("button", name="Look at test, once")
    look.click()
    expect(lab.page.get_by_text("Looks at test so far: 1")).to_be_visible()
    expect(look).to_be_disabled()
    said = lab.page.get_by_test_id("stMarkdown").filter(has_text="Look 1:").inner_text()
    assert float(said.rpartition("test ")[2].partition(" ")[0]) == pytest.approx(
        split_losses(dataset, 3, 0.11)["test"], abs=2e-3
    )
    lab.page.get_by_role("radio", name="shorter contexts").click()
    expect(look).to_be_enabled()
    look.click()
    expect(lab.page.get_by_text("Looks at test so far: 2")).to_be_visible()


@pytest.mark.long
def test_a_text_has_no_test_left_to_look_at(lab: Lab, strange: dict[str, str]):
    lab.open(f"/counting?run={strange['text']}")
    lab.page.get_by_role("radio", name="Longer contexts").click()
    expect(lab.page.get_by_text("test is the same text as val")).to_be_visible()
    expect(lab.page.get_by_role("button", name="Look at test, once")).to_have_count(0)


@pytest.fixture(scope="module")
def strange(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Finished runs on words of many alphabets, a neural bigram, and on the same words as a text."""
    folder: Path = tmp_path_factory.mktemp("strange")
    (folder / "words.txt").write_text("\n".join(STRANGE))
    (folder / "text.txt").write_text("\n".join(" ".join(STRANGE[i:] + STRANGE[:i]) for i in range(10)))
    bigram = RunConfig(
        DataConfig(str(folder / "words.txt")), BigramConfig(), SGDConfig(10.0), ConstantConfig(), max_steps=20
    )
    text = RunConfig(DataConfig(str(folder / "text.txt"), kind="text"), MLPConfig(n_hidden=8), max_steps=5)
    store = RunStore(server.store)
    manager = RunManager(store)
    runs = {"words": manager.start(bigram), "text": manager.start(text)}
    for run in runs.values():
        run.join(timeout=None)
    store.close()
    return {kind: run.id for kind, run in runs.items()}


def shares_by_loop(dataset: Dataset, before: str) -> list[float]:
    """What follows a character in train, with alpha 1."""
    itos = dataset.vocabulary.itos
    if dataset.is_text:
        text = dataset.parts["train"][0]
        followed = Counter(after for character, after in pairwise(text) if character == before)
    else:
        bounded = (itos[0] + word + itos[0] for word in dataset.parts["train"])
        followed = Counter(b for word in bounded for a, b in pairwise(word) if a == before)
    return [(followed[c] + 1) / (followed.total() + len(itos)) for c in itos]


def data_of(server: Server, run: str) -> Dataset:
    store = RunStore(server.store)
    config = RunConfig.from_dict(store.run(run).config)
    store.close()
    return config.data.load()


def view(lab: Lab, name: str) -> None:
    lab.page.get_by_role("radio", name=name, exact=True).click()


def begin_with(lab: Lab, prefix: str) -> None:
    lab.page.get_by_label("Context begins with", exact=True).fill(prefix)


def alpha_slider(lab: Lab) -> Locator:
    return lab.page.locator("[class*=st-key-count_alpha]").get_by_role("slider")


def written(lab: Lab) -> dict[str, int]:
    """The pairs and counts in the grid's cells."""
    texts: list[str] = lab.page.evaluate("document.querySelector('.st-key-count_grid .live-chart').data[0].text.flat()")
    return {pair: int(number) for pair, _, number in (text.partition("<br>") for text in texts)}


def rows_of(lab: Lab, chart: str) -> list[float]:
    """The sum of each row of a table."""
    return lab.page.evaluate(ROWS, f".st-key-{chart} .live-chart")


def place(lab: Lab, row: str, column: str) -> tuple[float, float]:
    """The middle of a cell on the screen."""
    lab.page.set_viewport_size(HIGH)
    box = lab.page.locator(".st-key-count_grid .nsewdrag").first.bounding_box()
    assert box is not None
    letters = ".abcdefghijklmnopqrstuvwxyz"
    across, down = ((letters.index(letter) + 0.5) / 27 for letter in (column, row))
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def click_cell(lab: Lab, row: str, column: str) -> None:
    lab.page.mouse.click(*place(lab, row, column))


ROWS = """chart => {
  const decoded = document.querySelector(chart)._fullData[0].z;
  return Array.from(decoded, row => Array.from(row).reduce((a, b) => a + b, 0));
}"""
