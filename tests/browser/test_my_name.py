"""The page My name as a person uses it, on names, on other alphabets, on a text: each number is the core's."""

import math
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, ViewportSize, expect

from makemore_core.catalogue import SHIPPED
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.sampling import SamplingConfig, next_character
from makemore_core.scoring import surprise, surprise_of_words
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from makemore_core.training.untrained import TrainedModel
from makemore_core.vocabulary import shown
from tests.browser.lab import SMALL, Lab
from tests.browser.server import Server

PHONE: ViewportSize = {"width": 390, "height": 844}
STRANGE = ("<b>x</b>", "*a*$x$", ":red[x]", "a\\*b&lt;", "x<=y->z")
ALPHABETS = {
    "markup": STRANGE,
    "accents": ("Zoë", "José", "Renée", "Åsa", "Łucja"),
    "cyrillic": ("Анна", "Мария", "Иван", "Ольга"),
    "devanagari": ("नीना", "मीरा", "प्रिया"),
    "emoji": ("🙂🙃", "🎈🎈a", "👩‍🚀"),
}


def train(server: Server, config: RunConfig) -> tuple[str, TrainedModel]:
    """A finished run in the server's store, and its model."""
    store = RunStore(server.store)
    manager = RunManager(store)
    run = manager.start(config)
    run.join(timeout=None)
    found = manager.trained_model(run.id)
    store.close()
    return run.id, found


@pytest.fixture(scope="module")
def finished(server: Server) -> tuple[str, TrainedModel]:
    """A finished run on the list that ships."""
    return train(server, RunConfig(DataConfig(SHIPPED), MLPConfig(n_hidden=64), max_steps=3_000))


def name_field(lab: Lab, noun: str = "name") -> Locator:
    return lab.page.get_by_label(f"Your {noun}", exact=True)


def open_view(lab: Lab, title: str) -> None:
    lab.page.get_by_test_id("stButtonGroup").get_by_text(title, exact=True).click()


def sentence(lab: Lab) -> Locator:
    return lab.page.get_by_test_id("stMarkdown").filter(has_text="bits in all")


def test_the_bars_are_the_probabilities_and_the_percentile_is_counted(
    lab: Lab, finished: tuple[str, TrainedModel]
) -> None:
    run, found = finished
    lab.open(f"/my_name?run={run}")
    name_field(lab).fill("maximilian")
    expect(sentence(lab)).to_contain_text("maximilian costs")
    expect(lab.title_of("surprise")).to_contain_text("maximilian")
    vocabulary = found.dataset.vocabulary
    tokens = [*vocabulary.encode("maximilian"), 0]
    p = [next_character(found.model, tokens[:i], SamplingConfig())[token] for i, token in enumerate(tokens)]
    assert lab.heights("surprise") == pytest.approx([-math.log2(x) for x in p], abs=1e-6)
    words = surprise_of_words(found.model, found.dataset)
    scored = surprise("maximilian", found.model, vocabulary, words)
    expect(sentence(lab)).to_contain_text(f"{scored.bits:.2f} bits in all")
    standing = lab.page.get_by_text("surprise the net less than")
    expect(standing).to_contain_text(f"{scored.percentile:.1f} % of the {len(words.words):,} names")
    assert sum(lab.heights("among_words")) == pytest.approx(1)
    open_view(lab, "Bits per character")
    percentile = words.percentile(scored.bits, scored.size, per_character=True)
    expect(standing).to_contain_text(f"{percentile:.1f} % of the {len(words.words):,} names")
    assert sum(lab.heights("among_words")) == pytest.approx(1)


@pytest.mark.long
def test_a_class_is_compared_and_a_capital_is_no_error(lab: Lab, finished: tuple[str, TrainedModel]) -> None:
    lab.open(f"/my_name?run={finished[0]}")
    name_field(lab).fill("Emma, Zoë Xqzzv")
    expect(lab.info).to_contain_text("“Emma” is read as emma; “Zoë” is read as zoe")
    rows = lab.page.locator(".surprises > div:not(.head)")
    expect(rows).to_have_count(3)
    bits = [float(row.locator("span").first.inner_text()) for row in rows.all()]
    assert bits == sorted(bits)
    expect(rows.last).to_contain_text("xqzzv")
    lab.page.get_by_test_id("stButtonGroup").get_by_text("zoe", exact=True).click()
    expect(sentence(lab)).to_contain_text("zoe costs")


@pytest.mark.long
def test_the_page_follows_the_line_of_time(lab: Lab, finished: tuple[str, TrainedModel]) -> None:
    lab.open(f"/my_name?run={finished[0]}")
    expect(lab.title_of("among_words")).to_contain_text("step 2,999")
    lab.scrub_to(0)
    for chart in ("surprise", "among_words"):
        expect(lab.title_of(chart)).to_contain_text("step 0")
    blind = math.log2(27)
    assert lab.heights("surprise") == pytest.approx([blind] * 5, abs=1.5)  # nobody has trained it yet
    open_view(lab, "The names it invents")
    expect(lab.title_of("novelty_shares")).to_contain_text("step 0")


@pytest.mark.long
def test_the_splits_means_are_the_losses(lab: Lab, finished: tuple[str, TrainedModel]) -> None:
    run, found = finished
    lab.open(f"/my_name?run={run}")
    open_view(lab, "The real names")
    losses = {split: found.model.nats(found.dataset.tokens(split)).mean() for split in ("train", "val")}
    told = f"train {losses['train']:.4f} and val {losses['val']:.4f} nats"
    expect(lab.page.get_by_text("Times ln 2")).to_contain_text(told)
    expect(lab.page.locator(".surprises")).to_have_count(2)
    expect(lab.page.locator(".surprises > div:not(.head)")).to_have_count(20)
    for i in range(3):
        assert sum(lab.page.evaluate(HEIGHTS, ["splits", i])) == pytest.approx(1)


def test_what_it_invents_is_sorted_into_kinds_that_sum_to_1(lab: Lab, finished: tuple[str, TrainedModel]) -> None:
    run, found = finished
    lab.open(f"/my_name?run={run}")
    open_view(lab, "The names it invents")
    expect(lab.title_of("novelty_over_steps")).to_contain_text("kept steps")
    rows = lab.page.locator(".inventions > div > div")
    expect(rows).to_have_count(100)
    train, dataset = set(found.dataset.parts["train"]), found.dataset
    for name, kind in zip(
        rows.locator("code:first-child").all_inner_texts(), rows.locator("em").all_inner_texts(), strict=True
    ):
        known = "train" if name in train else "val or test" if name in dataset.known else "new"
        assert kind == known
    shares = [lab.page.evaluate(SHARES, ["novelty_shares", i]) for i in range(3)]
    assert [sum(row) for row in zip(*shares, strict=True)] == pytest.approx([1] * 3)
    over = lab.page.evaluate(AREAS, "novelty_over_steps")
    assert [sum(step) for step in zip(*over, strict=True)] == pytest.approx([1] * len(over[0]))
    lab.page.get_by_test_id("stButtonGroup").get_by_text(re.compile(r"^in train \d")).click()
    expect(rows.locator("em.new")).to_have_count(0)
    assert set(rows.locator("em").all_inner_texts()) <= {"train"}


@pytest.mark.long
def test_a_run_is_followed_while_it_trains(lab: Lab) -> None:
    lab.open(f"/my_name?{SMALL}&data.dataset={SHIPPED}")
    lab.play()
    lab.wait_for_step(100)
    for title, chart in (("The names it invents", "novelty_shares"), ("The real names", "splits")):
        open_view(lab, title)
        expect(lab.title_of(chart)).to_contain_text("step")
        seen = lab.title_of(chart).text_content() or ""
        expect(lab.title_of(chart)).not_to_have_text(seen)
    open_view(lab, "Your name")
    name_field(lab).fill("olivia")
    expect(sentence(lab)).to_contain_text("olivia costs")
    lab.stop()


@pytest.mark.long
@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_names_of_any_alphabet_are_shown_as_they_are(alphabet: str, lab: Lab, server: Server, tmp_path: Path) -> None:
    words = ALPHABETS[alphabet]
    path = tmp_path / "words.txt"
    path.write_text("\n".join(("emma", *words) * 20), encoding="utf-8")
    run, _ = train(server, RunConfig(DataConfig(str(path)), MLPConfig(n_hidden=16), max_steps=50))
    lab.open(f"/my_name?run={run}")
    for name in words:
        name_field(lab).fill(name)
        expect(sentence(lab)).to_contain_text(f"{name} costs")
        expect(sentence(lab).locator("em, .katex, [style*=color]")).to_have_count(0)
        letters = lab.page.locator(".st-key-surprise .xtick text")
        expect(letters).to_have_count(len(name) + 1)
        assert letters.all_text_contents() == [shown(character) for character in f"{name}."]
    expect(lab.info).to_have_count(0)
    for title in ("The real names", "The names it invents"):
        open_view(lab, title)
        expect(lab.page.locator(".surprises, .inventions").first).to_be_visible()
        lab.wait_for_charts()


@pytest.mark.long
def test_a_text_is_looked_at_line_by_line(lab: Lab, server: Server) -> None:
    run, found = train(server, RunConfig(DataConfig("python-docs"), MLPConfig(n_hidden=16), max_steps=200))
    lab.open(f"/my_name?run={run}")
    name_field(lab, "line").fill("for x in range(10):")
    expect(sentence(lab)).to_contain_text("for x in range(10): costs")
    open_view(lab, "The real lines")
    expect(lab.page.get_by_text("Each line stands by itself here")).to_be_visible()
    open_view(lab, "The lines it invents")
    expect(lab.page.locator(".inventions > div > div").first).to_be_visible()
    assert found.dataset.is_text


@pytest.mark.long
@pytest.mark.parametrize("title", ["Your name", "The real names", "The names it invents"])
def test_no_view_scrolls_sideways_on_a_phone(title: str, lab: Lab, finished: tuple[str, TrainedModel]) -> None:
    lab.page.set_viewport_size(PHONE)
    lab.open(f"/my_name?run={finished[0]}")
    open_view(lab, title)
    lab.wait_for_charts()
    assert lab.page.evaluate(WIDEST) <= PHONE["width"]


HEIGHTS = """([chart, i]) => Array.from(document.querySelector(`.st-key-${chart} .live-chart`)._fullData[i].y)"""
AREAS = """chart => document.querySelector(`.st-key-${chart} .live-chart`)._fullData.slice(0, 3)
  .map(({ y }) => Array.from(y))"""
SHARES = """([chart, i]) => Array.from(document.querySelector(`.st-key-${chart} .live-chart`)._fullData[i].x)"""
WIDEST = """() => Math.max(...["stApp", "stMain", "stMainBlockContainer"].map(
  id => document.querySelector(`[data-testid=${id}]`).scrollWidth))"""
