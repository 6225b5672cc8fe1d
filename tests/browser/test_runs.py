"""The Runs page in a browser: three runs over each other, the mean over seeds, and a deletion that is taken back."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from makemore_core.comparison.looks import COLORS
from makemore_core.config import RunConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.store import RunStore
from tests.browser.lab import SMALL, Lab
from tests.browser.server import Server

CURVES = "runs_curves"
STEPS = 60


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    return own_server


@pytest.fixture(scope="module")
def three(server: Server) -> list[str]:
    """Finished runs: two of one net with different seeds, then one of a smaller net."""
    store = RunStore(server.store)
    manager = RunManager(store)
    runs: list[str] = []
    for n_hidden, seed in ((16, 1), (16, 2), (8, 1)):
        run = manager.start(RunConfig(model=MLPConfig(n_hidden=n_hidden), seed=seed, max_steps=STEPS))
        run.join(timeout=None)
        runs.append(run.id)
    store.close()
    return runs


def row_of(lab: Lab, run: str) -> Locator:
    return lab.page.locator(".runs-table tbody tr").filter(has=lab.page.get_by_role("button", name=run, exact=True))


def tick(lab: Lab, run: str) -> None:
    row_of(lab, run).get_by_role("checkbox").click()


def lines(lab: Lab) -> dict[str, dict[str, Any]]:
    """What the chart draws, by name."""
    return lab.page.evaluate(LINES, f".st-key-{CURVES} .live-chart")


def wait_for_lines(lab: Lab, *names: str) -> None:
    lab.page.wait_for_function(HAS_LINES, arg=[f".st-key-{CURVES} .live-chart", list(names)])


def vals(server: Server, run: str) -> list[float]:
    store = RunStore(server.store)
    found = [evaluation.val for evaluation in store.evaluations(run)]
    store.close()
    return found


def test_three_runs_lie_over_each_other_and_their_seeds_make_a_band(lab: Lab, server: Server, three: list[str]):
    lab.open("/runs")
    for run in three:
        tick(lab, run)
    wait_for_lines(lab, *three)
    drawn = lines(lab)
    assert [drawn[run]["color"] for run in three] == list(COLORS[:3])
    for run in three:
        assert drawn[run]["y"] == pytest.approx(vals(server, run))
    assert lab.parameters["runs"] == ",".join(three)
    lab.choose("Group", "mean over seeds")
    wait_for_lines(lab, "hidden neurons 16, mean of 2", "hidden neurons 8")
    first, second = vals(server, three[0]), vals(server, three[1])
    mean: Any = lines(lab)["hidden neurons 16, mean of 2"]["y"]
    # both were looked at first and last; between, at steps of their own
    assert [mean[0], mean[-1]] == pytest.approx([(first[i] + second[i]) / 2 for i in (0, -1)])


@pytest.mark.long
def test_a_link_shows_the_same_comparison(lab: Lab, three: list[str]):
    lab.open(f"/runs?runs={three[2]},{three[0]},nobody")
    wait_for_lines(lab, three[2], three[0])
    expect(row_of(lab, three[2]).get_by_role("checkbox")).to_be_checked()
    expect(row_of(lab, three[1]).get_by_role("checkbox")).not_to_be_checked()
    lab.go_to("Inside")
    lab.go_to("Runs")
    wait_for_lines(lab, three[2], three[0])
    row_of(lab, three[1]).get_by_role("button").click()  # its name opens it in the bar
    expect(lab.state).to_have_text("finished")
    assert lab.chosen_run == three[1]
    expect(row_of(lab, three[1])).to_have_attribute("aria-current", "true")


@pytest.mark.long
def test_a_deletion_is_taken_back(lab: Lab, three: list[str]):
    lab.open(f"/runs?runs={three[0]},{three[1]}")
    lab.page.locator(".st-key-runs_delete button").click()
    expect(lab.page.get_by_text("Deleted 2 runs.")).to_be_visible()
    expect(row_of(lab, three[0])).to_have_count(0)
    lab.page.get_by_role("button", name="Undo").click()
    expect(row_of(lab, three[0])).to_have_count(1)
    wait_for_lines(lab, three[0], three[1])
    expect(lab.page.get_by_role("button", name="Undo")).to_have_count(0)


@pytest.mark.long
def test_a_deleted_run_can_come_back_later(lab: Lab, three: list[str]):
    lab.open(f"/runs?runs={three[2]}")
    lab.page.locator(".st-key-runs_delete button").click()
    expect(row_of(lab, three[2])).to_have_count(0)
    lab.reload()
    lab.choose("Which runs", "Deleted runs")
    tick(lab, three[2])
    lab.page.get_by_role("button", name="Restore").click()
    lab.choose("Which runs", "Runs")
    expect(row_of(lab, three[2])).to_have_count(1)


@pytest.mark.long
def test_a_run_is_renamed_tagged_found_and_sorted(lab: Lab, three: list[str]):
    lab.open(f"/runs?runs={three[1]}")
    rename(lab, "my-best")
    wait_for_lines(lab, "my-best")
    lab.page.get_by_role("button", name="Tags").click()
    lab.page.get_by_label("Tags of all that are chosen").fill("keep")
    lab.page.keyboard.press("Enter")
    expect(lab.page.get_by_role("button", name="Remove keep")).to_be_visible()
    lab.page.keyboard.press("Escape")
    lab.page.keyboard.press("Escape")
    expect(row_of(lab, "my-best")).to_contain_text("keep")
    find(lab, "keep")
    expect(rows(lab)).to_have_count(1)
    find(lab, "n_hidden < 16")
    expect(rows(lab)).to_contain_text([three[2]])
    find(lab, "nothing < 16")
    expect(lab.page.get_by_text("Unknown column 'nothing'")).to_be_visible()
    find(lab, "")
    lab.page.get_by_role("columnheader", name="best val").get_by_role("button").click()
    expect(lab.page.get_by_role("columnheader", name="best val")).to_have_attribute("aria-sort", "ascending")
    best = [float(text) for text in lab.page.locator(".runs-table tbody td:nth-child(5)").all_inner_texts()]
    assert best == sorted(best)
    rename(lab, three[1])
    wait_for_lines(lab, three[1])


@pytest.mark.long
def test_rows_and_curves_follow_a_run_that_trains_and_what_is_ticked_stays(lab: Lab, three: list[str]):
    lab.open(f"/runs?{SMALL}&runs={three[0]},{three[1]}")
    lab.play()
    run = lab.chosen_run
    tick(lab, run)
    wait_for_lines(lab, *three[:2], run)
    before = len(lines(lab)[run]["y"])
    chart = lab.page.locator(f".st-key-{CURVES} .live-chart").element_handle()
    row = row_of(lab, run).element_handle()
    lab.page.wait_for_function(GREW, arg=[f".st-key-{CURVES} .live-chart", run, before])
    assert chart.evaluate("chart => chart.isConnected")  # the same chart and the same row, not new ones
    assert row.evaluate("row => row.isConnected")
    expect(row_of(lab, run).get_by_role("checkbox")).to_be_checked()
    expect(row_of(lab, three[0]).get_by_role("checkbox")).to_be_checked()
    lab.page.locator(".st-key-runs_stop button").click()
    expect(lab.state).to_have_text("stopped")
    expect(row_of(lab, run)).to_contain_text("stopped")


@pytest.mark.long
def test_names_and_differences_are_those_of_the_runs(lab: Lab, server: Server, three: list[str]):
    lab.page.goto(f"{lab.address}/runs?runs={three[0]},{three[2]}&compare=Names side by side")
    store = RunStore(server.store)
    names = store.samples(three[2])
    store.close()
    column = lab.page.locator(".beside.many > div").filter(has_text=three[2])
    expect(column.locator("p > *")).to_have_text([name or "·" for name in names[max(names)]])
    lab.page.get_by_role("radio", name="Differences").click()
    body = lab.page.locator(".differences").first.locator("tbody tr")
    expect(body.filter(has_text="hidden neurons").locator("td")).to_have_text(["16", "8"])
    expect(body.filter(has_text="batch size")).to_have_count(0)
    layers = lab.page.locator(".differences").last.locator("tbody tr").filter(has_text="output")
    expect(layers.locator("td")).to_have_text([re.compile("Linear 16×27"), re.compile("Linear 8×27")])
    expect(layers.locator("td").last).to_have_class("changed")


def rename(lab: Lab, name: str) -> None:
    lab.page.get_by_role("button", name="Rename").click()
    lab.page.get_by_label("Name", exact=True).fill(name)
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("Escape")
    expect(row_of(lab, name)).to_have_count(1)


def find(lab: Lab, words: str) -> None:
    lab.page.get_by_label("Find runs").fill(words)
    lab.page.keyboard.press("Enter")


def rows(lab: Lab) -> Locator:
    return lab.page.locator(".runs-table tbody tr")


LINES = """chart => Object.fromEntries(document.querySelector(chart)._fullData
  .filter(({ showlegend, hoverinfo }) => hoverinfo !== "skip")
  .map(({ name, x, y, line }) => [name, { x: Array.from(x), y: Array.from(y), color: line.color }]))"""
HAS_LINES = """([chart, names]) => {
  const drawn = (document.querySelector(chart)?._fullData ?? []).filter(({ hoverinfo }) => hoverinfo !== "skip");
  return JSON.stringify(drawn.map(({ name }) => name)) === JSON.stringify(names);
}"""
GREW = """([chart, run, before]) => {
  const line = document.querySelector(chart)._fullData.find(({ name }) => name === run);
  return line && line.y.length > before;
}"""
