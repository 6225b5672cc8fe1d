"""The Search page in a browser: a sweep fills the leaderboard, a chosen trial stands out, the best becomes a run."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from makemore_core.catalogue import SHIPPED
from makemore_core.training.store import RunStore
from tests.browser.lab import Lab
from tests.browser.server import Server

TINY = f"/search?preset=seed000-layers&model.n_hidden=8&max_steps=30&data.dataset={SHIPPED}&sweep=new"
LINES = ".parallel .line"
STOPS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200)  # of the slider; it begins at 40


def test_a_sweep_fills_the_leaderboard_and_its_best_becomes_an_ordinary_run(lab: Lab, server: Server):
    lab.open(TINY)
    begin(lab, trials=3, where="a thread")  # a process takes longer to begin than such a sweep
    expect(standing(lab)).to_contain_text("3 of 3 trials")
    expect(rows(lab)).to_have_count(3)
    vals = [float(text) for text in lab.page.locator(".leaderboard td.val").all_inner_texts()]
    assert vals == sorted(vals)
    expect(lab.page.locator(LINES)).to_have_count(3)
    lab.page.get_by_role("button", name="Make it an ordinary run").click()
    expect(lab.page.get_by_text("It stands among your runs as")).to_be_visible()
    store = RunStore(server.store)
    run = store.run(lab.chosen_run)
    store.close()
    assert (run.sweep, run.trial) == ("", None)
    assert run.val == pytest.approx(vals[0], abs=1e-4)


@pytest.mark.long
def test_a_trial_that_is_chosen_stands_out_everywhere(lab: Lab):
    lab.open(TINY)
    begin(lab, trials=5)
    expect(standing(lab)).to_contain_text("finished")
    expect(lab.page.locator(".running-trials")).to_have_count(0)
    rows(lab).nth(2).click()
    expect(rows(lab).nth(2)).to_have_attribute("aria-selected", "true")
    number = rows(lab).nth(2).locator("td").last.inner_text()
    expect(lab.page.locator(".st-key-sweep_trial")).to_contain_text(
        f"Trial {number}" if number.isdigit() else "Trial 0"
    )
    expect(lab.page.locator(".parallel .words")).to_contain_text("finished")
    expect(lab.page.locator(".parallel .chosen")).to_have_attribute("d", re.compile("^M"))
    lab.go_to("Train")
    expect(lab.state).to_have_text("finished")
    lab.go_to("Search")
    expect(rows(lab).nth(2)).to_have_attribute("aria-selected", "true")


@pytest.mark.long
def test_a_brush_survives_refreshes_and_dims_the_leaderboard(lab: Lab):
    lab.open(TINY.replace("max_steps=30", "max_steps=100"))
    begin(lab, trials=100)
    expect(rows(lab).nth(5)).to_be_visible()
    had = rows(lab).count()
    drag(lab, axis=0, low=0.3, high=0.7, halfway=lambda: expect(rows(lab).nth(had)).to_be_visible())
    kept = lab.page.get_by_role("button", name=re.compile("of .* trials · clear"))
    expect(kept).to_be_visible()
    before = rows(lab).count()
    expect(rows(lab).nth(before + 2)).to_be_visible()  # while it goes on
    expect(kept).to_be_visible()
    assert lab.page.locator(f"{LINES}.out").count() == lab.page.evaluate(OUTSIDE, [0.3, 0.7])
    assert lab.page.locator(".leaderboard tr.out").count() > 0
    kept.click()
    expect(lab.page.locator(f"{LINES}.out")).to_have_count(0)
    stop(lab)


@pytest.mark.long
def test_a_sweep_is_stopped_and_goes_on_after_a_restart(fresh_server: Server, tab):
    lab = Lab(tab, fresh_server.address)
    lab.open(TINY.replace("max_steps=30", "max_steps=100"))
    begin(lab, trials=200)
    expect(rows(lab).nth(2)).to_be_visible()
    address = tab.url
    lab.leave()
    fresh_server.kill()
    fresh_server.start()
    tab.goto(re.sub(r"http://[^/]*", fresh_server.address, address))
    expect(lab.page.get_by_text("The process that ran this sweep has ended")).to_be_visible()
    expect(rows(lab).nth(2)).to_be_visible()
    had = rows(lab).count()
    lab.page.locator(".st-key-sweep_bar").get_by_role("button", name="Go on").click()
    expect(rows(lab).nth(had + 1)).to_be_visible()
    stop(lab)


def begin(lab: Lab, trials: int, where: str = "") -> None:
    """Plan so many trials, and start."""
    slider = lab.page.locator("[class*=st-key-sweep_trials]").get_by_role("slider")
    expect(slider).to_be_visible()
    expect(lab.page.locator(LINES).first).to_be_visible()  # the last thing that the page draws
    if where:
        lab.choose("Where", where)
    way = STOPS.index(trials) - STOPS.index(40)
    for _ in range(abs(way)):
        slider.press("ArrowRight" if way > 0 else "ArrowLeft")
    expect(lab.page.locator(".st-key-sweep_start")).to_contain_text(f"{trials} trials of")
    lab.page.get_by_role("button", name="Start", exact=True).click()


def stop(lab: Lab) -> None:
    lab.page.locator(".st-key-sweep_bar").get_by_role("button", name="Stop").click()
    expect(standing(lab)).to_contain_text(re.compile("^(stopped|finished)"))


def standing(lab: Lab) -> Locator:
    return lab.page.locator(".st-key-sweep_standing")


def rows(lab: Lab) -> Locator:
    return lab.page.locator(".leaderboard tbody tr")


def drag(lab: Lab, axis: int, low: float, high: float, halfway: Callable[[], None]) -> None:
    """A brush along an axis, between two shares of its length."""
    grip = lab.page.locator(".parallel .grip").nth(axis)
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    assert box
    x, bottom, length = box["x"] + box["width"] / 2, box["y"] + box["height"] - 8, box["height"] - 16
    lab.page.mouse.move(x, bottom - low * length)
    lab.page.mouse.down()
    lab.page.mouse.move(x, bottom - (low + high) / 2 * length, steps=3)
    halfway()
    lab.page.mouse.move(x, bottom - high * length, steps=3)
    lab.page.mouse.up()


OUTSIDE = """([low, high]) => {
  const [bottom, top] = ["y1", "y2"].map(y => Number(document.querySelector(".parallel .rule").getAttribute(y)));
  const lines = [...document.querySelectorAll(".parallel .line")];
  const starts = lines.map(line => line.getAttribute("d").split(/[ML,]/)[2]);
  const places = starts.map(y => (bottom - Number(y)) / (bottom - top));
  return places.filter(place => place < low || place > high).length;
}"""
