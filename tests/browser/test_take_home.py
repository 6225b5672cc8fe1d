"""Take it home in a browser: the card is seen on the page, and opens alone, offline, with the same numbers."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import safetensors.torch
from playwright.sync_api import BrowserContext, Download, expect

from makemore_core.catalogue import SHIPPED
from makemore_core.config import RunConfig
from makemore_core.datasets import DataConfig
from makemore_core.models.mlp import MLPConfig
from makemore_core.training.manager import RunManager
from makemore_core.training.recorder import Evaluation
from makemore_core.training.store import RunStore
from tests.browser.lab import Lab
from tests.browser.server import Server
from tests.browser.test_pages import PHONE, WIDEST

CHARTS = ["loss", "activations", "gradients", "update_ratio", "embedding"]


@pytest.fixture(scope="module")
def store(server: Server) -> Iterator[RunStore]:
    store = RunStore(server.store)
    RunManager(store).start(RunConfig(DataConfig(SHIPPED), MLPConfig(n_hidden=16), max_steps=300), name="otter").join()
    yield store
    store.close()


def test_the_card_is_seen_taken_along_and_opens_offline(lab: Lab, store: RunStore, tmp_path: Path):
    lab.page.set_viewport_size(PHONE)
    last = store.evaluations("otter")[-1]
    lab.page.goto(f"{lab.address}/take_home?run=otter&take_home=Run+card")
    frame = lab.page.frame_locator(".card-preview")
    expect(frame.locator("body")).to_contain_text(f"{last.val:.4f}")
    expect(frame.locator(".plot:has(svg.main-svg path)")).to_have_count(len(CHARTS))
    assert lab.page.evaluate(WIDEST) <= PHONE["width"]
    path = tmp_path / "card.html"
    pressed(lab, "Run card").save_as(path)
    opens_alone(lab.page.context, path, last)


def opens_alone(context: BrowserContext, path: Path, last: Evaluation) -> None:
    """The tab is watched: an error in its console fails the test."""
    alone, asked = context.new_page(), list[str]()
    alone.on("request", lambda request: asked.append(request.url))
    alone.set_viewport_size(PHONE)
    context.set_offline(True)
    alone.goto(path.as_uri())
    expect(alone.locator("h1")).to_contain_text("otter")
    assert alone.locator(".plot:has(svg.main-svg path)").evaluate_all("all => all.map(one => one.id)") == CHARTS
    for loss in (last.train, last.val):
        expect(alone.locator("table").first.locator(f"text={loss:.4f}").first).to_be_attached()
    assert alone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    alone.emulate_media(color_scheme="dark")
    alone.wait_for_function(TITLES_ARE, arg="bright")
    alone.emulate_media(color_scheme="light")
    alone.wait_for_function(TITLES_ARE, arg="dark")
    assert asked == [path.as_uri()]
    context.set_offline(False)
    alone.close()


@pytest.mark.long
def test_numbers_and_weights_are_taken_along(lab: Lab, store: RunStore):
    lab.page.goto(f"{lab.address}/take_home?run=otter&take_home=Run+card")
    view(lab, "Numbers")
    table = pd.read_csv(io.BytesIO(content(pressed(lab, "CSV"))))
    val = table[(table.metric == "loss") & (table.part == "val")]
    assert list(val.value) == [e.val for e in store.evaluations("otter")]
    assert pressed(lab, "TensorBoard").suggested_filename == "otter-tensorboard.zip"
    view(lab, "Weights")
    weights = content(pressed(lab, "Weights"))
    assert safetensors.torch.load(weights)["hidden.weight"].shape == (30, 16)
    lab.scrub_to(3)
    expect(lab.looked_at).to_have_text("step 3")
    header = json.loads(content(pressed(lab, "Weights"))[8:].partition(b"}}")[0] + b"}}")
    assert header["__metadata__"]["step"] == "4"


@pytest.mark.long
def test_a_run_that_trains_is_taken_along_as_it_is(lab: Lab):
    """The page refreshes all the while; the file is there nevertheless, and there again later."""
    lab.open("/?data.dataset=us-names-2018")
    lab.play()
    lab.wait_for_step(500)
    lab.press_link("Take it home")
    view(lab, "Weights")
    steps: list[int] = []
    for _ in range(2):
        lab.page.get_by_role("button", name=re.compile(r"Weights of step [1-9]")).click()
        lab.page.wait_for_timeout(2_500)  # several refreshes
        weights = content(pressed(lab, "Weights"))
        header = json.loads(weights[8:].partition(b"}}")[0] + b"}}")
        steps.append(int(header["__metadata__"]["step"]))
    assert 500 <= steps[0] < steps[1]


def view(lab: Lab, name: str) -> None:
    lab.page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()


def pressed(lab: Lab, button: str) -> Download:
    with lab.page.expect_download() as download:
        lab.page.get_by_role("button", name=button, exact=True).click()
    return download.value


def content(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


TITLES_ARE = """wanted => [...document.querySelectorAll(".gtitle")].every(title => {
  const [red] = getComputedStyle(title).fill.match(/[0-9]+/g);
  return wanted === (red < 128 ? "dark" : "bright");
})"""
