"""A newcomer's first minute on a server that nobody has opened yet: a picture, a run, a name, a break, a second run."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from makemore_core.recording import recording
from tests.browser.conftest import running
from tests.browser.lab import Lab
from tests.browser.server import Server
from tests.browser.watch import Watch

FIRST_PAINT, PLAY, NAMES, MY_NAME, SCRUB, STOP = 3000, 200, 500, 300, 500, 500  # milliseconds
TRIES = 6
PAGE_CHANGE = 4  # frames between the last element of one page, which Streamlit removes first, and the next one's first


def arrive(tab: Page, server: Server) -> Lab:
    """Open the front page, and keep watch from the first paint on."""
    lab = Lab(tab, server.address)
    tab.add_init_script(WATCH_FOR_BLANKS)
    tab.goto(server.address)
    return lab


def is_ready(lab: Lab) -> None:
    """The recording plays, and the lab is there."""
    expect(lab.page.locator(".recording .now")).to_be_visible()
    expect(lab.page.locator(".st-key-standing")).to_contain_text("Nothing trained yet")


def rewind(lab: Lab) -> Locator:
    return lab.page.get_by_role("button", name=re.compile("^Rewind to step"))


def own_name(lab: Lab) -> Locator:
    return lab.page.get_by_role("textbox", name="Your name")


@pytest.mark.long
def test_a_newcomer_walks_through_the_first_minute(tab: Page, watch: Watch, fresh_server: Server) -> None:
    lab = arrive(tab, fresh_server)
    expect(tab.locator(".recording")).to_contain_text(f"A recording of {recording().preset}")
    expect(tab.get_by_text("The lab is warming up")).to_be_visible()
    shown = tab.locator(".recording .now span").inner_text()
    expect(tab.locator(".recording .now span")).not_to_have_text(shown)  # it plays by itself
    is_ready(lab)

    assert lab.field("Speed").input_value() == "gentle start"
    lab.play()
    expect(tab.locator(".recording")).to_have_count(0)
    own_name(lab).fill("zoey")
    expect(tab.locator(".surprises code")).to_have_text("zoey.")
    lab.choose_speed("turbo")
    tab.wait_for_function(CROSSED)

    tab.get_by_role("button", name="Break it").click()
    expect(tab.locator(".st-key-way_back")).to_contain_text("tanh is saturated")
    assert len(watch.faults) == 1  # the card, which is wanted
    watch.faults.clear()
    rewind(lab).click()
    expect(rewind(lab)).to_have_count(0)
    expect(lab.field("Learning rate").first).to_have_value(re.compile("rate 0.1$"))

    first = lab.chosen_run
    lab.new_run()
    expect(lab.run_picker).not_to_have_value(re.compile(f"^{first}"))
    lab.wait_for_step(100)
    lab.scrub_to(0)
    expect(lab.title_of("embedding")).to_contain_text("step 0")
    second = lab.chosen_run
    assert tab.evaluate("window.blanks") == 0
    tab.get_by_role("button", name="Compare").click()
    expect(tab.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    expect(tab.locator(".st-key-runs_curves .xtitle")).to_have_text(re.compile("seconds"))
    assert {first, second} <= set(lab.parameters["runs"].split(","))
    tab.get_by_role("button", name="Share").click()
    expect(tab.locator(".st-key-share_link code")).to_contain_text(f"{fresh_server.address}/runs?")
    expect(tab.locator(".st-key-share_link code")).to_contain_text(f"run={second}")
    assert tab.evaluate("window.blanks") <= PAGE_CHANGE


@pytest.mark.long
def test_who_presses_play_before_torch_is_there_need_not_press_again(tab: Page, fresh_server: Server) -> None:
    lab = arrive(tab, fresh_server)
    tab.get_by_role("button", name="Play").click()
    expect(lab.state).to_have_text("running")
    assert tab.evaluate("window.blanks") == 0


@pytest.mark.long
@pytest.mark.parametrize("path", ["inside", "?run=nobody-knows", "my_name?preset=lecture3-batchnorm"])
def test_another_page_says_that_the_lab_is_warming_up(path: str, tab: Page, fresh_server: Server) -> None:
    tab.add_init_script(WATCH_FOR_BLANKS)
    tab.goto(f"{fresh_server.address}/{path}")
    expect(tab.get_by_text("The lab is warming up")).to_be_visible()
    expect(tab.locator(".st-key-standing")).to_be_visible()
    expect(tab.get_by_test_id("stSidebar")).to_have_count(1 if path.startswith("?") else 0)  # Train alone has one
    assert tab.evaluate("window.blanks") == 0


@pytest.fixture(scope="module")
def minute_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from running(tmp_path_factory.mktemp("minute"))


@pytest.mark.long
def test_a_cold_server_paints_within_three_seconds(tab: Page, tmp_path: Path) -> None:
    figures: list[float] = []
    for i in range(3):
        folder = tmp_path / str(i)
        folder.mkdir()
        for server in running(folder):
            began = time.monotonic()
            tab.goto(server.address)
            tab.locator(".recording .now").wait_for()
            figures.append(1000 * (time.monotonic() - began))
            tab.locator(".st-key-standing").wait_for()
            print(
                f"the recording after {figures[-1]:,.0f} ms, the lab after {1000 * (time.monotonic() - began):,.0f} ms"
            )
            tab.goto("about:blank")  # before its server ends
    assert min(figures) < FIRST_PAINT


@pytest.mark.long
def test_every_click_of_the_minute_answers_in_time(tab: Page, minute_server: Server) -> None:
    lab = arrive(tab, minute_server)
    is_ready(lab)
    took: dict[str, list[float]] = {}

    def note(name: str, act: Callable[[], None], condition: str) -> None:
        tab.evaluate(NOTE_WHEN.format(condition=condition))
        act()
        tab.wait_for_function("window.seen !== undefined")
        took.setdefault(name, []).append(tab.evaluate("window.seen - window.pressed"))

    for i in range(TRIES):
        names = tab.evaluate(NAMES_NOW)
        tab.evaluate(f"window.namesBefore = {names!r}; window.runBefore = {RUN_NOW}")
        note("play", lab.button("Play").click, f"{STATE} === 'running' && {RUN_NOW} !== window.runBefore")
        tab.wait_for_function(f"!document.querySelector('.recording') && ({NAMES_NOW}) !== window.namesBefore")
        took.setdefault("first names", []).append(tab.evaluate("performance.now() - window.pressed"))
        lab.wait_for_step(40)
        tab.evaluate("window.lettersBefore = document.querySelector('.surprises code').textContent")
        name = f"my{'abcdef'[i]}"
        note("my name", lambda name=name: own_name(lab).press_sequentially(name[-1]), LETTERS_CHANGED)
        lab.title_of("embedding").wait_for()
        note("scrub", lambda: tab.locator(".time-scrubber input").press("Home"), AT_STEP_0)
        tab.locator(".time-scrubber button").click()
        note("stop", lab.button("Stop").click, f"{STATE} === 'stopped'")
        lab.choose("Run", "No run")
        expect(lab.page.locator(".st-key-standing")).to_contain_text("Nothing trained yet")
    best = {name: min(figures) for name, figures in took.items()}
    for name, figures in took.items():
        print(f"{name:12} best {best[name]:5.0f} ms, all {', '.join(f'{ms:.0f}' for ms in figures)}")
    assert tab.evaluate("window.blanks") == 0
    budgets = {"play": PLAY, "first names": NAMES, "my name": MY_NAME, "scrub": SCRUB, "stop": STOP}
    assert {name for name, budget in budgets.items() if best[name] >= budget} == set()


STATE = "document.querySelector('.st-key-standing .stMarkdownBadge')?.innerText"
RUN_NOW = "document.querySelector('.st-key-bar input')?.value"
NAMES_NOW = "document.querySelector('.names .now p')?.textContent ?? ''"
LETTERS_CHANGED = "document.querySelector('.surprises code').textContent !== window.lettersBefore"
AT_STEP_0 = "/step 0(,|$)/.test(document.querySelector('.st-key-embedding .gtitle').textContent)"
CROSSED = """() => [...document.querySelectorAll(".st-key-loss .textpoint text")]
  .some(({ textContent }) => textContent === "beats counting pairs")"""
NOTE_WHEN = """() => {{
  window.pressed = window.seen = undefined;
  const note = () => {{ window.pressed ??= performance.now(); }};
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, note, {{ capture: true, once: true }});
  const look = () => {{
    if (window.pressed !== undefined && ({condition})) window.seen = performance.now();
    else requestAnimationFrame(look);
  }};
  look();
}}"""
WATCH_FOR_BLANKS = """
window.blanks = 0;
let isPainted = false;
const look = () => {
  const isEmpty = !document.querySelector("[data-testid=stMain]")?.innerText.trim();
  if (isPainted && isEmpty) window.blanks += 1;
  isPainted ||= !isEmpty;
  requestAnimationFrame(look);
};
addEventListener("DOMContentLoaded", look);
"""
