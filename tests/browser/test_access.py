"""Nobody is left out: axe-core finds nothing serious on any page, keys do all, and a chart is words and numbers too."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, expect

from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from tests.browser.lab import SMALL, Lab
from tests.browser.server import PROJECT, Server

AXE = (Path(str(files("axe_playwright_python"))) / "axe.min.js").read_text(encoding="utf-8")
PAGES = re.findall(r'st\.Page\("pages/(\w+)\.py"', (PROJECT / "app.py").read_text(encoding="utf-8"))
OF_ALL_KINDS = ["train", "inside", "runs", "glossary"]  # those of each `make test`
DESKTOP: ViewportSize = {"width": 1400, "height": 1000}
PHONE: ViewportSize = {"width": 390, "height": 844}
# What Streamlit's own markup has, by rule and selector. All that scrolls here takes the focus in Chromium by itself.
EXCUSED = {
    "list": "[data-testid=stSidebarNavItems]",  # the menu of a phone: groups stand as div between its items
    "listitem": "[data-testid=stSidebarNavItems] li",
    "scrollable-region-focusable": ".stTable > div, .stCode > pre, .katex-display, .stVerticalBlock[overflow=auto]",
}


@pytest.fixture(scope="module")
def run(server: Server) -> str:
    """A finished run, so that every panel has something to show."""
    store = RunStore(server.store)
    run = RunManager(store).start(RunConfig(DataConfig("us-names-2018"), MLPConfig(n_hidden=32), max_steps=200))
    run.join(timeout=None)
    store.close()
    return run.id


def test_pages_of_all_kinds_have_no_serious_finding(lab: Lab, run: str):
    lab.page.set_viewport_size(DESKTOP)
    assert findings_on(lab, OF_ALL_KINDS, run) == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("size", "scheme"),
    [(DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")],
    ids=["light", "dark", "phone", "dark phone"],
)
def test_no_page_has_a_serious_finding(size: ViewportSize, scheme, lab: Lab, run: str):
    lab.page.emulate_media(color_scheme=scheme)
    lab.page.set_viewport_size(size)
    assert findings_on(lab, PAGES, run) == []


def findings_on(lab: Lab, pages: list[str], run: str) -> list[str]:
    """What axe-core calls serious or critical, in a line each, and pictures without words."""
    found: list[str] = []
    for page in pages:
        lab.page.goto(f"{lab.address}/{'' if page == 'train' else page}?run={run}")
        expect(lab.page.get_by_role("heading", level=1)).to_be_visible()
        lab.page.wait_for_function(IS_DRAWN)
        lab.page.evaluate(AXE)
        found += [f"{page}: {finding}" for finding in lab.page.evaluate(FIND, EXCUSED)]
        found += [f"{page}: too few words, {alt!r}" for alt in lab.page.evaluate(ALTS) if len(alt) < 30]
    return found


def test_a_chart_is_words_and_numbers_too(lab: Lab, run: str):
    lab.open(f"/?run={run}")
    picture = lab.page.locator(".st-key-loss svg[role=img]")
    expect(picture).to_have_attribute(
        "aria-label", re.compile(r"train fell from 3\.\d+ to 2\.\d+ in 200 steps; val is")
    )
    turn, sheet = (lab.page.locator(f".st-key-loss {part}") for part in (".turn", ".number-sheet"))
    expect(sheet).to_be_hidden()
    turn.focus()
    lab.page.keyboard.press("Enter")
    expect(sheet).to_be_focused()
    steps = [int(text.replace(",", "")) for text in sheet.locator("table").last.locator("tbody th").all_inner_texts()]
    assert [steps[0], steps[-1]] == [0, 200]  # step n is drawn at n + 1, and said as it is
    with lab.page.expect_download() as download:
        sheet.get_by_role("button", name="Save as CSV").click()
    assert download.value.path().read_text(encoding="utf-8").startswith("step,train\n0,")
    lab.page.keyboard.press("Escape")
    expect(turn).to_be_focused()
    expect(sheet).to_be_hidden()
    expect(lab.state).to_have_text("finished")  # no key of these has begun anything


@pytest.mark.long
def test_keys_step_and_stop_and_go_from_page_to_page(lab: Lab):
    lab.open(f"/?{SMALL}")
    expect(lab.page.locator(".keys dd")).not_to_have_count(0)
    keys = lab.page.keyboard
    keys.press(".")
    expect(lab.state).to_have_text("paused")
    expect(lab.step).to_have_text("1")
    keys.press("s")
    expect(lab.state).to_have_text("stopped")
    keys.press("?")
    expect(lab.page.get_by_role("dialog", name="Keys")).to_contain_text("play or pause")
    keys.press("s")  # a sheet that is open hears no keys
    keys.press("Escape")
    expect(lab.page.get_by_role("dialog", name="Keys")).to_have_count(0)
    keys.press("g")
    keys.press("c")
    expect(lab.page.get_by_role("heading", name="Counting", exact=True)).to_be_visible()
    for key in "gtr":
        keys.press(key)
    expect(lab.page.get_by_role("heading", name="Train", exact=True)).to_be_visible()


def test_letters_that_are_typed_or_turned_off_are_no_keys(lab: Lab):
    lab.open(f"/next_character?{SMALL}")
    field = lab.page.get_by_label("A name begins with", exact=True)
    field.fill("")
    field.press_sequentially("g.s")
    expect(field).to_have_value("g.s")
    expect(lab.page.get_by_text("Nothing trained yet")).to_be_visible()
    lab.page.get_by_role("button", name="Keys", exact=True).click()
    lab.page.get_by_label("single letters are keys").uncheck()
    lab.page.keyboard.press("Escape")
    lab.page.keyboard.press("?")
    expect(lab.page.get_by_role("dialog")).to_have_count(0)


def test_nothing_moves_for_whom_motion_is_too_much(lab: Lab):
    lab.page.emulate_media(reduced_motion="reduce")
    lab.open("/minitorch")
    assert lab.page.evaluate(SLOWEST) <= 0.001


IS_DRAWN = """() => document.querySelector(".keys dd") && !document.querySelector(
  ".live-chart:not(:has(svg[role=img])), [data-testid=stSkeleton], .letter-map:not(:has(canvas))")"""
FIND = """async excused => {
  const about = { exclude: [".main-svg"] };  // a picture with its own words
  const how = { resultTypes: ["violations"], elementRef: true, rules: { "target-size": { enabled: true } } };
  const { violations } = await axe.run(about, how);
  const heavy = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return heavy.flatMap(({ id, nodes }) => nodes
    .filter(({ element }) => !(excused[id] && element.matches(excused[id])))
    .map(({ html, any, all, none }) => `${id}: ${html.slice(0, 120)} (${[...any, ...all, ...none][0]?.message})`));
}"""
ALTS = """() => [...document.querySelectorAll(".live-chart svg[role=img], .letter-map canvas, .parallel svg")]
  .map(picture => picture.getAttribute("aria-label") ?? "")"""
SLOWEST = """() => Math.max(...[...document.querySelectorAll(".stApp *")].flatMap(element => {
  const { transitionDuration, animationDuration } = getComputedStyle(element);
  return [transitionDuration, animationDuration].flatMap(times => times.split(",").map(parseFloat));
}))"""
