"""Words, a file's name, tags and marks full of markup, on every page: all of it is read as it is written."""

import csv
import io
import math
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from makemore_core.catalogue import CATALOGUE
from makemore_core.config import RunConfig
from makemore_core.data.own import keep
from makemore_core.datasets import DataConfig
from makemore_core.models.transformer import TransformerConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.marks import Mark
from makemore_core.training.store import RunStore
from tests.browser.lab import Lab
from tests.browser.server import Server

WORDS = (
    *("<b>pwn</b>", "<script>pwned=1</script>", "<img src=x onerror=pwned=1>", "<a href=//pwn>pwn</a>", "&lt;pwn&gt;"),
    *("**pwn**", "*pwn*", "`pwn`", "[pwn](//pwn)", ":red[pwn]", "$pwn$", ":material/home:", "# pwn", "=cmd('pwn')"),
)
FILE = "<img src=x onerror=pwned=1> **pwn** $pwn$ =cmd.txt"
TAGS = ("<b>pwn</b>", "**pwn**", ":material/home:", "=cmd('pwn')", "<img src=x onerror=pwned=1>")
MARK = "<b>pwn</b> <a href='//pwn'>pwn</a>"
SHOW = {  # where each is read: by the page's address, the words of the data or what is said of the run
    "": [MARK],
    "runs": [FILE, ", ".join(sorted(TAGS))],
    "datasets": ["<b>pwn</b>", "[pwn](//pwn)", "<script>pwned=1</script>", "$pwn$"],
    "my_name?my_name=real": ["<b>pwn</b>"],
    "inside?view=Attention": [],
    "next_character?ask=Dice": [],
    "counting": [],
    "backprop?backprop=dlogits": [],
}
MORE = (
    *("embeddings", "init_lab", "minitorch", "three_forms", "search", "search?search=Learning rate"),
    *(f"inside?view={view}" for view in ("Layer", "Over time", "What if", "Weights", "Neurons")),
    *(f"next_character?ask={view}" for view in ("Next", "Which letter mattered", "Attention", "Completions")),
    *(f"counting?counting={view}" for view in ("Counted and neural", "Longer contexts")),
    *(f"backprop?backprop={view}" for view in ("Walk the graph", "Compare")),
    *(f"runs?compare={view}" for view in ("Names side by side", "Differences", "Family")),
    *(f"take_home?take_home={view}" for view in ("Code", "Run card", "Numbers", "Weights", "Archive")),
    *("my_name", "my_name?my_name=invented", "embeddings?embeddings=How honest?"),
)
BECAME_MARKUP = """() => {
  const all = [...document.querySelectorAll("body *")], text = (one) => one.textContent.trim();
  return [
    ...all.filter((one) => text(one) === "pwn" || (!one.children.length && text(one).includes("<pwn>"))),
    ...all.filter((one) => one.dataset.testid === "stIconMaterial" && text(one) === "home"),
    ...document.querySelectorAll("img[src$='/x'], img[src='x'], a[href*=pwn]"),
  ].map((one) => one.outerHTML.slice(0, 200));
}"""
IN_CHARTS = """() => [...document.querySelectorAll(".live-chart")].flatMap(({ data, layout }) => {
  const found = JSON.stringify([data, layout]).match(/<(b|a|img|script)\\b[^>]{0,60}pwn/g);
  return found ?? [];
})"""
IS_READ = "word => document.body.innerText.includes(word) || document.body.textContent.includes(word)"


@pytest.fixture(scope="module")
def run(server: Server) -> Iterator[str]:
    """A run on a file of that name, and a data set of one's own with the same words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAKEMORE_STORE", str(server.store))
        text = "\n".join(WORDS * 4)
        path = server.store.parent / FILE
        path.write_text(text)
        keep("hostile-text", text, "words", FILE, tuple(CATALOGUE))
        store = RunStore(server.store)
        manager = RunManager(store)
        net = TransformerConfig(n_embd=8, n_layers=1, n_head=2, block_size=8)
        run = manager.start(RunConfig(DataConfig(str(path)), net, max_steps=60), name="hostile")
        run.join(None)
        manager.tag(run.id, TAGS)
        store.mark(run.id, Mark(30, MARK), store.run(run.id).progress)
        yield run.id
        store.close()


@pytest.mark.long
def test_hostile_text_is_read_as_it_is_written(lab: Lab, run: str):
    for place, words in SHOW.items():
        visit(lab, run, place)
        for word in words:
            lab.page.wait_for_function(IS_READ, arg=word)
        assert_literal(lab, place)
    visit(lab, run, "runs")
    lab.page.get_by_role("button", name="Tags").click()
    expect(lab.page.get_by_text("Tags of all that are chosen")).to_be_visible()
    assert_literal(lab, "the tags")
    visit(lab, run, "take_home?take_home=Numbers")
    assert_literal(lab, "take_home")
    with lab.page.expect_download() as download:
        lab.page.get_by_role("button", name="CSV").click()
    assert_no_formulas(download.value.path().read_text(encoding="utf-8"))


@pytest.mark.long
@pytest.mark.parametrize("place", MORE)
def test_hostile_text_becomes_markup_nowhere(place: str, lab: Lab, run: str):
    visit(lab, run, place)
    assert_literal(lab, place)


def visit(lab: Lab, run: str, place: str) -> None:
    page, _, view = place.partition("?")
    settings = f"run={run}&runs={run}&preset=seed000-layers&data.dataset=hostile-text&model.n_hidden=16"
    name, _, title = view.partition("=")
    lab.page.goto(f"{lab.address}/{page}?{settings}" + (f"&{name}={quote(title)}" if view else ""))
    expect(lab.page.get_by_test_id("stHeading").first).to_be_visible()
    expect(lab.page.locator("[data-testid=stStatusWidgetRunningIcon]")).to_have_count(0)
    expect(lab.page.locator(".live-chart:not(:has(svg.main-svg path))")).to_have_count(0)


def assert_literal(lab: Lab, place: str) -> None:
    """No element came out of a text, and no script of it ran."""
    assert lab.page.evaluate(BECAME_MARKUP) == [], place
    assert lab.page.evaluate(IN_CHARTS) == [], place
    assert lab.page.evaluate("window.pwned") is None, place


def assert_no_formulas(content: str) -> None:
    """No cell that a spreadsheet would calculate: what begins like one is a number."""
    for row in csv.reader(io.StringIO(content)):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t")) or math.isfinite(float(cell))
